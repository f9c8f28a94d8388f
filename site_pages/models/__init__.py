"""What a document is."""

from site_pages.models.permits import PublicationPermit

__all__ = ["PublicationPermit"]
