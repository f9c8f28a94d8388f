"""Resources of a PDF: pages and drawings keep what their own operators name; a picture that nobody draws is not served.

A scan of which one sheet was taken out still holds the picture of that sheet, where all sheets share one list.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

import pikepdf

from site_pages.files import pdf_packing
from site_pages.files.pdf_keys import PROPERTY_KEYS, STATE_KEYS, keep, name_of
from site_pages.files.refusals import refusal

WORD = rb"[^\x00\t\n\x0c\r ()<>\[\]{}/%]"
NAME = re.compile(rb"/(" + WORD + rb"*+)")
DRAWN = re.compile(rb"/(" + WORD + rb"*+)[\x00\t\n\x0c\r ]*(?:(?<=[\x00\t\n\x0c\r ])Do(?!" + WORD + rb")|\Z)")
MOST_NAMES, MOST_DIFFERENT_NAMES = 2_000_000, 50_000
MOST_DEPTH = 20
NAMED = {"/ExtGState", "/Pattern", "/Shading", "/Font", "/Properties"}
# These need not say what they are.
ENTRY_KEYS = {"/ExtGState": STATE_KEYS, "/Properties": PROPERTY_KEYS}
# Colours are named by pictures and by nothing at all, too, and hold none.
KEPT = {"/ColorSpace", "/ProcSet"}


class Names(NamedTuple):
    """Every name among operators, and those of what is drawn."""

    named: frozenset[str]
    drawn: frozenset[str]


class Resources:
    """Gives each page and each drawing of one document its own list of what it names. Raises ValidationError."""

    def __init__(self):
        self._names: dict[tuple[int, int], Names] = {}
        self._keys: dict[tuple[int, int], set[str]] = {}
        # What is drawn: pages, drawings, pictures, fonts whose letters are drawings.
        self.drawn: set[tuple[int, int]] = set()

    def prune(self, scope: pikepdf.Object, *, more: list[pikepdf.Object] = ()) -> None:
        """Leave what the operators of a page or drawing name, and go on with each drawing that they name.

        more: drawings on top of a page, which may use its list when they have none.
        """
        waiting = [(scope, [*more])]
        while waiting:
            found, others = waiting.pop()
            if found.is_indirect:
                if found.objgen in self.drawn:
                    continue
                self.drawn.add(found.objgen)
            if not _draws(found):
                continue
            resources = found.get("/Resources")
            if isinstance(resources, pikepdf.Dictionary):
                found.Resources = self._pruned(resources, self._names_in(found, resources, others))
                waiting += [(inside, []) for inside in _drawings(found.Resources)]
            waiting += [(other, []) for other in others]

    def _pruned(self, resources: pikepdf.Object, names: Names) -> pikepdf.Object:
        kept = {}
        for category, entries in resources.items():
            if category in KEPT:
                kept[category] = entries
            elif category in NAMED or category == "/XObject":
                if not isinstance(entries, pikepdf.Dictionary):
                    continue
                kept[category] = self._wanted(entries, names.drawn if category == "/XObject" else names.named)
                if category in ENTRY_KEYS:
                    _clean_entries(kept[category], keys=ENTRY_KEYS[category])
        return pikepdf.Dictionary(kept)

    def _wanted(self, entries: pikepdf.Object, wanted: frozenset[str]) -> pikepdf.Object:
        keys = self._keys.get(entries.objgen) if entries.is_indirect else None
        if keys is None:
            keys = entries.keys()
            if any(key.encode("utf-8", "replace") != key.encode("utf-8", "surrogateescape") for key in keys):
                # Letters of another age: such names can be read here and not written.
                return entries
            if entries.is_indirect:
                self._keys[entries.objgen] = keys
        return pikepdf.Dictionary({key: entries[key] for key in sorted(keys & wanted)})

    def _names_in(self, scope, resources, others) -> Names:
        """The names among the operators, and among those of what they draw that has no list of its own."""
        names = _joined([self._own_names(one) for one in (scope, *others) if one is scope or "/Resources" not in one])
        seen = set()
        for _round in range(MOST_DEPTH):
            inside = [
                one
                for one in _drawings(self._pruned(resources, names))
                if _draws(one) and "/Resources" not in one and one.objgen not in seen
            ]
            if not inside:
                return names
            seen |= {one.objgen for one in inside}
            names = _joined([names, *(self._own_names(one) for one in inside)])
        raise refusal("zip_bomb")

    def _own_names(self, scope: pikepdf.Object) -> Names:
        parts = {part.objgen: part for part in _operators(scope)}
        for key, part in parts.items():
            if key not in self._names:
                self._names[key] = _names_among(pdf_packing.unpacked(part))
        return _joined([self._names[key] for key in parts])


def _names_among(operators: bytes) -> Names:
    if operators.count(b"/") > MOST_NAMES:
        raise refusal("zip_bomb")
    # A name may stand at the end of one part and its operator at the begin of the next.
    named, drawn = _plain(NAME.finditer(operators)), _plain(DRAWN.finditer(operators))
    if len(named) > MOST_DIFFERENT_NAMES:
        raise refusal("zip_bomb")
    return Names(named, drawn)


def _plain(found: Iterable[re.Match]) -> frozenset[str]:
    names = {one[1] for one in found}
    return frozenset("/" + pdf_packing.plain_names(name).decode("utf-8", "surrogateescape") for name in names)


def _joined(names: list[Names]) -> Names:
    if len(names) == 1:
        return names[0]
    return Names(frozenset().union(*(one.named for one in names)), frozenset().union(*(one.drawn for one in names)))


def _draws(found: pikepdf.Object) -> bool:
    """Whether it holds operators: a page, a drawing, a pattern, a font whose letters are drawings."""
    if not isinstance(found, pikepdf.Stream):
        return "/Contents" in found or "/CharProcs" in found or found.get("/Type") == pikepdf.Name.Page
    return found.get("/Subtype") == pikepdf.Name.Form or ("/BBox" in found and "/ShadingType" not in found)


def _operators(scope: pikepdf.Object) -> list[pikepdf.Object]:
    """The streams of its operators."""
    if isinstance(scope, pikepdf.Stream):
        return [scope]
    if isinstance(letters := scope.get("/CharProcs"), pikepdf.Dictionary):
        parts = [letter for _name, letter in letters.items()]
    else:
        contents = scope.get("/Contents")
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return [part for part in parts if isinstance(part, pikepdf.Stream)]


def _clean_entries(entries: pikepdf.Object, *, keys: set[str]) -> None:
    for _name, entry in entries.items():
        # Layers are cleaned as layers.
        if isinstance(entry, pikepdf.Dictionary) and name_of(entry, "/Type") not in ("/OCG", "/OCMD"):
            keep(entry, keys)


def _drawings(resources: pikepdf.Object) -> list[pikepdf.Object]:
    """What is drawn by a list: drawings and pictures, patterns, fonts, and the masks of states."""
    found = []
    for category in ("/XObject", "/Pattern", "/Font"):
        if isinstance(entries := resources.get(category), pikepdf.Dictionary):
            found += [one for _name, one in entries.items() if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream))]
    if isinstance(states := resources.get("/ExtGState"), pikepdf.Dictionary):
        for _name, state in states.items():
            mask = state.get("/SMask") if isinstance(state, pikepdf.Dictionary) else None
            if isinstance(mask, pikepdf.Dictionary) and isinstance(group := mask.get("/G"), pikepdf.Stream):
                found.append(group)
    return found
