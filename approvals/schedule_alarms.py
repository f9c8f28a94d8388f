"""Alarms 60, 15 and 5 minutes before something is due that is not cleared. Rows come first; mails are made of them.

After a stop of the worker, or a jump of its clock, only the nearest applies: nobody is told that an hour is left when
five minutes are. What is due already gets the last one, for an hour.
"""

import datetime as dt
import logging

from django.db import IntegrityError, connection, transaction
from wagtail.models import Page

from approvals.models import ScheduleAlarm
from approvals.notices.recipients import recipients_of_alarm
from approvals.notices.writing import tell_alarm
from approvals.schedule import Uncleared, uncleared
from site_pages.models import DocumentPage

logger = logging.getLogger(__name__)
DISTANCES = (5, 15, 60)
REMEMBERED_FOR = dt.timedelta(hours=1)


def distance_of(due_at: dt.datetime, *, now: dt.datetime) -> int | None:
    """Which alarm applies now, in minutes before the time; None for none yet, and none any more."""
    left = due_at - now
    if left < -REMEMBERED_FOR:
        return None
    return next((minutes for minutes in DISTANCES if left <= dt.timedelta(minutes=minutes)), None)


def warn_of_uncleared(*, now: dt.datetime) -> int:
    """Write down every alarm that applies now and was not written, each once; how many. One never stops the next."""
    soon = uncleared(until=now + dt.timedelta(minutes=max(DISTANCES)))
    told = set(
        ScheduleAlarm.objects.filter(page_id__in=[one.page_id for one in soon]).values_list(
            "page_id", "due_at", "minutes"
        )
    )
    written = 0
    for one in soon:
        minutes = distance_of(one.due_at, now=now)
        if minutes is None or (one.page_id, one.due_at, minutes) in told:
            continue
        try:
            written += _warn(one, minutes=minutes, now=now)
        except IntegrityError:
            logger.info("Another worker has written this alarm: page %s", one.page_id)
        except Exception:
            logger.exception("An alarm could not be written: page %s", one.page_id)
    return written


@transaction.atomic
def _warn(one: Uncleared, *, minutes: int, now: dt.datetime) -> bool:
    skip_locked = connection.features.has_select_for_update_skip_locked
    rows = Page.objects.select_for_update(skip_locked=skip_locked, no_key=True)
    if not rows.filter(pk=one.page_id).exists() or one not in uncleared():
        return False
    page = DocumentPage.objects.select_related("locale").get(pk=one.page_id)
    alarm = ScheduleAlarm.objects.create(
        page_id=page.pk,
        content_id=page.content_id,
        locale=page.locale_code,
        due_at=one.due_at,
        minutes=minutes,
        at=now,
    )
    tell_alarm(alarm=alarm, people=recipients_of_alarm(page, now=now), now=now)
    return True


def alarms_for(user, *, now: dt.datetime) -> list[ScheduleAlarm]:
    """The alarms of which the person was told and which still hold, one for each text, the nearest first."""
    mine = ScheduleAlarm.objects.filter(notices__recipient_id=user.pk, due_at__gt=now - REMEMBERED_FOR)
    mine = list(mine.order_by("due_at", "-minutes"))
    standing = {(one.page_id, one.due_at) for one in uncleared()} if mine else set()
    nearest = {}
    for alarm in mine:
        if (alarm.page_id, alarm.due_at) in standing:
            nearest[alarm.page_id] = alarm
    return list(nearest.values())
