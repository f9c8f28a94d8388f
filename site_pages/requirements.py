"""What a document still lacks before it may be submitted: a list of issues, each beside its field.

Requirement, permission and state are three things. An unmet requirement is a value, never an exception.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

SLUG = re.compile(r"[-a-zA-Z0-9_]+")


@dataclass(frozen=True)
class Issue:
    """One thing that a document lacks.

    field: the name of the form field that it stands beside. message: in the reader's language.
    """

    field: str
    code: str
    message: str


def missing(page, *fields: str) -> Iterator[Issue]:
    """One issue for each of the fields that is empty."""
    for name in fields:
        value = getattr(page, name)
        if value is None or (isinstance(value, str) and not value.strip()):
            label = page._meta.get_field(name).verbose_name
            yield Issue(name, "required", _("“%(field)s” is empty.") % {"field": label})


def lost_issues(page) -> Iterator[Issue]:
    """One issue for each place where something was named that is not there any more."""
    message = _("“%(field)s”: what stood here no longer exists. Name another, or save the text without it.")
    for lost in page.lost:
        yield Issue(lost.field, "lost", message % {"field": lost.label})


def photo_issues(photos: Iterable, *, locale: str, field: str) -> Iterator[Issue]:
    """A photograph goes out with a credit and with an alternative text in the document's language.

    photos: pairs of a photograph and the alternative text given where it is used (may be empty).
    """
    for photo, alt_text in photos:
        if photo is None:
            yield Issue(field, "photo_missing", _("A photograph that the text uses no longer exists."))
            continue
        if not (alt_text or photo.alt_text_in(locale)).strip():
            yield Issue(
                field,
                "alt_text",
                _("The photograph “%(title)s” has no alternative text in this language.") % {"title": photo.title},
            )
        if not photo.credit.strip():
            yield Issue(field, "credit", _("The photograph “%(title)s” has no credit.") % {"title": photo.title})


def photos_in(body) -> Iterator[tuple]:
    """Every photograph of a body, with the alternative text given there."""
    for child in body:
        figures = (
            [child.value]
            if child.block_type == "figure"
            else child.value["photos"]
            if child.block_type == "gallery"
            else []
        )
        for figure in figures:
            yield figure["photo"], figure["alt_text"]


def body_issues(page) -> Iterator[Issue]:
    """A body has text, its photographs their words, its attachments their files."""
    if len(page.body) == 0:
        yield Issue("body", "required", _("The body is empty."))
    yield from photo_issues(photos_in(page.body), locale=page.locale.language_code, field="body")
    if any(child.block_type == "attachment" and child.value["file"] is None for child in page.body):
        yield Issue("body", "file_missing", _("A file that the text uses no longer exists."))


def original_issues(page) -> Iterator[Issue]:
    """The state-language text is the original: an act is not cleared in another language before it exists in Kyrgyz."""
    if page.locale.language_code == "ky":
        return
    has_original = (
        type(page)
        .objects.filter(translation_key=page.translation_key, locale__language_code="ky", alias_of__isnull=True)
        .exists()
    )
    if not has_original:
        yield Issue("text_role", "no_original", _("There is no Kyrgyz text of this act. Write the original first."))


def slug_issues(page) -> Iterator[Issue]:
    """The address of a document is one that readers can ask for, and unique among those of its type and language."""
    yield from slug_sign_issues(page)
    if page.path and page.get_siblings(inclusive=False).filter(slug=page.slug).exists():
        message = _("“%(slug)s” is already the address of another document of this type and language.")
        yield Issue("slug", "slug_taken", message % {"slug": page.slug})


def slug_sign_issues(page) -> Iterator[Issue]:
    """Under an address in other letters the public side would find nothing (frontend_api.urls)."""
    if page.slug and not SLUG.fullmatch(page.slug):
        message = _("“%(slug)s” cannot be an address: only Latin letters, digits, - and _ can stand in it.")
        yield Issue("slug", "slug_signs", message % {"slug": page.slug})


def act_number_issues(page) -> Iterator[Issue]:
    """The number of an act is unique among acts of its type and year."""
    if not (page.act_type_id and page.number and page.signed_on):
        return
    others = type(page).objects.filter(
        act_type_id=page.act_type_id,
        number=page.number,
        number_suffix=page.number_suffix,
        signed_on__year=page.signed_on.year,
    )
    if others.exclude(translation_key=page.translation_key).exists():
        yield Issue(
            "number",
            "number_taken",
            _("No. %(number)s of %(year)s is already the number of another act of this type.")
            % {"number": page.number_label, "year": page.signed_on.year},
        )
