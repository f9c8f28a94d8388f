"""Where readers find what is public: the addresses that stand in mails and in answers to people outside."""

from uuid import UUID

from django.conf import settings


def document_address(*, content_id: UUID, locale: str) -> str:
    """Where everybody reads the document."""
    return _full(settings.PUBLIC_DOCUMENT_PATH.format(content_id=content_id, locale=locale))


def version_address(*, content_id: UUID, locale: str, number: int) -> str:
    """Where one version of it is."""
    return _full(f"/api/v1/documents/{content_id}/versions/{number}?locale={locale}")


def difference_address(*, content_id: UUID, locale: str, number: int) -> str:
    """Where it says what this version changed in the one before."""
    return _full(f"/api/v1/documents/{content_id}/versions/{number}/difference?locale={locale}")


def versions_address(*, content_id: UUID, locale: str) -> str:
    """Where all its versions are listed."""
    return _full(f"/api/v1/documents/{content_id}/versions?locale={locale}")


def _full(path: str) -> str:
    return settings.PUBLIC_BASE_URL.rstrip("/") + path
