"""What may stand in a PDF: what draws and what leads to a page. Other things are refused, or go when it is served."""

import re

import pikepdf

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
# A dictionary without any of these is not looked into: a file may hold a million.
WATCHED_KEYS = {"/S", "/Type", "/Subtype", "/ByteRange", "/FS", "/Ref", *ACTION_HOLDERS, *ACTING_KEYS, *CARRYING_KEYS,
                *FILE_NAMES}  # fmt: skip

CATALOGUE_KEYS = {
    "/Type", "/Version", "/Pages", "/PageLabels", "/Names", "/Dests", "/ViewerPreferences", "/PageLayout", "/PageMode",
    "/Outlines", "/AcroForm", "/StructTreeRoot", "/MarkInfo", "/Lang", "/OutputIntents", "/OCProperties",
}  # fmt: skip
PAGE_KEYS = {
    "/Type", "/Parent", "/Kids", "/Count", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox",
    "/Contents", "/Rotate", "/Group", "/Annots", "/StructParents", "/Tabs", "/UserUnit",
}  # fmt: skip
LINK_KEYS = {
    "/Type", "/Subtype", "/Rect", "/Border", "/BS", "/C", "/A", "/Dest", "/H", "/F", "/QuadPoints", "/StructParent",
    "/P", "/AP", "/AS", "/OC",
}  # fmt: skip
ACTION_KEYS = {"/Type", "/S", "/D", "/SD", "/URI", "/Next"}
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
TELLING_ON_A_FIELD = {"/M", "/NM", "/Contents"}
# Word writes where a picture came from as the words for the blind.
LOCAL_PATH = re.compile(r"\b[A-Za-z]:[\\/]|\\\\\w|file:/|/(?:home|Users|media|mnt)/", re.IGNORECASE)


def check(found: pikepdf.Object) -> None:
    """Refuse what acts, is another file or leads into one, or is a remark. Raises ValidationError."""
    keys = found.keys()
    if keys.isdisjoint(WATCHED_KEYS):
        return
    _check_actions(found, keys)
    if keys & CARRYING_KEYS or ("/Type" in keys and _name(found, "/Type") == "/EmbeddedFile"):
        raise refusal("embedded_file", what="EmbeddedFile")
    if "/ByteRange" in keys:
        raise refusal("signed")
    if "/Subtype" in keys and not isinstance(found, pikepdf.Stream) and _name(found, "/Subtype") in REMARKS:
        raise _refused_annotation(_name(found, "/Subtype"))
    _check_outside(found, keys)


def check_annotations(annotations: pikepdf.Object) -> None:
    """Refuse what stands on a page and is neither a link nor a field. Raises ValidationError."""
    if not isinstance(annotations, pikepdf.Array):
        raise refusal("damaged")
    for annotation in annotations:
        if not isinstance(annotation, pikepdf.Dictionary):
            raise refusal("damaged")
        if (subtype := _name(annotation, "/Subtype")) not in SHOWN_ANNOTATIONS:
            raise _refused_annotation(subtype)


def clean(found: pikepdf.Object) -> None:
    """Take out who made it, when and with what, and what neither draws nor leads to a page."""
    keys = found.keys()
    for key in sorted(keys & TELLING_KEYS):
        del found[key]
    for key in sorted(keys & TELLING_WORDS):
        if isinstance(found[key], pikepdf.String):
            del found[key]
    if "/Alt" in keys and isinstance(found.Alt, pikepdf.String) and LOCAL_PATH.search(str(found.Alt)):
        del found["/Alt"]
    kind, subtype = (_name(found, key) if key in keys else "" for key in ("/Type", "/Subtype"))
    if isinstance(found, pikepdf.Stream):
        if kind == "/Metadata":
            found.write(b"")
    elif kind in ("/Page", "/Pages"):
        keep(found, PAGE_KEYS)
    elif subtype == "/Link" and "/Rect" in keys:
        keep(found, LINK_KEYS)
    elif subtype == "/Widget":
        keep(found, keys - TELLING_ON_A_FIELD)
    elif ("/D" in keys or "/URI" in keys) and _name(found, "/S") in TAKEN_ACTIONS:
        keep(found, ACTION_KEYS)


def clean_roots(pdf: pikepdf.Pdf) -> None:
    """Leave in the first lists of the file what is known to be needed."""
    if isinstance(info := pdf.trailer.get("/Info"), pikepdf.Dictionary):
        keep(info, set())  # another list may point to it
    keep(pdf.trailer, TRAILER_KEYS)
    keep(pdf.Root, CATALOGUE_KEYS)
    if isinstance(names := pdf.Root.get("/Names"), pikepdf.Dictionary):
        keep(names, {"/Dests"})
    for page in pdf.pages:
        keep(page.obj, PAGE_KEYS)


def keep(found: pikepdf.Object, keys: set[str]) -> None:
    """Take every other key out of the dictionary."""
    for key in sorted(found.keys() - keys):
        del found[key]


def _check_actions(found: pikepdf.Object, keys: set[str]) -> None:
    action = _name(found, "/S") if "/S" in keys else ""
    if action in ACTIONS:
        raise refusal("active_content", what=action.strip("/"))
    for key in sorted(keys & ACTING_KEYS):
        raise refusal("active_content", what=key.strip("/"))
    for key in keys & ACTION_HOLDERS:
        value = found[key]
        for held in value if isinstance(value, pikepdf.Array) else [value]:
            if isinstance(held, pikepdf.Dictionary) and "/S" in held and _name(held, "/S") not in TAKEN_ACTIONS:
                raise refusal("active_content", what=str(held.S)[:30].strip("/"))
    if action == "/URI":
        address = found.get("/URI")
        if not isinstance(address, pikepdf.String) or not TAKEN_ADDRESS.match(str(address)):
            raise refusal("external_link", what=str(address)[:80])


def _check_outside(found: pikepdf.Object, keys: set[str]) -> None:
    if isinstance(found, pikepdf.Stream) and (named := keys & {"/F", "/Ref"}):
        raise refusal("external_link", what=min(named).strip("/"))
    is_file = "/Type" in keys and _name(found, "/Type") in ("/Filespec", "/FileSpec", "/F")
    if is_file or ("/FS" in keys and _name(found, "/FS") == "/URL"):
        raise refusal("external_link", what="Filespec")
    for key in keys & FILE_NAMES:
        if isinstance(found[key], pikepdf.String):
            raise refusal("external_link", what=str(found[key])[:80])


def _refused_annotation(subtype: str):
    code = "active_content" if subtype in ACTING_ANNOTATIONS else "comments"
    return refusal("embedded_file" if subtype == "/FileAttachment" else code, what=subtype.strip("/"))


def _name(found: pikepdf.Object, key: str) -> str:
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""
