"""Rich text as the public gets it: clean HTML and the plain text that says the same."""

import re

import nh3
from bs4 import BeautifulSoup, NavigableString, Tag
from wagtail.models import Page

from site_pages.public_form.payload import RichTextForm

TAGS = {"p", "br", "strong", "em", "b", "i", "a", "sup", "sub", "ul", "ol", "li"}
ATTRIBUTES = {"a": {"href", "data-content-id"}}
URL_SCHEMES = {"http", "https", "mailto", "tel"}
BLOCK_TAGS = {"p", "li", "ul", "ol"}


def rich_text(source: str) -> RichTextForm:
    """The cleaned form of an editor's rich text.

    Links to other documents become `data-content-id`, so that the text does not change when the other one moves;
    scripts, styles, event handlers and addresses other than http, https, mailto and tel are dropped.
    """
    html = nh3.clean(
        _name_linked_documents(source or ""),
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=URL_SCHEMES,
        link_rel=None,
    ).strip()
    return RichTextForm(html=html, text=plain_text(html))


def plain_text(html: str) -> str:
    """The words of clean HTML: a line for each paragraph, list item and line break, spaces folded."""
    parts: list[str] = []
    _collect(BeautifulSoup(html, "html.parser"), parts)
    return folded("".join(parts))


def folded(text: str) -> str:
    """The lines that say something, their spaces folded."""
    lines = (re.sub(r"[ \t\r\f\v\u00a0]+", " ", line).strip() for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _collect(node: Tag, parts: list[str]) -> None:
    for child in node.children:
        if isinstance(child, NavigableString):
            parts.append(str(child).replace("\n", " "))
        elif isinstance(child, Tag):
            if child.name == "br" or child.name in BLOCK_TAGS:
                parts.append("\n")
            _collect(child, parts)
            if child.name in BLOCK_TAGS:
                parts.append("\n")


def _name_linked_documents(source: str) -> str:
    if "linktype" not in source:
        return source
    soup = BeautifulSoup(source, "html.parser")
    for link in soup.find_all("a", attrs={"linktype": True}):
        page_id = link.get("id", "")
        target = Page.objects.filter(pk=page_id).first() if link["linktype"] == "page" and page_id.isdigit() else None
        if target is None:
            link.unwrap()
        else:
            link.attrs = {"data-content-id": str(target.translation_key)}
    return str(soup)
