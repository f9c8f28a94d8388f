"""Layers of a PDF: one that is switched off is in the file and not on the page, and nobody who clears it sees it."""

from collections.abc import Iterator

import pikepdf

from site_pages.files.pdf_keys import name_of
from site_pages.files.refusals import refusal

# When several layers decide together on what is drawn: how they are asked, all of them being switched on.
SHOWN_WHERE_ALL_ARE_ON = ("", "/AnyOn", "/AllOn")
# Of a question, with those inside of it; each may be named by several.
MOST_PARTS = 200


def check_layers(pdf: pikepdf.Pdf) -> None:
    """Refuse a file in which a layer is off when it is opened. Raises ValidationError."""
    properties = pdf.Root.get("/OCProperties")
    choice = properties.get("/D") if isinstance(properties, pikepdf.Dictionary) else None
    if not isinstance(choice, pikepdf.Dictionary):
        return
    for layer in _dictionaries(choice.get("/OFF")):
        raise _hidden(layer)
    follows_screens = any(name_of(one, "/Event") == "/View" for one in _dictionaries(choice.get("/AS")))
    shown = {layer.objgen for layer in _dictionaries(choice.get("/ON"))}
    for layer in _dictionaries(properties.get("/OCGs")):
        is_left_out = name_of(choice, "/BaseState") == "/OFF" and layer.objgen not in shown
        if is_left_out or (follows_screens and _is_off_on_screens(layer)):
            raise _hidden(layer)


def check_membership(found: pikepdf.Object) -> None:
    """Refuse what is drawn only while a layer is off. found: a dictionary of the kind OCMD. Raises ValidationError."""
    asked = found.get("/VE")
    if name_of(found, "/P") not in SHOWN_WHERE_ALL_ARE_ON or (asked is not None and _turns_around(asked)):
        raise refusal("hidden_content", what="OCMD")


def _is_off_on_screens(layer: pikepdf.Object) -> bool:
    usage = layer.get("/Usage")
    view = usage.get("/View") if isinstance(usage, pikepdf.Dictionary) else None
    return isinstance(view, pikepdf.Dictionary) and name_of(view, "/ViewState") == "/OFF"


def _turns_around(asked: pikepdf.Object) -> bool:
    """Whether the question has a “not” anywhere; one of too many parts counts as such."""
    waiting, left = [asked], MOST_PARTS
    while waiting:
        if not isinstance(found := waiting.pop(), pikepdf.Array):
            continue
        left -= len(found)
        if left < 0:
            return True
        parts = list(found)
        if any(isinstance(part, pikepdf.Name) and str(part) == "/Not" for part in parts):
            return True
        waiting += parts
    return False


def _dictionaries(layers: pikepdf.Object | None) -> Iterator[pikepdf.Object]:
    if isinstance(layers, pikepdf.Array):
        yield from (one for one in layers if isinstance(one, pikepdf.Dictionary))


def _hidden(layer: pikepdf.Object):
    return refusal("hidden_content", what=str(layer.get("/Name", "OCG"))[:80])
