"""The body of a document: typed blocks, and the HTML and plain text made from exactly those blocks."""

from collections.abc import Callable
from html import escape
from uuid import UUID

from site_pages.public_form.files import FileShelf
from site_pages.public_form.payload import (
    ActPointBlock,
    AttachmentBlock,
    Block,
    BodyForm,
    EmbedBlock,
    FigureBlock,
    GalleryBlock,
    HeadingBlock,
    ImageForm,
    ListBlock,
    ParagraphBlock,
    QuestionAndAnswerBlock,
    QuoteBlock,
    TableBlock,
)
from site_pages.public_form.rich_text import rich_text


def _source(value) -> str:
    return getattr(value, "source", value) or ""


def _anchor(prefix: str, identity: UUID) -> str:
    """An anchor that stays when other blocks come and go: it hangs on the block's own id, not on its place."""
    return f"{prefix}-{identity.hex[:8]}"


def _heading(child, identity, shelf):
    value = child.value
    return HeadingBlock(id=identity, level=int(value["level"]), text=value["text"], anchor=_anchor("h", identity))


def _paragraph(child, identity, shelf):
    return ParagraphBlock(id=identity, **rich_text(_source(child.value)).model_dump())


def _quote(child, identity, shelf):
    return QuoteBlock(
        id=identity, attribution=child.value["attribution"], **rich_text(_source(child.value["text"])).model_dump()
    )


def _list(child, identity, shelf):
    return ListBlock(
        id=identity, ordered=child.value["ordered"], items=[rich_text(_source(item)) for item in child.value["items"]]
    )


def _image(value, shelf: FileShelf) -> ImageForm:
    return shelf.image(value["photo"], alt_text=value["alt_text"], caption=value["caption"])


def _figure(child, identity, shelf):
    return FigureBlock(id=identity, image=_image(child.value, shelf))


def _gallery(child, identity, shelf):
    return GalleryBlock(
        id=identity, title=child.value["title"], images=[_image(value, shelf) for value in child.value["photos"]]
    )


def _table(child, identity, shelf):
    value = child.value
    return TableBlock(
        id=identity, caption=value["caption"], header=list(value["header"]), rows=[list(row) for row in value["rows"]]
    )


def _attachment(child, identity, shelf):
    return AttachmentBlock(id=identity, file=shelf.attachment(child.value["file"], title=child.value["title"]))


def _embed(child, identity, shelf):
    return EmbedBlock(id=identity, url=child.value["url"], title=child.value["title"])


def _question_and_answer(child, identity, shelf):
    value = child.value
    return QuestionAndAnswerBlock(
        id=identity,
        asked_by=value["asked_by"],
        question=value["question"],
        answered_by=value["answered_by"],
        answer=rich_text(_source(value["answer"])),
    )


def _act_point(child, identity, shelf):
    text = rich_text(_source(child.value["text"]))
    anchor = _anchor("p", identity)
    return ActPointBlock(id=identity, number=child.value["number"], anchor=anchor, html=text.html, text=text.text)


BUILDERS: dict[str, Callable[..., Block]] = {
    "heading": _heading,
    "paragraph": _paragraph,
    "quote": _quote,
    "list": _list,
    "figure": _figure,
    "gallery": _gallery,
    "table": _table,
    "attachment": _attachment,
    "embed": _embed,
    "question_and_answer": _question_and_answer,
    "act_point": _act_point,
}


def body_form(body, *, shelf: FileShelf) -> BodyForm:
    """The three forms of one body. body: a StreamValue of BodyBlock. Raises FileUnreadable."""
    blocks = [BUILDERS[child.block_type](child, UUID(child.id), shelf) for child in body]
    return BodyForm(
        blocks=blocks,
        html="\n".join(html_of(block) for block in blocks),
        text="\n\n".join(filter(None, (text_of(block) for block in blocks))),
    )


def html_of(block: Block) -> str:
    """One block as HTML; every value is escaped or comes from cleaned rich text."""
    return _HTML[block.type](block)


def text_of(block: Block) -> str:
    """One block as plain text, without markup."""
    return _TEXT[block.type](block)


def _figure_html(image: ImageForm) -> str:
    caption = escape(" ".join(filter(None, (image.caption, f"© {image.credit}" if image.credit else ""))))
    size = f'width="{image.width}" height="{image.height}"'
    source = f'<img data-file-id="{image.file_id}" alt="{escape(image.alt_text)}" {size}>'
    return f"<figure>{source}<figcaption>{caption}</figcaption></figure>"


def _figure_text(image: ImageForm) -> str:
    return " ".join(filter(None, (image.caption or image.alt_text, f"© {image.credit}" if image.credit else "")))


def _list_html(block: ListBlock) -> str:
    tag = "ol" if block.ordered else "ul"
    return f"<{tag}>{''.join(f'<li>{item.html}</li>' for item in block.items)}</{tag}>"


def _list_text(block: ListBlock) -> str:
    marks = (f"{n}." if block.ordered else "–" for n in range(1, len(block.items) + 1))
    return "\n".join(f"{mark} {item.text}" for mark, item in zip(marks, block.items, strict=True))


def _table_html(block: TableBlock) -> str:
    def row(cells: list[str], tag: str) -> str:
        return f"<tr>{''.join(f'<{tag}>{escape(cell)}</{tag}>' for cell in cells)}</tr>"

    caption = f"<caption>{escape(block.caption)}</caption>" if block.caption else ""
    head = f"<thead>{row(block.header, 'th')}</thead>" if any(block.header) else ""
    return f"<table>{caption}{head}<tbody>{''.join(row(cells, 'td') for cells in block.rows)}</tbody></table>"


def _table_text(block: TableBlock) -> str:
    lines = [block.caption, *("\t".join(cells) for cells in ([block.header] if any(block.header) else []) + block.rows)]
    return "\n".join(filter(None, lines))


def _attachment_html(block: AttachmentBlock) -> str:
    return f'<p><a data-file-id="{block.file.file_id}">{escape(block.file.title)}</a></p>'


def _quote_html(block: QuoteBlock) -> str:
    cite = f"<cite>{escape(block.attribution)}</cite>" if block.attribution else ""
    return f"<blockquote>{block.html}{cite}</blockquote>"


def _turn_html(block: QuestionAndAnswerBlock) -> str:
    def named(name: str, words: str) -> str:
        return f"<strong>{escape(name)}:</strong> {words}" if name else words

    question = named(block.asked_by, escape(block.question))
    answer = named(block.answered_by, block.answer.html)
    return f"<dl><dt>{question}</dt><dd>{answer}</dd></dl>"


def _turn_text(block: QuestionAndAnswerBlock) -> str:
    turns = ((block.asked_by, block.question), (block.answered_by, block.answer.text))
    return "\n".join(f"{name}: {words}" if name else words for name, words in turns)


_HTML: dict[str, Callable[..., str]] = {
    "heading": lambda b: f'<h{b.level} id="{b.anchor}">{escape(b.text)}</h{b.level}>',
    "paragraph": lambda b: b.html,
    "quote": _quote_html,
    "list": _list_html,
    "figure": lambda b: _figure_html(b.image),
    "gallery": lambda b: (
        f"<section><h3>{escape(b.title)}</h3>" * bool(b.title)
        + "".join(map(_figure_html, b.images))
        + "</section>" * bool(b.title)
    ),
    "table": _table_html,
    "attachment": _attachment_html,
    "embed": lambda b: f'<p><a href="{escape(b.url)}">{escape(b.title)}</a></p>',
    "question_and_answer": _turn_html,
    "act_point": lambda b: f'<div id="{b.anchor}"><span>{escape(b.number)}.</span> {b.html}</div>',
}
_TEXT: dict[str, Callable[..., str]] = {
    "heading": lambda b: b.text,
    "paragraph": lambda b: b.text,
    "quote": lambda b: f"«{b.text}»" + (f" — {b.attribution}" if b.attribution else ""),
    "list": _list_text,
    "figure": lambda b: _figure_text(b.image),
    "gallery": lambda b: "\n".join(filter(None, [b.title, *map(_figure_text, b.images)])),
    "table": _table_text,
    "attachment": lambda b: b.file.title,
    "embed": lambda b: f"{b.title} {b.url}",
    "question_and_answer": _turn_text,
    "act_point": lambda b: f"{b.number}. {b.text}",
}
