"""What must stand where it is: a document that is public, and one whose text is under clearance.

Receivers of signals that every deletion and every move sends, also of a section above it and below every screen.
"""

from wagtail.models import Page, PageLogEntry, Revision

from site_pages import gatekeeping
from site_pages.models import Contribution, DocumentPage


def require_free(document: DocumentPage) -> None:
    """Raises GateClosed for a public document, TextLocked for one under clearance or waiting for its time."""
    if Page.objects.filter(pk=document.pk, live=True).exists():
        gatekeeping.require_open(page_id=document.pk, revision_id=document.live_revision_id)
    gatekeeping.require_unlocked(document)


def document_deleted(sender, instance: DocumentPage, **kwargs) -> None:
    """Before a document is deleted, alone or with whatever is above it. A limited one leaves no title behind."""
    require_free(instance)
    gatekeeping.require_answered(instance)
    if instance.is_access_limited:
        PageLogEntry.objects.filter(page_id=instance.pk).update(label=str(instance._meta.verbose_name), data={})


def page_moved(sender, instance: Page, **kwargs) -> None:
    """Before a page is moved with all that is below it."""
    for document in DocumentPage.objects.descendant_of(instance, inclusive=True).select_related("locale"):
        require_free(document.specific)


def revision_saved(sender, instance: Revision, raw: bool, **kwargs) -> None:
    """After a version is stored by whatever means, a copy of a document included: whoever wrote it contributed."""
    if raw or instance.user_id is None or instance.base_content_type.model_class() is not Page:
        return
    page = DocumentPage.objects.filter(pk=instance.object_id).select_related("locale").first()
    if page is not None:
        Contribution.note(page=page, user=instance.user, at=instance.created_at)
