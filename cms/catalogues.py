"""The catalogues of screen words: where they are, and how they are compiled without gettext.

    python -m cms.catalogues

Not `pybabel compile`: its check takes a Kyrgyz plural (one form for any number, so with the number in it) for a mistake
where the English singular has no number.
"""

from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

CMS = Path(__file__).resolve().parent
FOLDERS = (CMS / "locale", CMS / "wagtail_locale")


def read(path: Path) -> Catalog:
    """The catalogue in a .po file. Babel is not asked about the language: it counts Kyrgyz plurals otherwise."""
    with path.open("rb") as file:
        return read_po(file)


def compile_stale() -> list[Path]:
    """Compile every catalogue that is newer than its .mo file; what was written."""
    written = []
    for source in (path for folder in FOLDERS for path in sorted(folder.glob("*/LC_MESSAGES/*.po"))):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with target.open("wb") as file:
                write_mo(file, read(source))
            written.append(target)
    return written


if __name__ == "__main__":
    compile_stale()
