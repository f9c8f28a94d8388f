"""Every address of the editorial process, and what an answer says."""

import json
from collections.abc import Iterable

from django.urls import NoReverseMatch, get_resolver, reverse

from tests.thoroughness import times

# Of so many addresses one is asked: what a screen of the editors says hardly depends on the kind of database.
ONE_OF = times(3, thorough=1)


def content_of(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    text = body.decode(errors="replace")
    return text + (json.dumps(json.loads(text), ensure_ascii=False) if text.startswith("{") else "")


def addresses(patterns, namespace: str = ""):
    """The names of all addresses of the editorial process."""
    for pattern in patterns:
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern.url_patterns, namespace + inner)
        elif pattern.name:
            yield namespace + pattern.name


def in_turn(found: Iterable[str]) -> list[str]:
    """The addresses to be asked here, in one order: all on SQLite and in `make thorough`, else every third."""
    return sorted(address for address in found if "logout" not in address)[::ONE_OF]


def everywhere(page, *, word: str) -> set[str]:
    """Every address that can be asked about this page, its versions, its picture, its section or its clearance."""
    state = page.current_workflow_state or page.workflow_states.order_by("pk").last()
    versions = list(page.revisions.order_by("pk").values_list("pk", flat=True))
    arguments = [
        [], [page.pk], [page.get_parent().pk], [page.image_id], [versions[0]], [page.pk, versions[0]],
        [page.pk, *versions[:2]], [state.pk], [page.pk, state.current_task_state_id], [page.pk, "publish"],
        ["site_pages", "pressreleasepage"], ["wagtailcore", "page", str(page.pk)],
        ["site_pages", "pressreleasepage", str(page.pk)],
    ]  # fmt: skip
    found = set()
    for name in addresses(get_resolver("cms.urls.editorial").url_patterns):
        for values in arguments:
            try:
                address = reverse(name, args=values)
            except NoReverseMatch:
                continue
            found |= {address, f"{address}?q={word[:5]}&id={page.pk}"}
    return found
