"""Resources of a PDF: pages and drawings keep what their own operators name; a picture that nobody draws is not served.

A scan of which one sheet was taken out still holds the picture of that sheet, where all sheets share one list.
"""

import re
from collections.abc import Callable, Iterable
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
DRAWING = ("/XObject", "/Pattern", "/Font", "/ExtGState")
CATEGORIES = sorted({*NAMED, *KEPT, "/XObject"})
# What the lists of all pages may cost together: each entry that is looked at, with its name where it is written anew.
# A book of ten thousand pages, each with fifty pictures and letters of its own, costs a third of it.
MOST_COST, COST_OF_ENTRY = 32_000_000, 8


class Names(NamedTuple):
    """Every name among operators, and those of what is drawn."""

    named: frozenset[str]
    drawn: frozenset[str]


class Drawings(NamedTuple):
    """What is drawn by a list, and what of it has no list of its own."""

    found: list[pikepdf.Object]
    bare: list[pikepdf.Object]


class Resources:
    """Gives each page and each drawing of one document its own list of what it names. Raises ValidationError.

    What pages share is gone through and written once for all that name the same of it; the rest is counted.
    """

    def __init__(self, pdf: pikepdf.Pdf):
        self._pdf, self._left = pdf, MOST_COST
        self._names: dict[tuple[int, int], Names] = {}
        # By what they were and what is wanted of them.
        self._keys: dict[tuple[int, int], set[str] | None] = {}
        self._lists: dict[tuple, pikepdf.Object] = {}
        self._last: dict[tuple[int, int], tuple[frozenset[str], pikepdf.Object]] = {}
        self._drawings: dict[tuple[str, tuple[int, int]], Drawings] = {}
        self._gone_on: set[tuple[str, tuple[int, int]]] = set()
        self._apart: set[tuple[int, int]] = set()
        self._cleaned: set[tuple[str, tuple[int, int]]] = set()
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
                self._spend(COST_OF_ENTRY * len(others))
                found.Resources, drawings = self._fitted(found, resources, others)
                waiting += [(inside, []) for inside in drawings]
                waiting += [(other, []) for other in others]

    def _spend(self, cost: int) -> None:
        self._left -= cost
        if self._left < 0:
            raise refusal("zip_bomb")

    def _fitted(self, scope, resources, others) -> tuple[pikepdf.Object, list[pikepdf.Object]]:
        """What is left of the list, and what is drawn by it.

        Wanted is what the operators name, and those of what they draw that has no list of its own.
        """
        names = self._joined(
            [self._own_names(one) for one in (scope, *others) if one is scope or "/Resources" not in one]
        )
        seen = set()
        for _round in range(MOST_DEPTH):
            pruned = self._pruned(resources, names)
            lists = [(category, pruned[category]) for category in DRAWING if category in pruned]
            bare = [one for part in lists for one in self._drawn_by(*part).bare if one.objgen not in seen]
            self._spend(COST_OF_ENTRY * len(bare))
            if not bare:
                return pruned, [one for part in lists for one in self._first_met(*part)]
            seen |= {one.objgen for one in bare}
            names = self._joined([names, *(self._own_names(one) for one in bare)])
        raise refusal("zip_bomb")

    def _drawn_by(self, category: str, entries: pikepdf.Object) -> Drawings:
        """What a list leads to, looked for once."""
        place = (category, entries.objgen)
        if not entries.is_indirect or place not in self._drawings:
            self._spend(COST_OF_ENTRY * len(entries))
            found = _drawings(category, entries)
            self._drawings[place] = Drawings(found, [one for one in found if _draws(one) and "/Resources" not in one])
        return self._drawings[place]

    def _first_met(self, category: str, entries: pikepdf.Object) -> list[pikepdf.Object]:
        """What a list leads to, unless it was gone on with before."""
        if entries.is_indirect:
            if (category, entries.objgen) in self._gone_on:
                return []
            self._gone_on.add((category, entries.objgen))
        return self._drawn_by(category, entries).found

    def _pruned(self, resources: pikepdf.Object, names: Names) -> pikepdf.Object:
        self._set_apart(resources)
        kept = {}
        for category in CATEGORIES:
            if (entries := resources.get(category)) is None:
                continue
            if category in KEPT:
                kept[category] = entries
            elif isinstance(entries, pikepdf.Dictionary):
                kept[category] = self._wanted(category, entries, names)
        wanted = tuple(one.objgen if isinstance(one, pikepdf.Object) else None for one in kept.values())
        return self._once(resources, wanted, lambda: pikepdf.Dictionary(kept))

    def _wanted(self, category: str, entries: pikepdf.Object, names: Names) -> pikepdf.Object:
        keys, wanted = self._keys_of(entries), names.drawn if category == "/XObject" else names.named
        if keys is None:
            return entries
        # Page after page often has the same operators.
        before, same = self._last.get(entries.objgen, (None, None))
        if entries.is_indirect and before is wanted:
            return same
        self._spend(min(len(keys), len(wanted)))
        chosen = frozenset(keys & wanted)
        made = self._once(entries, chosen, lambda: self._chosen(category, entries, chosen))
        self._last[entries.objgen] = (wanted, made)
        return made

    def _chosen(self, category: str, entries: pikepdf.Object, keys: frozenset[str]) -> pikepdf.Object:
        self._spend(sum(COST_OF_ENTRY + len(key) for key in keys))
        kept = pikepdf.Dictionary({key: entries[key] for key in sorted(keys)})
        if category in ENTRY_KEYS:
            for _name, entry in kept.items():
                self._clean_entry(category, entry)
        return kept

    def _clean_entry(self, category: str, entry: pikepdf.Object) -> None:
        # Layers are cleaned as layers.
        if not isinstance(entry, pikepdf.Dictionary) or (category, entry.objgen) in self._cleaned:
            return
        if entry.is_indirect:
            self._cleaned.add((category, entry.objgen))
        if name_of(entry, "/Type") not in ("/OCG", "/OCMD"):
            keep(entry, ENTRY_KEYS[category])

    def _keys_of(self, entries: pikepdf.Object) -> set[str] | None:
        """What a list names; None where letters are of another age: such names can be read here and not written."""
        if entries.is_indirect and entries.objgen in self._keys:
            return self._keys[entries.objgen]
        keys = entries.keys()
        self._spend(len(keys))
        if any(key.encode("utf-8", "replace") != key.encode("utf-8", "surrogateescape") for key in keys):
            keys = None
        else:
            self._set_apart(entries)
        if entries.is_indirect:
            self._keys[entries.objgen] = keys
        return keys

    def _set_apart(self, shared: pikepdf.Object) -> None:
        """Let what stands in a shared list be objects of their own: they are then written once, whoever names them."""
        if not shared.is_indirect or shared.objgen in self._apart:
            return
        self._apart.add(shared.objgen)
        for key in sorted(shared.keys()):
            value = shared[key]
            if isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
                shared[key] = self._pdf.make_indirect(value)

    def _once(self, shared: pikepdf.Object, wanted, make: Callable[[], pikepdf.Object]) -> pikepdf.Object:
        """What is made of an object of its own is one as well, and the same one where the same is wanted of it."""
        if not shared.is_indirect:
            return make()
        if (made := self._lists.get((shared.objgen, wanted))) is None:
            made = self._lists[shared.objgen, wanted] = self._pdf.make_indirect(make())
        return made

    def _own_names(self, scope: pikepdf.Object) -> Names:
        parts = {part.objgen: part for part in _operators(scope)}
        self._spend(COST_OF_ENTRY * len(parts))
        for key, part in parts.items():
            if key not in self._names:
                self._names[key] = _names_among(pdf_packing.unpacked(part))
        return self._joined([self._names[key] for key in parts])

    def _joined(self, names: list[Names]) -> Names:
        if len(names) == 1:
            return names[0]
        self._spend(sum(len(one.named) + len(one.drawn) for one in names))
        return Names(frozenset().union(*(one.named for one in names)), frozenset().union(*(one.drawn for one in names)))


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


def _drawings(category: str, entries: pikepdf.Object) -> list[pikepdf.Object]:
    """What is drawn by a list: drawings and pictures, patterns, fonts, or the masks of states."""
    if category != "/ExtGState":
        return [one for _name, one in entries.items() if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream))]
    found = []
    for _name, state in entries.items():
        mask = state.get("/SMask") if isinstance(state, pikepdf.Dictionary) else None
        if isinstance(mask, pikepdf.Dictionary) and isinstance(group := mask.get("/G"), pikepdf.Stream):
            found.append(group)
    return found
