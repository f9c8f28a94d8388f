"""What may stand in a PDF: what draws and what leads to a page. Other things are refused, or go when it is served."""

import re
from decimal import Decimal

import pikepdf

from site_pages.files.pdf_keys import VIEW_KEYS, clean_kind, keep, name_of
from site_pages.files.pdf_layers import check_membership
from site_pages.files.refusals import refusal

TAKEN_ACTIONS = {"/GoTo", "/URI"}
ACTIONS = {
    "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/ResetForm", "/GoToE", "/GoToR", "/GoToDp", "/Thread",
    "/Named", "/Hide", "/Rendition", "/RichMedia", "/RichMediaExecute", "/Movie", "/Sound", "/Trans", "/GoTo3DView",
    "/SetOCGState",
}  # fmt: skip
ACTION_HOLDERS = {"/A", "/PA", "/Next", "/OpenAction"}
ACTING_KEYS = {"/JS", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/3DD"}
CARRYING_KEYS = {"/EF", "/EmbeddedFiles", "/Collection"}
TAKEN_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
SHOWN_ANNOTATIONS = {"/Link", "/Widget"}
ACTING_ANNOTATIONS = {"/RichMedia", "/Screen", "/3D", "/Movie", "/Sound"}
REMARKS = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink", "/Popup", "/Redact", "/Projection", "/TrapNet",
    "/FileAttachment", *ACTING_ANNOTATIONS,
}  # fmt: skip
FILE_NAMES = {"/F", "/UF", "/DOS", "/Mac", "/Unix"}
# Readers put their values into programs that draw letters: words among them have been run there (CVE-2024-4367).
NUMBERED_KEYS = {"/FontMatrix", "/FontBBox", "/Matrix"}
# A dictionary without any of these is not looked into: a file may hold a million.
WATCHED_KEYS = {"/S", "/Type", "/Subtype", "/ByteRange", "/FS", "/Ref", "/PS", *ACTION_HOLDERS, *ACTING_KEYS,
                *CARRYING_KEYS, *FILE_NAMES, *NUMBERED_KEYS}  # fmt: skip

CATALOGUE_KEYS = {
    "/Type", "/Version", "/Pages", "/PageLabels", "/Names", "/Dests", "/ViewerPreferences", "/PageLayout", "/PageMode",
    "/Outlines", "/AcroForm", "/StructTreeRoot", "/MarkInfo", "/Lang", "/OutputIntents", "/OCProperties",
}  # fmt: skip
ACTION_KEYS = {"/Type", "/S", "/D", "/URI", "/Next"}
TRAILER_KEYS = {"/Root", "/Size", "/Prev", "/XRefStm", "/Type", "/W", "/Index", "/Filter", "/DecodeParms", "/Length"}
TELLING_KEYS = {"/Metadata", "/PieceInfo", "/LastModified", "/Thumb", "/SpiderInfo", "/CreatorInfo", "/OPI", "/AF"}
TELLING_WORDS = {
    "/Author",
    "/Creator",
    "/Producer",
    "/CreationDate",
    "/ModDate",
    "/Company",
    "/SourceModified",
    "/Info",
}


def check(found: pikepdf.Object) -> None:
    """Refuse what acts, is another file or leads into one, or is a remark. Raises ValidationError."""
    keys = found.keys()
    if keys.isdisjoint(WATCHED_KEYS):
        return
    _check_actions(found, keys)
    if keys & CARRYING_KEYS or ("/Type" in keys and name_of(found, "/Type") == "/EmbeddedFile"):
        raise refusal("embedded_file", what="EmbeddedFile")
    if isinstance(found, pikepdf.Stream) and ("/PS" in keys or name_of(found, "/Subtype") == "/PS"):
        raise refusal("active_content", what="PS")
    for key in sorted(keys & NUMBERED_KEYS):
        if not _are_numbers(found[key]):
            raise refusal("active_content", what=key.strip("/"))
    if "/Type" in keys and name_of(found, "/Type") == "/OCMD":
        check_membership(found)
    if "/ByteRange" in keys:
        raise refusal("signed")
    if "/Subtype" in keys and not isinstance(found, pikepdf.Stream) and name_of(found, "/Subtype") in REMARKS:
        raise _refused_annotation(name_of(found, "/Subtype"))
    _check_outside(found, keys)


def check_annotations(annotations: pikepdf.Object) -> None:
    """Refuse what stands on a page and is neither a link nor a field. Raises ValidationError."""
    if not isinstance(annotations, pikepdf.Array):
        raise refusal("damaged")
    for annotation in annotations:
        if not isinstance(annotation, pikepdf.Dictionary):
            raise refusal("damaged")
        if (subtype := name_of(annotation, "/Subtype")) not in SHOWN_ANNOTATIONS:
            raise _refused_annotation(subtype)


def clean(found: pikepdf.Object) -> None:
    """Take out who made it, when and with what, and what neither draws nor leads to a page."""
    keys = found.keys()
    for key in sorted(keys & TELLING_KEYS):
        del found[key]
    for key in sorted(keys & TELLING_WORDS):
        if isinstance(found[key], pikepdf.String):
            del found[key]
    if "/Type" in keys and isinstance(found, pikepdf.Stream) and name_of(found, "/Type") == "/Metadata":
        found.write(b"")
    if ("/D" in keys or "/URI" in keys) and name_of(found, "/S") in TAKEN_ACTIONS:
        keep(found, ACTION_KEYS)
    clean_kind(found, keys)


def clean_roots(pdf: pikepdf.Pdf) -> None:
    """Leave in the first lists of the file what is known to be needed."""
    if isinstance(info := pdf.trailer.get("/Info"), pikepdf.Dictionary):
        keep(info, set())  # another list may point to it
    keep(pdf.trailer, TRAILER_KEYS)
    keep(pdf.Root, CATALOGUE_KEYS)
    if isinstance(names := pdf.Root.get("/Names"), pikepdf.Dictionary):
        keep(names, {"/Dests"})
    if isinstance(shown := pdf.Root.get("/ViewerPreferences"), pikepdf.Dictionary):
        keep(shown, VIEW_KEYS)


def _check_actions(found: pikepdf.Object, keys: set[str]) -> None:
    action = name_of(found, "/S") if "/S" in keys else ""
    if action in ACTIONS:
        raise refusal("active_content", what=action.strip("/"))
    for key in sorted(keys & ACTING_KEYS):
        raise refusal("active_content", what=key.strip("/"))
    for key in keys & ACTION_HOLDERS:
        value = found[key]
        for held in value if isinstance(value, pikepdf.Array) else [value]:
            if not isinstance(held, pikepdf.Dictionary):
                continue
            if "/S" in held and name_of(held, "/S") not in TAKEN_ACTIONS:
                raise refusal("active_content", what=str(held.S)[:30].strip("/"))
            if "/S" not in held and _must_be_action(key, keys):
                raise refusal("active_content", what=key.strip("/"))
    if action == "/URI":
        address = found.get("/URI")
        if not isinstance(address, pikepdf.String) or not TAKEN_ADDRESS.match(str(address)):
            raise refusal("external_link", what=str(address)[:80])


def _must_be_action(key: str, keys: set[str]) -> bool:
    """Whether it can be nothing else: parts of the tree for the blind hold a look there, entries of contents the next.

    keys: of the dictionary that holds it.
    """
    if key == "/Next":
        return bool(keys & {"/URI", "/D"})
    if key == "/OpenAction":
        return False  # It may be a place, and is looked at with the first dictionary of the file.
    return "/S" not in keys or bool(keys & {"/Rect", "/Subtype", "/Title"})


def _are_numbers(value: object) -> bool:
    values = list(value) if isinstance(value, pikepdf.Array) else [value]
    return all(isinstance(one, (int, Decimal, float)) and not isinstance(one, bool) for one in values)


def _check_outside(found: pikepdf.Object, keys: set[str]) -> None:
    if isinstance(found, pikepdf.Stream) and (named := keys & {"/F", "/Ref"}):
        raise refusal("external_link", what=min(named).strip("/"))
    is_file = "/Type" in keys and name_of(found, "/Type") in ("/Filespec", "/FileSpec", "/F")
    if is_file or ("/FS" in keys and name_of(found, "/FS") == "/URL"):
        raise refusal("external_link", what="Filespec")
    for key in keys & FILE_NAMES:
        if isinstance(found[key], pikepdf.String):
            raise refusal("external_link", what=str(found[key])[:80])


def _refused_annotation(subtype: str):
    code = "active_content" if subtype in ACTING_ANNOTATIONS else "comments"
    return refusal("embedded_file" if subtype == "/FileAttachment" else code, what=subtype.strip("/"))
