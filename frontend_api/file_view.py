"""The bytes of published files: exactly those that were cleared, or none."""

import logging
import re
from pathlib import PurePosixPath
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from drf_spectacular.utils import extend_schema

from frontend_api import caching, queries
from frontend_api.models import PublishedFile
from frontend_api.parameters import FileParameters, validated
from frontend_api.problems import Code, Problem
from frontend_api.reading import ReadView
from frontend_api.schemas import file_response, problem_responses
from site_pages.storage import SERVED, sha256_of

logger = logging.getLogger(__name__)
FILENAME = re.compile(r"[-.\w]{1,255}", re.ASCII)
SHOWN_IN_PLACE = re.compile(r"image/[a-z]+|application/pdf")
# Bytes that are asked for by their hash never change. Who has read them has them, and keeps them for a day; a cache
# that gives them to others (s-maxage) asks us again, so that what is closed is closed there as well.
NAMED_SECONDS = 86400
LATEST_SECONDS = 300


class FileView(ReadView):
    """The bytes of a file that a published document refers to; every other file does not exist."""

    @extend_schema(parameters=[FileParameters], responses={**file_response(), **problem_responses()})
    def get(self, request: HttpRequest, file_id: UUID, filename: str) -> HttpResponse:
        wanted = validated(request.GET, FileParameters).get("sha256")
        file = queries.public_file(file_id, filename=filename, sha256=wanted) if FILENAME.fullmatch(filename) else None
        if file is None:
            raise Problem(Code.NOT_FOUND)
        response = _sent(file)
        is_attachment = SHOWN_IN_PLACE.fullmatch(file.content_type) is None
        response.headers["Content-Disposition"] = content_disposition_header(is_attachment, filename)
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response.headers["Cache-Control"] = _kept(file, for_good=wanted is not None)
        response.headers["ETag"] = caching.strong(file.sha256)
        return response


def _kept(file: PublishedFile, *, for_good: bool) -> str:
    """For how long the reader keeps the bytes, and a cache that gives them to others."""
    now, ends = timezone.now(), [file.document.expires_at]
    own = caching.max_age(now=now, ends=ends, at_most=NAMED_SECONDS if for_good else LATEST_SECONDS)
    shared = caching.max_age(now=now, ends=ends)
    return f"public, max-age={own}, s-maxage={shared}" + (", immutable" if for_good else "")


def _sent(file: PublishedFile) -> HttpResponse:
    """The bytes, by nginx where it keeps them for itself, else by this process; looked at in both cases."""
    content = _cleared_bytes(file)
    inside = PurePosixPath(file.storage_name)
    if not (settings.FILES_INTERNAL_LOCATION and inside.is_relative_to(SERVED)):
        return FileResponse(content, content_type=file.content_type)
    content.close()
    response = HttpResponse(content_type=file.content_type)
    response.headers["X-Accel-Redirect"] = f"{settings.FILES_INTERNAL_LOCATION}{inside.relative_to(SERVED)}"
    return response


def _cleared_bytes(file: PublishedFile) -> File:
    """The stored file, opened. Raises Problem when it is gone or is not what was cleared."""
    try:
        content = default_storage.open(file.storage_name)
    except OSError as error:
        logger.error("published_file_missing", extra={"storage_name": file.storage_name})
        raise Problem(Code.INTERNAL) from error
    if sha256_of(content) != file.sha256:
        content.close()
        logger.error("published_file_altered", extra={"storage_name": file.storage_name, "sha256": file.sha256})
        raise Problem(Code.INTERNAL)
    return content
