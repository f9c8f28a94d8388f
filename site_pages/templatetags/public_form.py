"""The public form of a page, for previews."""

from django import template

from site_pages.models import DocumentPage
from site_pages.public_form.builders import FormIncomplete, build
from site_pages.public_form.files import FileUnreadable
from site_pages.public_form.reading import ReadableForm

register = template.Library()


@register.simple_tag
def readable_form(page: DocumentPage) -> ReadableForm | None:
    """The page as the public will read it, or None while it is incomplete."""
    try:
        return ReadableForm(build(page))
    except (FormIncomplete, FileUnreadable):
        return None
