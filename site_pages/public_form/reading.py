"""A public form for the eye of staff: the same words, with the pictures of drafts that only staff may open."""

import re
from functools import cached_property

from django.core.files.storage import default_storage
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from site_pages.public_form.canonical import PublicForm


class ReadableForm:
    """One public form with its files made visible to staff."""

    def __init__(self, form: PublicForm):
        self.form = form
        self.payload = form.payload
        self._urls = {str(file.file_id): default_storage.url(file.storage_name) for file in form.files}

    @cached_property
    def body(self) -> SafeString:
        """The body's clean HTML with the addresses of its files filled in."""
        html = re.sub(
            r'<(img|a) data-file-id="([0-9a-f-]{36})"',
            lambda m: f'<{m[1]} {"src" if m[1] == "img" else "href"}="{escape(self._urls.get(m[2], ""))}"',
            self.payload["body"]["html"],
        )
        return mark_safe(html)  # noqa: S308 cleaned by nh3 when the form was built

    @property
    def image_url(self) -> str | None:
        """The address of the leading photograph for staff."""
        image = self.payload.get("image")
        return self._urls.get(image["file_id"]) if image else None
