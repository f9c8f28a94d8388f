"""What approvals tells the documents: whether a text is locked, and which workflow carries its route."""

from django.db.models import Model, QuerySet
from wagtail.models import Revision, Workflow

from approvals import corrections
from approvals.facts import entries_of, is_turned_back, of_the_text
from approvals.models import BundleMember, DuePublication, EntryKind, Route, UrgentPublication, Withdrawal
from approvals.remarks import open_remarks
from site_pages.corrections import Correction
from site_pages.gatekeeping import PlaceRemark, Remark
from site_pages.models import DocumentPage, Person, Post, Tenure
from site_pages.naming import texts_naming
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.files import FileUnreadable


class LedgerRules:
    """The rules of clearance, as site_pages.gatekeeping asks for them."""

    def is_locked(self, page: DocumentPage) -> bool:
        """Under clearance, or cleared and waiting for its time."""
        return page.workflow_in_progress or DuePublication.objects.filter(page_id=page.pk).exists()

    def workflow_for(self, page: DocumentPage) -> Workflow | None:
        """The workflow of the type's route; None keeps the “Submit” button away."""
        if page.alias_of_id:
            return None
        route = Route.objects.select_related("workflow").filter(document_type=page.document_type).first()
        return route.workflow if route else None

    def remark_on(self, page: DocumentPage) -> Remark | None:
        """The remark of the return, while nothing has happened since."""
        entries = of_the_text(entries_of(content_id=page.content_id, locale=page.locale_code))
        if not entries or entries[-1].kind != EntryKind.RETURNED or is_turned_back(entries[-1]):
            return None
        places = tuple(PlaceRemark(anchor=r.anchor, label=r.label, text=r.text) for r in open_remarks(page))
        return Remark(by=entries[-1].actor_name, at=entries[-1].recorded_at, text=entries[-1].remark, places=places)

    def correction_of(self, page: DocumentPage) -> Correction | None:
        """What it would change in the version that the ledger says is public."""
        return corrections.correction_of(page)

    def owes_an_answer(self, page: DocumentPage) -> bool:
        """What was closed or published at once waits to be confirmed, and what is proposed to be decided on.

        An objection to an urgent publication answers it, though it leaves the debt.
        """
        urgent = UrgentPublication.objects.filter(page_id=page.pk, confirmed_at=None, objected_at=None)
        return Withdrawal.objects.open().filter(page_id=page.pk).exists() or urgent.exists()

    def languages_waiting_with(self, record) -> frozenset[str]:
        """By the versions that were cleared: drafts are in no index, and their rows may hold another text."""
        pages = DocumentPage.objects.filter(pk__in=self.texts_waiting_with(record))
        return frozenset(pages.values_list("locale__language_code", flat=True))

    def texts_waiting_with(self, record: Model) -> frozenset[int]:
        """By the versions that were cleared, as above."""
        return texts_naming(record, among=_waiting())

    def texts_changed_by(self, record: Model) -> frozenset[int]:
        """By the public form that the cleared version has now. The first that is found: one is enough to refuse."""
        named = frozenset().union(*(texts_naming(row, among=_waiting()) for row in _named_for(record)))
        due = DuePublication.objects.filter(page_id__in=named)
        digests = dict(due.values_list("revision_id", "digest"))
        for revision in Revision.objects.filter(pk__in=digests).iterator():
            if not _has_digest(revision, digests[revision.pk]):
                return frozenset({int(revision.object_id)})
        return frozenset()

    def is_in_bundle(self, page: DocumentPage) -> bool:
        """Until its bundle is published or given up, or the document taken out of it."""
        of_text = BundleMember.objects.filter(content_id=page.content_id, locale=page.locale_code, is_open=True)
        return of_text.exists()


def _waiting() -> QuerySet[Revision]:
    return Revision.objects.filter(pk__in=DuePublication.objects.values("revision_id"))


def _named_for(record: Model) -> list[Model]:
    """The rows that texts name and of which the record is a part: posts are told of people."""
    if isinstance(record, Post):
        return list(Person.objects.filter(tenures__post=record).distinct())
    return list(Person.objects.filter(pk=record.person_id)) if isinstance(record, Tenure) else [record]


def _has_digest(revision: Revision, digest: str) -> bool:
    try:
        return build(revision.as_object()).digest == digest
    except (FormIncomplete, FileUnreadable):
        return False
