"""Clean HTML as words in which nothing is lost: where a link leads, what is raised, lowered, bold, slanted or listed.

    Кара: шарт (https://a.example/)    10^(2)    H_(2)O    **кара**    *жантык*    – бир    1. бир

Whoever compares two texts by their words alone would not see that a link leads elsewhere now.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from bs4 import BeautifulSoup, NavigableString, Tag

from site_pages.public_form.rich_text import BLOCK_TAGS, folded

MARKS = {
    "sup": ("^(", ")"), "sub": ("_(", ")"),
    "b": ("**", "**"), "strong": ("**", "**"), "i": ("*", "*"), "em": ("*", "*"),
}  # fmt: skip
TELLING = re.compile(r"<(?:a|sup|sub|b|strong|i|em|ul|ol)\b")
LINKED = re.compile(r'data-content-id="([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')


def is_rich_text(value: Mapping[str, Any]) -> bool:
    """Whether a part of a public form holds clean HTML beside the plain text of the same."""
    return isinstance(value.get("html"), str) and isinstance(value.get("text"), str)


def marked_words(value: Mapping[str, Any], *, titles: Mapping[str, str]) -> str:
    """The words of a rich text with their marks; its plain text where it has none.

    titles: of other documents that a link may lead to, by content_id; else the id stays.
    """
    if not TELLING.search(value["html"]):
        return value["text"]
    parts: list[str] = []
    _collect(BeautifulSoup(value["html"], "html.parser"), parts, titles=titles)
    return folded("".join(parts))


def marked_list(ordered: bool, items: list[str]) -> str:
    """A line for each item, with its number or a dash."""
    return "\n".join(f"{number}. {item}" if ordered else f"– {item}" for number, item in enumerate(items, start=1))


def linked_documents(value: Any) -> Iterator[str]:
    """The content_ids of other documents to which links in a part of a public form lead."""
    if isinstance(value, dict):
        yield from LINKED.findall(value["html"]) if is_rich_text(value) else ()
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from linked_documents(inner)


def _collect(node: Tag, parts: list[str], *, titles: Mapping[str, str]) -> None:
    items = count(1)
    for child in node.children:
        if isinstance(child, NavigableString):
            parts.append(str(child).replace("\n", " "))
        elif isinstance(child, Tag):
            place = len(parts)
            if child.name == "li":
                parts.append(f"{next(items)}. " if node.name == "ol" else "– ")
            _collect(child, parts, titles=titles)
            parts[place:] = [_marked(child, "".join(parts[place:]), titles=titles)]


def _marked(tag: Tag, words: str, *, titles: Mapping[str, str]) -> str:
    """The words of one tag with its marks."""
    if tag.name == "br":
        return f"\n{words}"
    if tag.name in BLOCK_TAGS:
        return f"\n{words}\n"
    if tag.name == "a":
        target = tag.get("data-content-id")
        leads_to = titles.get(target, target) if target else tag.get("href", "")
        return _around(words, "", f" ({leads_to})") if words.strip() else f"{words}({leads_to})"
    return _around(words, *MARKS[tag.name]) if tag.name in MARKS else words


def _around(words: str, begin: str, end: str) -> str:
    """The marks close to the words; spaces stay outside. Where there is no word, there is no mark."""
    bare = words.strip()
    place = words.index(bare)
    return f"{words[:place]}{begin}{bare}{end}{words[place + len(bare) :]}" if bare else words
