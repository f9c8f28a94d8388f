"""What goes from the markup of a DOCX, XLSX or PPTX, and for what in it the file is refused.

By names, whatever namespace or prefix they are written with: a rule that is too wide hides nothing from readers.
"""

import re

from site_pages.files.markup import Rules
from site_pages.files.office.parts import COMMENT_ROOTS
from site_pages.files.refusals import refusal

LOCAL_PATH = re.compile(r"(?<![A-Za-z])[A-Za-z]:\\|\bfile:|\\\\[\w.-]+\\", re.IGNORECASE)
REVISION = re.compile(r"/revision\d*$")
LINK_NAMESPACE = re.compile(r"officeDocument/(?:2006/)?relationships$")
# Elements that refuse the file.
CHANGES = {
    "ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "trPrChange", "tcPrChange",
    "sectPrChange", "tblGridChange", "numberingChange", "cellIns", "cellDel", "cellMerge", "tblPrExChange",
}  # fmt: skip
REFUSED = {
    "embedded_file": {"object", "OLEObject", "altChunk", "oleObjects", "oleObject", "oleObj", "subDoc"},
    "active_content": {"control", "controls", "script", "entryMacro", "exitMacro"},
    "external_link": {"ddeLink", "oleLink", "externalReference", "dataRefs"},
}
# What tells of people, places and earlier times. Programs do without.
TELLING = {
    "rsids", "docVars", "docId", "absPath", "fileSharing", "calcFeatures", "mailMerge", "attachedTemplate",
    "writeProtection", "customWorkbookViews", "customSheetViews", "revisionPtr", "dataBinding", "custDataLst",
    "customProperties", "webPublishing", "webPublishObjects", "webPublishItems", "fileRecoveryPr", "modifyVerifier",
    "embedRegular", "embedBold", "embedItalic", "embedBoldItalic", "embeddedFontLst", "presenceInfo",
}  # fmt: skip
TELLING_ATTRIBUTES = re.compile(
    r"rsid|^(?:paraId|textId|durableId|refreshedBy|refreshedDate|refreshedDateIso|connectionId|queryTableFieldId"
    r"|tableType|saveData|documentId|userId|userName|dateUtc)$",
    re.IGNORECASE,
)
PATH_ATTRIBUTES = {"descr", "title", "name", "alt", "src", "href", "tooltip", "url", "location", "display"}
# Of the settings of a text and of a workbook only what is seen on the page.
SETTINGS_KEPT = {
    "view", "zoom", "mirrorMargins", "alignBordersAndEdges", "bordersDoNotSurroundHeader", "bordersDoNotSurroundFooter",
    "gutterAtTop", "hideSpellingErrors", "hideGrammaticalErrors", "defaultTabStop", "autoHyphenation",
    "consecutiveHyphenLimit", "hyphenationZone", "doNotHyphenateCaps", "evenAndOddHeaders", "bookFoldRevPrinting",
    "bookFoldPrinting", "bookFoldPrintingSheets", "drawingGridHorizontalSpacing", "drawingGridVerticalSpacing",
    "displayHorizontalDrawingGridEvery", "displayVerticalDrawingGridEvery", "doNotUseMarginsForDrawingGridOrigin",
    "drawingGridHorizontalOrigin", "drawingGridVerticalOrigin", "characterSpacingControl", "printTwoOnOne",
    "strictFirstAndLastChars", "noLineBreaksAfter", "noLineBreaksBefore", "footnotePr", "endnotePr", "compat",
    "mathPr", "themeFontLang", "clrSchemeMapping", "shapeDefaults", "hdrShapeDefaults", "displayBackgroundShape",
    "decimalSymbol", "listSeparator", "defaultTableStyle", "noPunctuationKerning", "uiCompat97To2003",
    "doNotShadeFormData", "printFractionalCharacterWidth", "doNotIncludeSubdocsInStats", "removePersonalInformation",
    "removeDateAndTime",
}  # fmt: skip
WORKBOOK_KEPT = {
    "workbookPr", "workbookProtection", "bookViews", "sheets", "definedNames", "calcPr", "oleSize", "pivotCaches",
    "extLst", "externalReferences",
}  # fmt: skip
FORMULAS = frozenset({"f", "definedName", "formula", "formula1", "formula2", "calculatedColumnFormula",
                      "totalsRowFormula"})  # fmt: skip
# Excel takes 8192 characters.
MOST_FORMULA_CHARACTERS = 20_000
QUOTED = re.compile(r'"[^"]*"')
FETCHING = re.compile(
    r"(?<![\w.])(?:_xl\w+\.)*(WEBSERVICE|IMAGE|RTD|CALL|REGISTER|REGISTER\.ID|EXEC|SQL\.REQUEST|DDE)\s*\(",
    re.IGNORECASE,
)
OUTSIDE_SHEET = re.compile(r"\w\s*\||https?:|\[[^\]]*\.xl\w*\]", re.IGNORECASE)
FIELD_BEGIN = "\x01"
DYNAMIC = re.compile(
    r"\b(?:DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|MACROBUTTON)\b|\x01\s*(?:DATABASE|IMPORT|LINK|EMBED)\b", re.IGNORECASE
)
QUIET_ACTIONS = re.compile(r"^(?:ppaction://(?:hlinksldjump|hlinkshowjump|customshow|noaction).*)?$", re.IGNORECASE)
# Words that link to a page are text; everything else outside would be fetched or run.
SAFE_TARGET = re.compile(r"^(?:https?://|mailto:|tel:|#)", re.IGNORECASE)
YES = ("1", "true", "on")


def is_safe_link(target: str) -> bool:
    """Whether words may link there: a page, an address of letters, a place in the file itself."""
    return bool(SAFE_TARGET.match(target))


class OfficeRules(Rules):
    """For one part. root: its outermost element in small letters; links_gone: ids of relationships that are left out.

    is_text: of a DOCX.
    """

    looked_at = frozenset({
        "sheet", "definedName", "fldChar", "fldSimple", "hlinkClick", "hlinkHover", "hlinkMouseOver", "cacheSource",
        "pivotCacheDefinition",
    })  # fmt: skip
    texts = FORMULAS | {"instrText", "delInstrText"}

    def __init__(self, *, root: str, links_gone: frozenset[str] = frozenset(), is_text: bool = False):
        self._root, self._links_gone, self._is_text = root, links_gone, is_text
        self._fields: list[str] = []

    def keeps_element(self, namespace: str, name: str, depth: int) -> bool:
        if depth == 1 and name.lower() != self._root:
            raise refusal("comments" if name.lower() in COMMENT_ROOTS else "unknown_part", what=name)
        if self._is_text and name in CHANGES:
            raise refusal("tracked_changes")
        for code, names in REFUSED.items():
            if name in names:
                raise refusal(code, what=name)
        if depth == 2 and self._root in ("settings", "workbook"):
            return name in (SETTINGS_KEPT if self._root == "settings" else WORKBOOK_KEPT)
        return name not in TELLING and not REVISION.search(namespace)

    def keeps_attribute(self, namespace: str, name: str) -> bool:
        return not TELLING_ATTRIBUTES.search(name) and not REVISION.search(namespace)

    def looks_at_value(self, namespace: str, name: str) -> bool:
        is_link = bool(self._links_gone) and bool(LINK_NAMESPACE.search(namespace))
        return is_link or name in PATH_ATTRIBUTES or name == "macro"

    def value(self, namespace: str, name: str, value: str) -> str | None:
        if name == "macro" and value and not namespace:
            raise refusal("active_content", what="macro")
        if LINK_NAMESPACE.search(namespace):
            return None if value in self._links_gone else value
        if name == "src" and re.match(r"\s*(?:https?|ftp):|\s*\\\\", value, re.IGNORECASE):
            raise refusal("external_link", what=value[:80])
        return "" if name in PATH_ATTRIBUTES and LOCAL_PATH.search(value) else value

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        if name == "sheet" and attributes.get("state", "").lower() == "veryhidden":
            raise refusal("hidden_sheet", what=attributes.get("name", "")[:80])
        if name == "definedName" and any(attributes.get(key) in YES for key in ("xlm", "vbProcedure", "function")):
            raise refusal("active_content", what=attributes.get("name", "")[:80])
        if name.startswith("hlink") and not QUIET_ACTIONS.match(attributes.get("action", "")):
            raise refusal("active_content", what=attributes["action"][:80])
        if name == "cacheSource" and attributes.get("type", "worksheet") == "external":
            raise refusal("external_link", what=name)
        if name == "fldSimple" or attributes.get("fldCharType") == "begin":
            self._fields += [FIELD_BEGIN, attributes.get("instr", "")]
        # The rows behind a pivot table are left out; it keeps what it shows.
        return {"saveData": "0"} if name == "pivotCacheDefinition" else {}

    def text(self, name: str, text: str) -> str:
        if name in FORMULAS:
            _check_formula(text)
        else:
            self._fields.append(text)
        return text

    def finish(self) -> None:
        """Look for a field that fetches or runs something, also when its name is spread over pieces of the text."""
        for joint in ("", " "):
            if found := DYNAMIC.search(joint.join(self._fields)):
                raise refusal("external_link", what=found[0].strip(f"{FIELD_BEGIN} "))


def _check_formula(text: str) -> None:
    if len(text) > MOST_FORMULA_CHARACTERS:
        raise refusal("zip_bomb")
    bare = QUOTED.sub('""', text)
    if found := FETCHING.search(bare):
        raise refusal("active_content", what=found[1])
    if LOCAL_PATH.search(text) or OUTSIDE_SHEET.search(bare):
        raise refusal("external_link", what=text[:80])
