"""Load texts as drafts from a file of JSON lines, or one text from a plain text file."""

import json
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from site_pages.importing import Importer, LineRefused
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES


class Command(BaseCommand):
    help = (
        "Load one draft per line of FILE (JSON objects with id, text and optionally title, summary, date, topics). "
        "Bad lines are listed and left out; what was loaded before is left alone, so the command can be run again. "
        "A file whose name ends in .txt is one text: its first line is the title."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE.jsonl")
        parser.add_argument("--type", required=True, choices=sorted(DOCUMENT_TYPES), dest="document_type")
        parser.add_argument("--locale", required=True, choices=CODES)
        parser.add_argument("--author", help="Sign-in name of the person in whose name the drafts are written.")

    def handle(self, *args, file: Path, document_type: str, locale: str, author: str | None, **options):
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        importer = Importer(document_type=document_type, locale=locale, author=self._author(author))
        added, known, bad = 0, 0, []
        for number, line in tqdm(_lines_of(file), unit=" lines", disable=options["verbosity"] == 0):
            try:
                outcome = importer.take(_parse(line))
            except LineRefused as reason:
                bad.append((number, str(reason)))
            else:
                added, known = added + outcome, known + (not outcome)
        for number, reason in bad:
            self.stderr.write(f"line {number}: {reason}")
        self.stdout.write(f"{added} added, {known} already there, {len(bad)} refused.")

    def _author(self, name: str | None):
        if name is None:
            return None
        users = get_user_model().objects
        if not (user := users.filter(username=name).first()):
            raise CommandError(f"--author: there is no user {name}.")
        return user


def _lines_of(file: Path) -> list[tuple[int, bytes]]:
    """The lines that hold something, with their numbers; a plain text is made one line."""
    if file.suffix.lower() == ".txt":
        title, _end, text = file.read_text(encoding="utf-8", errors="surrogateescape").strip().partition("\n")
        record = {"id": file.name, "title": title.strip(), "text": text.strip()}
        return [(1, json.dumps(record).encode())]
    return [(number, line) for number, line in enumerate(file.read_bytes().splitlines(), start=1) if line.strip()]


def _parse(line: bytes) -> dict:
    try:
        record = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise LineRefused(f"not UTF-8 at byte {error.start}") from error
    except (ValueError, RecursionError) as error:
        raise LineRefused(f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise LineRefused("not a JSON object")
    return record
