"""The streams of a PDF: photographs and colour profiles keep what draws, operators lose their remarks."""

from collections.abc import Iterator

import pikepdf

from site_pages.files import jpeg, jpeg2000, pdf_jbig2, pdf_packing
from site_pages.files.jpeg import JpegBroken
from site_pages.files.jpeg2000 import Jpeg2000Broken
from site_pages.files.pdf_operators import OperatorsBroken, PhotographInside, TooManyMarks, without_remarks
from site_pages.files.profiles import bare_profile, silenced_profile
from site_pages.files.refusals import refusal

MOST_UNPACKED_BYTES = 200 * 2**20
# Pictures are unpacked too, and forgotten: a letter of fifty sheets in colours, scanned without loss.
MOST_BYTES_SEEN = 2 * 2**30
# The kind of function that is written in operators.
CALCULATED = 4
PHOTOGRAPHS = {"/DCTDecode": jpeg.cleaned, "/JPXDecode": jpeg2000.cleaned, "/JBIG2Decode": pdf_jbig2.cleaned}


class StreamCleaner:
    """Cleans the streams of one document, each once, and unpacks no more than a limit. Raises ValidationError."""

    def __init__(self, pdf: pikepdf.Pdf):
        self._pdf = pdf
        self._left, self._left_to_see = MOST_UNPACKED_BYTES, MOST_BYTES_SEEN
        self._done: set[tuple[int, int]] = set()

    def clean(self, found: pikepdf.Object) -> None:
        """Clean the dictionary's own stream, and the operators that it holds or names."""
        if isinstance(found, pikepdf.Stream):
            self._cut(found)
            self._clean_photograph(found)
            if _is_profile(found):
                self._clean_profile(found)
        for operators in _operators(found, done=self._done):
            if operators.objgen not in self._done:
                self._done.add(operators.objgen)
                self._clean_operators(operators)

    def _cut(self, found: pikepdf.Object) -> None:
        """Take away what lies behind the end of what is packed with Flate, where no reader looks."""
        if pdf_packing.filters(found)[:1] != [pdf_packing.FLATE]:
            return
        packed, behind = found.read_raw_bytes(), 0
        for came, left in pdf_packing.pieces(packed):
            behind = left
            self._left_to_see -= came
            if self._left_to_see < 0:
                raise refusal("zip_bomb")
        if behind:
            found.write(packed[:-behind], filter=found.get("/Filter"), decode_parms=found.get("/DecodeParms"))

    def _clean_photograph(self, found: pikepdf.Object) -> None:
        filters = pdf_packing.filters(found)
        if not any(name in PHOTOGRAPHS for name in filters):
            return
        *before, last = filters
        if last not in PHOTOGRAPHS or any(name in PHOTOGRAPHS for name in before):
            raise refusal("unclean_picture", what=" ".join(name.strip("/") for name in filters))
        parameters = _parameters(found, count=len(filters))
        content = found.read_raw_bytes()
        if before:
            packed = pikepdf.Stream(
                self._pdf,
                content,
                Filter=pikepdf.Array([pikepdf.Name(name) for name in before]),
                DecodeParms=pikepdf.Array(parameters[:-1]),
            )
            content = self._unpacked(packed)
        try:
            bare = PHOTOGRAPHS[last](content)
        except (JpegBroken, Jpeg2000Broken) as error:
            raise refusal("unclean_picture", what=last.strip("/")) from error
        found.write(bare, filter=pikepdf.Name(last), decode_parms=parameters[-1])
        shared = parameters[-1].get("/JBIG2Globals") if isinstance(parameters[-1], pikepdf.Dictionary) else None
        if isinstance(shared, pikepdf.Stream) and shared.objgen not in self._done:
            self._done.add(shared.objgen)
            shared.write(pdf_jbig2.cleaned(self._unpacked(shared)))

    def _clean_profile(self, found: pikepdf.Object) -> None:
        profile = self._unpacked(found)
        bare = bare_profile(profile) or silenced_profile(profile)
        if bare is None:
            raise refusal("damaged")
        # Also where nothing is taken away: the same profile then always gives the same file.
        found.write(bare)

    def _clean_operators(self, stream: pikepdf.Object) -> None:
        operators = self._unpacked(stream)
        try:
            bare = without_remarks(operators)
        except TooManyMarks as error:
            raise refusal("zip_bomb") from error
        except PhotographInside as error:
            raise refusal("unclean_picture", what="BI … EI") from error
        except OperatorsBroken as error:
            raise refusal("damaged") from error
        if bare != operators:
            stream.write(bare)

    def _unpacked(self, stream: pikepdf.Object) -> bytes:
        content = pdf_packing.unpacked(stream)
        self._left -= len(content)
        if self._left < 0:
            raise refusal("zip_bomb")
        return content


def _is_profile(found: pikepdf.Object) -> bool:
    """Whether the stream says how many colours it knows, as nothing else does but functions and packed objects."""
    keys = found.keys()
    return "/N" in keys and "/FunctionType" not in keys and found.get("/Type") != pikepdf.Name.ObjStm


def _operators(found: pikepdf.Object, *, done: set[tuple[int, int]]) -> Iterator[pikepdf.Object]:
    """The streams of operators: of pages, of what is drawn several times, of letters that are drawings, of functions.

    done: the numbers of what was gone through; fonts may share their letters.
    """
    keys = found.keys()
    if isinstance(found, pikepdf.Stream):
        is_form = "/BBox" in keys or "/PatternType" in keys or found.get("/Subtype") == pikepdf.Name.Form
        is_function = "/FunctionType" in keys and found["/FunctionType"] == CALCULATED
        if is_function or (is_form and "/ShadingType" not in keys):
            yield found
        return
    contents = found["/Contents"] if "/Contents" in keys else None
    letters = found["/CharProcs"] if "/CharProcs" in keys else None
    if isinstance(contents, pikepdf.Stream):
        yield contents
    elif isinstance(contents, pikepdf.Array):
        yield from (part for part in contents if isinstance(part, pikepdf.Stream))
    if isinstance(letters, pikepdf.Dictionary) and letters.objgen not in done:
        done |= {letters.objgen} if letters.is_indirect else set()
        yield from (part for _name, part in letters.items() if isinstance(part, pikepdf.Stream))


def _parameters(found: pikepdf.Object, *, count: int) -> list[pikepdf.Object | None]:
    value = found.get("/DecodeParms")
    values = list(value) if isinstance(value, pikepdf.Array) else [value]
    return [*values, *[None] * count][:count]
