"""What goes from the markup of an ODT, and for what in it the file is refused."""

import re
from collections.abc import Container
from urllib.parse import unquote

from site_pages.files.markup import Rules
from site_pages.files.office.open_hiding import FAMILIES, HiddenText, HidingStyles
from site_pages.files.places import is_local, is_safe_link
from site_pages.files.refusals import refusal

REFUSED = {
    "comments": {"annotation", "annotation-end"},
    "tracked_changes": {"tracked-changes", "changed-region", "change", "change-start", "change-end"},
    "active_content": {"script", "event-listener", "applet", "plugin", "dde-connection-decl", "dde-source", "form",
                       "database-name"},
    "embedded_file": {"binary-data", "object", "object-ole"},
    "encrypted": {"encryption-data"},
}  # fmt: skip
OFFICE_NAMESPACE, TEXT_NAMESPACE = (f"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0" for name in ("office", "text"))
# Who, when and about what; a field or a mark of a text that is called the same is something else.
TELLING_NAMESPACES = ("http://purl.org/dc/elements/1.1/", "http://www.w3.org/1999/xhtml")
# Values and marks that are seen nowhere, or only in what was made of them, which stays.
TELLING = {
    "font-face-src", "user-field-decls", "variable-decls", "database-next", "database-row-select",
    "alphabetical-index-mark", "alphabetical-index-mark-start", "alphabetical-index-mark-end", "toc-mark",
    "toc-mark-start", "toc-mark-end", "user-index-mark", "user-index-mark-start", "user-index-mark-end",
}  # fmt: skip
# Fields that keep only what they show: their source is left out, or is another one wherever the file is opened.
PLAIN = {
    "initial-creator", "creator", "author-name", "author-initials", "printed-by", "sender-firstname", "sender-lastname",
    "sender-initials", "sender-title", "sender-position", "sender-email", "sender-phone-private", "sender-phone-work",
    "sender-fax", "sender-company", "sender-street", "sender-city", "sender-postal-code", "sender-country",
    "sender-state-or-province", "creation-date", "creation-time", "modification-date", "modification-time",
    "print-date", "print-time", "editing-duration", "editing-cycles", "file-name", "template-name", "user-defined",
    "user-field-get", "user-field-input", "variable-get", "variable-set", "variable-input", "conditional-text",
    "expression", "database-display", "database-row-number", "date", "time", "title", "subject", "keywords",
    "description", "meta-field", "bibliography-mark",
}  # fmt: skip
NAMES_OF_FILES = ("file-name", "template-name")
HIDING = ("hidden-text", "hidden-paragraph")
HEADERS = {"header", "footer", "header-left", "footer-left", "header-first", "footer-first"}
FETCHING = {
    "image", "section-source", "floating-frame", "fill-image", "background-image", "table-source", "cell-range-source",
    "alphabetical-index-auto-mark-file",
}  # fmt: skip
PICTURE = re.compile(r"(?:\./)?(pictures/[^/\\]+)", re.IGNORECASE)
PATH_ATTRIBUTES = ("name", "title", "url", "description", "alternative-text")
# Settings that change how the page looks are numbers and answers; names of printers and databases are words.
SETTINGS_KEPT, SETTINGS_TELLING = ("boolean", "short", "int"), re.compile(r"rsid|redline|printer", re.IGNORECASE)


class Everything:
    """A container that every name is in."""

    def __contains__(self, _name: object) -> bool:
        return True


class OpenTextRules(Rules):
    """For one part. root: its outermost element; styles: of the whole file. What it has of `pictures` once the part is
    written: the paths of the pictures that it shows, in small letters.
    """

    looked_at = frozenset(FETCHING | HEADERS | {"a", "config-item", "section", *HIDING}
                          | {"variable-set", "user-field-get"})  # fmt: skip
    texts: Container[str] = frozenset({"title", "desc", *NAMES_OF_FILES})

    def __init__(self, *, root: str, styles: HidingStyles):
        self._root = root
        self._hidden = HiddenText(styles)
        if styles:
            self.looked_at |= FAMILIES.keys()
            self.texts, self.ends = Everything(), frozenset(FAMILIES)
        self.pictures: set[str] = set()

    def keeps_element(self, namespace: str, name: str, depth: int) -> bool:
        for code, names in REFUSED.items():
            if name in names:
                raise refusal(code, what=name)
        if depth == 1 and name != self._root:
            raise refusal("unknown_part", what=name)
        is_telling = name in TELLING or (name == "meta" and namespace == OFFICE_NAMESPACE)
        return not is_telling and namespace not in TELLING_NAMESPACES

    def unwraps(self, namespace: str, name: str) -> bool:
        return namespace == TEXT_NAMESPACE and name in PLAIN

    def keeps_attribute(self, namespace: str, name: str) -> bool:
        is_telling = name.endswith("rsid") or name.startswith("protection-key")
        return not is_telling and namespace not in TELLING_NAMESPACES

    def looks_at_value(self, namespace: str, name: str) -> bool:
        return name == "href" or name in PATH_ATTRIBUTES

    def value(self, namespace: str, name: str, value: str) -> str | None:
        if name != "href":
            return "" if is_local(value) else value
        if found := PICTURE.fullmatch(unquote(value)):
            self.pictures.add(found[1].lower())
        elif value and not is_safe_link(value):
            raise refusal("external_link", what=value[:80])
        return value

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        self._check_hiding(name, attributes)
        target = attributes.get("href", "")
        is_inside = target.startswith("#") or bool(PICTURE.fullmatch(unquote(target)))
        if target and ((name in FETCHING and not is_inside) or (name == "a" and not is_safe_link(target))):
            raise refusal("external_link", what=target[:80])
        if name in HEADERS:
            return None if attributes.get("display") == "false" else {}
        if name in ("variable-set", "user-field-get"):
            return None if attributes.get("display") == "none" else {}
        if name != "config-item":
            return {}
        is_telling = SETTINGS_TELLING.search(attributes.get("name", ""))
        return {} if attributes.get("type") in SETTINGS_KEPT and not is_telling else None

    def text(self, name: str, text: str) -> str:
        if self._hidden.is_hidden and text.strip():
            raise refusal("hidden_content", what=text.strip()[:40])
        if name in NAMES_OF_FILES and is_local(text):
            raise refusal("external_link", what=text.strip()[:80])
        return "" if name in ("title", "desc") and is_local(text) else text

    def end(self, name: str) -> None:
        self._hidden.end()

    def _check_hiding(self, name: str, attributes: dict[str, str]) -> None:
        """What is in the file and not on the page: nobody who clears it sees it."""
        if name in HIDING:
            raise refusal("hidden_content", what=(attributes.get("string-value") or name)[:40])
        if name == "section" and attributes.get("display", "true") != "true":
            raise refusal("hidden_content", what=attributes.get("name", name)[:80])
        if name == "image" and self._hidden.is_hidden:
            raise refusal("hidden_content", what=attributes.get("href", name)[:80])
        if name in self.ends:
            self._hidden.element(name, attributes)
