"""Which parts of an office file can be reached: what nothing leads to is seen by nobody, and is not served."""

import re
from collections.abc import Callable

from site_pages.files.markup import value_escaped
from site_pages.files.office.package import Link

# A program shows what such a relationship leads to only where the part itself names the relationship; others, as to
# styles and themes, hold for the whole part.
NAMED_KINDS = (
    "image",
    "hyperlink",
    "header",
    "footer",
    "worksheet",
    "chartsheet",
    "slide",
    "drawing",
    "chart",
    "chartex",
)
WHOLE = ""  # the source of the relationships of the whole file
VALUE = re.compile(rb'="([^"<]{1,255})"')


def reached(*, links_of: Callable[[str], list[Link]], written: Callable[[str], bytes]) -> dict[str, list[Link]]:
    """Each part that is reached, by its path in small letters, with the relationships that lead on from it.

    links_of: the relationships of a part; written: a part as it is served. The relationships of the whole file stand
    at WHOLE. Raises ValidationError.
    """
    found: dict[str, list[Link]] = {}
    waiting = [WHOLE]
    while waiting:
        source = waiting.pop()
        links = links_of(source)
        if source != WHOLE and any(link.kind in NAMED_KINDS for link in links):
            named = _named(written(source), among={link.identity for link in links})
            links = [link for link in links if link.kind not in NAMED_KINDS or link.identity in named]
        found[source] = links
        waiting += {link.place for link in links if link.place} - found.keys() - set(waiting)
    return found


def _named(part: bytes, *, among: set[str]) -> set[str]:
    """Which of the relationships any attribute of the part names: older drawings have attributes of their own."""
    wanted = {value_escaped(identity).encode(): identity for identity in among}
    return {wanted[found[1]] for found in VALUE.finditer(part) if found[1] in wanted}
