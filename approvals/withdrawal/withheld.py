"""What readers do not find since a restore, because it was closed after the backup: people decide on it anew."""

import datetime as dt

from django.db.models import Q

from approvals.bundles.seeing import documents_for
from site_pages.models import DocumentPage
from site_pages.signals import withheld_asked
from site_pages.withdrawal import Withheld


def withheld_for(user, *, now: dt.datetime) -> list[tuple[DocumentPage, Withheld]]:
    """The documents that exist for the person, each with what is known of its closing. One query, or two."""
    answers = withheld_asked.send(sender=DocumentPage)
    known = {(one.content_id, one.locale): one for _receiver, answer in answers for one in answer}
    if not known:
        return []
    named = Q(pk__in=[])
    for content_id, locale in known:
        named |= Q(translation_key=content_id, locale__language_code=locale)
    pages = documents_for(user, now=now).filter(named).select_related("locale", "content_type").order_by("pk")
    return [(page, known[page.content_id, page.locale_code]) for page in pages]
