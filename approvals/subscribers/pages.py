"""What a subscriber meets who follows the link of a letter: one page with one button. Everybody else: the same 404.

Looking changes nothing, whoever looks: programs open every link of a mail before its reader does. Only POST counts: of
the button, or of a mail program on behalf of its reader (RFC 8058), to which no answer may be a redirect.
A page names neither the person nor the address: letters are passed on.
"""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils import timezone

from approvals.inbox import LANGUAGES
from approvals.models import Subscriber, SubscriberState
from approvals.outside.sealed import by_token, nothing_here, page
from approvals.subscribers import answering
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES

CONFIRM, LEAVE = "confirm", "leave"
VERBS = {CONFIRM: answering.confirm, LEAVE: answering.leave}
TEMPLATES = {
    SubscriberState.ASKED: "question",
    SubscriberState.CONFIRMED: "subscribed",
    SubscriberState.ENDED: "over",
}


@by_token
def letters(request: HttpRequest, *, token: str, address: str) -> HttpResponse:
    """The page of one subscriber, and what he or she answers on it."""
    subscriber = answering.look(token=token)  # before anything that was posted is read
    if request.method in ("GET", "HEAD"):
        return _page(subscriber)
    if request.method != "POST":
        return nothing_here(request)
    verb = VERBS.get(_posted(request))
    if verb is None:
        return _page(subscriber, status=400)
    return _page(verb(token=token, now=timezone.now()))


def _posted(request: HttpRequest) -> str:
    """What is wanted; empty where it cannot be read, or is nothing of ours."""
    try:
        posted = request.POST
    except (BadRequest, SuspiciousOperation, UnreadablePostError, MultiPartParserError):
        return ""
    return LEAVE if posted.get("List-Unsubscribe") == "One-Click" else posted.get("act", "")


def _page(subscriber: Subscriber, *, status: int = 200) -> HttpResponse:
    context = {
        "languages": [LANGUAGES[code] for code in CODES if code in subscriber.locales],
        "types": [DOCUMENT_TYPES[kind]._meta.verbose_name for kind in DOCUMENT_TYPES if kind in subscriber.types],
        "wants_minor": subscriber.wants_minor,
    }
    template = TEMPLATES[SubscriberState(subscriber.state)]
    return page("approvals/subscribers", template, context, language=subscriber.language, status=status)
