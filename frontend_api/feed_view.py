"""What was published and corrected last, for feed readers: Atom (RFC 4287)."""

import datetime as dt
import html
import re
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.utils import extend_schema

from frontend_api import queries
from frontend_api.models import PublishedDocument
from frontend_api.parameters import FeedParameters, validated
from frontend_api.reading import ReadView
from frontend_api.representations import SECTIONS, address, links_of, moment
from frontend_api.schemas import feed_response, problem_responses

FEED = "/api/v1/feed"
ENTRIES = 50
NEVER = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# What XML 1.0 has no way of writing.
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class DatedFeed(Atom1Feed):
    """A feed that says when it changed even when nothing is in it."""

    def latest_post_date(self) -> dt.datetime:
        """When its newest entry changed; the same for the same entries, so that caches can tell."""
        return max((item["updateddate"] for item in self.items), default=NEVER)


class FeedView(ReadView):
    """The documents of one language that were published or changed last, newest first, with their corrections."""

    @extend_schema(
        operation_id="feed_read", parameters=[FeedParameters], responses={**feed_response(), **problem_responses(400)}
    )
    def get(self, request: HttpRequest) -> HttpResponse:
        values = validated(request.GET, FeedParameters)
        documents = queries.changed_last(values, count=ENTRIES)
        self.last_modified = documents[0].log_at if documents else None
        self.ends = [document.expires_at for document in documents]
        kind, here = values.get("type"), _address_of(values)
        title = f"Jarchy: {SECTIONS[kind]}" if kind else "Jarchy"
        feed = DatedFeed(
            title=title,
            link=address("/api/v1/"),
            description="",
            language=values["locale"],
            feed_url=here,
            # Django would give every feed the link for an id, and readers of two feeds would have one.
            feed_guid=here,
        )
        # The words beside the texts are in their language, whatever the reader's program prefers.
        with override(values["locale"]):
            for document in documents:
                _add(feed, document)
        return HttpResponse(feed.writeString("utf-8"), content_type=DatedFeed.content_type)


def _address_of(values: dict[str, Any]) -> str:
    """The one address of a feed, however it was asked for: what was left out is named, and in the same order."""
    chosen = {name: values[name] for name in ("locale", "type") if name in values}
    return address(f"{FEED}?{urlencode(chosen)}")


def _add(feed: Atom1Feed, document: PublishedDocument) -> None:
    links = links_of(document)
    feed.add_item(
        title=_writable(document.title),
        link=links["self"],
        description=_told(document),
        # An address that a change of the slug leaves alone.
        unique_id=links["by_id"],
        pubdate=document.first_published_at,
        updateddate=document.updated_at,
        categories=[document.type],
    )


def _told(document: PublishedDocument) -> str:
    """The summary and what readers are told of changes, newest first, as HTML."""
    told = [("", document.summary)]
    if document.notice_at:
        told.append((f"{_('No longer current')}, {moment(document.notice_at)}: ", document.notice))
    told += [(f"{_('Correction')}, {one['at']}: ", one["note"]) for one in reversed(document.corrections)]
    return "".join(_paragraph(start, text) for start, text in told if text)


def _paragraph(start: str, text: str) -> str:
    return f"<p>{html.escape(_writable(start + text))}</p>"


def _writable(text: str) -> str:
    return UNWRITABLE.sub("", text)
