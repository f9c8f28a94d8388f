"""Embargoes and early accesses for the eye, in a fixed number of queries, however many there are."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Count, F, Max, Window
from django.db.models.functions import RowNumber

from approvals.bundles.seeing import documents_for, drafts_for
from approvals.embargo.records import EmbargoRecords
from approvals.embargo.rules import LABELS, AccessState
from approvals.models import (
    DuePublication,
    EarlyAccess,
    EarlyOpening,
    EarlyRevocation,
    EmbargoBreach,
    Notice,
)
from approvals.queue import key_of
from site_pages.models import DocumentPage

MOST_OPENINGS_SHOWN = 200


@dataclass
class AccessRow:
    """One early access. openings: the latest first, for those who decide on the route; else empty."""

    access: EarlyAccess
    state: AccessState
    count: int
    last_at: dt.datetime | None
    revocation: EarlyRevocation | None
    mail: Notice | None = None
    openings: list[EarlyOpening] = field(default_factory=list)

    @property
    def label(self) -> str:
        """The state in the reader's language."""
        return str(LABELS[self.state])

    @property
    def is_open(self) -> bool:
        """Whether it opens its text, so that revoking it changes something."""
        return self.state == AccessState.OPEN


def rows_of(page: DocumentPage, *, with_openings: bool, now: dt.datetime) -> list[AccessRow]:
    """The early accesses to one document, the newest first."""
    found = _counted(EarlyAccess.objects.filter(content_id=page.content_id, locale=page.locale_code))
    records = EmbargoRecords(found, now=now)
    mails = {row.entry_number: row for row in _mails(found)}
    rows = {access.pk: _row(access, records, mail=mails.get(access.given_by_entry)) for access in found}
    for opening in _latest_openings(found) if with_openings else ():
        rows[opening.access_id].openings.append(opening)
    return list(rows.values())


def _latest_openings(accesses: list[EarlyAccess]):
    """The latest first, MOST_OPENINGS_SHOWN of each access: many by one hide none of another."""
    place = Window(RowNumber(), partition_by=F("access_id"), order_by=F("pk").desc())
    openings = EarlyOpening.objects.filter(access__in=accesses).annotate(place=place)
    return openings.filter(place__lte=MOST_OPENINGS_SHOWN).order_by("-pk")


def _counted(accesses) -> list[EarlyAccess]:
    return list(accesses.annotate(count=Count("openings"), last_at=Max("openings__at")).order_by("-pk"))


def _mails(accesses: list[EarlyAccess]):
    return Notice.objects.filter(entry_number__in=[access.given_by_entry for access in accesses], recipient_id=0)


def _row(access: EarlyAccess, records: EmbargoRecords, *, mail: Notice | None = None) -> AccessRow:
    return AccessRow(
        access=access,
        state=records.state(access),
        count=access.count,
        last_at=access.last_at,
        revocation=records.revocations.get(access.pk),
        mail=mail,
    )


@dataclass
class Embargo:
    """One document under embargo, and who reads it before."""

    page_id: int
    title: str
    type_name: str
    locale: str
    until: dt.datetime
    accesses: list[AccessRow]
    breaches: list[EmbargoBreach]

    @property
    def open_count(self) -> int:
        """How many early accesses open it now."""
        return sum(row.is_open for row in self.accesses)

    @property
    def opened_count(self) -> int:
        """How often it was opened."""
        return sum(row.count for row in self.accesses)


def in_force(*, user, now: dt.datetime) -> list[Embargo]:
    """The embargoes on documents that exist for the person, the one that ends first first."""
    due = {row.page_id: row for row in DuePublication.objects.filter(due_at__gt=now, held_at=None)}
    pages = drafts_for(user, now=now).filter(pk__in=due).select_related("locale", "content_type").defer("body")
    pages = sorted(pages, key=lambda page: (due[page.pk].due_at, page.pk))
    numbers = [due[page.pk].entry_number for page in pages]
    accesses = _counted(EarlyAccess.objects.filter(entry_number__in=numbers))
    records = EmbargoRecords(accesses, content_ids=[page.content_id for page in pages], now=now)
    rows: dict[int, list[AccessRow]] = {}
    for access in accesses:
        rows.setdefault(access.page_id, []).append(_row(access, records))
    return [
        Embargo(
            page_id=page.pk,
            title=page.draft_title or page.title,
            type_name=str(page.content_type.model_class()._meta.verbose_name),
            locale=page.locale_code,
            until=due[page.pk].due_at,
            accesses=rows.get(page.pk, []),
            breaches=records.breaches.standing(key_of(page)),
        )
        for page in pages
    ]


def barred(*, user, now: dt.datetime) -> list[EmbargoBreach]:
    """The breaches for which an outlet is barred, of documents that exist for the person, the latest first."""
    broken = EmbargoBreach.objects.filter(readmission=None).exclude(outlet_key="")
    visible = documents_for(user, now=now).values("pk")
    return list(broken.filter(page_id__in=visible).order_by("-pk"))
