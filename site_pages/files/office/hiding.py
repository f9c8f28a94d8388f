"""Words of a DOCX that are in the file and not on the page: by the font of a run, or by a style."""

from site_pages.files import markup

NO = ("0", "false", "off")
LOOKED_AT = frozenset({"p", "pStyle", "r", "rStyle", "vanish"})
# Word puts them around what was copied from a page on the web, and nobody can see or name them.
MADE_BY_WORD = ("html top of form", "html bottom of form", "z-top of form", "z-bottom of form")


class HiddenWords:
    """Told each element of LOOKED_AT in the order in which they stand. styles: the identities of those that hide."""

    def __init__(self, *, styles: frozenset[str]):
        self._styles = styles
        self._is_paragraph_hidden = False
        self.is_hidden = False  # the words that come now

    def element(self, name: str, value: str) -> None:
        """value: its attribute `val`, or ""."""
        if name == "p":
            self._is_paragraph_hidden = False
        elif name == "pStyle":
            self._is_paragraph_hidden = value in self._styles
        elif name == "rStyle":
            self.is_hidden = self.is_hidden or value in self._styles
        elif name == "vanish":
            # Of the mark at the end of a paragraph as well: no words go with it, and the next run begins anew.
            self.is_hidden = value.lower() not in NO
        else:
            self.is_hidden = self._is_paragraph_hidden


def hiding_styles(part: bytes) -> frozenset[str]:
    """The identities of the styles that hide words. part: the styles of a text. Raises ValidationError."""
    found: set[str] = set()
    identity = ""
    is_made_by_word = False
    for name, attributes in markup.elements(part):
        value = attributes.get("val", "")
        if name == "style":
            identity, is_made_by_word = attributes.get("styleId", ""), False
        elif name == "name":
            is_made_by_word = value.lower() in MADE_BY_WORD
        elif name == "vanish" and value.lower() not in NO and identity and not is_made_by_word:
            found.add(identity)
    return frozenset(found)
