"""What a dictionary of each kind in a PDF keeps: what draws. Each year programs write other keys beside."""

import pikepdf

from site_pages.files.places import is_local
from site_pages.files.refusals import refusal

STREAM_KEYS = {"/Length", "/Filter", "/DecodeParms", "/Type", "/Subtype"}
IMAGE_KEYS = {
    *STREAM_KEYS, "/Width", "/Height", "/ColorSpace", "/BitsPerComponent", "/Intent", "/ImageMask", "/Mask", "/Decode",
    "/Interpolate", "/SMask", "/SMaskInData", "/Matte", "/StructParent", "/OC",
}  # fmt: skip
FORM_KEYS = {*STREAM_KEYS, "/FormType", "/BBox", "/Matrix", "/Resources", "/Group", "/StructParent", "/StructParents",
             "/OC"}  # fmt: skip
TILING_KEYS = {*STREAM_KEYS, "/PatternType", "/PaintType", "/TilingType", "/BBox", "/XStep", "/YStep", "/Resources",
               "/Matrix"}  # fmt: skip
FONT_KEYS = {
    "/Type", "/Subtype", "/BaseFont", "/FirstChar", "/LastChar", "/Widths", "/FontDescriptor", "/Encoding",
    "/ToUnicode", "/DescendantFonts", "/CIDSystemInfo", "/DW", "/W", "/DW2", "/W2", "/CIDToGIDMap", "/FontBBox",
    "/FontMatrix", "/CharProcs", "/Resources", "/Name",
}  # fmt: skip
DESCRIPTOR_KEYS = {
    "/Type", "/FontName", "/FontFamily", "/FontStretch", "/FontWeight", "/Flags", "/FontBBox", "/ItalicAngle",
    "/Ascent", "/Descent", "/Leading", "/CapHeight", "/XHeight", "/StemV", "/StemH", "/AvgWidth", "/MaxWidth",
    "/MissingWidth", "/FontFile", "/FontFile2", "/FontFile3", "/CharSet", "/CIDSet", "/Style", "/Lang", "/FD",
}  # fmt: skip
STATE_KEYS = {
    "/Type", "/LW", "/LC", "/LJ", "/ML", "/D", "/RI", "/OP", "/op", "/OPM", "/Font", "/BG", "/BG2", "/UCR", "/UCR2",
    "/TR", "/TR2", "/HT", "/FL", "/SM", "/SA", "/BM", "/SMask", "/CA", "/ca", "/AIS", "/TK", "/UseBlackPtComp",
}  # fmt: skip
# Of what is marked among the operators.
PROPERTY_KEYS = {"/Type", "/Subtype", "/MCID", "/Lang", "/ActualText", "/Alt", "/E", "/BBox", "/Attached"}
LAYER_KEYS, LAYERS_KEYS = {"/Type", "/Name", "/Intent", "/Usage"}, {"/Type", "/OCGs", "/P", "/VE"}
USAGE_KEYS = {"/Export", "/Zoom", "/Print", "/View", "/PageElement"}
LAYER_LIST_KEYS = {"/OCGs", "/D", "/Configs"}
CHOICE_KEYS = {"/BaseState", "/ON", "/OFF", "/Intent", "/AS", "/Order", "/ListMode", "/RBGroups", "/Locked"}
INTENT_KEYS = {"/Type", "/S", "/OutputCondition", "/OutputConditionIdentifier", "/RegistryName", "/DestOutputProfile"}
VIEW_KEYS = {
    "/HideToolbar", "/HideMenubar", "/HideWindowUI", "/FitWindow", "/CenterWindow", "/DisplayDocTitle",
    "/NonFullScreenPageMode", "/Direction", "/ViewArea", "/ViewClip", "/PrintArea", "/PrintClip", "/PrintScaling",
    "/Duplex", "/PickTrayByPDFSize", "/PrintPageRange", "/NumCopies",
}  # fmt: skip
OF_A_STREAM = {"/Image": IMAGE_KEYS, "/Form": FORM_KEYS}
OF_A_TYPE = {
    "/Font": FONT_KEYS, "/FontDescriptor": DESCRIPTOR_KEYS, "/ExtGState": STATE_KEYS, "/OCG": LAYER_KEYS,
    "/OCMD": LAYERS_KEYS, "/OutputIntent": INTENT_KEYS, "/Sig": {"/Type"}, "/DocTimeStamp": {"/Type"},
}  # fmt: skip
# A list in it may be named by several others.
MOST_LAYERS_IN_ORDER = 20_000
# Words for the blind; Word writes there where a picture came from.
SPOKEN = {"/Alt", "/ActualText", "/E", "/TU"}


def keep(found: pikepdf.Object, keys: set[str]) -> None:
    """Take every other key out of the dictionary."""
    for key in sorted(found.keys() - keys):
        del found[key]


def lead_up(found: pikepdf.Object, key: str, above: pikepdf.Object | None) -> None:
    """Let it name what it hangs on. What stands inside of that cannot: it would be written without end."""
    if above is not None and above.is_indirect:
        found[key] = above
    elif key in found:
        del found[key]


def name_of(found: pikepdf.Object, key: str) -> str:
    """The name that stands under a key, or an empty text."""
    value = found.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def clean_kind(found: pikepdf.Object, keys: set[str]) -> None:
    """Leave in a picture, drawing, pattern, font, state or layer what draws, and no path in what is read aloud."""
    if isinstance(found, pikepdf.Stream):
        if (subtype := name_of(found, "/Subtype") if "/Subtype" in keys else "") in OF_A_STREAM:
            keep(found, OF_A_STREAM[subtype])
        elif "/PatternType" in keys and "/ShadingType" not in keys:
            keep(found, TILING_KEYS)
        return
    if "/Type" in keys and (kind := name_of(found, "/Type")) in OF_A_TYPE:
        keep(found, OF_A_TYPE[kind])
        if kind == "/OCG":
            _clean_layer(found, name="Layer")
    if "/O" in keys and name_of(found, "/O") == "/UserProperties":
        keep(found, {"/O"})
        found.P = pikepdf.Array([])
    for key in sorted(keys & SPOKEN):
        if isinstance(value := found.get(key), pikepdf.String) and is_local(str(value)):
            del found[key]


def clean_layers(pdf: pikepdf.Pdf) -> None:
    """Number the layers: their names and users are those of the house."""
    properties = pdf.Root.get("/OCProperties")
    if not isinstance(properties, pikepdf.Dictionary):
        return
    keep(properties, LAYER_LIST_KEYS)
    layers = properties.get("/OCGs")
    for number, layer in enumerate(layers if isinstance(layers, pikepdf.Array) else [], start=1):
        if isinstance(layer, pikepdf.Dictionary):
            keep(layer, LAYER_KEYS)
            _clean_layer(layer, name=f"Layer {number}")
    configs = properties.get("/Configs")
    for choice in [properties.get("/D"), *(configs if isinstance(configs, pikepdf.Array) else [])]:
        if isinstance(choice, pikepdf.Dictionary):
            keep(choice, CHOICE_KEYS)
            if isinstance(order := choice.get("/Order"), pikepdf.Array):
                choice.Order = _without_words(order, depth=0, left=[MOST_LAYERS_IN_ORDER])


def _clean_layer(layer: pikepdf.Object, *, name: str) -> None:
    layer.Name = pikepdf.String(name)
    if isinstance(usage := layer.get("/Usage"), pikepdf.Dictionary):
        keep(usage, USAGE_KEYS)


def _without_words(order: pikepdf.Array, *, depth: int, left: list[int]) -> pikepdf.Array:
    """The same order of layers, without the headings above them. left: how many there may still be."""
    left[0] -= 1 + len(order)
    if left[0] < 0:
        raise refusal("zip_bomb")
    return pikepdf.Array(
        _without_words(one, depth=depth + 1, left=left) if isinstance(one, pikepdf.Array) and depth < 20 else one
        for one in order
        if not isinstance(one, pikepdf.String)
    )
