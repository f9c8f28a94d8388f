"""The language matrix: where each language of each document is, for one reader, in a fixed number of queries."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as Sheet
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from wagtail.permissions import page_permission_policy

from approvals.facts import actors_among, submitted_pages
from approvals.models import ActingAppointment, RouteStep
from approvals.policy import Actor, may_decide
from approvals.queue import Records
from approvals.stages import Stage
from site_pages.access.rules import pages_hidden_from
from site_pages.languages import CODES, KYRGYZ
from site_pages.models import DOCUMENT_TYPES, DocumentPage
from site_pages.visibility import visible_to

PER_SHEET = 50
WITH_THE_AUTHOR = (Stage.DRAFT, Stage.CHANGES_REQUESTED)
# Where the latest clearance is of the latest text, so that its sheet is the one that is wanted.
SIGNED = (
    Stage.CLEARED, Stage.WAITS_FOR_ORIGINAL, Stage.SCHEDULED, Stage.PUBLISHED, Stage.PUBLISHED_URGENTLY,
    Stage.NO_LONGER_CURRENT,
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """One text that the reader may see. may_open: also before it is public, on the decision screen."""

    page_id: int
    title: str
    may_edit: bool
    may_open: bool


@dataclass
class Document:
    """One document with those of its texts that the reader may see, by language."""

    content_id: UUID
    document_type: str
    texts: dict[str, Text] = field(default_factory=dict)
    changed_at: dt.datetime | None = None

    @property
    def type_name(self):
        """What the type is called."""
        return DOCUMENT_TYPES[self.document_type]._meta.verbose_name

    @property
    def locale(self) -> str:
        """The language of the title: Kyrgyz where there is a Kyrgyz text."""
        return next(code for code in CODES if code in self.texts)

    @property
    def title(self) -> str:
        """The title by which the document is known."""
        return self.texts[self.locale].title


@dataclass(frozen=True)
class Cell:
    """One language of one document. stage: None where there is no text. deciders: who may decide on it now."""

    locale: str
    stage: Stage | None = None
    is_stale: bool = False
    deciders: tuple[str, ...] = ()
    url: str = ""
    translate_url: str = ""
    sheet_url: str = ""


@dataclass(frozen=True)
class Row:
    """One document and all its languages."""

    document: Document
    cells: tuple[Cell, ...]


class LanguageMatrix:
    """The matrix of one reader."""

    def __init__(self, *, user, now: dt.datetime):
        self._user = user
        self._steps = list(RouteStep.objects.select_related("route"))
        people = get_user_model().objects.filter(
            Q(pk=user.pk)
            | Q(groups__in={step.group_id for step in self._steps})
            | Q(pk__in=ActingAppointment.objects.in_force(now).values("deputy_id"))
        )
        self._actors = actors_among(people.filter(is_active=True).distinct().order_by("pk"), now=now)
        self.documents = self._documents()

    def sheet(self, wanted, *, number: str) -> Sheet:
        """One sheet of rows, those that changed last first. wanted: a LanguageFilter. number: as it was asked for."""
        documents = [document for document in self.documents if wanted.fits_document(document)]
        records = None
        if wanted.asks_for_states:
            records = self._records(documents)
            documents = [document for document in documents if wanted.fits_states(self._states(document, records))]
        sheet = Paginator(documents, PER_SHEET).get_page(number)
        chosen = list(sheet.object_list)
        records = records or self._records(chosen)
        sheet.object_list = [Row(document, self._cells(document, records)) for document in chosen]
        return sheet

    # Which documents

    def _documents(self) -> list[Document]:
        types = ContentType.objects.get_for_models(*DOCUMENT_TYPES.values())
        kinds = {content_type.pk: model.document_type for model, content_type in types.items()}
        on_route = self._types_on_route()
        found: dict[UUID, Document] = {}
        for page_id, content_id, locale, title, draft_title, type_id, changed_at, may_edit in self._visible(
            [number for number, kind in kinds.items() if kind in on_route]
        ).values_list(
            "pk", "translation_key", "locale__language_code", "title", "draft_title", "content_type_id",
            "latest_revision_created_at", "may_edit",
        ):  # fmt: skip
            document = found.setdefault(content_id, Document(content_id, kinds[type_id]))
            may_open = self._user.is_superuser or may_edit or kinds[type_id] in on_route
            # Who may not open it knows a public document by its public title, whatever is being written or waits.
            document.texts[locale] = Text(page_id, (may_open and draft_title) or title, may_edit, may_open)
            document.changed_at = max(filter(None, (document.changed_at, changed_at)), default=None)
        long_ago = dt.datetime.min.replace(tzinfo=dt.UTC)
        return sorted(found.values(), key=lambda document: document.changed_at or long_ago, reverse=True)

    def _types_on_route(self) -> set[str]:
        """The types of document on whose routes the reader decides, in person or for another."""
        reader = self._actors.get(self._user.pk)
        groups = reader.group_ids | {acting.group_id for acting in reader.acting} if reader else set()
        return {step.route.document_type for step in self._steps if step.group_id in groups}

    def _visible(self, type_ids: list[int]) -> QuerySet[DocumentPage]:
        """What approvals.views.visible_page would show, and what is public."""
        own = page_permission_policy.instances_user_has_any_permission_for(self._user, {"change"})
        on_its_way = Q(content_type_id__in=type_ids) & Q(pk__in=submitted_pages())
        return (
            DocumentPage.objects.filter(
                Q(pk__in=visible_to(self._user).values("pk")) | on_its_way, alias_of__isnull=True
            )
            .exclude(pk__in=pages_hidden_from(self._user).values("pk"))
            .annotate(may_edit=Exists(own.filter(pk=OuterRef("pk"))))
        )

    # Where they are

    def _records(self, documents: Iterable[Document]) -> Records:
        return Records(content_ids=[document.content_id for document in documents], steps=self._steps)

    def _states(self, document: Document, records: Records) -> dict[str, tuple[Stage | None, bool]]:
        pages = {code: records.texts[document.content_id][code] for code in document.texts}
        found = {code: (records.stage(page), records.is_stale(page)) for code, page in pages.items()}
        return {code: found.get(code, (None, False)) for code in CODES}

    def _cells(self, document: Document, records: Records) -> tuple[Cell, ...]:
        states = self._states(document, records)
        return tuple(self._cell(document, code, records, *states[code]) for code in CODES)

    def _cell(self, document: Document, code: str, records: Records, stage: Stage | None, is_stale: bool) -> Cell:
        text = document.texts.get(code)
        if text is None:
            is_missing = code not in records.texts[document.content_id]
            return Cell(code, translate_url=self._translate_url(document) if is_missing else "")
        name = "wagtailadmin_pages:edit" if text.may_edit and stage in WITH_THE_AUTHOR else "approvals:document"
        page = records.texts[document.content_id][code]
        return Cell(
            locale=code,
            stage=stage,
            is_stale=is_stale,
            deciders=self._deciders(page, records) if text.may_open else (),
            url=reverse(name, args=[text.page_id]) if text.may_open else "",
            sheet_url=reverse("approvals:sheet_pdf", args=[text.page_id]) if text.may_open and stage in SIGNED else "",
        )

    def _deciders(self, page: DocumentPage, records: Records) -> tuple[str, ...]:
        facts = records.facts(page)
        if not facts.is_under_way or facts.next_step is None:
            return ()

        def may(actor: Actor) -> bool:
            return bool(may_decide(actor=actor, step=facts.next_step, facts=facts))

        return tuple(actor.name for actor in self._actors.values() if may(actor))

    def _translate_url(self, document: Document) -> str:
        """Where a missing text is begun; empty for who may not."""
        source = document.texts[KYRGYZ if KYRGYZ in document.texts else document.locale]
        if not (source.may_edit and self._user.has_perm("simple_translation.submit_translation")):
            return ""
        return reverse("simple_translation:submit_page_translation", args=[source.page_id])
