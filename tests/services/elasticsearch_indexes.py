"""Tidying up in an Elasticsearch that others may use too."""

import json
import urllib.request
from urllib.parse import quote

ANSWER_SECONDS = 30


def remove_indexes(url: str, *, prefix: str) -> list[str]:
    """Delete the indexes whose names begin with the prefix; their names."""
    base = url.rstrip("/")
    listing = f"{base}/_cat/indices/{quote(prefix)}*?format=json&h=index&expand_wildcards=all"
    with urllib.request.urlopen(listing, timeout=ANSWER_SECONDS) as answer:
        names = sorted(row["index"] for row in json.load(answer))
    for name in names:
        request = urllib.request.Request(f"{base}/{quote(name)}", method="DELETE")
        urllib.request.urlopen(request, timeout=ANSWER_SECONDS).close()
    return names
