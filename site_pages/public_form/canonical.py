"""The canonical bytes of a public form (RFC 8785) and their digest."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import rfc8785

from site_pages.public_form.payload import FORMS, ONLY_WHEN_GIVEN, DocumentForm


@dataclass(frozen=True)
class PublicFile:
    """One file that a public form refers to, and where the storage keeps it."""

    file_id: UUID
    storage_name: str
    filename: str
    content_type: str
    file_size: int
    sha256: str


@dataclass(frozen=True)
class PublicForm:
    """What the public will read of one document: the exact bytes and everything that they refer to.

    canonical: RFC 8785 JSON, UTF-8. digest: SHA-256 of `canonical`, 64 lower-case hex digits.
    """

    canonical: bytes
    digest: str
    files: tuple[PublicFile, ...] = ()

    @property
    def payload(self) -> dict[str, Any]:
        """The cleared part as plain JSON values."""
        return json.loads(self.canonical)


def digest_of(canonical: bytes) -> str:
    """SHA-256 of the canonical bytes, 64 lower-case hex digits."""
    return hashlib.sha256(canonical).hexdigest()


def seal(form: DocumentForm, *, files: tuple[PublicFile, ...] = ()) -> PublicForm:
    """The public form of a filled-in allow-list."""
    not_given = {name for name in ONLY_WHEN_GIVEN if getattr(form, name) is None}
    canonical = rfc8785.dumps(form.model_dump(mode="json", exclude=not_given))
    return PublicForm(canonical=canonical, digest=digest_of(canonical), files=files)


def schema_for(document_type: str) -> dict[str, Any]:
    """JSON Schema (2020-12) of the cleared part of one type."""
    return FORMS[document_type].model_json_schema(mode="serialization")
