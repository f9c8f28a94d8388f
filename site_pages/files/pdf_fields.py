"""What stands on top of the pages of a PDF: links, and fields of forms with what was written into them.

Nobody sees what a field holds that is hidden, has no size or stands on no page: such fields are taken out.
"""

from collections.abc import Iterator

import pikepdf

from site_pages.files.pdf_keys import keep, lead_up, name_of
from site_pages.files.refusals import refusal

HIDDEN, HIDDEN_ON_SCREENS, PASSWORD = 1 << 1, 1 << 5, 1 << 13
MOST_DEPTH = 60
# Of all boxes together, one for each state.
MOST_LOOKS = 1_000_000
# What nobody sees: what a field held before, its text once more, who wrote it and when.
LINK_KEYS = {
    "/Type", "/Subtype", "/Rect", "/Border", "/BS", "/C", "/A", "/Dest", "/H", "/F", "/QuadPoints", "/StructParent",
    "/P", "/AP", "/AS", "/OC",
}  # fmt: skip
FIELD_KEYS = {"/FT", "/Parent", "/Kids", "/T", "/TU", "/Ff", "/V", "/DA", "/Q", "/Opt", "/MaxLen", "/TI", "/I"}
WIDGET_KEYS = {*LINK_KEYS, *FIELD_KEYS, "/MK"}
FORM_KEYS = {"/Fields", "/NeedAppearances", "/DR", "/DA", "/Q"}
LOOK_KEYS = {"/R", "/BC", "/BG", "/CA", "/TP", "/IF"}
SHARED_KEYS = {"/Font", "/Encoding"}


class Annotations:
    """What stands on the pages of one document. Raises ValidationError.

    What several pages name is cleaned once: on all of them it is the same.
    """

    def __init__(self) -> None:
        # The numbers of what is seen.
        self.seen: set[tuple[int, int]] = set()
        self._met: set[tuple[int, int]] = set()
        self._lists: dict[tuple[int, int], list[pikepdf.Object]] = {}
        self._looks_left = MOST_LOOKS

    def clean(self, page: pikepdf.Object) -> list[pikepdf.Object]:
        """Leave on the page what is seen of links and fields; returns the drawings that show them."""
        annotations = page.get("/Annots")
        if annotations is None:
            return []
        if annotations.is_indirect and annotations.objgen in self._lists:
            looks = self._lists[annotations.objgen]
        else:
            shown = [one for one in list(annotations) if self._is_shown(one, page=page)]
            looks = [look for one in shown for look in self._looks_of(one)]
            if annotations.is_indirect:
                self._lists[annotations.objgen] = looks
                _fill(annotations, shown)
            else:
                page.Annots = annotations = pikepdf.Array(shown)
        if len(annotations) == 0:
            del page["/Annots"]
        return looks

    def _is_shown(self, annotation: pikepdf.Object, *, page: pikepdf.Object) -> bool:
        if not isinstance(annotation, pikepdf.Dictionary):
            return False
        if annotation.is_indirect:
            if annotation.objgen in self._met:
                return annotation.objgen in self.seen
            self._met.add(annotation.objgen)
        if not _is_seen(annotation):
            return False
        if annotation.is_indirect:
            self.seen.add(annotation.objgen)
        keep(annotation, LINK_KEYS if name_of(annotation, "/Subtype") == "/Link" else WIDGET_KEYS)
        if "/P" in annotation:
            annotation.P = page
        if isinstance(look := annotation.get("/MK"), pikepdf.Dictionary):
            keep(look, LOOK_KEYS)
        _clean_looks(annotation)
        return True

    def _looks_of(self, annotation: pikepdf.Object) -> Iterator[pikepdf.Object]:
        """The drawings that are, or can become, what is seen of it."""
        looks = annotation.get("/AP")
        shown = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
        if isinstance(shown, pikepdf.Stream):
            yield shown
        elif isinstance(shown, pikepdf.Dictionary):
            self._looks_left -= len(shown)
            if self._looks_left < 0:
                raise refusal("zip_bomb")
            yield from (look for _state, look in shown.items() if isinstance(look, pikepdf.Stream))


def clean_form(pdf: pikepdf.Pdf, *, seen: set[tuple[int, int]]) -> None:
    """Leave in the form the fields that are seen. seen: the numbers of what stands on the pages."""
    form = pdf.Root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return
    keep(form, FORM_KEYS)
    if isinstance(shared := form.get("/DR"), pikepdf.Dictionary):
        keep(shared, SHARED_KEYS)
    fields, done = form.get("/Fields"), set()
    staying = [
        field
        for field in (list(fields) if isinstance(fields, pikepdf.Array) else [])
        if _stays(field, seen=seen, done=done, kind="", parent=None, depth=0)
    ]
    if staying:
        form.Fields = pikepdf.Array(staying)
    else:
        del pdf.Root["/AcroForm"]


def _stays(field, *, seen: set, done: set, kind: str, parent: pikepdf.Object | None, depth: int) -> bool:
    if not isinstance(field, pikepdf.Dictionary) or field.objgen in done:
        return False
    if depth > MOST_DEPTH:
        raise refusal("zip_bomb")
    done |= {field.objgen} if field.is_indirect else set()
    kind = name_of(field, "/FT") or kind
    kids = field.get("/Kids")
    below = [
        kid
        for kid in (list(kids) if isinstance(kids, pikepdf.Array) else [])
        if _stays(kid, seen=seen, done=done, kind=kind, parent=field, depth=depth + 1)
    ]
    is_on_a_page = field.is_indirect and field.objgen in seen
    if not below and not is_on_a_page:
        return False
    keep(field, WIDGET_KEYS if is_on_a_page else FIELD_KEYS)
    if below:
        field.Kids = pikepdf.Array(below)
    lead_up(field, "/Parent", parent)
    if kind == "/Sig" or _number(field.get("/Ff")) & PASSWORD:
        _put(field, "/V", None)
    return True


def _clean_looks(annotation: pikepdf.Object) -> None:
    """Of the drawings for each state those that can be seen: of a box all, of others the one that is."""
    looks = annotation.get("/AP")
    shown = looks.get("/N") if isinstance(looks, pikepdf.Dictionary) else None
    if isinstance(shown, pikepdf.Dictionary) and _kind(annotation) != "/Btn":
        shown = shown.get(name_of(annotation, "/AS") or "/Off")
    _put(annotation, "/AP", None if shown is None else pikepdf.Dictionary(N=shown))


def _fill(array: pikepdf.Object, parts: list[pikepdf.Object]) -> None:
    """Let an array that others may name hold these parts and no more."""
    if len(parts) != len(array):
        del array[:]
        array.extend(parts)


def _kind(field: pikepdf.Object) -> str:
    for _step in range(MOST_DEPTH):
        if "/FT" in field or not isinstance(parent := field.get("/Parent"), pikepdf.Dictionary):
            break
        field = parent
    return name_of(field, "/FT")


def _is_seen(annotation: pikepdf.Object) -> bool:
    if _number(annotation.get("/F")) & (HIDDEN | HIDDEN_ON_SCREENS):
        return False
    corners = annotation.get("/Rect")
    if not isinstance(corners, pikepdf.Array) or len(corners) != 4:
        return False
    left, low, right, high = list(corners)
    return left != right and low != high


def _number(value) -> int:
    return value if isinstance(value, int) else 0


def _put(found: pikepdf.Object, key: str, value: pikepdf.Object | None) -> None:
    if value is not None:
        found[key] = value
    elif key in found:
        del found[key]
