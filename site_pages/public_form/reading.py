"""A public form for the eye: the same words, with the pictures of drafts where the reader may open them."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cached_property

from django.core.files.storage import default_storage
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from site_pages.public_form.canonical import PublicForm


class ReadableForm:
    """One public form with its files made visible.

    addresses: of the files that the reader may open, by file_id; without them those for staff.
    """

    def __init__(self, form: PublicForm, *, addresses: Mapping[str, str] | None = None):
        self.form = form
        self.payload = form.payload
        for_staff = {str(file.file_id): default_storage.url(file.storage_name) for file in form.files}
        self._urls = for_staff if addresses is None else addresses

    @cached_property
    def body(self) -> SafeString:
        """The body's clean HTML with the addresses of its files filled in."""
        html = re.sub(r'<(img|a) data-file-id="([0-9a-f-]{36})"', self._with_address, self.payload["body"]["html"])
        return mark_safe(html)  # noqa: S308 cleaned by nh3 when the form was built

    def _with_address(self, tag: re.Match) -> str:
        """A picture or a link that leads somewhere only where the reader may open the file."""
        name, address = tag[1], self._urls.get(tag[2])
        return f'<{name} {"src" if name == "img" else "href"}="{escape(address)}"' if address else f"<{name}"

    @property
    def becomes_public_at(self) -> dt.datetime | None:
        """The time of publication; None for one that is published as soon as it is cleared."""
        return _moment(self.payload.get("scheduled_for"))

    @property
    def ends_at(self) -> dt.datetime | None:
        """From when on nobody reads it; None for most."""
        return _moment(self.payload.get("expires_at"))

    @property
    def image_url(self) -> str | None:
        """The address of the leading photograph for the reader."""
        image = self.payload.get("image")
        return self._urls.get(image["file_id"]) if image else None


def _moment(value: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(value) if value else None
