"""XML parts of office files, parsed without document types: no entities, nothing fetched."""

import re
from collections.abc import Iterator
from xml.parsers import expat

from site_pages.files.refusals import refusal

CHUNK_BYTES = 1 << 16
DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def elements(part: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element with its attributes; names without their namespace. Raises ValidationError.

    No tree is built: a large part needs no more memory than it has bytes.
    """
    # In UTF-16 a document type would hide from a search by bytes; office programs write UTF-8.
    if b"\x00" in part[:64] or DOCTYPE.search(part):
        raise refusal("active_content", what="DOCTYPE")
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    try:
        for begin in range(0, len(part), CHUNK_BYTES):
            parser.Parse(part[begin : begin + CHUNK_BYTES], False)
            for name, attributes in found:
                yield (
                    name.rpartition("}")[2],
                    {key.rpartition("}")[2]: value for key, value in attributes.items()} if attributes else attributes,
                )
            found.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise refusal("damaged") from error


def without_elements(part: bytes, *, names: tuple[str, ...]) -> bytes:
    """The part without these elements (with their prefixes, as programs write them) and everything in them."""
    for name in names:
        escaped = re.escape(name.encode())
        part = re.sub(
            rb"<" + escaped + rb"(?:\s[^<>]*)?(?:/>|(?<!/)>.*?</" + escaped + rb"\s*>)", b"", part, flags=re.DOTALL
        )
    return part
