"""Every answer of the public process, address by address: `python -m tests.cms.reading_everything` prints JSON.

It starts from the lists and follows what the answers name. Two places with equal output answer alike, byte for byte.
"""

import base64
import json
import os
import re
import sys
from collections import deque
from urllib.parse import urlsplit

STARTS = ["/api/v1/", "/api/v1/openapi.json"]
STARTS += [
    f"/api/v1/{section}?locale={locale}&limit=1"
    for section in ("releases", "speeches", "decrees")
    for locale in ("ky", "ru", "en")
]
STARTS += [f"/api/v1/search?locale={locale}&q={word}" for locale, word in (("ky", "жыйын"), ("ru", "заседание"))]
NAMED = re.compile(r'"((?:http://127\.0\.0\.1:8001)?/api/v1/[^"\\]*)"')
IDS = re.compile(r'"content_id":\s*"([0-9a-f-]{36})"')


def everything() -> dict[str, list]:
    """Address → status, headers, body in base64."""
    client = Client()
    waiting, answers = deque(STARTS), {}
    while waiting:
        address = waiting.popleft()
        if address in answers:
            continue
        response = client.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {name: value for name, value in response.headers.items() if name != "X-Request-ID"}
        answers[address] = [response.status_code, headers, base64.b64encode(body).decode()]
        waiting += named_in(body.decode(errors="replace"))
    return answers


def named_in(text: str) -> list[str]:
    """The addresses that an answer names, and those of the documents in it."""
    found = [urlsplit(address.replace("&amp;", "&")) for address in NAMED.findall(text)]
    addresses = [part.path + (f"?{part.query}" if part.query else "") for part in found if "{" not in part.path]
    for content_id in IDS.findall(text):
        for locale in ("ky", "ru", "en"):
            addresses.append(f"/api/v1/documents/{content_id}?locale={locale}")
            addresses.append(f"/api/v1/documents/{content_id}/cleared?locale={locale}")
    # The page that explains the contract is of the product and not of the office.
    return [address for address in addresses if not address.startswith("/api/v1/docs")]


if __name__ == "__main__":
    os.environ["JARCHY_PROCESS"] = "public"
    import django

    django.setup()
    from django.test import Client

    json.dump(everything(), sys.stdout, sort_keys=True)
