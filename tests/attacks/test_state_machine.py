"""Whatever the people of a newsroom do, and in whatever order, nothing is public that was not cleared.

It keeps its own book of who wrote and signed what, holds what is public against it, and never asks our policy.
"""

import datetime as dt
import hashlib
from collections import defaultdict

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from treebeard.exceptions import InvalidMoveToDescendant
from wagtail.models import Page

from approvals import acting, decisions, ledger
from approvals.models import EarlyAccess, LedgerEntry, Withdrawal
from approvals.offices import APPARATUS_LEADERSHIP, DEPARTMENT_HEADS
from cms import public_record
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage, PublicationPermit
from site_pages.public_form.builders import FormIncomplete, build
from tests.attacks.below_the_screens import ATTACKS
from tests.attacks.corrections_book import CORRECTED, Corrections
from tests.attacks.early_readers import EarlyReaders, EarlyReading
from tests.attacks.houses import Worker
from tests.attacks.the_book import MOST_PAGES, PEOPLE, STATIONS, Going, Signature, people, pick, taken
from tests.attacks.the_machine_of_taking_down import TakingDown
from tests.attacks.the_machine_of_urgency import UrgentLane
from tests.newsroom import Newsroom, edit, open_newsroom, release, speech
from tests.thoroughness import times

pytestmark = pytest.mark.django_db
STEPS = times(600, thorough=2000)
STEPS_PER_EXAMPLE, EXAMPLES_OF_A_ROUND = 50, 12
# Many of these steps have nothing to act on: so many are taken at the least.
STEPS_OF_A_ROUND, MOST_ROUNDS = 400, 12
REFUSALS = (
    PermissionDenied, ValidationError, DatabaseError, FormIncomplete, RuntimeError, InvalidMoveToDescendant,
)  # fmt: skip
OF_LIFE = (
    "appointed", "signed for another", "urgent", "confirmed", "returned to a step", "given early", "read early",
    "withdrawn", "closed at once", "under a notice", *CORRECTED,
)  # fmt: skip


class Office(UrgentLane, Corrections, EarlyReading, TakingDown):
    """One newsroom with up to three documents, and a book of what was done to them."""

    room: Newsroom

    def __init__(self):
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.now = self.clock.start()
        self.worker, self.pages = Worker(), []
        self.wrote: dict[int, set[int]] = defaultdict(set)
        self.ever_wrote: dict[int, set[int]] = defaultdict(set)
        self.signed: dict[int, list[Signature]] = defaultdict(list)
        self.urgent: dict[int, Signature] = {}
        self.debts: dict[int, str] = {}
        self.acting: set[tuple[str, str]] = set()
        self.versions: dict[int, int] = {}
        self.early = EarlyReaders()
        self.going: dict[int, Going] = {}
        self.taken_down: set[int] = set()

    def teardown(self):
        try:
            # Too long to be asked after every step.
            assert list(public_record.faults()) == []
        finally:
            self.clock.stop()
            transaction.set_rollback(True)
            self.world.__exit__(None, None, None)

    def person(self, name: str):
        return getattr(self.room, name)

    def note(self, page_id: int, who: str) -> None:
        """Write into the book that the person wrote at the text."""
        self.wrote[page_id].add(self.person(who).pk)
        self.ever_wrote[page_id].add(self.person(who).pk)

    def page(self, number: int) -> DocumentPage:
        return DocumentPage.objects.get(pk=self.pages[number % len(self.pages)]).specific

    def attempt(self, action) -> bool:
        """Try it: True when it was done; a refusal leaves everything as it was."""
        taken["steps"] += 1
        before = self.picture()
        try:
            with transaction.atomic():
                action()
        except REFUSALS:
            taken["refused"] += 1
            assert self.picture() == before
            return False
        return True

    def picture(self) -> tuple:
        return (
            list(Page.objects.order_by("pk").values_list("pk", "live", "live_revision_id", "latest_revision_id")),
            LedgerEntry.objects.count(),
            list(PublishedDocument.objects.order_by("pk").values_list("pk", "digest", "version")),
            EarlyAccess.objects.count(),
            list(Withdrawal.objects.order_by("pk").values_list("pk", "outcome")),
        )

    # --- What people do

    @precondition(lambda self: len(self.pages) < 3)
    @rule(make=st.sampled_from((release, speech)), who=st.sampled_from(("author", "colleague", "head")))
    def begin(self, make, who):
        taken["steps"] += 1
        page = make(self.person(who), title=f"Текст {len(self.pages)}")
        self.pages.append(page.pk)
        self.note(page.pk, who)

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, word=st.integers(0, 3), scheduled=st.booleans())
    def write(self, number, who, word, scheduled):
        page = self.page(number)
        later = timezone.now() + dt.timedelta(hours=1) if scheduled else None
        changes = {"title": f"Текст {word}", "change_note": f"Такталды {word}.", "go_live_at": later, "expire_at": None}
        if self.attempt(lambda: edit(page, by=self.person(who), **changes)):
            self.note(page.pk, who)

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def autosave_over_the_latest_version(self, number, who):
        page = self.page(number)
        draft = page.get_latest_revision_as_object()
        draft.summary = "Автоматтык түрдө сакталды."
        overwritten = page.latest_revision
        if self.attempt(lambda: draft.save_revision(user=self.person(who), overwrite_revision=overwritten)):
            self.note(page.pk, who)

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def revert_to_the_first_version(self, number, who):
        page = self.page(number)
        first = page.revisions.order_by("pk").first()
        if self.attempt(lambda: first.as_object().save_revision(user=self.person(who), previous_revision=first)):
            self.note(page.pk, who)

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def submit(self, number, who):
        page = self.page(number)
        if self.attempt(lambda: decisions.submit(page_id=page.pk, user=self.person(who))):
            # Whoever submits answers for this text, and has not thereby written what a copy would take along.
            self.wrote[page.pk].add(self.person(who).pk)
            self.signed[page.pk] = []

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, is_honest=st.sampled_from((True, True, True, False)))
    def approve(self, number, who, is_honest):
        self._approve(self.page(number), who, is_honest)

    @precondition(lambda self: self.pages)
    @rule(number=pick)
    def everybody_signs_who_may(self, number):
        page = self.page(number)
        for who in PEOPLE:
            self._approve(page, who, True)

    def _approve(self, page, who: str, is_honest: bool) -> None:
        try:
            seen = build(page.get_latest_revision_as_object()).digest if is_honest else "0" * 64
        except FormIncomplete:
            return
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "seen_digest": seen, "now": timezone.now()}
        entries: list[LedgerEntry] = []
        if self.attempt(lambda: entries.append(decisions.approve(**call))):
            self.signed[page.pk].append(self.signature(entries[0], seen, who))

    def signature(self, entry: LedgerEntry, seen: str, who: str) -> Signature:
        """Who signed, and for whom: by the name in the record, which the book holds against its own appointments."""
        principal_id = entry.details.get("acting_for", {}).get("person_id")
        for_whom = next((name for name in PEOPLE if self.person(name).pk == principal_id), who)
        assert for_whom == who or (who, for_whom) in self.acting
        if for_whom != who:
            taken["signed for another"] += 1
        return Signature(seen, who, for_whom)

    @precondition(lambda self: len(self.acting) < 2)
    @rule(deputy=people, principal=people, by=st.sampled_from(("boss", "boss", "head")), days=st.integers(-1, 2))
    def appoint(self, deputy, principal, by, days):
        station = next((number for number, names in STATIONS.items() if principal in names), 1)
        group = Group.objects.get(name={1: DEPARTMENT_HEADS, 2: APPARATUS_LEADERSHIP}[station])
        now = timezone.now()
        call = {"principal_id": self.person(principal).pk, "deputy_id": self.person(deputy).pk, "group_id": group.pk}
        times = {"starts_at": now, "ends_at": now + dt.timedelta(days=days), "now": now}
        if self.attempt(lambda: acting.appoint(**call, **times, legal_basis="№ 1", appointer_id=self.person(by).pk)):
            assert by == "boss" and deputy != principal
            taken["appointed"] += 1
            self.acting.add((deputy, principal))

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, remark=st.sampled_from(("Тактаңыз.", "")), to_step=st.sampled_from((0, 0, 1)))
    def send_back(self, number, who, remark, to_step):
        page = self.page(number)
        try:
            seen = build(page.get_latest_revision_as_object()).digest
        except FormIncomplete:
            return
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "seen_digest": seen, "now": timezone.now()}
        if self.attempt(lambda: decisions.return_for_changes(remark=remark, to_step=to_step, **call)):
            self.signed[page.pk] = []
            taken["returned to a step"] += to_step

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def recall(self, number, who):
        state = self.page(number).current_workflow_state
        if state:
            self.attempt(lambda: state.cancel(user=self.person(who)))

    @precondition(lambda self: 0 < len(self.pages) < MOST_PAGES)
    @rule(number=pick, who=people, with_versions=st.booleans(), is_live=st.sampled_from((False, False, True)))
    def copy(self, number, who, with_versions, is_live):
        page, copied = self.page(number), []
        values = {"user": self.person(who), "copy_revisions": with_versions, "keep_live": is_live}
        names = {"slug": f"copy-{taken['steps']}", "title": f"Көчүрмө {len(self.pages)}"}
        if self.attempt(lambda: copied.append(page.copy(update_attrs=names, **values))):
            taken["copied"] += 1
            self.pages.append(copied[0].pk)
            self.wrote[copied[0].pk] = self.ever_wrote[page.pk] | {self.person(who).pk}
            self.ever_wrote[copied[0].pk] = set(self.wrote[copied[0].pk])

    @precondition(lambda self: self.pages)
    @rule(number=pick, locale=st.sampled_from(("ky", "ru")))
    def move(self, number, locale):
        page = self.page(number)
        target = Page.objects.get(depth=2, locale__language_code=locale)
        was_free = not page.live and not page.workflow_in_progress
        if self.attempt(lambda: Page.objects.get(pk=page.pk).move(target, pos="last-child")):
            taken["moved"] += 1
            assert was_free

    @precondition(lambda self: len(self.pages) > 1)
    @rule(number=pick, is_queryset=st.booleans())
    def delete(self, number, is_queryset):
        page = self.page(number)
        was_free = not page.live and not page.workflow_in_progress
        record = LedgerEntry.objects.count()
        gone = Page.objects.filter(pk=page.pk) if is_queryset else page
        if self.attempt(gone.delete):
            assert was_free
            assert LedgerEntry.objects.count() == record
            taken["deleted"] += 1
            self.pages.remove(page.pk)

    @precondition(lambda self: self.pages)
    @rule(number=pick)
    def purge_versions(self, number):
        taken["steps"] += 1
        call_command("purge_revisions", verbosity=0)

    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours):
        taken["steps"] += 1
        self.now.shift(dt.timedelta(hours=hours))
        self.worker.round(now=timezone.now())
        ended = LedgerEntry.objects.filter(kind="stopped", details__ended_unpublished=True)
        taken["ended unpublished"] += ended.count()

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def stop_the_publication(self, number, who):
        call = {"page_id": self.page(number).pk, "actor_id": self.person(who).pk, "now": timezone.now()}
        self.attempt(lambda: decisions.stop_scheduled(remark="Токтотулду.", **call))

    @precondition(lambda self: self.pages)
    @rule(number=pick, how=st.sampled_from(("urgent", "for the head", "back to the heads", "under embargo")))
    def a_day_at_the_office(self, number, how):
        """What chance alone would seldom bring about: a whole way, as far as it goes from where the text is."""
        if how == "under embargo":
            is_short, number = number == 2, self.begin_anew(number)
            self.write(number=number, who="author", word=0, scheduled=True)
            if is_short:
                # Over an hour after it is due: a worker that comes late finds that it has ended.
                end = timezone.now() + dt.timedelta(hours=2)
                self.attempt(lambda: edit(self.page(number), by=self.person("author"), expire_at=end))
        if how == "for the head":
            self.appoint(deputy="outsider", principal="head", by="boss", days=2)
        self.submit(number=number, who="author")
        if how == "urgent":
            self.publish_urgently(number=number, who="second_leader", reason="Шашылыш")
            if self.debts:
                self.answer_for_an_urgent_publication(who="deputy_head", is_objection=False)
            return
        self.approve(number=number, who="outsider" if how == "for the head" else "head", is_honest=True)
        if how == "back to the heads":
            self.send_back(number=number, who="leader", remark="Кайра караңыз.", to_step=1)
        self.approve(number=number, who="leader", is_honest=True)
        if how == "under embargo":
            self.give_early_access(number=number, who="leader")

    # --- What nobody may do

    @precondition(lambda self: self.pages)
    @rule(number=pick, attack=st.integers(0, 13))
    def attack(self, number, attack):
        page = self.page(number)
        self.attempt(lambda: ATTACKS[attack](page))

    # --- What must hold after every step

    @invariant()
    def every_published_text_was_signed_by_its_whole_route(self):
        for document in PublishedDocument.objects.all():
            page_id = DocumentPage.objects.get(
                translation_key=document.content_id, locale__language_code=document.locale
            ).pk
            if self.versions.get(page_id) == document.version:
                continue
            if document.notice_at is not None:
                assert page_id in self.taken_down
                self.versions[page_id] = document.version
                continue
            self.check_signers(page_id, digest=document.digest)
            assert hashlib.sha256(document.cleared.encode()).hexdigest() == document.digest
            self.versions[page_id] = document.version
            self.wrote[page_id] = set()
            self.going.pop(page_id, None)
            self.taken_down.discard(page_id)
            taken["published"] += 1

    def check_signers(self, page_id: int, *, digest: str) -> None:  # its whole route, or one leader urgently
        urgent = self.urgent.pop(page_id, None)
        signed = [urgent] if urgent else [one for one in self.signed[page_id] if one.seen == digest]
        offices = [number for one in signed for number, names in STATIONS.items() if one.for_whom in names]
        assert offices == ([2] if urgent else [1, 2]), signed
        assert all(one.seen == digest for one in signed)
        people = [name for one in signed for name in {one.who, one.for_whom}]
        assert len(people) == len(set(people)), signed
        assert not {self.person(name).pk for name in people} & self.wrote[page_id]

    @invariant()
    def a_page_is_live_exactly_when_its_text_is_public(self):
        public = {(d.content_id, d.locale): d.digest for d in PublishedDocument.objects.all()}
        titles = {(d.content_id, d.locale): d.title for d in PublishedDocument.objects.all()}
        for page in DocumentPage.objects.select_related("locale"):
            stored = public.get((page.content_id, page.locale_code))
            assert page.live is (stored is not None)
            if page.live:
                # What is made ready before its moment does not show in the rows of a public page.
                assert page.title == titles[page.content_id, page.locale_code]
                entry = LedgerEntry.objects.filter(kind="published", page_id=page.pk).order_by("-number").first()
                assert (entry.digest, entry.revision_id) == (stored, page.live_revision_id)

    @invariant()
    def the_books_are_sound(self):
        assert list(ledger.faults()) == []
        numbers = list(Publication.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert PublicationPermit.objects.count() == 0


def test_nothing_is_public_that_was_not_cleared():
    """Round after round, each from a seed of its own, until there were steps enough and everything of life occurred."""
    Office.room = open_newsroom()
    taken.clear()
    rounds = max(MOST_ROUNDS, STEPS // STEPS_OF_A_ROUND * 2)

    for number in range(rounds):
        run_state_machine_as_test(
            seed(number)(Office),
            settings=settings(
                max_examples=EXAMPLES_OF_A_ROUND,
                stateful_step_count=STEPS_PER_EXAMPLE,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        if taken["steps"] >= STEPS and not never():
            break

    assert taken["steps"] >= STEPS
    assert never() == [], taken


def never() -> list[str]:
    """What should occur and has not."""
    return [what for what in ("published", "refused", "copied", "moved", "deleted", *OF_LIFE) if not taken[what]]
