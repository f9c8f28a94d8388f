"""What differs between two texts, word by word: the shortest way from one to the other (Myers, O(ND)).

Few changes are found at once, however long the text is and wherever they stand. What was written anew from the first
word to the last would cost the square of its length: beyond its effort a text is told whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

SAME, REMOVED, ADDED = "same", "removed", "added"
# About a second of work for all texts of one answer.
MOST_STEPS = 1_200_000
# No single text takes more than this part of what is left, so that those after it are still compared.
PART = 4

# A word and the space after it.
Token = tuple[str, str]


@dataclass(frozen=True)
class Piece:
    """Some words in a row. kind: same, removed or added."""

    kind: str
    text: str


@dataclass
class Effort:
    """How many steps the comparisons of one answer may still take together."""

    left: int = MOST_STEPS


def pieces(before: str, after: str, *, effort: Effort | None = None) -> list[Piece]:
    """Both texts in one, word by word: what stayed, what went, what came. effort: shared by the texts of one answer."""
    old, new = _words(before), _words(after)
    head = _in_common(old, new)
    tail = _in_common(old[head:][::-1], new[head:][::-1])
    found = [
        *_pairs(old[:head], new[:head]),
        *_compared(old[head : len(old) - tail], new[head : len(new) - tail], effort=effort or Effort()),
        *_pairs(old[len(old) - tail :], new[len(new) - tail :]),
    ]
    return list(_joined(found))


def _words(text: str) -> list[Token]:
    words = re.findall(r"(\S+)(\s*)", text)
    beginning = text[: len(text) - len(text.lstrip())]
    return [("", beginning), *words] if beginning else words


def _in_common(old: list[Token], new: list[Token]) -> int:
    """How many words at the beginning are the same."""
    pairs = enumerate(zip(old, new, strict=False))
    return next((place for place, (one, other) in pairs if one[0] != other[0]), min(len(old), len(new)))


def _pairs(old: list[Token], new: list[Token]) -> Iterator[Piece]:
    """Words that are the same; the space after them may be another."""
    for (word, space), (_word, other) in zip(old, new, strict=True):
        yield Piece(SAME, word)
        yield from [Piece(SAME, space)] if space == other else _replaced(space, other)


def _replaced(gone: str, came: str) -> list[Piece]:
    """What went and what came in its place; the space that ends both has stayed."""
    space = gone[len(gone.rstrip()) :]
    if space and came.strip() and gone.strip() and came[len(came.rstrip()) :] == space:
        return [Piece(REMOVED, gone.rstrip()), Piece(ADDED, came.rstrip()), Piece(SAME, space)]
    return [Piece(REMOVED, gone), Piece(ADDED, came)]


def _compared(old: list[Token], new: list[Token], *, effort: Effort) -> Iterator[Piece]:
    place, other = 0, 0
    for start, new_start, length in [*_runs(old, new, effort=effort), (len(old), len(new), 0)]:
        yield from _replaced(_text(old[place:start]), _text(new[other:new_start]))
        place, other = start + length, new_start + length
        yield from _pairs(old[start:place], new[new_start:other])


def _text(tokens: list[Token]) -> str:
    return "".join(word + space for word, space in tokens)


def _joined(found: list[Piece]) -> Iterator[Piece]:
    """Pieces of one kind beside each other as one; of what was replaced, first all that went."""
    texts = {SAME: "", REMOVED: "", ADDED: ""}
    for piece in [*found, Piece(SAME, "")]:
        if piece.kind != SAME and texts[SAME]:
            yield Piece(SAME, texts[SAME])
            texts[SAME] = ""
        elif piece.kind == SAME and piece.text:
            yield from (Piece(kind, texts[kind]) for kind in (REMOVED, ADDED) if texts[kind])
            texts |= {REMOVED: "", ADDED: ""}
        texts[piece.kind] += piece.text
    yield from (Piece(kind, text) for kind, text in texts.items() if text)


def _runs(old: list[Token], new: list[Token], *, effort: Effort) -> list[tuple[int, int, int]]:
    """Where words in a row are the same in both: (place in old, place in new, how many), in order.

    None at all where the effort did not suffice. A row holds how far the old text is read after so many changes, by
    how many more words were left out of it than put in: all changes that put in, then two less, and so on.
    """
    a, b = [word for word, _space in old], [word for word, _space in new]
    most, steps, rows = effort.left // PART, 0, [[0]]
    for changes in range(len(a) + len(b) + 1):
        row: list[int] = []
        for i in range(changes + 1):
            surplus = 2 * i - changes
            start = place = _begun(rows[-1], i)
            while place < len(a) and place - surplus < len(b) and a[place] == b[place - surplus]:
                place += 1
            if place >= len(a) and place - surplus >= len(b):
                effort.left -= steps
                return _way_back(rows, len(a), len(b))
            row.append(place)
            steps += 1 + place - start
        rows.append(row)
        if steps > most:
            break
    effort.left -= steps
    return []


def _puts_in(before: list[int], i: int) -> bool:
    """Whether the last change put a word in; else it left one out. The way that has read more is taken."""
    return i == 0 or (i < len(before) and before[i - 1] < before[i])


def _begun(before: list[int], i: int) -> int:
    """How far the old text is read right after the last change."""
    return before[i] if _puts_in(before, i) else before[i - 1] + 1


def _way_back(rows: list[list[int]], place: int, other: int) -> list[tuple[int, int, int]]:
    runs = []
    for changes in range(len(rows) - 1, -1, -1):
        before, surplus = rows[changes], place - other
        i = (surplus + changes) // 2
        start = _begun(before, i)
        if place > start:
            runs.append((start, start - surplus, place - start))
        place, other = (start, start - surplus - 1) if _puts_in(before, i) else (start - 1, start - surplus)
    return runs[::-1]
