"""Opening a text under embargo by a token: what it opens at this moment, and the record that it did."""

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.db import transaction

from approvals.embargo.records import EmbargoRecords
from approvals.embargo.rules import AccessState
from approvals.models import DuePublication, EarlyAccess, EarlyOpening
from approvals.outside import tokens
from approvals.outside.tokens import TokenDead, TokenUnknown
from approvals.texts_on_record import form_of
from site_pages.files.serving import served_name
from site_pages.public_form.canonical import PublicForm
from site_pages.storage import sha256_of

logger = logging.getLogger(__name__)
LONGEST_USER_AGENT = 300
PAGE, FORM = "page", "form"


class TextIsPublic(Exception):
    """What the token opened is public by now: everybody reads it there."""

    def __init__(self, access: EarlyAccess):
        super().__init__(access.pk)
        self.access = access


@dataclass(frozen=True)
class Opened:
    """What a token opens. until: the instant from which it opens nothing. embargo_until: when the text is published."""

    access: EarlyAccess
    form: PublicForm
    until: dt.datetime
    embargo_until: dt.datetime


@dataclass(frozen=True)
class Asker:
    """Who asks: the client's address and what it calls itself, as far as both can be known."""

    address: str
    user_agent: str


@dataclass(frozen=True)
class NamedFile:
    """One file of the text, and its bytes."""

    content: bytes
    filename: str
    content_type: str


@transaction.atomic
def look(*, token: str, now: dt.datetime) -> Opened:
    """What the token opens, without a trace: for what shows none of its words.

    A revocation and whatever happens through the token lock the same row. Raises TokenUnknown, TokenDead, TextIsPublic.
    """
    access = tokens.found(EarlyAccess.objects.select_for_update(), token=token)
    if access is None:
        raise TokenUnknown
    state = EmbargoRecords([access], now=now).state(access)
    if state == AccessState.PUBLISHED:
        raise TextIsPublic(access)
    due = DuePublication.objects.filter(page_id=access.page_id).first()
    form = _text_of(access) if state == AccessState.OPEN and due is not None else None
    if form is None:
        logger.warning("An early access that is dead was asked for: %s, %s.", access.pk, state)
        raise TokenDead
    return Opened(access=access, form=form, until=min(access.ends_at, due.due_at), embargo_until=due.due_at)


@transaction.atomic
def open_text(*, token: str, what: str, asker: Asker, now: dt.datetime) -> Opened:
    """The text, and the record that it was handed out as `what`. Raises TokenUnknown, TokenDead, TextIsPublic."""
    opened = look(token=token, now=now)
    _record(opened, what=what, asker=asker, now=now)
    return opened


@transaction.atomic
def open_file(*, token: str, sha256: str, asker: Asker, now: dt.datetime) -> tuple[Opened, NamedFile]:
    """One file of the text by its hash, and the record. Raises TokenUnknown, TokenDead, TextIsPublic."""
    opened = look(token=token, now=now)
    found = _file(opened.form, sha256=sha256)
    if found is None:
        logger.warning("An early access was asked for a file that is not its own: %s.", opened.access.pk)
        raise TokenDead
    _record(opened, what=f"file:{sha256}", asker=asker, now=now)
    return opened, found


def _record(opened: Opened, *, what: str, asker: Asker, now: dt.datetime) -> None:
    EarlyOpening.objects.create(
        access=opened.access,
        what=what,
        at=now,
        address=asker.address,
        user_agent="".join(filter(str.isprintable, asker.user_agent))[:LONGEST_USER_AGENT],
    )


def _text_of(access: EarlyAccess) -> PublicForm | None:
    """The cleared text, without the places of its files; None when the record has lost it or holds another."""
    form = form_of(access.digest)
    if form is None:
        logger.error("The record lacks the text of the early access %s, or holds another.", access.pk)
    return form


def files_of(value: Any) -> Iterator[dict]:
    """Every file that a public form names: file_id, sha256, filename, content_type and its words."""
    if isinstance(value, list):
        for item in value:
            yield from files_of(item)
    elif isinstance(value, dict):
        if "file_id" in value and "sha256" in value:
            yield value
        for item in value.values():
            yield from files_of(item)


def _file(form: PublicForm, *, sha256: str) -> NamedFile | None:
    named = next((file for file in files_of(form.payload) if file["sha256"] == sha256), None)
    name = served_name(sha256=sha256) if named else None
    if name is None:
        return None
    try:
        with default_storage.open(name) as stored:
            if sha256_of(stored) != sha256:
                return None
            return NamedFile(stored.read(), filename=named["filename"], content_type=named["content_type"])
    except (OSError, SuspiciousFileOperation):
        return None
