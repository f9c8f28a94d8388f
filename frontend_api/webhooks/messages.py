"""What a message says, and its signature (Standard Webhooks, https://www.standardwebhooks.com).

A message names a publication and holds no text: whoever gets it reads the API. The same publication always has the same
`webhook-id`, so that a receiver knows a repetition; `number` grows, so that it knows what is older.
"""

import datetime as dt
import json
import secrets
from base64 import b64encode
from typing import Any

from standardwebhooks import Webhook

from frontend_api.corrections import own_note_of, version_address
from frontend_api.models import Publication, PublicationKind
from frontend_api.representations import address, moment
from frontend_api.tombstones import as_json

SECRET_BYTES = 32


def new_secret() -> str:
    """A secret for one endpoint, as both sides keep it: whsec_ and base64."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def body_of(publication: Publication) -> str:
    """The message as JSON. A correction says where its difference is, a withdrawal its class, reason and successor."""
    by_id = address(f"/api/v1/documents/{publication.content_id}?locale={publication.locale}")
    return json.dumps(
        {
            "type": f"document.{publication.kind}",
            "timestamp": moment(publication.at),
            "data": {
                "number": publication.number,
                "content_id": str(publication.content_id),
                "locale": publication.locale,
                "document_type": publication.type,
                "digest": publication.digest,
                "update_type": publication.update_type,
                "change_note": own_note_of(publication),
                "url": by_id,
                **_more(publication),
            },
        },
        ensure_ascii=False,
    )


def _more(publication: Publication) -> dict[str, Any]:
    if publication.kind == PublicationKind.WITHDRAWN:
        return {"withdrawal": as_json(publication.tombstone)}
    if publication.kind == PublicationKind.CORRECTED:
        known = {"content_id": publication.content_id, "locale": publication.locale, "number": publication.number}
        return {"difference": version_address(**known, what="/difference")}
    return {}


def headers_of(publication: Publication, *, body: str, secret: str, now: dt.datetime) -> dict[str, str]:
    """What identifies and signs the message at this moment."""
    # Not the number alone: after a restore from a backup it is given again.
    return signed(f"publication-{publication.number}-{publication.digest[:16]}", body=body, secret=secret, now=now)


def test_body(*, name: str, now: dt.datetime) -> str:
    """A message that tells of nothing, as JSON. name: what we call the receiver."""
    return json.dumps({"type": "test", "timestamp": moment(now), "data": {"receiver": name}}, ensure_ascii=False)


def signed(identity: str, *, body: str, secret: str, now: dt.datetime) -> dict[str, str]:
    """The headers of a message. identity: the same for a repetition of the same message."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": identity,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(identity, now.astimezone(dt.UTC), body),
    }
