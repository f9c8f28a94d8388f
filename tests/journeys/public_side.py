"""What a reader gets from the public process."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

WITHIN_SECONDS = 2.0


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the public API and nothing else."""

    address: str

    def get(self, path: str, **parameters: str) -> tuple[int, Any]:
        """Status and content of one answer."""
        try:
            with urlopen(f"{self.address}/api/v1/{path}?{urlencode(parameters)}", timeout=5) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            return refusal.code, refusal.read().decode()

    def languages_of(self, slugs: dict[str, str]) -> list[str]:
        """In which languages a release is public. slugs: its address in each language."""
        return [locale for locale, slug in slugs.items() if self.get(f"releases/{slug}", locale=locale)[0] == 200]

    def titles_found(self, question: str, *, locale: str) -> list[str]:
        """The titles that a search gives."""
        _, answer = self.get("search", q=question, locale=locale)
        return [hit["title"] for hit in answer["results"]]


def soon(ask, *, expected) -> None:
    """Ask until the answer is the expected one; fail after two seconds."""
    began = time.monotonic()
    while (answer := ask()) != expected:
        assert time.monotonic() - began < WITHIN_SECONDS, f"after two seconds still {answer!r}, not {expected!r}"
        time.sleep(0.05)
