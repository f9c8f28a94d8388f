"""The pages of a PDF: the tree of pages is written anew, and what hung on a page that is no longer in it goes."""

import pikepdf

from site_pages.files.pdf_fields import Annotations, clean_form
from site_pages.files.pdf_keys import clean_layers, keep
from site_pages.files.pdf_places import clean_outline
from site_pages.files.pdf_resources import Resources
from site_pages.files.pdf_structure import Structure

PAGE_KEYS = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Rotate", "/Group", "/Annots", "/StructParents", "/Tabs", "/UserUnit",
}  # fmt: skip


def write_tree_anew(pdf: pikepdf.Pdf) -> list[pikepdf.Object]:
    """One list of all pages, in their order, and nothing else in the tree; returns them."""
    pages = [page.obj for page in pdf.pages]
    tree = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.Pages, Kids=pikepdf.Array(pages), Count=len(pages)))
    for page in pages:
        page.Type = pikepdf.Name.Page
        page.Parent = tree
        keep(page, PAGE_KEYS)
    pdf.Root.Pages = tree
    return pages


def clean_pages(pdf: pikepdf.Pdf, pages: list[pikepdf.Object]) -> None:
    """Leave what is drawn on the pages, what stands on top of them, and what is told about both.

    The operators have lost their remarks before, and places lead to pages of the document.
    """
    resources, annotations = Resources(pdf), Annotations()
    for page in pages:
        resources.prune(page, more=annotations.clean(page))
    clean_form(pdf, seen=annotations.seen)
    Structure(pdf, pages={page.objgen for page in pages}, drawn=resources.drawn | annotations.seen).clean()
    clean_outline(pdf)
    clean_layers(pdf)
