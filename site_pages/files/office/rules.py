"""What goes from the markup of a DOCX, XLSX or PPTX, and for what in it the file is refused."""

import re

from site_pages.files.markup import UNWRAPPED, Rules
from site_pages.files.office import telling
from site_pages.files.office.cell_formats import BlankFormats
from site_pages.files.office.fields import SHOWN_IN_CODE, Fields
from site_pages.files.office.formulas import FORMULAS, check_formula
from site_pages.files.office.hidden_cells import LOOKED_AT as CELLS
from site_pages.files.office.hidden_cells import YES, HiddenCells
from site_pages.files.office.hiding import AROUND, IN_RUN, NO, HiddenWords
from site_pages.files.office.hiding import LOOKED_AT as RUNS
from site_pages.files.office.names import Key, hidden_name
from site_pages.files.office.pages import NOTES, REFERENCES, Seen
from site_pages.files.office.parts import COMMENT_ROOTS
from site_pages.files.office.workbook import VALUE_BOUNDS, VALUES, UsedStrings
from site_pages.files.places import is_local
from site_pages.files.refusals import refusal

QUIET_ACTIONS = re.compile(r"^(?:ppaction://(?:hlinksldjump|hlinkshowjump|customshow|noaction).*)?$", re.IGNORECASE)
# Beside those, what has to be looked at in parts of one kind only.
LOOKED_AT_IN = {
    "worksheet": CELLS, "sst": {"si"}, "pivotcachedefinition": {"cacheField"} | VALUES, "document": REFERENCES,
    "chartspace": {"series"}, **{root: {note} for root, note in NOTES.items()},
}  # fmt: skip
TEXTS_IN = {"worksheet": {"v", "t"}, "sst": {"t"}, "chartspace": {"name"}}
# A chart names the workbook in which it was made before its pivot table.
WORKBOOK_NAME, NO_WORKBOOK_NAME = re.compile(r"^\[[^\]]*\]"), "[a.xlsx]"


class OfficeRules(Rules):
    """For one part. name, root: its path, and its outermost element in small letters; links_gone: ids of relationships
    that are left out; is_text: of a DOCX; fields, hidden: of a part of a text that has some; seen: of a text; strings:
    of the workbook; names_gone: hidden ones in it; formats: of its cells; shown_fields: of a cache of a pivot table.
    """

    looked_at = frozenset({
        "sheet", "definedName", "fldChar", "fldSimple", "hlinkClick", "hlinkHover", "hlinkMouseOver", "cacheSource",
        "pivotCacheDefinition", "sld", "cNvPr", "docPr", "ext", "ClientData",
    })  # fmt: skip
    texts = FORMULAS

    def __init__(self, *, name: str, root: str, links_gone: frozenset[str] = frozenset(), is_text: bool = False,
                 hidden: HiddenWords | None = None, fields: Fields | None = None, strings: UsedStrings | None = None,
                 shown_fields: frozenset[int] = frozenset(), seen: Seen | None = None,
                 names_gone: frozenset[Key] = frozenset(), formats: BlankFormats | None = None):  # fmt: skip
        self._name, self._root, self._links_gone, self._is_text = name, root, links_gone, is_text
        self._fields, self._shown_fields = fields or Fields(), shown_fields
        self._strings, self._seen = strings or UsedStrings(), seen or Seen()
        self._names_gone = names_gone
        self._strings.restart()
        self._place_of_field, self._is_field_bare, self._hidden = -1, False, hidden
        self._cells = HiddenCells(formats or BlankFormats())
        self.looked_at = self.looked_at | LOOKED_AT_IN.get(root, set())
        self.texts = self.texts | TEXTS_IN.get(root, set())
        if fields:
            self.looked_at |= SHOWN_IN_CODE
            self.texts |= {"instrText", "t"}
        if hidden:
            self.looked_at |= RUNS
            self.ends = AROUND
            self.texts |= {"t"}

    def keeps_element(self, namespace: str, name: str, depth: int) -> bool:
        if depth == 1 and name.lower() != self._root:
            raise refusal("comments" if name.lower() in COMMENT_ROOTS else "unknown_part", what=name)
        is_change = name in telling.CHANGES or telling.CHANGED_RANGE.match(name)
        if self._is_text and is_change and not telling.DRAWING_NAMESPACE.search(namespace):
            raise refusal("tracked_changes")
        for code, names in telling.REFUSED.items():
            if name in names:
                raise refusal(code, what=name)
        if telling.FILTERED.match(name):
            raise refusal("hidden_content", what=self._name[:80])
        if depth == 2 and self._root in ("settings", "workbook"):
            return name in (telling.SETTINGS_KEPT if self._root == "settings" else telling.WORKBOOK_KEPT)
        is_telling = name in telling.TELLING or (self._is_text and name in telling.TELLING_IN_TEXT)
        return not is_telling and not telling.REVISION.search(namespace)

    def keeps_attribute(self, namespace: str, name: str) -> bool:
        if self._is_text and name in telling.TELLING_ATTRIBUTES_IN_TEXT:
            return False
        if self._root == "workbook" and name in telling.TELLING_ATTRIBUTES_IN_WORKBOOK:
            return False
        return not telling.TELLING_ATTRIBUTES.search(name) and not telling.REVISION.search(namespace)

    def looks_at_value(self, namespace: str, name: str) -> bool:
        is_link = bool(self._links_gone) and bool(telling.LINK_NAMESPACE.search(namespace))
        is_bound = name in VALUE_BOUNDS and self._root == "pivotcachedefinition"
        return is_link or is_bound or name in telling.PATH_ATTRIBUTES or name == "macro"

    def value(self, namespace: str, name: str, value: str) -> str | None:
        if name == "macro" and value and not namespace:
            raise refusal("active_content", what="macro")
        if telling.LINK_NAMESPACE.search(namespace):
            return None if value in self._links_gone else value
        if name in VALUE_BOUNDS:
            return None if self._is_field_bare else value
        if name == "src" and re.match(r"\s*(?:https?|ftp):|\s*\\\\", value, re.IGNORECASE):
            raise refusal("external_link", what=value[:80])
        return "" if name in telling.PATH_ATTRIBUTES and is_local(value) else value

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        if name in CELLS and self._root == "worksheet":
            self._cells.element(name, attributes)
            if name == "c":
                self._strings.cell(attributes.get("t", ""))
            return {}
        self._check_hiding(name, attributes)
        if name == "definedName" and any(attributes.get(key) in YES for key in ("xlm", "vbProcedure", "function")):
            raise refusal("active_content", what=attributes.get("name", "")[:80])
        if name == "definedName" and hidden_name(attributes) in self._names_gone:
            return None
        if name.startswith("hlink") and not QUIET_ACTIONS.match(attributes.get("action", "")):
            raise refusal("active_content", what=attributes["action"][:80])
        if name == "cacheSource" and attributes.get("type", "worksheet") == "external":
            raise refusal("external_link", what=name)
        if name == "ClientData" and attributes.get("ObjectType") == "Note":
            raise refusal("comments")
        if name == "ext":
            self._cells.finish()
            return None if attributes.get("uri", "").upper() in telling.TELLING_EXTENSIONS else {}
        if self._is_text:
            return self._added_in_text(name, attributes)
        return self._added_in_workbook(name, attributes)

    def text(self, name: str, text: str) -> str:
        if name in ("v", "t", "f") and self._cells.is_hidden and text.strip():
            raise refusal("hidden_content", what=self._cells.place)
        if name in FORMULAS:
            check_formula(text)
        elif self._root == "worksheet":
            if name == "v":
                self._strings.value(text)
        elif self._root == "sst":
            return text if self._strings.is_shown() else ""
        elif self._root == "chartspace":
            return WORKBOOK_NAME.sub(NO_WORKBOOK_NAME, text)
        else:
            if self._hidden and self._hidden.is_hidden and name == "t" and text.strip():
                raise refusal("hidden_content", what=text.strip()[:40])
            self._fields.read(text, is_code=name == "instrText")
        return text

    def _check_hiding(self, name: str, attributes: dict[str, str]) -> None:
        """What is in the file and not on the page: nobody who clears it sees it."""
        if name == "sheet" and attributes.get("state", "").lower() in ("hidden", "veryhidden"):
            raise refusal("hidden_sheet", what=attributes.get("name", "")[:80])
        if name == "sld" and attributes.get("show", "").lower() in NO:
            raise refusal("hidden_content", what=self._name[:80])
        if name in ("cNvPr", "docPr", "series") and attributes.get("hidden", "").lower() in YES:
            raise refusal("hidden_content", what=(attributes.get("name") or self._name)[:80])
        if self._hidden and name in RUNS:
            self._hidden.element(name, attributes.get("val", ""))
            if name in IN_RUN and self._hidden.is_hidden:
                raise refusal("hidden_content", what=name)

    def end(self, name: str) -> None:
        if self._hidden:
            self._hidden.end()

    def _added_in_text(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        if name in REFERENCES:
            return None if attributes.get("id") in self._links_gone else {}
        if name == NOTES.get(self._root):
            return {} if self._seen.shows_note(name, attributes) else None
        if name == "fldChar":
            return {} if self._fields.keeps_mark(attributes.get("fldCharType", "")) else None
        if name == "fldSimple":
            is_kept = self._fields.keeps_simple(attributes.get("instr", ""))
            return {} if is_kept and not self._fields.is_in_plain_code() else UNWRAPPED
        if name == "instrText":
            return {} if self._fields.keeps_code() else None
        return None if name in SHOWN_IN_CODE and self._fields.is_in_plain_code() else {}

    def _added_in_workbook(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        if name == "si":
            self._strings.next_string()
        elif name == "cacheField":
            self._place_of_field += 1
            self._is_field_bare = self._place_of_field not in self._shown_fields
        elif name in VALUES and self._is_field_bare:
            return None
        # The rows behind a pivot table are left out; it keeps what it shows.
        return {"saveData": "0"} if name == "pivotCacheDefinition" else {}
