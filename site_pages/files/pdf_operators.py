"""What draws a page, letter by letter: without remarks; photographs among the operators are found."""

import re

from site_pages.files.pdf_packing import plain_names

# Where a string or a remark begins, or a picture among the operators.
MARK = re.compile(rb"[(%]|(?<![^\x00\t\n\x0c\r \])>}])BI(?=[\x00\t\n\x0c\r %/])")
MARK_OF_A_PICTURE = re.compile(rb"[(%]|(?<![^\x00\t\n\x0c\r \])>}])ID(?=[\x00\t\n\x0c\r ])")
END_OF_A_PICTURE = re.compile(rb"(?<=[\x00\t\n\x0c\r >])EI(?=[\x00\t\n\x0c\r \]]|\Z)")
IN_A_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
END_OF_LINE = re.compile(rb"[\r\n]|\Z")
LOOKS_LIKE_OPERATORS = re.compile(rb"[\t\n\r\x20-\x7e]{0,10}")
# A second of work. A map of forty megabytes has half a million.
MOST_MARKS = 1_000_000
PHOTOGRAPHS = (b"DCT", b"JPX")


class OperatorsBroken(Exception):
    """A string or a picture among the operators never ends."""


class TooManyMarks(Exception):
    """There are more strings, remarks and pictures among the operators than anybody draws."""


class PhotographInside(Exception):
    """A photograph stands among the operators."""


def without_remarks(operators: bytes) -> bytes:
    """The same operators without remarks. Raises OperatorsBroken, PhotographInside, TooManyMarks."""
    if b"%" not in operators and b"BI" not in operators:
        return operators
    kept, kept_to, place, marks_left = bytearray(), 0, 0, MOST_MARKS
    while mark := MARK.search(operators, place):
        marks_left -= 1
        if marks_left < 0:
            raise TooManyMarks
        if mark[0] == b"(":
            place = _end_of_string(operators, mark.end())
        elif mark[0] == b"%":
            place = END_OF_LINE.search(operators, mark.end()).start()
            kept += operators[kept_to : mark.start()]
            kept_to = place
        else:
            place = _end_of_picture(operators, mark.end())
    return bytes(kept) + operators[kept_to:]


def _end_of_string(operators: bytes, place: int) -> int:
    depth = 1
    while depth:
        found = IN_A_STRING.search(operators, place)
        if not found:
            raise OperatorsBroken
        place = found.end()
        depth += {b"(": 1, b")": -1}.get(found[0], 0)
    return place


def _end_of_picture(operators: bytes, begin: int) -> int:
    place = begin
    while (mark := MARK_OF_A_PICTURE.search(operators, place)) and mark[0] != b"ID":
        if mark[0] == b"(":
            place = _end_of_string(operators, mark.end())
        else:
            place = END_OF_LINE.search(operators, mark.end()).start()
    if not mark:
        raise OperatorsBroken
    told = plain_names(operators[begin : mark.start()])
    if any(name in told for name in PHOTOGRAPHS):
        raise PhotographInside
    for end in END_OF_A_PICTURE.finditer(operators, mark.end()):
        behind = operators[end.end() : end.end() + 10]
        # The same letters may stand in the picture itself: then what follows is no text.
        if LOOKS_LIKE_OPERATORS.fullmatch(behind):
            return end.end()
    raise OperatorsBroken
