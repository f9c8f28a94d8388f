"""One document as a person who decides sees it."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import get_language

from approvals import corrections, urgency
from approvals.bundles.seeing import bundles_for
from approvals.confirmations import may_be_sent_as_it_is
from approvals.decisions import verdict_for
from approvals.differences import Change, differences
from approvals.embargo.records import Breaches
from approvals.facts import entries_of, facts_of, last_publication, published_at_last, was_met
from approvals.gate import membership_of
from approvals.models import (
    Bundle,
    DuePublication,
    EmbargoBreach,
    EntryKind,
    LedgerEntry,
    OutsideRemark,
    Remark,
    RouteStep,
    Withdrawal,
)
from approvals.originals import original_digest_for
from approvals.policy import Verdict
from approvals.queue import LanguageState, Records, deadlines_of, key_of
from approvals.sheets.contents import CLEARING
from approvals.stages import Stage
from approvals.texts_on_record import payloads_of
from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.canonical import PublicForm
from site_pages.public_form.files import FileUnreadable
from site_pages.public_form.reading import ReadableForm
from site_pages.times import is_too_near


@dataclass
class DocumentView:
    """Everything the decision screen shows of one document to one reader; asked for piece by piece."""

    page: DocumentPage
    reader_id: int

    @cached_property
    def draft(self) -> DocumentPage:
        """The document as its latest revision holds it."""
        return self.page.get_latest_revision_as_object()

    @cached_property
    def form(self) -> PublicForm | None:
        """The public form of the latest revision, or None while the document is incomplete."""
        try:
            return build(self.draft)
        except (FormIncomplete, FileUnreadable):
            return None

    @cached_property
    def readable(self) -> ReadableForm | None:
        """The public form for the eye."""
        return ReadableForm(self.form) if self.form else None

    @cached_property
    def verdict(self) -> Verdict:
        """Whether the reader may decide now, and if not, why."""
        return verdict_for(page=self.page, actor_id=self.reader_id, now=timezone.now())

    @cached_property
    def remarks(self) -> list[Remark]:
        """What was said about places of the text since it was first submitted, the latest return first."""
        said = list(Remark.objects.about(content_id=self.page.content_id, locale=self.page.locale_code))
        return sorted(said, key=lambda remark: (-remark.entry_number, remark.order))

    @cached_property
    def outside_remarks(self) -> list[OutsideRemark]:
        """What readers outside the office said of any version of the text, oldest first."""
        about = OutsideRemark.objects.about(content_id=self.page.content_id, locale=self.page.locale_code)
        return list(about.select_related("link"))

    @cached_property
    def earlier_steps(self) -> list[tuple[int, str]]:
        """The steps before the one whose turn it is, to which the reader may return the text."""
        facts = facts_of(self.page)
        if facts.next_step is None:
            return []
        steps = RouteStep.objects.filter(
            route__document_type=self.page.document_type, order__lt=facts.next_step.order
        ).order_by("order")
        return [(step.order, step.label_in(get_language() or "ky")) for step in steps]

    @cached_property
    def may_publish_urgently(self) -> bool:
        """Whether the reader may publish the text at once on his or her decision alone."""
        return self.bundle is None and bool(
            urgency.verdict_for(page=self.page, actor_id=self.reader_id, now=timezone.now())
        )

    @cached_property
    def history(self) -> list[LedgerEntry]:
        """What happened to the document, newest first."""
        return entries_of(content_id=self.page.content_id, locale=self.page.locale_code)[::-1]

    @property
    def clearings(self) -> list[LedgerEntry]:
        """The entries that cleared the document, newest first; for each there is a sign-off sheet."""
        return [entry for entry in self.history if entry.kind in CLEARING]

    @cached_property
    def _records(self) -> Records:
        return Records([self.page])

    @property
    def stage(self) -> Stage:
        """Where the document is."""
        return self._records.stage(self.page)

    @property
    def languages(self) -> tuple[LanguageState, ...]:
        """Where each of its languages is."""
        return self._records.languages(self.page.content_id)

    @cached_property
    def original_to_confirm(self) -> str:
        """The digest of the changed original to which the public text may be confirmed as it is; empty for none."""
        may_be = may_be_sent_as_it_is(self.page, records=self._records)
        return original_digest_for(self.page) if may_be else ""

    @cached_property
    def due(self) -> DuePublication | None:
        """When it will be published, if it waits for its time."""
        return DuePublication.objects.filter(page_id=self.page.pk).first()

    @cached_property
    def breaches(self) -> list[EmbargoBreach]:
        """The breaches of the embargo that count for the text now, in whatever language, the latest first."""
        if self.due is None:
            return []
        return Breaches(self._records, content_ids=[self.page.content_id]).standing(key_of(self.page))

    @cached_property
    def withdrawal(self) -> Withdrawal | None:
        """Its withdrawal that waits for decisions, or the closing that waits to be confirmed."""
        return Withdrawal.objects.open().filter(page_id=self.page.pk).first()

    @cached_property
    def bundle(self) -> Bundle | None:
        """The open bundle with which it will be published."""
        membership = membership_of(self.page)
        return membership.bundle if membership else None

    @cached_property
    def may_see_bundle(self) -> bool:
        """Whether the bundle exists for the reader: it does not where another document of it is hidden."""
        reader = get_user_model().objects.get(pk=self.reader_id)
        return self.bundle is not None and bundles_for(reader, now=timezone.now()).filter(pk=self.bundle.pk).exists()

    @cached_property
    def decide_by(self) -> dt.datetime | None:
        """By when the step whose turn it is has to be decided, if it is anybody's turn."""
        deadline = deadlines_of([self.page.pk]).get(self.page.pk)
        return deadline.due_at if deadline else None

    @property
    def time_has_passed(self) -> bool:
        """Whether the text names a time that is over and was not met: cleared now, it is published at once."""
        moment = self.draft.go_live_at
        if moment is None or moment > timezone.now():
            return False
        return not was_met(moment, published_at=published_at_last(self.history))

    @property
    def time_is_near(self) -> bool:
        """Whether its time is nearer than sites may keep what they show."""
        return is_too_near(self.draft, now=timezone.now())

    @property
    def is_late(self) -> bool:
        """Whether that moment has passed."""
        return self.decide_by is not None and self.decide_by <= timezone.now()

    @cached_property
    def changes_since_live(self) -> list[Change] | None:
        """Differences to the published text, without the notice; None when there is none or it is the same."""
        changes = self._changes_since(self._public)
        return changes and [change for change in changes if not change.is_of_notice]

    @cached_property
    def notice(self) -> corrections.Notice | None:
        """What readers will be told of the change; None when the document is not public or not complete."""
        return corrections.notice_of(self.draft, form=self.form) if self.form else None

    @cached_property
    def versions(self) -> list[corrections.PublicVersion]:
        """Every version that became public, the newest first."""
        return corrections.versions_of(self.history[::-1])

    @cached_property
    def changes_since_my_decision(self) -> list[Change] | None:
        """Differences to the text on which the reader last decided; None when he or she never did."""
        return self._changes_since(self._mine)

    @property
    def is_public_text_lost(self) -> bool:
        """Whether the record does not have what is public, so that nobody can see what would change."""
        return self._is_lost(self._public)

    @property
    def is_decided_text_lost(self) -> bool:
        """Whether it does not have the text on which the reader last decided."""
        return self._is_lost(self._mine)

    @cached_property
    def _mine(self) -> LedgerEntry | None:
        """The last decision of the reader; None when he or she never decided."""
        mine = (
            e
            for e in self.history
            if e.actor_id == self.reader_id and e.kind in (EntryKind.APPROVED, EntryKind.RETURNED)
        )
        return next(mine, None)

    @cached_property
    def _public(self) -> LedgerEntry | None:
        """Since which entry the document is public; None when it is not, or not any more."""
        return last_publication(self.history[::-1])

    @property
    def public_number(self) -> int | None:
        """The number of that entry."""
        return self._public.number if self._public else None

    def _changes_since(self, entry: LedgerEntry | None) -> list[Change] | None:
        if entry is None or self.form is None or entry.digest == self.form.digest:
            return None
        earlier = self._earlier.get(entry.digest)
        return differences(before=earlier, after=self.form.payload) if earlier else None

    def _is_lost(self, entry: LedgerEntry | None) -> bool:
        return entry is not None and entry.digest not in self._earlier

    @cached_property
    def _earlier(self) -> dict[str, dict[str, Any]]:
        """What is public, and what the reader last decided on, by their digests; without what is not on record."""
        return payloads_of(entry.digest for entry in (self._public, self._mine) if entry)
