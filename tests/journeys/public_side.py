"""What a reader gets from the public process."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

WITHIN_SECONDS = 2.0
LANGUAGES = ("ky", "ru", "en")


@dataclass(frozen=True)
class Reader:
    """Somebody who reads the public API and nothing else."""

    address: str

    def get(self, path: str, **parameters: str) -> tuple[int, Any]:
        """Status and JSON of one answer."""
        try:
            with urlopen(f"{self.address}/api/v1/{path}?{urlencode(parameters)}", timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            return refusal.code, json.load(refusal)

    def titles(self) -> dict[str, list[str]]:
        """The titles of all public releases, by language; languages without any are left out."""
        lists = {locale: self.get("releases", locale=locale)[1]["items"] for locale in LANGUAGES}
        return {locale: [item["title"] for item in items] for locale, items in lists.items() if items}

    def found(self, question: str, *, locale: str) -> list[str]:
        """The titles that a search gives, the best first."""
        return [item["title"] for item in self.get("search", q=question, locale=locale)[1]["items"]]

    def address_of(self, title: str, *, locale: str) -> str:
        """The slug of a public release."""
        items = self.get("releases", locale=locale)[1]["items"]
        return next(item["slug"] for item in items if item["title"] == title)


def soon(ask: Callable[[], Any], *, expected: Any, within_seconds: float = WITHIN_SECONDS) -> None:
    """Ask until the answer is the expected one. Fails after two seconds, or the time that is given."""
    began = time.monotonic()
    while (answer := ask()) != expected:
        assert time.monotonic() - began < within_seconds, f"after {within_seconds} s still {answer!r}"
        time.sleep(0.05)
