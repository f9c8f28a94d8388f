"""When a notice goes out, by the wish of the person who gets it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from approvals.models import Notice, NoticePreference, NoticeState


def first_attempt(preference: NoticePreference | None, *, now: dt.datetime) -> dict:
    """The fields of a new notice that depend on the wish: at once, or the next daily e-mail."""
    if preference is None or preference.mode != NoticePreference.Mode.DIGEST:
        return {"is_for_digest": False, "next_attempt_at": now}
    local = now.astimezone(timezone.get_default_timezone())
    at = local.replace(hour=preference.digest_hour, minute=0, second=0, microsecond=0)
    return {"is_for_digest": True, "next_attempt_at": at if at > local else at + dt.timedelta(days=1)}


@transaction.atomic
def wish(preference: NoticePreference, *, now: dt.datetime) -> None:
    """Store a wish. What waits and was never tried follows the new one."""
    preference.save()
    Notice.objects.filter(
        recipient_id=preference.user_id, state=NoticeState.DUE, attempts=0, lease=None, handed_over_at=None
    ).update(**first_attempt(preference, now=now))
