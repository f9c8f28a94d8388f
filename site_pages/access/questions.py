"""Which limited documents a request of the editorial process asks about: by the numbers and names in its address."""

import re
from dataclasses import dataclass

from django.http import HttpRequest
from wagtail.models import Page

from site_pages.models.access import AccessLimit
from site_pages.models.media import Photo, PhotoRendition, PressFile, ServedFile

PAGE_NUMBERS = ("page_id", "parent_page_id", "page_to_move_id", "destination_id", "page_pk")
PHOTO_NUMBERS, FILE_NUMBERS = ("image_id",), ("document_id", "doc_id")
LIBRARY = {
    "wagtailimages": Photo,
    "wagtailimages_chooser": Photo,
    "wagtaildocs": PressFile,
    "wagtaildocs_chooser": PressFile,
}
EDITOR = re.compile(r"/pages/(\d{1,18})/edit/$")


@dataclass(frozen=True)
class Question:
    """One limited document that is asked about. people: for whom it, or the photograph or file asked for, exists."""

    limit: AccessLimit
    people: frozenset[int]
    locale: str = ""


def asked_by(request: HttpRequest) -> list[Question]:
    """Every limited document of which the address names a page, a photograph or a file."""
    match = request.resolver_match
    values = {name: _number(value) for name, value in match.kwargs.items()}
    pages = {values.get(name) for name in PAGE_NUMBERS} | _pages_without_a_name(match)
    photos = {values.get(name) for name in PHOTO_NUMBERS}
    files = {values.get(name) for name in FILE_NUMBERS}
    library = next((LIBRARY[name] for name in match.namespaces if name in LIBRARY), None)
    if library or match.url_name == "wagtail_bulk_action":
        chosen = {values.get("pk"), *map(_number, request.GET.getlist("id"))}
        photos |= chosen if library is not PressFile else set()
        files |= chosen if library is not Photo else set()
    if match.url_name == "private_media":
        photos, files = _stored_under(match.kwargs["name"])
    return [*_of_pages(pages - {None}), *_of_records("photos", photos - {None}), *_of_records("files", files - {None})]


def editor_of(request: HttpRequest) -> Page | None:
    """The document whose editor an upload comes from, as the browser says; only ever used to hide more."""
    found = EDITOR.search(request.headers.get("Referer", "").split("?")[0])
    return Page.objects.filter(pk=int(found[1])).first() if found else None


def _pages_without_a_name(match) -> set[int | None]:
    names = match.namespaces
    if names[:1] == ["wagtailadmin_pages"] and match.args:
        return {_number(match.args[0])}
    if names[-1:] == ["pages"]:
        return {_number(match.kwargs.get("pk"))}
    if names[:1] == ["wagtailadmin_editing_sessions"]:
        return {_number(match.kwargs.get("object_id"))}
    return set()


def _number(value) -> int | None:
    text = str(value)
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _of_pages(ids: set) -> list[Question]:
    if not ids:
        return []
    keys = dict(Page.objects.filter(pk__in=ids).values_list("translation_key", "locale__language_code"))
    limits = AccessLimit.objects.filter(content_id__in=keys).prefetch_related("people")
    return [Question(found, _people(found), keys[found.content_id]) for found in limits]


def _of_records(name: str, ids: set) -> list[Question]:
    """One question for each record; whoever is named in one of its limits may see it."""
    if not ids:
        return []
    questions = []
    for pk in ids:
        limits = list(AccessLimit.objects.filter(**{name: pk}).prefetch_related("people"))
        people = frozenset().union(*map(_people, limits))
        questions += [Question(found, people) for found in limits]
    return questions


def _people(found: AccessLimit) -> frozenset[int]:
    return frozenset(person.pk for person in found.people.all())


def _stored_under(name: str) -> tuple[set, set]:
    """The records of the library whose bytes lie there, or what readers get of them; none when an open record has the
    same bytes."""
    served_from = ServedFile.objects.filter(storage_name=name).values_list("original_name", flat=True).first()
    return _originals(name) if served_from is None else _with_twins(*_originals(served_from))


def _originals(name: str) -> tuple[set, set]:
    photos = {*Photo.objects.filter(file=name).values_list("pk", flat=True)}
    photos |= {*PhotoRendition.objects.filter(file=name).values_list("image_id", flat=True)}
    files = {*PressFile.objects.filter(file=name).values_list("pk", flat=True)}
    return _unless_open(photos, files)


def _with_twins(photos: set, files: set) -> tuple[set, set]:
    """The records that readers get the same bytes of: of two uploads of one picture one file may be served."""
    hashes = [*Photo.objects.filter(pk__in=photos).values_list("file_hash", flat=True)]
    hashes += PressFile.objects.filter(pk__in=files).values_list("file_hash", flat=True)
    known = [value for value in hashes if value]
    photos = photos | {*Photo.objects.filter(file_hash__in=known).values_list("pk", flat=True)}
    return _unless_open(photos, files | {*PressFile.objects.filter(file_hash__in=known).values_list("pk", flat=True)})


def _unless_open(photos: set, files: set) -> tuple[set, set]:
    hidden_photos = {*AccessLimit.objects.filter(photos__in=photos).values_list("photos", flat=True)}
    hidden_files = {*AccessLimit.objects.filter(files__in=files).values_list("files", flat=True)}
    is_open = photos - hidden_photos or files - hidden_files
    return (set(), set()) if is_open else (photos, files)
