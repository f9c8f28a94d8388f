"""Who keeps the list of subscribers, and who gets which letter. Plain rules, to be read aloud.

1. The list is kept by those who decide on a route, in person or for somebody else, and by system administrators; with
   a second factor, and never by a program.
2. Whoever is put on the list is asked by mail, at most once a day, and gets nothing else before he or she has pressed
   the button on the page to which that mail leads. Looking at a page changes nothing.
3. A subscriber gets one letter of each correction and of each withdrawal, in the languages and of the types that he or
   she wants (none chosen means all); of minor corrections only if they are wanted too.
4. A first publication brings no letter, nor does what is published again unchanged.
5. Whoever leaves is erased at once: name, outlet and address. That somebody was there stays on record, by number.
6. After a restore nobody counts as having said yes: whoever left since the backup would get letters again.
"""

import datetime as dt

from approvals.facts import decides_somewhere
from approvals.models import LedgerEntry, Subscriber


def may_keep(user, *, now: dt.datetime) -> bool:
    """Whether the list exists for the person, by rule 1; what changes it asks for the second factor besides."""
    if not user.is_active or user.is_agent:
        return False
    return user.is_superuser or decides_somewhere(user, now=now)


def wants(subscriber: Subscriber, entry: LedgerEntry, *, is_minor: bool) -> bool:
    """Whether the subscriber wants a letter of this correction or withdrawal, by rule 3."""
    return (
        (not subscriber.locales or entry.locale in subscriber.locales)
        and (not subscriber.types or entry.document_type in subscriber.types)
        and (subscriber.wants_minor or not is_minor)
    )
