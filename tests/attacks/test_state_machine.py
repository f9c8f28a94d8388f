"""Whatever the people of a newsroom do, and in whatever order, nothing is public that was not cleared.

The machine keeps its own book of who wrote and who signed what, and holds every published document against it; it
never asks the product's policy.
"""

import datetime as dt
import hashlib
import os
from collections import Counter, defaultdict

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from treebeard.exceptions import InvalidMoveToDescendant
from wagtail.models import Page, Task, TaskState

from approvals import decisions, ledger
from approvals.models import LedgerEntry
from approvals.scheduling import publish_due
from frontend_api.models import Publication, PublishedDocument
from site_pages.models import DocumentPage, PublicationPermit
from site_pages.public_form.builders import FormIncomplete, build
from tests.newsroom import Newsroom, edit, open_newsroom, release, speech

pytestmark = pytest.mark.django_db
STEPS = int(os.environ.get("JARCHY_STATE_MACHINE_STEPS", "2000"))
STEPS_PER_EXAMPLE = 50
MOST_PAGES = 5
REFUSALS = (
    PermissionDenied, ValidationError, DatabaseError, FormIncomplete, RuntimeError, InvalidMoveToDescendant,
)  # fmt: skip
STATIONS = {1: ("head", "deputy_head"), 2: ("leader", "second_leader")}
people = st.sampled_from(("author", "colleague", "head", "deputy_head", "leader", "second_leader", "boss"))
pick = st.integers(min_value=0, max_value=2)
taken: Counter[str] = Counter()


class Office(RuleBasedStateMachine):
    """One newsroom with up to three documents, and a book of what was done to them."""

    room: Newsroom

    def __init__(self):
        super().__init__()
        self.world = transaction.atomic()
        self.world.__enter__()
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.now = self.clock.start()
        self.pages: list[int] = []
        self.wrote: dict[int, set[int]] = defaultdict(set)
        self.ever_wrote: dict[int, set[int]] = defaultdict(set)
        self.signed: dict[int, list[tuple[str, str]]] = defaultdict(list)
        self.versions: dict[int, int] = {}

    def teardown(self):
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
        changes = {"title": f"Текст {word}", "change_note": "Такталды.", "go_live_at": later}
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
        for who in ("author", "head", "deputy_head", "leader", "second_leader"):
            self._approve(page, who, True)

    def _approve(self, page, who: str, is_honest: bool) -> None:
        try:
            seen = build(page.get_latest_revision_as_object()).digest if is_honest else "0" * 64
        except FormIncomplete:
            return
        entry = (seen, who)
        self.signed[page.pk].append(entry)
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "seen_digest": seen, "now": timezone.now()}
        if not self.attempt(lambda: decisions.approve(**call)):
            self.signed[page.pk].remove(entry)

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people, remark=st.sampled_from(("Тактаңыз.", "")))
    def send_back(self, number, who, remark):
        page = self.page(number)
        try:
            seen = build(page.get_latest_revision_as_object()).digest
        except FormIncomplete:
            return
        call = {"page_id": page.pk, "actor_id": self.person(who).pk, "seen_digest": seen, "now": timezone.now()}
        if self.attempt(lambda: decisions.return_for_changes(remark=remark, **call)):
            self.signed[page.pk] = []

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
        publish_due(now=timezone.now())

    @precondition(lambda self: self.pages)
    @rule(number=pick, who=people)
    def stop_the_publication(self, number, who):
        call = {"page_id": self.page(number).pk, "actor_id": self.person(who).pk, "now": timezone.now()}
        self.attempt(lambda: decisions.stop_scheduled(remark="Токтотулду.", **call))

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
            signers = [who for seen, who in self.signed[page_id] if seen == document.digest]
            assert any(who in STATIONS[1] for who in signers) and any(who in STATIONS[2] for who in signers), signers
            assert len(signers) == len(set(signers)) == 2
            assert not {self.person(who).pk for who in signers} & self.wrote[page_id]
            assert hashlib.sha256(document.cleared.encode()).hexdigest() == document.digest
            self.versions[page_id] = document.version
            self.wrote[page_id] = set()
            taken["published"] += 1

    @invariant()
    def a_page_is_live_exactly_when_its_text_is_public(self):
        public = {(d.content_id, d.locale): d.digest for d in PublishedDocument.objects.all()}
        for page in DocumentPage.objects.select_related("locale"):
            stored = public.get((page.content_id, page.locale_code))
            assert page.live is (stored is not None)
            if page.live:
                entry = LedgerEntry.objects.filter(kind="published", page_id=page.pk).order_by("-number").first()
                assert (entry.digest, entry.revision_id) == (stored, page.live_revision_id)

    @invariant()
    def the_books_are_sound(self):
        assert list(ledger.faults()) == []
        numbers = list(Publication.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert PublicationPermit.objects.count() == 0


def _sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _forged_permit(page) -> None:
    PublicationPermit.objects.create(
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        revision_id=page.latest_revision_id,
        digest="0" * 64,
        entry_number=1,
    )


def _made_live(page) -> None:
    page.live = True
    page.live_revision = page.latest_revision
    page.save()


def _toggle(page, value: bool) -> None:
    changed = Page.objects.filter(pk=page.pk).exclude(live=value).update(live=value)
    if not changed:
        raise PermissionDenied


def _finish(page) -> None:
    state = page.current_workflow_state
    if state is None:
        raise PermissionDenied
    state.finish()


def _approve_below(page) -> None:
    turn = page.current_workflow_task_state
    if turn is None or turn.task.specific.step.order != 2:
        raise PermissionDenied
    TaskState.objects.get(pk=turn.pk).approve()


def _switch_off_the_step(page) -> None:
    turn = page.current_workflow_task_state
    if turn is None:
        raise PermissionDenied
    Task.objects.get(pk=turn.task_id).specific.deactivate()


ATTACKS = (
    lambda page: _toggle(page, True),
    lambda page: _toggle(page, False),
    lambda page: page.get_latest_revision().publish(),
    _made_live,
    _forged_permit,
    _finish,
    _approve_below,
    _switch_off_the_step,
    lambda page: page.create_alias(parent=page.get_parent(), update_slug="alias"),
    lambda page: PublishedDocument.objects.create(content_id=page.content_id, locale="ky", version=99),
    lambda page: _sql("UPDATE frontend_api_publisheddocument SET title = 'x' WHERE 1 = 1 AND version > 0"),
    lambda page: _sql("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 1"),
    lambda page: _sql("DELETE FROM approvals_ledgerentry WHERE number > 0"),
    lambda page: page.unpublish(),
)


def test_nothing_is_public_that_was_not_cleared():
    Office.room = open_newsroom()
    taken.clear()

    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=STEPS // 20,
            stateful_step_count=STEPS_PER_EXAMPLE,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )

    assert taken["steps"] >= STEPS
    assert all(taken[what] for what in ("published", "refused", "copied", "moved", "deleted")), taken
