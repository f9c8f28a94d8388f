"""The lock on the document's side of the gate.

A document can become live, change what is live, or cease to be live only while the gate stands open for exactly that
revision. The gate itself, and who may open it, is the matter of the approvals app; without it everything stays shut.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from site_pages.corrections import Correction

NOT_ANSWERED = _(
    "The withdrawal or the urgent publication of this document still waits for decisions, so it cannot be deleted."
)
IN_A_BUNDLE = _("This document is in a bundle, so it cannot be deleted. Take it out of the bundle first.")


class GateClosed(PermissionDenied):
    """Something tried to make a document public, or to take it away, outside the gate."""


class TextLocked(PermissionDenied):
    """Something tried to change a text that is under clearance, or cleared and waiting."""


class RecordKept(Exception):
    """Something was to be changed or deleted that a text rests on. Nothing was changed. pages: of those texts."""

    def __init__(self, words, *, pages: frozenset[int] = frozenset()):
        super().__init__(words)
        self.pages = pages


RECORD_IS_KEPT = _("It is used by a text that is cleared and waits for its publication: stop that publication first.")


@dataclass(frozen=True)
class Opening:
    """For which page and revision the gate stands open."""

    page_id: int
    revision_id: int | None


_open: ContextVar[Opening | None] = ContextVar("open_gate", default=None)
_is_writing: ContextVar[bool] = ContextVar("a_register_is_written", default=False)


@dataclass(frozen=True)
class PlaceRemark:
    """What was said about one place: `field:<name>` or `block:<id>`."""

    anchor: str
    label: str
    text: str


@dataclass(frozen=True)
class Remark:
    """Why a text came back: who returned it, when, what should be changed, and where. places: those still open."""

    by: str
    at: datetime
    text: str
    places: tuple[PlaceRemark, ...] = ()


class ClearanceRules(Protocol):
    """What the approvals app knows of a page that the page itself cannot know."""

    def is_locked(self, page) -> bool:
        """Whether the text must not change now: it is under clearance, or cleared and waiting for its time."""

    def workflow_for(self, page):
        """Wagtail's workflow that carries the page's route of clearance, or None: it cannot be submitted."""

    def remark_on(self, page) -> Remark | None:
        """The remark with which the page was returned, or None: returned is not the last that happened to it."""

    def correction_of(self, page) -> Correction | None:
        """What the text, as it is in memory, would change in what is public; None when it is not public."""

    def owes_an_answer(self, page) -> bool:
        """Whether something about the page still waits for people, so that it must not be deleted."""

    def languages_waiting_with(self, record) -> frozenset[str]:
        """The languages of the cleared and waiting texts that use the photograph or file."""

    def texts_waiting_with(self, record) -> frozenset[int]:
        """The pages of the cleared and waiting texts that name the row."""

    def texts_changed_by(self, record) -> frozenset[int]:
        """The page of a cleared and waiting text that is not what was cleared any more, and names the row."""

    def is_in_bundle(self, page) -> bool:
        """Whether the page is to become public together with others, so that it must not be deleted."""


class NoClearance:
    """The rules while nobody has brought any: what is under way is locked, nothing can be submitted."""

    def is_locked(self, page) -> bool:
        return page.workflow_in_progress

    def workflow_for(self, page) -> None:
        return None

    def remark_on(self, page) -> None:
        return None

    def correction_of(self, page) -> None:
        return None

    def owes_an_answer(self, page) -> bool:
        return False

    def languages_waiting_with(self, record) -> frozenset[str]:
        return frozenset()

    def texts_waiting_with(self, record) -> frozenset[int]:
        return frozenset()

    def texts_changed_by(self, record) -> frozenset[int]:
        return frozenset()

    def is_in_bundle(self, page) -> bool:
        return False


_rules: ClearanceRules = NoClearance()


@contextmanager
def opened(*, page_id: int, revision_id: int | None) -> Iterator[None]:
    """Hold the gate open for one revision of one page, or with None for ceasing to be live; for the gate's own use."""
    token = _open.set(Opening(page_id=page_id, revision_id=revision_id))
    try:
        yield
    finally:
        _open.reset(token)


def is_open(*, page_id: int | None, revision_id: int | None) -> bool:
    """Whether the gate stands open for this revision of this page."""
    opening = _open.get()
    return opening is not None and opening == Opening(page_id=page_id or 0, revision_id=revision_id)


def is_open_for_page(*, page_id: int | None) -> bool:
    """Whether the gate stands open for some revision of this page."""
    opening = _open.get()
    return opening is not None and opening.page_id == page_id


def require_open(*, page_id: int | None, revision_id: int | None) -> None:
    """Raises GateClosed unless the gate stands open for this revision of this page."""
    if not is_open(page_id=page_id, revision_id=revision_id):
        raise GateClosed(_("Only a cleared text becomes public, and only through the gate."))


def bring_rules(rules: ClearanceRules) -> None:
    """Name the rules of clearance; called once, when the apps are ready."""
    global _rules
    _rules = rules


def is_locked(page) -> bool:
    """Whether the page's text must not change now: it is under clearance, or cleared and waiting."""
    return _rules.is_locked(page)


def workflow_for(page):
    """Wagtail's workflow that carries the page's route of clearance, or None: it cannot be submitted."""
    return _rules.workflow_for(page)


def remark_on(page) -> Remark | None:
    """The remark with which the page was returned to its author, while it stays returned."""
    return _rules.remark_on(page)


def correction_of(page) -> Correction | None:
    """What the page, as it is in memory, would change in what is public; None when it is not public."""
    return _rules.correction_of(page)


def languages_waiting_with(record) -> frozenset[str]:
    """The languages of the cleared and waiting texts that use the photograph or file; empty: none does."""
    return _rules.languages_waiting_with(record)


def texts_waiting_with(record) -> frozenset[int]:
    """The pages of the cleared and waiting texts that name the row."""
    return _rules.texts_waiting_with(record)


def require_free(record) -> None:
    """Raises RecordKept while a cleared and waiting text names the row."""
    if pages := texts_waiting_with(record):
        raise RecordKept(RECORD_IS_KEPT, pages=pages)


@contextmanager
def as_cleared(record) -> Iterator[None]:
    """For whatever is written of a register: afterwards each waiting text is what was cleared, or nothing was written.

    What is written within, of rows that hang on the record, is looked at together, at the end. Raises RecordKept.
    """
    if _is_writing.get():
        yield
        return
    token = _is_writing.set(True)
    try:
        with transaction.atomic():
            before = record.public_state()
            yield
            if record.public_state() != before:
                require_as_cleared(record)
    finally:
        _is_writing.reset(token)


def row_gone(sender, instance, **kwargs) -> None:
    """After a row that hangs on a register was deleted, in the transaction of the deletion. Raises RecordKept."""
    if not _is_writing.get():
        require_as_cleared(instance)


def require_as_cleared(record) -> None:
    """Raises RecordKept where a waiting text that names the row is not what was cleared any more."""
    if pages := _rules.texts_changed_by(record):
        raise RecordKept(RECORD_IS_KEPT, pages=pages)


def is_in_bundle(page) -> bool:
    """Whether the page is to become public together with others."""
    return _rules.is_in_bundle(page)


def require_answered(page) -> None:
    """Raises TextLocked while something about the page waits for people, or others wait for it in a bundle."""
    if _rules.owes_an_answer(page):
        raise TextLocked(NOT_ANSWERED)
    if _rules.is_in_bundle(page):
        raise TextLocked(IN_A_BUNDLE)


def require_unlocked(page) -> None:
    """Raises TextLocked while the page's text is under clearance, or cleared and waiting."""
    if is_locked(page):
        raise TextLocked(
            _("This text is under clearance and cannot be changed. Recall it or wait until it is returned.")
        )
