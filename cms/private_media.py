"""Files of drafts: only staff may open them, and nothing about them is public, not even that they exist."""

import posixpath

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from site_pages.models import PressFile
from site_pages.public_form.filenames import CONTENT_TYPES

SHOWN = {".avif", ".gif", ".jpeg", ".jpg", ".png", ".webp"}


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponse:
    """One stored file, for people who work in the editor; for everybody else it does not exist."""
    if not (request.user.is_active and request.user.has_perm("wagtailadmin.access_admin")):
        raise Http404
    try:
        if "\x00" in name or not default_storage.exists(name) or posixpath.normpath(name) != name:
            raise Http404
        content = default_storage.open(name)
    except (SuspiciousFileOperation, OSError, ValueError) as error:
        raise Http404 from error
    ending = posixpath.splitext(name)[1].lower()
    media_type = CONTENT_TYPES.get(ending, "application/octet-stream")
    response = FileResponse(content, content_type=media_type, as_attachment=ending not in SHOWN)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def serve_document(request: HttpRequest, document_id: int, document_filename: str) -> HttpResponse:
    """Wagtail's address of a file of the library, behind the same rule."""
    if not request.user.is_authenticated:
        raise Http404
    from_library = PressFile.objects.filter(pk=document_id).first()
    if from_library is None:
        raise Http404
    return serve(request, from_library.file.name)
