"""The texts of docs/help, and which of them is whose."""

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.urls import reverse
from markdown_it import MarkdownIt

from approvals.facts import acting_of
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP, DEPARTMENT_HEADS

FOLDER = settings.BASE_DIR / "docs" / "help"
LANGUAGES = ("ky", "ru", "en")
ROLES = ("author", "head", "deputy", "leader", "administrator")
OF_GROUPS = {APPARATUS_LEADERSHIP: "leader", DEPARTMENT_HEADS: "head", ADMINISTRATORS: "administrator"}
PICTURE = re.compile(r"\]\(pictures/([a-z0-9-]+)\.png\)")
# What stands elsewhere in docs/ is for operators, who have the repository before them.
ELSEWHERE = re.compile(r"\[[^\]]+\]\(\.\./([a-z.]+)\)")


@dataclass(frozen=True)
class HelpText:
    """One text. body: clean HTML; it comes from the repository, and HTML inside the Markdown is shown as text."""

    role: str
    title: str
    body: str


def role_of(user, *, now: dt.datetime) -> str:
    """Whose help comes first: of what somebody is in the house, the office that decides last."""
    groups = set(user.groups.values_list("name", flat=True))
    for group, role in OF_GROUPS.items():
        if group in groups:
            return role
    if acting_of(user.pk, now=now):
        return "deputy"
    return "administrator" if user.is_superuser else "author"


@cache
def text_of(role: str, *, language: str) -> HelpText:
    """The text of a role in one of LANGUAGES. Raises OSError: the installation lacks docs/help."""
    heading, rest = (FOLDER / f"{role}.{language}.md").read_text(encoding="utf-8").split("\n", 1)
    rest = ELSEWHERE.sub(r"`docs/\1`", rest)
    rest = PICTURE.sub(lambda found: f"]({reverse('help:picture', args=[found[1]])})", rest)
    body = MarkdownIt("commonmark", {"html": False}).render(rest)
    return HelpText(role=role, title=heading.removeprefix("# "), body=body)


def picture(name: str) -> Path | None:
    """Where a picture is; None where there is no such one. name: letters, digits and hyphens."""
    path = FOLDER / "pictures" / f"{name}.png"
    return path if path.is_file() else None
