"""The same sheet as PDF (PDF/A-3), with its record attached; the same bytes from the same record and version.

Nothing is fetched while it is drawn. DejaVu Serif, which has ң, ө and ү, is embedded; without it, or without Pango,
there is no PDF, and PdfUnavailable says what the machine lacks.
"""

import io
from typing import Any

import pikepdf

from approvals.sheets.contents import canonical_of, moment
from approvals.sheets.face import html_of
from approvals.sheets.words import WORDS

try:
    import weasyprint
    from weasyprint.urls import URLFetcher

    MISSING = ""
except (ImportError, OSError) as error:  # what cffi raises when a library of Pango is not there
    weasyprint, URLFetcher, MISSING = None, object, str(error)

FONT = "DejaVu-Serif"
RECORD = "record.json"
VARIANT = "pdf/a-3u"
PRODUCER = f"WeasyPrint {weasyprint.__version__}" if weasyprint else ""


class PdfUnavailable(Exception):
    """This machine lacks what a PDF needs; the text says what and how to install it."""


class NothingOutside(URLFetcher):
    """Refuses every address but data: the HTML holds all that it needs, and nobody may make it ask for more."""

    def fetch(self, url, headers=None):
        """What a data: address holds. Raises ValueError for all others, which WeasyPrint then leaves out."""
        if not url.startswith("data:"):
            raise ValueError(f"A sheet fetches nothing: {url[:100]}")
        return super().fetch(url, headers)


def pdf_of(contents: dict[str, Any], *, language: str) -> bytes:
    """The sheet in one language. Raises PdfUnavailable."""
    if MISSING:
        raise PdfUnavailable(
            f"PDF needs Pango (Debian: libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0): {MISSING}"
        )
    record = canonical_of(contents, language=language)
    # Any moment of the record would do: what counts is that it is not the present one.
    at = moment(contents["clearing"]["at"])
    attachment = weasyprint.Attachment(
        string=record, name=RECORD, description=WORDS[language]["title"], created=at, modified=at, relationship="Data"
    )
    page = weasyprint.HTML(
        string=html_of(contents, language=language).decode(), base_url=None, url_fetcher=NothingOutside()
    )
    drawn = page.write_pdf(
        attachments=[attachment], pdf_variant=VARIANT, pdf_identifier=contents["digest"].encode(), pdf_tags=True
    )
    if not _has_font(drawn):
        raise PdfUnavailable("PDF needs the font DejaVu Serif (Debian: fonts-dejavu-core).")
    return drawn


def _has_font(drawn: bytes) -> bool:
    with pikepdf.open(io.BytesIO(drawn)) as pdf:
        return any(FONT in str(font.BaseFont) for font in pdf.pages[0].Resources.Font.values())
