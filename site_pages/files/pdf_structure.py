"""The tree that says what is a heading and what a table, and is read aloud: it keeps what stands on a page.

The words for the blind of a page that was taken out stay in the tree, and so would be served.
"""

import pikepdf

from site_pages.files.pdf_keys import keep, lead_up
from site_pages.files.refusals import refusal

MOST_DEPTH = 200
ROOT_KEYS = {"/Type", "/K", "/IDTree", "/ParentTree", "/ParentTreeNextKey", "/RoleMap", "/ClassMap", "/Namespaces"}
ELEMENT_KEYS = {"/Type", "/S", "/ID", "/P", "/Pg", "/K", "/A", "/C", "/R", "/Lang", "/Alt", "/E", "/ActualText", "/NS"}
# Of a part without anything on a page, such as an empty cell.
EMPTY_KEYS = {"/Type", "/S", "/ID", "/P", "/A", "/C", "/K", "/NS"}
REFERENCE_KEYS = {"/Type", "/Pg", "/MCID", "/Stm", "/Obj"}
GONE = (None, False)


class Structure:
    """The tree of one document. pages, drawn: the numbers of its pages, and of all that stands on them."""

    def __init__(self, pdf: pikepdf.Pdf, *, pages: set[tuple[int, int]], drawn: set[tuple[int, int]]):
        self._pdf, self._pages, self._drawn = pdf, pages, drawn
        self.kept: set[tuple[int, int]] = set()

    def clean(self) -> None:
        """Take out what stands on no page. Raises ValidationError."""
        root = self._pdf.Root.get("/StructTreeRoot")
        if not isinstance(root, pikepdf.Dictionary):
            return
        keep(root, ROOT_KEYS)
        if "/K" in root:
            self._put(root, [self._cleaned(item, parent=root, page=None, depth=0)[0] for item in _items(root["/K"])])
        if isinstance(roles := root.get("/RoleMap"), pikepdf.Dictionary):
            keep(roles, {key for key, value in roles.items() if isinstance(value, pikepdf.Name)})
        for key in ("/ParentTree", "/IDTree"):
            if key in root:
                self._clean_tree(root[key])

    def _cleaned(self, item, *, parent: pikepdf.Object, page, depth: int) -> tuple:
        """What stays of one part, or None; and whether it stands on a page.

        page: on which what has no page of its own stands.
        """
        if not isinstance(item, pikepdf.Dictionary):
            is_mark = isinstance(item, int) and self._is_here(page)
            return (item, True) if is_mark else GONE
        if depth > MOST_DEPTH:
            raise refusal("zip_bomb")
        own = item.get("/Pg", page)
        if "/S" not in item:
            return (item, True) if self._clean_reference(item, page=own) else GONE
        if item.is_indirect and item.objgen in self.kept:
            return GONE
        self.kept |= {item.objgen} if item.is_indirect else set()
        before = _items(item["/K"]) if "/K" in item else []
        after = [self._cleaned(one, parent=item, page=own, depth=depth + 1) for one in before]
        if before and all(one is GONE for one in after):
            self.kept.discard(item.objgen)
            keep(item, {"/Type", "/S"})
            return GONE
        self._put(item, [one for one, _stands in after])
        stands = any(stands for _one, stands in after)
        keep(item, ELEMENT_KEYS if stands else EMPTY_KEYS)
        lead_up(item, "/P", parent)
        if "/Pg" in item and not self._is_here(item["/Pg"]):
            del item["/Pg"]
        return item, stands

    def _clean_reference(self, item: pikepdf.Object, *, page) -> bool:
        """Whether what a part of the tree names is there: marks among operators, a link, a field, a picture."""
        keep(item, REFERENCE_KEYS)
        named = [item[key] for key in ("/Stm", "/Obj") if key in item]
        return self._is_here(page) and all(getattr(one, "objgen", None) in self._drawn for one in named)

    def _is_here(self, page) -> bool:
        return isinstance(page, pikepdf.Dictionary) and page.objgen in self._pages

    def _put(self, found: pikepdf.Object, items: list) -> None:
        staying = [one for one in items if one is not None]
        if not staying and "/K" in found:
            del found["/K"]
        if staying:
            found.K = pikepdf.Array(staying) if len(staying) > 1 or not isinstance(staying[0], int) else staying[0]

    def _clean_tree(self, tree: pikepdf.Object) -> None:
        """Of a tree of numbers or names keep what is in the tree of parts."""
        waiting, seen = [tree], set()
        while waiting:
            node = waiting.pop()
            if not isinstance(node, pikepdf.Dictionary) or (node.is_indirect and node.objgen in seen):
                continue
            seen.add(node.objgen)
            keep(node, {"/Kids", "/Limits", "/Nums", "/Names"})
            for key in ("/Nums", "/Names"):
                if isinstance(values := node.get(key), pikepdf.Array):
                    parts = list(values)
                    node[key] = pikepdf.Array(self._known(one) if place % 2 else one for place, one in enumerate(parts))
            if isinstance(kids := node.get("/Kids"), pikepdf.Array):
                waiting += list(kids)

    def _known(self, value):
        if isinstance(value, pikepdf.Array):
            return pikepdf.Array(one if self._is_kept(one) else None for one in value)
        return value if self._is_kept(value) else None

    def _is_kept(self, value) -> bool:
        return isinstance(value, pikepdf.Dictionary) and value.objgen in self.kept


def _items(value) -> list:
    return list(value) if isinstance(value, pikepdf.Array) else [value]
