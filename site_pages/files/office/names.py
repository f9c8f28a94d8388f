"""Names of a workbook that nobody sees: programs note addresses and folders in them. One with words goes, unless a
formula counts with it.
"""

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

from site_pages.files import markup
from site_pages.files.office.hidden_cells import YES

# Excel hides some of its own; what lies in them is seen.
OWN = "_xlnm."
# Of views that somebody saved, which are left out.
OF_A_VIEW = re.compile(r"Z_[0-9A-F_]+_\.wvu\.", re.IGNORECASE)
FORMULA = re.compile(rb"<(?:\w+:)?(?:f|formula[12]?|\w+Formula)(?:\s[^<>]*)?>([^<]+)<")
WORD = re.compile(r"[\w.\\?]+")

Key = tuple[str, str]  # a name in small letters, and the number of the sheet that alone has it, or ""


def hidden_name(attributes: dict[str, str]) -> Key | None:
    """What is hidden by an element `definedName`, or None: it is seen, or is a name of Excel's own."""
    name = attributes.get("name", "").lower()
    is_seen = attributes.get("hidden", "").lower() not in YES or name.startswith(OWN)
    return None if is_seen else (name, attributes.get("localSheetId", ""))


def names_gone(workbook: bytes, *, parts: Iterable[bytes]) -> frozenset[Key]:
    """The hidden names that go. workbook: its main part; parts: all others. Raises ValidationError."""
    if b"definedName" not in workbook or b"hidden" not in workbook:
        return frozenset()
    read = _NamesRead()
    markup.rewritten(workbook, rules=read)
    gone = {key for key in read.hidden if OF_A_VIEW.match(key[0])}
    doubtful = {key for key, text in read.hidden.items() if '"' in text} - gone
    if not doubtful:
        return frozenset(gone)
    texts: dict[str, list[str]] = defaultdict(list)
    for name, sheet in doubtful:
        texts[name].append(read.hidden[name, sheet])
    no_witness = doubtful | gone
    certain = read.seen + [text for key, text in read.hidden.items() if key not in no_witness]
    used = set[str]()
    waiting = _named((*certain, *_formulas(parts)), among=texts.keys())
    while waiting:
        used.add(name := waiting.pop())
        waiting |= _named(texts[name], among=texts.keys()) - used
    return frozenset(gone | {key for key in doubtful if key[0] not in used})


class _NamesRead(markup.Rules):
    """The names of a workbook with their texts, put together where two hidden ones are called the same."""

    looked_at = texts = frozenset({"definedName"})

    def __init__(self) -> None:
        self.hidden: dict[Key, str] = {}
        self.seen: list[str] = []
        self._now: Key | None = None

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str]:
        self._now = hidden_name(attributes)
        return {}

    def text(self, name: str, text: str) -> str:
        if self._now is None:
            self.seen.append(text)
        else:
            self.hidden[self._now] = self.hidden.get(self._now, "") + text
        return text


def _formulas(parts: Iterable[bytes]) -> Iterator[str]:
    for part in parts:
        for found in FORMULA.finditer(part):
            yield found[1].decode(errors="replace")


def _named(texts: Iterable[str], *, among: Container[str]) -> set[str]:
    return {word for text in texts for word in WORD.findall(text.lower()) if word in among}
