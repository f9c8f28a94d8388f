"""What of a DOCX no page has: headers and footers that are switched off, and notes that nothing in the text names."""

from collections.abc import Iterable

from site_pages.files import markup
from site_pages.files.office.hiding import NO

REFERENCES = {"headerReference", "footerReference"}
NOTES = {"footnotes": "footnote", "endnotes": "endnote"}
# The lines between the text and its notes stand among the notes, and nothing names them.
SEPARATORS = ("separator", "continuationseparator", "continuationnotice")


class Seen:
    """What the main part of a text shows of other parts."""

    def __init__(self, part: bytes = b"", *, has_even_pages: bool = False):
        """has_even_pages: whether they have headers of their own. Raises ValidationError."""
        self._notes: set[tuple[str, str]] = set()
        self._has_even_pages = has_even_pages
        # By the relationships that lead to them. A section without a header has that of the one before it.
        self._all, self._shown = set[str](), set[str]()
        self._in_force: dict[tuple[str, str], str] = {}
        if b"Reference" in part:
            self._read(part)

    @property
    def switched_off(self) -> frozenset[str]:
        """The relationships of headers and footers that no page has."""
        return frozenset(self._all - self._shown)

    def shows_note(self, name: str, attributes: dict[str, str]) -> bool:
        """Whether a note stays. name: `footnote` or `endnote`."""
        is_separator = attributes.get("type", "").lower() in SEPARATORS
        return is_separator or (name, attributes.get("id", "").strip()) in self._notes

    def _read(self, part: bytes) -> None:
        has_first_page = False
        for name, attributes in markup.elements(part):
            if name == "sectPr":
                self._end_section(has_first_page=has_first_page)
                has_first_page = False
            elif name in REFERENCES:
                identity = attributes.get("id", "")
                self._all.add(identity)
                kind = attributes.get("type", "")
                self._in_force[name, kind if kind in ("first", "even") else "default"] = identity
            elif name == "titlePg":
                has_first_page = is_on(attributes)
            elif name in ("footnoteReference", "endnoteReference"):
                self._notes.add((name.removesuffix("Reference"), attributes.get("id", "").strip()))
        self._end_section(has_first_page=has_first_page)

    def _end_section(self, *, has_first_page: bool) -> None:
        is_seen = {"first": has_first_page, "even": self._has_even_pages, "default": True}
        self._shown |= {identity for (_name, kind), identity in self._in_force.items() if is_seen[kind]}


def has_even_pages(settings: Iterable[bytes]) -> bool:
    """Whether the text has headers of their own for even pages. settings: of the text. Raises ValidationError."""
    return any(
        name == "evenAndOddHeaders" and is_on(attributes)
        for part in settings if b"evenAndOddHeaders" in part
        for name, attributes in markup.elements(part)
    )  # fmt: skip


def is_on(attributes: dict[str, str]) -> bool:
    """What an element says that stands for yes unless its attribute says no."""
    return attributes.get("val", "").lower() not in NO
