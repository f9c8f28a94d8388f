"""The words that travel inside a picture: caption, credit and rights, for readers who have only the file."""

import struct
from dataclasses import dataclass
from xml.sax.saxutils import escape

CAPTION, CREDIT, COPYRIGHT, BYLINE = 120, 110, 116, 80
LONGEST_DATASET_BYTES = 2_000
NAMESPACES = (
    ("rdf", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    ("dc", "http://purl.org/dc/elements/1.1/"),
    ("photoshop", "http://ns.adobe.com/photoshop/1.0/"),
    ("Iptc4xmpCore", "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/"),
)


@dataclass(frozen=True)
class FileWords:
    """What a public form says of one picture, in the language of the document; any of it may be empty."""

    locale: str
    caption: str = ""
    credit: str = ""
    rights: str = ""
    alt_text: str = ""

    def __bool__(self) -> bool:
        return any((self.caption, self.credit, self.rights, self.alt_text))


def xmp_packet(words: FileWords) -> bytes:
    """The words as XMP, in UTF-8. Only the language of the document: the others are not cleared with it."""
    properties = [
        _alternatives("dc:description", words.caption, locale=words.locale),
        _alternatives("dc:rights", words.rights, locale=words.locale),
        f"<dc:creator><rdf:Seq><rdf:li>{_safe(words.credit)}</rdf:li></rdf:Seq></dc:creator>" if words.credit else "",
        f"<photoshop:Credit>{_safe(words.credit)}</photoshop:Credit>" if words.credit else "",
        _alternatives("Iptc4xmpCore:AltTextAccessibility", words.alt_text, locale=words.locale),
    ]
    names = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES)
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF{names}><rdf:Description rdf:about="">{"".join(properties)}</rdf:Description></rdf:RDF>'
        '</x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def iptc_block(words: FileWords) -> bytes:
    """The words as IPTC-IIM in UTF-8, inside the resource block that JPEG keeps it in."""
    pairs = ((BYLINE, words.credit), (CREDIT, words.credit), (COPYRIGHT, words.rights), (CAPTION, words.caption))
    records = _dataset(1, 90, b"\x1b%G") + _dataset(2, 0, b"\x00\x04")
    records += b"".join(_dataset(2, number, _cut(text)) for number, text in pairs if text)
    return b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(records)) + records + b"\x00" * (len(records) % 2)


def orientation_exif(orientation: int) -> bytes:
    """The smallest EXIF that says which side of a picture is up (1 to 8), and nothing else."""
    return struct.pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


def _alternatives(name: str, text: str, *, locale: str) -> str:
    if not text:
        return ""
    items = "".join(f'<rdf:li xml:lang="{language}">{_safe(text)}</rdf:li>' for language in ("x-default", locale))
    return f"<{name}><rdf:Alt>{items}</rdf:Alt></{name}>"


def _safe(text: str) -> str:
    """Escaped for XML, which knows no control characters at all."""
    return escape("".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff")))


def _dataset(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _cut(text: str) -> bytes:
    return text.encode()[:LONGEST_DATASET_BYTES].decode(errors="ignore").encode()
