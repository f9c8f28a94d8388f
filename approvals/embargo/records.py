"""What is on record around early accesses, of many at once in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from uuid import UUID

from django.contrib.auth import get_user_model

from approvals.embargo.rules import AccessState, Surroundings, may_give, state_of
from approvals.facts import actors_among, facts_from, of_the_text
from approvals.models import (
    DuePublication,
    EarlyAccess,
    EarlyAccessFloor,
    EarlyRevocation,
    EmbargoBreach,
    EntryKind,
    LedgerEntry,
)
from approvals.policy import TextFacts
from approvals.queue import Key, Records

# In the entry of a change of a bundle: the documents to which all early access given before it is over for good.
ENDED = "early_ended"


class EmbargoRecords:
    """The records of some documents and of the early accesses to them.

    now: the moment for which rights are asked. content_ids: of documents that have no early access.
    """

    def __init__(
        self, accesses: Iterable[EarlyAccess] = (), *, content_ids: Iterable[UUID] = (), now: dt.datetime
    ) -> None:
        self.now = now
        self.accesses = list(accesses)
        wanted = {*content_ids, *(access.content_id for access in self.accesses)}
        # What is due is read first: what is published after that is in the ledger, which is read next.
        pages = [access.page_id for access in self.accesses]
        self._due = {row.page_id: row for row in DuePublication.objects.filter(page_id__in=pages)}
        self.documents = Records(content_ids=wanted)
        self.breaches = Breaches(self.documents, content_ids=wanted)

    @cached_property
    def revocations(self) -> dict[int, EarlyRevocation]:
        """Of the accesses that were revoked, by whom and when."""
        return {row.access_id: row for row in EarlyRevocation.objects.filter(access__in=self.accesses)}

    @cached_property
    def barred(self) -> "BarredOutlets":
        """The outlets that get nothing."""
        return BarredOutlets()

    @cached_property
    def _actors(self):
        givers = {access.giver_id for access in self.accesses}
        return actors_among(get_user_model().objects.filter(pk__in=givers), now=self.now)

    @cached_property
    def _given_after(self) -> dt.datetime | None:
        return EarlyAccessFloor.objects.values_list("given_after", flat=True).first()

    @cached_property
    def _ended(self) -> dict[str, int]:
        """By which entry of the ledger all early access given before it ended, by the document's name there."""
        if not self.accesses:
            return {}
        first = min(access.given_by_entry for access in self.accesses)
        changes = LedgerEntry.objects.filter(number__gt=first, kind=EntryKind.BUNDLE_CHANGED)
        changes = changes.filter(details__has_key=ENDED).order_by("number")
        return {name: entry.number for entry in changes for name in entry.details[ENDED]}

    def facts(self, key: Key) -> TextFacts:
        """The route by which a document was last submitted, and who knows of it."""
        named = self.documents.named.get(key[0])
        return facts_from(self.documents.entries[key], contributors=frozenset(), named=named)

    def state(self, access: EarlyAccess) -> AccessState:
        """Whether the access opens its text."""
        return state_of(access, around=self._around(access), now=self.now)

    def _around(self, access: EarlyAccess) -> Surroundings:
        key = (access.content_id, access.locale)
        entries, page = self.documents.entries[key], self.documents.texts[access.content_id].get(access.locale)
        is_there = page is not None and page.pk == access.page_id
        giver = self._actors.get(access.giver_id)
        return Surroundings(
            due=self._due.get(access.page_id),
            is_in_force=is_there and is_in_force(entries, entry_number=access.entry_number, digest=access.digest),
            is_published=is_there and page.live and was_published(entries, entry_number=access.entry_number),
            has_ended=self._ended.get(f"{access.content_id} {access.locale}", 0) > access.given_by_entry,
            is_revoked=access.pk in self.revocations,
            is_broken=bool(self.breaches.standing(key))
            or self.breaches.is_any_since(access.given_by_entry, content_id=access.content_id),
            is_barred=self.barred.has(outlet_key=access.outlet_key, email=access.email),
            is_recent=self._given_after is not None and access.given_at > self._given_after,
            may_still_give=giver is not None and bool(may_give(actor=giver, facts=self.facts(key))),
        )


def is_in_force(entries: list[LedgerEntry], *, entry_number: int, digest: str) -> bool:
    """Whether that clearance is the last thing that happened to the text. entries: all of the document, oldest first.

    As the gate has it: what is only said about the version that is public, as a proposal to withdraw it, neither voids
    the clearance nor pauses the reading. A withdrawal that is carried out ends both.
    """
    ours = of_the_text(entries)
    last = ours[-1] if ours else None
    return last is not None and (last.number, last.kind, last.digest) == (entry_number, EntryKind.CLEARED, digest)


def read_early(due: Iterable[DuePublication]) -> list[str]:
    """The documents, among what waits, to which early access was given by this clearance; as the ledger names them."""
    given = EarlyAccess.objects.filter(entry_number__in=[row.entry_number for row in due])
    return sorted({f"{content_id} {locale}" for content_id, locale in given.values_list("content_id", "locale")})


def was_published(entries: list[LedgerEntry], *, entry_number: int) -> bool:
    """Whether what that entry cleared became public."""
    published = (entry for entry in entries if entry.kind == EntryKind.PUBLISHED)
    return any(entry.details.get("cleared_by_entry") == entry_number for entry in published)


class Breaches:
    """The breaches of the embargoes of some documents, and for which of their texts they still count.

    By the order of the ledger and not by the clock. Stopping a text and clearing it again does not undo a breach.
    """

    def __init__(self, documents: Records, *, content_ids: Iterable[UUID]) -> None:
        self._documents = documents
        self._noted: dict[UUID, list[EmbargoBreach]] = {}
        for breach in EmbargoBreach.objects.filter(content_id__in=list(content_ids)).order_by("-entry_number"):
            self._noted.setdefault(breach.content_id, []).append(breach)

    def standing(self, key: Key) -> list[EmbargoBreach]:
        """Those that count for one text now, whichever language they are about, the latest first."""
        return [breach for breach in self._noted.get(key[0], ()) if self._stands(breach, key)]

    def is_any_since(self, number: int, *, content_id: UUID) -> bool:
        """Whether one was noted of the document, in any language, after that entry of the ledger."""
        return any(breach.entry_number > number for breach in self._noted.get(content_id, ()))

    def _stands(self, breach: EmbargoBreach, key: Key) -> bool:
        """Until the text itself is public; not for what was begun when the broken text was public already."""
        own, broken = self._published(key), self._published((breach.content_id, breach.locale))
        broken = [number for number in broken if number > breach.cleared_by_entry]
        if key[1] == breach.locale:
            return not broken
        if own and own[-1] > breach.entry_number:
            return False
        submitted = (e.number for e in self._documents.entries[key] if e.kind == EntryKind.SUBMITTED)
        begun = next((number for number in submitted if not own or number > own[-1]), None)
        return not broken or (begun is not None and begun < broken[0])

    def _published(self, key: Key) -> list[int]:
        return [entry.number for entry in self._documents.entries[key] if entry.kind == EntryKind.PUBLISHED]


class BarredOutlets:
    """The outlets that broke an embargo and were not admitted again: known by their names, and by the e-mail addresses
    that were ever given under these."""

    def __init__(self) -> None:
        broken = EmbargoBreach.objects.filter(readmission=None).exclude(outlet_key="")
        self._keys = set(broken.values_list("outlet_key", flat=True))
        accesses = EarlyAccess.objects.filter(outlet_key__in=self._keys)
        self._emails = set(accesses.values_list("email", flat=True)) if self._keys else set()

    def has(self, *, outlet_key: str, email: str) -> bool:
        """Whether the outlet, or this address of it, is barred."""
        return outlet_key in self._keys or email in self._emails
