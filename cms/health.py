"""Whether the process lives, and whether it can do its work."""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from approvals import triggers as page_triggers
from approvals.punctuality import punctuality
from frontend_api import triggers as public_triggers
from frontend_api.file_guesses import recent_alarms
from frontend_api.models import Delivery, DeliveryChannel


@never_cache
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"live": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Database, triggers, search, how long the oldest delivery has been waiting, how late publications are, and who
    guessed at files in the last hour; 503 when work is impossible.

    A search that is down does not make the process unready: the database answers in its place.
    """
    database = _attempt(_database)
    answer = {"ready": database == "ok", "database": database, "search": _search()}
    if answer["ready"]:
        answer["triggers_missing"] = _triggers_missing()
        answer["oldest_undelivered_seconds"] = _oldest_undelivered(timezone.now())
        if settings.ROOT_URLCONF != "cms.urls.public":
            # The public process may not read when what is not public yet will be.
            answer["schedule"] = asdict(punctuality(now=timezone.now()))
        alarms = recent_alarms(now=timezone.now())
        answer["file_guessing"] = [alarm.address for alarm in alarms if not alarm.is_canary]
        answer["canaries_touched"] = [alarm.address for alarm in alarms if alarm.is_canary]
        answer["ready"] = not answer["triggers_missing"]
    return JsonResponse(answer, status=200 if answer["ready"] else 503)


def _attempt(check: Callable[[], Any]) -> str:
    try:
        check()
    except DatabaseError:
        return "unreachable"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _search() -> str:
    if not settings.ELASTICSEARCH_URL:
        return "database"
    try:
        with urlopen(settings.ELASTICSEARCH_URL, timeout=settings.SEARCH_TIMEOUT_SECONDS) as answer:  # noqa: S310
            return "ok" if answer.status == 200 else "degraded"
    except (URLError, OSError, ValueError):
        return "degraded"


def _triggers_missing() -> list[str]:
    # The public process may not read the catalogue of tables that are not its own.
    if settings.ROOT_URLCONF == "cms.urls.public":
        return public_triggers.missing(using="default")
    return page_triggers.missing(using="default") + public_triggers.missing(using="default")


def _oldest_undelivered(now: dt.datetime) -> int:
    carried = Delivery.objects.filter(channel=DeliveryChannel.INDEX, done_at=None, dead_at=None)
    waiting = carried.filter(next_attempt_at__lte=now).order_by("publication_id")
    oldest = waiting.values_list("publication__at", flat=True).first()
    return max(0, int((now - oldest).total_seconds())) if oldest else 0
