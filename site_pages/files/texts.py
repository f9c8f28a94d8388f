"""Files without a structure of their own: plain text and tables of text, and RTF."""

import re

from site_pages.files.refusals import refusal

ENCODINGS = ("utf-8-sig", "cp1251")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
MARKUP = re.compile(r"\s*<\s*(?:\?xml|!doctype|svg|html|script)", re.IGNORECASE)
# What is made of letters as well and is opened by something other than an editor of texts.
OTHER_KINDS = (b"%PDF-", b"{\\rtf", b"MZ", b"#!")
RTF_BEGIN = b"{\\rtf1"
RTF_ACTIVE = re.compile(
    rb"\\(?:objdata|objocx|objemb|objautlink|objlink|objupdate)\b|\\field\b.{0,400}?\b(?:DDEAUTO|DDE|INCLUDETEXT|INCLUDEPICTURE)\b",
    re.DOTALL,
)
RTF_OUTSIDE = re.compile(rb"\\\*\\template\b|\\filetbl\b")
RTF_CHANGES = re.compile(rb"\\(?:revised|deleted|revauth\d|revauthdel\d)\b")
RTF_COMMENTS = re.compile(rb"\\\*\\(?:annotation|atnid|atnauthor)\b")
RTF_TELLING = re.compile(
    rb"(?<!\\){(?:\\info|\\\*\\(?:rsidtbl|revtbl|generator|userprops|datastore|xmlnstbl|passwordhash))(?![a-z])"
)
RTF_REVISION_NUMBER = re.compile(rb"\\((?:insrsid|charrsid|pararsid|sectrsid|tblrsid|rsidroot|delrsid|styrsid))\d+")
RTF_TOKEN = re.compile(rb"\\bin(\d{0,9}) ?|\\[^a-zA-Z]|[{}]")


def inspect_text(content: bytes, *, ending: str) -> None:
    """Refuse what is no text, or is markup under the name of text. Raises ValidationError."""
    text = _decoded(content)
    if content.startswith(OTHER_KINDS) or text is None or NO_TEXT.search(text) or MARKUP.match(text):
        raise refusal("wrong_type", ending=ending)


def inspect_rtf(content: bytes) -> None:
    """Refuse what is no RTF, or carries objects, links, comments or changes. Raises ValidationError."""
    if not content.startswith(RTF_BEGIN):
        raise refusal("wrong_type", ending=".rtf")
    if content[_group_end(content, 0) :].strip(b"\r\n\t \x00"):
        raise refusal("two_files_in_one")
    if found := RTF_ACTIVE.search(content):
        raise refusal("embedded_file", what=found[0][:12].decode("latin-1"))
    for pattern, code in ((RTF_OUTSIDE, "external_link"), (RTF_CHANGES, "tracked_changes"), (RTF_COMMENTS, "comments")):
        if found := pattern.search(content):
            raise refusal(code, what=found[0].decode("latin-1"))


def clean_rtf(content: bytes) -> bytes:
    """The same text without author, times, program and revision numbers."""
    while group := RTF_TELLING.search(content):
        content = content[: group.start()] + content[_group_end(content, group.start()) :]
    return RTF_REVISION_NUMBER.sub(rb"\\\g<1>0", content)


def _decoded(content: bytes) -> str | None:
    try:
        if content.startswith(UTF_16):
            return content.decode("utf-16")
    except UnicodeDecodeError:
        return None
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _group_end(content: bytes, place: int) -> int:
    """Behind the brace that closes the group which opens at `place`. Raises ValidationError: it is never closed."""
    depth = 0
    while token := RTF_TOKEN.search(content, place):
        place = token.end() + (int(token[1]) if token[1] else 0)
        depth += {b"{": 1, b"}": -1}.get(token[0], 0)
        if depth == 0:
            return place
    raise refusal("damaged")
