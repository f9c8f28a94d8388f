"""Where a PDF leads to: places on its own pages, by name or not. What led to a page that was taken out goes."""

from collections.abc import Iterator

import pikepdf

from site_pages.files.pdf_keys import keep, lead_up, name_of
from site_pages.files.places import is_local
from site_pages.files.refusals import refusal

MOST_NODES = 500_000
# Behind the page: how it is shown, and up to four numbers.
MOST_PARTS = 5
HOLDERS = ("/A", "/PA", "/Next")
OUTLINE_KEYS = {"/Title", "/Parent", "/Prev", "/Next", "/First", "/Last", "/Count", "/Dest", "/A", "/C", "/F"}


class Places:
    """The places of one document. pages: the numbers of the pages that it has. Raises ValidationError."""

    def __init__(self, pdf: pikepdf.Pdf, *, pages: set[tuple[int, int]]):
        self._pdf, self._pages = pdf, pages
        # By name: what the name becomes. Names in a tree are strings, those of old files are names.
        self._names: dict[tuple[bool, bytes], pikepdf.Object] = {}
        self._clean_tree()
        self._clean_old()

    def clean(self, found: pikepdf.Object, keys: set[str]) -> None:
        """Take out of a link, an entry or an action what leads to no page of the document."""
        if "/Dest" in keys:
            self._set(found, "/Dest", self._target(found["/Dest"]))
        if "/SD" in keys:
            del found["/SD"]
        if "/D" in keys and name_of(found, "/S") == "/GoTo":
            self._set(found, "/D", self._target(found.D))
        for key in HOLDERS:
            action = found[key] if key in keys else None
            is_place = isinstance(action, pikepdf.Dictionary) and name_of(action, "/S") == "/GoTo"
            if is_place and self._target(action.get("/D")) is None:
                del found[key]

    def _set(self, found: pikepdf.Object, key: str, target: pikepdf.Object | None) -> None:
        if target is None:
            del found[key]
        else:
            found[key] = target

    def _target(self, value) -> pikepdf.Object | None:
        if isinstance(value, (pikepdf.String, pikepdf.Name)):
            return self._names.get((isinstance(value, pikepdf.Name), bytes(value)))
        return self._place(value)

    def _place(self, value) -> pikepdf.Object | None:
        """A place on a page, or None. It is written anew: a page, and how it is shown."""
        if isinstance(value, pikepdf.Dictionary):
            inside = value.get("/D")
            place = self._place(inside) if isinstance(inside, pikepdf.Array) else None
            return None if place is None else pikepdf.Dictionary(D=place)
        if not isinstance(value, pikepdf.Array) or len(value) == 0:
            return None
        page, *shown = list(value)[: 1 + MOST_PARTS]
        # Some programs write the number of the page.
        is_here = page.objgen in self._pages if isinstance(page, pikepdf.Object) else isinstance(page, int)
        if not is_here:
            return None
        plain = [one for one in shown if not isinstance(one, pikepdf.Object) or isinstance(one, pikepdf.Name)]
        return pikepdf.Array([page, *plain])

    def _clean_tree(self) -> None:
        """Write the names of places anew, and none that is a path on somebody's machine."""
        names = self._pdf.Root.get("/Names")
        found = {bytes(name): self._place(place) for name, place in _leaves(names, "/Dests") if place is not None}
        found = {name: place for name, place in sorted(found.items(), key=lambda one: one[0]) if place is not None}
        if "/Names" in self._pdf.Root:
            del self._pdf.Root["/Names"]
        written = {}
        for name, place in found.items():
            is_path = is_local(str(pikepdf.String(name)))
            new = b"place %d" % len(written) if is_path else name
            # What was cleaned before leads where it led.
            self._names[False, name] = self._names[False, new] = pikepdf.String(new)
            written[new] = place
        if written:
            pairs = [part for name in sorted(written) for part in (pikepdf.String(name), written[name])]
            self._pdf.Root.Names = pikepdf.Dictionary(Dests=pikepdf.Dictionary(Names=pikepdf.Array(pairs)))

    def _clean_old(self) -> None:
        old = self._pdf.Root.get("/Dests")
        if not isinstance(old, pikepdf.Dictionary):
            return
        written = {}
        for key, value in old.items():
            place = self._place(value)
            # Letters of another age cannot be written here.
            if place is None or not key.isprintable():
                continue
            new = f"/place-{len(written)}" if is_local(key) else key
            self._names[True, key.encode()] = self._names[True, new.encode()] = pikepdf.Name(new)
            written[new] = place
        self._pdf.Root.Dests = pikepdf.Dictionary(written)


def clean_outline(pdf: pikepdf.Pdf) -> None:
    """Take out the entries that led to a page that is gone, or nowhere; their titles stand on no page."""
    outline = pdf.Root.get("/Outlines")
    if not isinstance(outline, pikepdf.Dictionary):
        return
    order, seen, waiting = [], set(), [outline]
    while waiting:
        parent = waiting.pop()
        children, child = [], parent.get("/First")
        while isinstance(child, pikepdf.Dictionary) and child.is_indirect and child.objgen not in seen:
            seen.add(child.objgen)
            children.append(child)
            child = child.get("/Next")
        order.append((parent, children))
        waiting += children
        if len(seen) > MOST_NODES:
            raise refusal("zip_bomb")
    # The lowest first: an entry stays for what it leads to, or for what stays below it.
    kept: dict[tuple[int, int], int] = {}
    for parent, children in reversed(order):
        staying = [child for child in children if child.objgen in kept]
        _relink(parent, staying, shown=len(staying) + sum(kept[child.objgen] for child in staying))
        if parent.objgen != outline.objgen and (staying or "/Dest" in parent or "/A" in parent):
            keep(parent, OUTLINE_KEYS)
            kept[parent.objgen] = max(0, int(parent.get("/Count", 0)))
    keep(outline, {"/Type", "/First", "/Last", "/Count"})
    if not order[0][1] or "/First" not in outline:
        del pdf.Root["/Outlines"]


def _relink(parent: pikepdf.Object, children: list[pikepdf.Object], *, shown: int) -> None:
    is_closed = int(parent.get("/Count", 0)) < 0
    for key in ("/First", "/Last", "/Count"):
        if key in parent:
            del parent[key]
    if not children:
        return
    parent.First, parent.Last, parent.Count = children[0], children[-1], -shown if is_closed else shown
    for child, before, after in zip(children, [None, *children], [*children[1:], None], strict=False):
        lead_up(child, "/Parent", parent)
        for key, other in (("/Prev", before), ("/Next", after)):
            if other is not None:
                child[key] = other
            elif key in child:
                del child[key]


def _leaves(tree, key: str) -> Iterator[tuple[pikepdf.Object, pikepdf.Object]]:
    """The names and values of a tree of names that stands under the key."""
    waiting = [tree.get(key)] if isinstance(tree, pikepdf.Dictionary) else []
    seen = set()
    while waiting:
        node = waiting.pop()
        if not isinstance(node, pikepdf.Dictionary) or (node.is_indirect and node.objgen in seen):
            continue
        seen.add(node.objgen)
        if isinstance(pairs := node.get("/Names"), pikepdf.Array):
            parts = list(pairs)
            named = zip(parts[::2], parts[1::2], strict=False)
            yield from ((name, value) for name, value in named if isinstance(name, pikepdf.String))
        if isinstance(kids := node.get("/Kids"), pikepdf.Array):
            waiting += list(kids)
