"""XML parts of office files: read without document types and entities, and written anew from what was understood.

One pass of the parser, in chunks: time and memory grow with the bytes of the part, whatever stands in it.
"""

import re
from collections.abc import Container, Iterator
from functools import lru_cache
from xml.parsers import expat

from site_pages.files.refusals import refusal

CHUNK_BYTES = 1 << 16
# A table of some hundred thousand cells; programs write no part of text that comes near.
MOST_PART_BYTES = 40 * 2**20
# The formats know some hundred names; the parser keeps each that it has seen.
MOST_NAMES = 5_000
# A tag or a remark that goes on for longer is read again and again until it ends.
MOST_TAG_BYTES = 2**20
# Office programs declare some forty namespaces at the root, each in some sixty characters.
MOST_NAMESPACES, MOST_NAMESPACE_CHARACTERS = 100, 1_000
# Elements in one another; other readers stop at 256.
MOST_DEPTH = 1_000
# How an archive begins in base64. Programs put some into attributes, and nobody sees what is in them.
PACKED = "UEsDB"
ENCODINGS = (None, "utf-8", "us-ascii")
DECLARATION = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
IN_VALUE = IN_TEXT | {'"': "&quot;", "\t": "&#9;", "\n": "&#10;"}
# What `Rules.added` answers where the tags of an element go and what stands between them stays.
UNWRAPPED: dict[str, str] = {"": ""}
Namespaces = dict[str | None, str]  # by their prefixes
TEXT_NEEDS, VALUE_NEEDS = re.compile(r"[&<>\r]"), re.compile(r'[&<>\r"\t\n]')
# What may be a prefix in a value, as in `mc:Ignorable="w14 w15"`.
WORD = re.compile(r"[\w.-]+")


class Rules:
    """What stays of a part; this one keeps everything. Any method may raise ValidationError to refuse the file.

    Names come as (namespace, name without prefix). One object serves one part.
    """

    # Elements whose attributes, and elements whose text, have to be looked at.
    looked_at: frozenset[str] = frozenset()
    texts: Container[str] = frozenset()
    # Elements of `looked_at` whose end has to be told.
    ends: frozenset[str] = frozenset()

    def keeps_element(self, namespace: str, name: str, depth: int) -> bool:
        """Whether the element and what is in it stays. depth: 1 for the root, 2 for its children, 3 for the others."""
        return True

    def unwraps(self, namespace: str, name: str) -> bool:
        """Whether of an element that is kept only the tags go."""
        return False

    def keeps_attribute(self, namespace: str, name: str) -> bool:
        return True

    def looks_at_value(self, namespace: str, name: str) -> bool:
        """Whether `value` has to be asked of this attribute."""
        return False

    def value(self, namespace: str, name: str, value: str) -> str | None:
        """The value to write, or None: the attribute goes."""
        return value

    def added(self, name: str, attributes: dict[str, str]) -> dict[str, str] | None:
        """Attributes to add to an element of `looked_at`; None: the element goes; UNWRAPPED: only its tags go.

        Asked before the values of its attributes are.
        """
        return {}

    def text(self, name: str, text: str) -> str:
        """The text to write in an element of `texts`."""
        return text

    def end(self, name: str) -> None:
        """An element of `ends` that has stayed, or whose tags alone went, is over."""

    def finish(self) -> None:
        """All of the part has been seen."""


def elements(part: bytes) -> Iterator[tuple[str, dict[str, str]]]:
    """Every element with its attributes; names without their namespace. Raises ValidationError.

    No tree is built: a large part needs no more memory than it has bytes.
    """
    found: list[tuple[str, dict[str, str]]] = []
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: found.append((name, attributes))
    for _chunk in _parsed(parser, part):
        for name, attributes in found:
            yield name.rpartition("}")[2], {key.rpartition("}")[2]: value for key, value in attributes.items()}
        found.clear()


def rewritten(part: bytes, *, rules: Rules) -> bytes:
    """The part as UTF-8 with what the rules keep; remarks and instructions to programs go. Raises ValidationError."""
    parser = _parser()
    parser.namespace_prefixes = parser.ordered_attributes = parser.buffer_text = True
    writer = _Writer(rules)
    parser.StartElementHandler, parser.EndElementHandler = writer.start, writer.end
    parser.CharacterDataHandler, parser.StartNamespaceDeclHandler = writer.texts.append, writer.namespace
    written = bytearray(DECLARATION)
    for _chunk in _parsed(parser, part):
        piece = "".join(writer.pieces).encode()
        writer.pieces.clear()
        # What is served has to be taken again.
        if len(written) + len(piece) > MOST_PART_BYTES:
            raise refusal("zip_bomb")
        written += piece
    rules.finish()
    return bytes(written)


def value_escaped(value: str) -> str:
    """Safe between double quotes."""
    return VALUE_NEEDS.sub(lambda found: IN_VALUE[found[0]], value) if VALUE_NEEDS.search(value) else value


class _Writer:
    """Takes what the parser finds and puts what is kept into `pieces`."""

    def __init__(self, rules: Rules):
        self.rules = rules
        self.pieces: list[str] = []
        self.texts: list[str] = []
        self.is_open = False  # the last start tag still lacks its bracket
        self.depth = self.skipped_from = 0
        # As it is written ("": unwrapped), without its prefix, and the namespaces of unwrapped elements that what is in
        # it declares where it uses them.
        self.stack: list[tuple[str, str, Namespaces]] = []
        self.namespaces: Namespaces = {}
        self.elements: dict[tuple[str, int], tuple[str, str, bool]] = {}
        self.attributes: dict[str, tuple[str, str, str, bool]] = {}

    def namespace(self, prefix: str | None, uri: str | None) -> None:
        _refuse_long_namespaces(prefix, uri)
        self.namespaces[prefix] = uri or ""
        if len(self.namespaces) > MOST_NAMESPACES:
            raise refusal("zip_bomb")

    def start(self, name: str, attributes: list[str]) -> None:
        self._flush()
        self.depth += 1
        namespaces, self.namespaces = self.namespaces, {}
        if self.depth > MOST_DEPTH:
            raise refusal("zip_bomb")
        if self.skipped_from:
            return
        key = name, min(self.depth, 3)
        local, written, is_kept = self.elements.get(key) or self._seen_element(key)
        added = {}
        if is_kept and local in self.rules.looked_at:
            added = self.rules.added(local, _by_local_name(attributes))
        if not is_kept or added is None:
            self.skipped_from = self.depth
            return
        self._close_start_tag()
        pending = self.stack[-1][2] if self.stack else {}
        if added is UNWRAPPED or not written:
            self.stack.append(("", local, _together(pending, namespaces) if namespaces else pending))
            return
        if pending:
            namespaces = _used(pending, written, attributes) | namespaces
            pending = _without(pending, namespaces) if namespaces else pending
        self.stack.append((written, local, pending))
        self.pieces.append(f"<{written}")
        for prefix, uri in namespaces.items():
            self.pieces.append(f' xmlns{":" + prefix if prefix else ""}="{value_escaped(uri)}"')
        if attributes:
            self._write_attributes(attributes)
        self.pieces += [f' {key}="{value_escaped(value)}"' for key, value in added.items()]
        self.is_open = True

    def end(self, _name: str) -> None:
        self._flush()
        self.depth -= 1
        if self.skipped_from:
            self.skipped_from = 0 if self.depth < self.skipped_from else self.skipped_from
            return
        written, local, _namespaces = self.stack.pop()
        if written:
            self.pieces.append("/>" if self.is_open else f"</{written}>")
        self.is_open = False
        if local in self.rules.ends:
            self.rules.end(local)

    def _close_start_tag(self) -> None:
        if self.is_open:
            self.pieces.append(">")
            self.is_open = False

    def _flush(self) -> None:
        """Write the text that has come since the last tag."""
        if not self.texts:
            return
        text = "".join(self.texts)
        self.texts.clear()
        if self.skipped_from or not self.stack:
            return
        local = self.stack[-1][1]
        if local in self.rules.texts:
            text = self.rules.text(local, text)
        if not text:
            return
        self._close_start_tag()
        if TEXT_NEEDS.search(text):
            text = TEXT_NEEDS.sub(lambda found: IN_TEXT[found[0]], text)
        self.pieces.append(text)

    def _write_attributes(self, attributes: list[str]) -> None:
        for place in range(0, len(attributes), 2):
            namespace, local, written, is_looked_at = self.attributes.get(attributes[place]) or self._seen_attribute(
                attributes[place]
            )
            value: str | None = attributes[place + 1]
            if written and is_looked_at:
                value = self.rules.value(namespace, local, value)
            if written and value is not None and not value.lstrip().startswith(PACKED):
                self.pieces.append(f' {written}="{value_escaped(value)}"')

    def _seen_element(self, key: tuple[str, int]) -> tuple[str, str, bool]:
        namespace, local, written = _split(key[0])
        written = "" if self.rules.unwraps(namespace, local) else written
        self.elements[key] = local, written, self.rules.keeps_element(namespace, local, key[1])
        return self.elements[key]

    def _seen_attribute(self, name: str) -> tuple[str, str, str, bool]:
        """Its namespace, its name, its name as it is written (empty: it goes), whether its value is looked at."""
        namespace, local, written = _split(name)
        written = written if self.rules.keeps_attribute(namespace, local) else ""
        self.attributes[name] = namespace, local, written, self.rules.looks_at_value(namespace, local)
        return self.attributes[name]


def _together(pending: Namespaces, more: Namespaces) -> Namespaces:
    """What the elements in an unwrapped one may have to declare."""
    if len(pending) + len(more) > MOST_NAMESPACES:
        raise refusal("zip_bomb")
    return pending | more


def _used(pending: Namespaces, written: str, attributes: list[str]) -> Namespaces:
    """Those that an element of this name with these attributes uses, or seems to use in a value."""
    used: set[str | None] = {written.rpartition(":")[0] or None}
    for at in range(0, len(attributes), 2):
        used.update(_split(attributes[at])[2].split(":")[:-1], WORD.findall(attributes[at + 1]))
    return {prefix: pending[prefix] for prefix in sorted(used & pending.keys(), key=str)}


def _without(pending: Namespaces, declared: Namespaces) -> Namespaces:
    left = pending.copy()
    for prefix in declared:
        left.pop(prefix, None)
    return left


def _by_local_name(attributes: list[str]) -> dict[str, str]:
    return {_split(attributes[at])[1]: attributes[at + 1] for at in range(0, len(attributes), 2)}


@lru_cache(maxsize=MOST_NAMES)
def _split(name: str) -> tuple[str, str, str]:
    """Namespace, name and name with its prefix, of what the parser gives: `uri}name}prefix`, the ends may lack."""
    if "}" not in name:
        return "", name, name
    namespace, local, prefix = [*name.split("}"), ""][:3]
    return namespace, local, f"{prefix}:{local}" if prefix else local


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.XmlDeclHandler = _refuse_other_encodings
    parser.StartNamespaceDeclHandler = _refuse_long_namespaces
    return parser


def _parsed(parser: expat.XMLParserType, part: bytes) -> Iterator[None]:
    """Feed the part to the parser; yields whenever its handlers have been served."""
    if len(part) > MOST_PART_BYTES:
        raise refusal("zip_bomb")
    # Office programs write UTF-8; other readers could guess another encoding than the parser does.
    if b"\x00" in part[:64]:
        raise refusal("active_content", what="UTF-16")
    try:
        for begin in range(0, len(part), CHUNK_BYTES):
            parser.Parse(part[begin : begin + CHUNK_BYTES], False)
            unfinished = begin + CHUNK_BYTES - max(parser.CurrentByteIndex, 0)
            if len(parser.intern) > MOST_NAMES or unfinished > MOST_TAG_BYTES:
                raise refusal("zip_bomb")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise refusal("damaged") from error


def _refuse_document_type(*_declared: object) -> None:
    raise refusal("active_content", what="DOCTYPE")


def _refuse_long_namespaces(_prefix: str | None, uri: str | None) -> None:
    """The parser keeps the namespace anew with each name that has it."""
    if uri and len(uri) > MOST_NAMESPACE_CHARACTERS:
        raise refusal("zip_bomb")


def _refuse_other_encodings(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding and encoding.lower()) not in ENCODINGS:
        raise refusal("damaged")
