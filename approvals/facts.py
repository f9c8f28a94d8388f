"""What is on record about a text: from the ledger and from who wrote it, never from Wagtail's workflow."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from wagtail.models import Revision

from approvals import second_factor
from approvals.models import ABOUT_WHAT_IS_PUBLIC, ActingAppointment, EntryKind, LedgerEntry, Route, RouteStep
from approvals.policy import Acting, Actor, Approval, Step, TextFacts
from site_pages.access.rules import named_people
from site_pages.languages import CODES
from site_pages.models import Contribution, DocumentPage
from site_pages.withdrawal import Statement

LONG_AGO = dt.datetime.min.replace(tzinfo=dt.UTC)
OVER = {EntryKind.RETURNED, EntryKind.RECALLED, EntryKind.STOPPED, EntryKind.PUBLISHED, EntryKind.WITHDRAWN}


def facts_from(
    entries: Iterable[LedgerEntry], *, contributors: frozenset[int], named: frozenset[int] | None = None
) -> TextFacts:
    """The facts of one text. entries: all its ledger entries, oldest first; only the last round counts."""
    facts, is_closed = TextFacts(digest="", steps=()), False
    for entry in entries:
        is_closed = closes(entry) or (is_closed and entry.kind != EntryKind.PUBLISHED)
        if entry.kind == EntryKind.SUBMITTED:
            steps = tuple(Step(**step) for step in entry.details["steps"])
            facts = TextFacts(
                digest=entry.digest,
                steps=steps,
                contributors=contributors,
                is_under_way=True,
                document_type=entry.document_type,
                named=named,
                is_closed=is_closed,
            )
        elif entry.kind == EntryKind.APPROVED:
            principal_id = entry.details.get("acting_for", {}).get("person_id")
            approval = Approval(
                step=entry.step, actor_id=entry.actor_id, digest=entry.digest, principal_id=principal_id
            )
            facts = _with(facts, approvals=(*facts.approvals, approval))
        elif to_step := is_turned_back(entry):
            facts = _with(facts, approvals=tuple(a for a in facts.approvals if a.step < to_step))
        elif entry.kind in OVER:
            facts = _with(facts, is_under_way=False)
    return facts


def is_turned_back(entry: LedgerEntry) -> int:
    """The earlier step to which the entry returns the text; 0 when it does not, or returns it to its author."""
    return entry.details.get("to_step", 0) if entry.kind == EntryKind.RETURNED else 0


def _with(facts: TextFacts, **changes) -> TextFacts:
    return TextFacts(**{**vars(facts), **changes})


def facts_of(page: DocumentPage) -> TextFacts:
    """The facts of one document page."""
    entries = list(LedgerEntry.objects.about(content_id=page.content_id, locale=page.locale_code))
    return facts_from(entries, contributors=contributors_of(page, entries=entries), named=named_people(page.content_id))


def last_publication(entries: Iterable[LedgerEntry]) -> LedgerEntry | None:
    """The entry since which the text is public; None when it is not: of a closed text nothing counts as cleared."""
    public = None
    for entry in entries:
        if entry.kind == EntryKind.PUBLISHED:
            public = entry
        elif closes(entry):
            public = None
    return public


def was_met(moment: dt.datetime, *, published_at: dt.datetime | None) -> bool:
    """Whether a time is over because the text became public at it or since, closed again or not. What names one later
    than that is late where it has passed, a correction too.

    published_at: when the text last became public; None when it never did.
    """
    return published_at is not None and moment <= published_at


def published_at_last(entries: Iterable[LedgerEntry]) -> dt.datetime | None:
    """When the text last became public, closed since or not; None when it never did."""
    return max((entry.recorded_at for entry in entries if entry.kind == EntryKind.PUBLISHED), default=None)


def closes(entry: LedgerEntry) -> bool:
    """Whether with the entry readers ceased to find the text."""
    return entry.kind == EntryKind.WITHDRAWN and Statement.from_json(entry.details["statement"]).closes


def of_the_text(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """The entries without what is said about the version that is public."""
    return [entry for entry in entries if entry.kind not in ABOUT_WHAT_IS_PUBLIC]


def public_since(entries: Iterable[LedgerEntry]) -> tuple[dt.datetime, int]:
    """When the text last became public, and the number of that version; long ago and 0 when it never did, or has been
    closed since: it is all new then."""
    public = last_publication(entries)
    return (public.recorded_at, public.revision_id or 0) if public else (LONG_AGO, 0)


def contributors_of(page: DocumentPage, *, entries: list[LedgerEntry]) -> frozenset[int]:
    """Everybody who wrote at the text since it was last published: saved any version, submitted it, or began it.

    What happened in the very instant of the publication counts as after it: in doubt another person decides. So does a
    version that was made after the one which is public, whatever the clock of who saved it said.
    """
    since, last = public_since(entries)
    people = set(
        Contribution.objects.filter(
            content_id=page.content_id, locale=page.locale_code, last_at__gte=since
        ).values_list("user_id", flat=True)
    )
    people |= set(
        Revision.objects.filter(
            Q(created_at__gte=since) | Q(pk__gt=last),
            base_content_type=page.get_base_content_type(),
            object_id=str(page.pk),
        ).values_list("user_id", flat=True)
    )
    people |= submitters_of(entries)
    if since == LONG_AGO:
        people.add(page.owner_id)
    return frozenset(people - {None})


def submitters_of(entries: list[LedgerEntry]) -> set[int | None]:
    """Who submitted the text since it was last published, by the order of the ledger and not by the clock."""
    public = last_publication(entries)
    return {
        e.actor_id for e in entries if e.kind == EntryKind.SUBMITTED and e.number > (public.number if public else 0)
    }


def actor_of(user_id: int, *, now: dt.datetime) -> Actor:
    """The person with the rights of this moment, read from the database and not from the session."""
    return _actor(get_user_model().objects.get(pk=user_id), acting=acting_of(user_id, now=now))


def actors_among(people: QuerySet, *, now: dt.datetime) -> dict[int, Actor]:
    """The same of many accounts at once, by their numbers: in four queries, six while anybody acts for another."""
    acting = acting_in_force(now=now)
    people = second_factor.with_factors(people).prefetch_related("groups")
    return {user.pk: _actor(user, acting=acting.get(user.pk, ())) for user in people}


def _actor(user, *, acting: tuple[Acting, ...]) -> Actor:
    return Actor(
        user_id=user.pk,
        name=name_of(user),
        is_active=user.is_active,
        is_superuser=user.is_superuser,
        group_ids=frozenset(group.pk for group in user.groups.all()),
        acting=acting,
        is_agent=user.is_agent,
        has_second_factor=second_factor.suffices(user),
    )


def name_of(user) -> str:
    """How records call a person."""
    return user.get_full_name() or user.get_username()


def acting_of(user_id: int, *, now: dt.datetime) -> tuple[Acting, ...]:
    """In whose places the person decides now: by appointments in force that the ledger knows."""
    return acting_in_force(now=now, deputies=[user_id]).get(user_id, ())


def offices_of(user, *, now: dt.datetime) -> set[int]:
    """The groups for which the person decides now: his or her own, and those of whomever he or she acts for."""
    own = set(user.groups.values_list("pk", flat=True))
    return own | {acting.group_id for acting in acting_of(user.pk, now=now)}


def decides_somewhere(user, *, now: dt.datetime) -> bool:
    """Whether the person decides at any step of any route, in person or for another."""
    return RouteStep.objects.filter(group_id__in=offices_of(user, now=now)).exists()


def acting_in_force(*, now: dt.datetime, deputies: Iterable[int] | None = None) -> dict[int, tuple[Acting, ...]]:
    """The same of many people, by deputy; deputies: None for all."""
    found = ActingAppointment.objects.in_force(now).select_related("principal", "group")
    found = found if deputies is None else found.filter(deputy_id__in=deputies)
    appointments = list(found.prefetch_related("principal__groups"))
    if not appointments:
        return {}
    numbers = [appointment.entry_number for appointment in appointments]
    known = {e.number: e.details for e in LedgerEntry.objects.filter(number__in=numbers, kind=EntryKind.ACTING_GIVEN)}
    acting: dict[int, tuple[Acting, ...]] = {}
    for appointment in appointments:
        principal = appointment.principal
        if (
            known.get(appointment.entry_number) == appointment.as_details()
            and principal.is_active
            and appointment.group_id in {group.pk for group in principal.groups.all()}
        ):
            of_one = Acting(
                principal_id=principal.pk,
                principal_name=name_of(principal),
                group_id=appointment.group_id,
                legal_basis=appointment.legal_basis,
                document_types=frozenset(appointment.document_types),
            )
            acting[appointment.deputy_id] = (*acting.get(appointment.deputy_id, ()), of_one)
    return acting


def submitted_pages() -> QuerySet:
    """The numbers of all pages that were submitted at any time: before that, only who writes them knows of them."""
    return LedgerEntry.objects.filter(kind=EntryKind.SUBMITTED).values("page_id")


def steps_of(document_type: str) -> tuple[Step, ...]:
    """The steps of a type's route, in order; empty when the type has no route (then it cannot be submitted)."""
    route = Route.objects.filter(document_type=document_type).first()
    if route is None:
        return ()
    return tuple(Step(order=s.order, key=s.key, group_id=s.group_id) for s in route.steps.order_by("order"))


def labels_of(document_type: str) -> dict[str, dict[str, str]]:
    """What the steps of a type's route are called in each language, by their keys."""
    steps = RouteStep.objects.filter(route__document_type=document_type)
    return {step.key: {code: step.label_in(code) for code in CODES} for step in steps}


def entries_of(*, content_id: UUID, locale: str) -> list[LedgerEntry]:
    """All ledger entries of one document, oldest first."""
    return list(LedgerEntry.objects.about(content_id=content_id, locale=locale))
