"""What a message says, and its signature (Standard Webhooks, https://www.standardwebhooks.com).

A message names a publication and holds no text: whoever gets it reads the API. The same publication always has the same
`webhook-id`, so that a receiver knows a repetition; `number` grows, so that it knows what is older. What comes late
says of a text that was closed meanwhile that it was published, and no more.
"""

import datetime as dt
import hashlib
import json
import secrets
from base64 import b64encode
from typing import Any

from standardwebhooks import Webhook

from frontend_api.corrections import own_note_of
from frontend_api.models import Publication, PublicationKind, PublishedDocument
from frontend_api.representations import address, moment
from frontend_api.tombstones import as_json
from frontend_api.versions import difference_address, open_histories, open_steps_of
from site_pages.withdrawal import WithdrawalClass

SECRET_BYTES = 32


def new_secret() -> str:
    """A secret for one endpoint, as both sides keep it: whsec_ and base64."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def body_of(publication: Publication) -> str:
    """The message as JSON, as things are at this moment. A correction says where its difference is, a withdrawal its
    class, reason and successor.
    """
    document = _read_as(publication)
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
                "change_note": own_note_of(publication) if document else "",
                "url": by_id,
                **_more(publication, document),
            },
        },
        ensure_ascii=False,
    )


def _read_as(publication: Publication) -> PublishedDocument | None:
    """The document that readers find, if what the publication did can still be read in it; None after a closing, an
    end, or where a restore withholds it. What is published anew opens nothing of before.
    """
    document = open_histories(publication.content_id).filter(locale=publication.locale).first()
    return document if document and publication.number > document.closed_up_to else None


def _more(publication: Publication, document: PublishedDocument | None) -> dict[str, Any]:
    if publication.kind == PublicationKind.WITHDRAWN:
        told = as_json(publication.tombstone)
        # The notice went with the document over which it stood; the reason of a closing stays public.
        is_over = document is None and told["class"] == WithdrawalClass.NO_LONGER_CURRENT
        return {"withdrawal": {**told, "reason": ""} if is_over else told}
    if publication.kind == PublicationKind.CORRECTED:
        steps = open_steps_of(document) if document else []
        shown = [difference_address(step) for step in steps if step.publication == publication]
        return {"difference": shown[0] if shown else None}
    return {}


def headers_of(publication: Publication, *, body: str, secret: str, now: dt.datetime) -> dict[str, str]:
    """What identifies and signs the message at this moment."""
    return signed(identity_of(publication), body=body, secret=secret, now=now)


def identity_of(publication: Publication) -> str:
    """The `webhook-id`: the same for each attempt, though the body may say less by then.

    After a restore from a backup a number is given again, perhaps for the same text: its moment is another one.
    """
    what = (publication.kind, publication.content_id, publication.locale, publication.digest, publication.entry_number)
    said = "\n".join(str(one) for one in (*what, publication.at.astimezone(dt.UTC).isoformat()))
    return f"publication-{publication.number}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"


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
