"""Alarms 60, 15 and 5 minutes before something is due that is not ready. Rows come first; mails are made of them.

Not ready is what is not cleared; what is cleared and follows a Kyrgyz text that nobody expects by then; what cannot be
made ready, is not what was cleared any more (approvals.looking_ahead), or fits neither its bundle nor what comes before
it (approvals.foreseen); what is held after a restore and still to come, alone or with its bundle.

After a stop of the worker, or a jump of its clock, only the nearest applies: nobody is told that an hour is left when
five minutes are. What is due already gets the last one, for an hour.
"""

import datetime as dt
import logging

from django.db import IntegrityError, connection, transaction
from wagtail.models import Page

from approvals.foreseen import foreseen, has_a_moment
from approvals.models import DuePublication, FailedPublication, ScheduleAlarm
from approvals.notices.recipients import recipients_of_alarm
from approvals.notices.writing import tell_alarm
from approvals.originals import followers, follows_its_original
from approvals.queue import Records
from approvals.schedule import Uncleared, had_a_time, uncleared
from site_pages.languages import KYRGYZ
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


def not_ready(*, until: dt.datetime | None = None) -> list[Uncleared]:
    """What has a time and will not be public at it unless somebody acts. until: only what is due by then."""
    return [*uncleared(until=until), *_stuck(until=until)]


def _stuck(*, until: dt.datetime | None) -> list[Uncleared]:
    """What is cleared, and waits for an original that is not, or for a person, or cannot be published as it is."""
    due = DuePublication.objects.exclude(bundle__due_at=None, bundle__isnull=False)
    due = due.filter(due_at__lte=until) if until else due
    rows = list(due.select_related("bundle").order_by("due_at", "pk"))
    numbers = [row.page_id for row in rows]
    following = set(followers().filter(pk__in=numbers).values_list("pk", flat=True)) if rows else set()
    failing = set(FailedPublication.objects.filter(page_id__in=numbers).values_list("entry_number", flat=True))
    failing |= foreseen(rows).keys() if rows else set()
    doubtful = [r for r in rows if r.entry_number in failing or r.page_id in following or _is_held(r)]
    if not doubtful:
        return []
    pages = DocumentPage.objects.filter(pk__in=[row.page_id for row in doubtful])
    pages = {page.pk: page for page in pages.select_related("locale", "content_type")}
    records = Records(pages.values(), steps=())
    expected = {row.page_id: row for row in DuePublication.objects.select_related("bundle")}
    return [
        Uncleared(page_id=row.page_id, due_at=row.due_at, bundle_id=row.bundle_id)
        for row in doubtful
        # A row whose page is gone publishes nothing, and nobody can be told of it.
        if (page := pages.get(row.page_id))
        and had_a_time(row, page, records)
        and (row.entry_number in failing or _is_held(row) or _lacks_original(row, page, records, expected=expected))
    ]


def _is_held(due: DuePublication) -> bool:
    """Whether it waits for a person after a restore before its time. What was late by then was named by the restore."""
    held_at = due.held_at or (due.bundle.held_at if due.bundle else None)
    return held_at is not None and due.due_at > held_at


def _lacks_original(
    row: DuePublication, page: DocumentPage, records: Records, *, expected: dict[int, DuePublication]
) -> bool:
    """Whether it follows a Kyrgyz text that is not public, and becomes so neither with it nor before it.

    expected: what is cleared and waits, by page.
    """
    if not follows_its_original(page) or records.may_follow(page):
        return False
    original = records.texts[page.content_id].get(KYRGYZ)
    waiting = expected.get(original.pk) if original else None
    if waiting is None:
        return True
    is_together = row.bundle_id is not None and waiting.bundle_id == row.bundle_id
    return not is_together and not (has_a_moment(waiting) and waiting.due_at <= row.due_at)


def warn_of_uncleared(*, now: dt.datetime) -> int:
    """Write down every alarm that applies now and was not written, each once; how many. One never stops the next."""
    soon = not_ready(until=now + dt.timedelta(minutes=max(DISTANCES)))
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
    if not rows.filter(pk=one.page_id).exists() or one not in not_ready(until=one.due_at):
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
    waiting = DuePublication.objects.filter(page_id=page.pk).select_related("bundle").first()
    is_held = waiting is not None and _is_held(waiting)
    told = [recipients_of_alarm(text, now=now, is_held=is_held) for text in _concerned(page)]
    people = {person.pk: person for some in told for person in some}
    tell_alarm(alarm=alarm, people=people.values(), now=now)
    return True


def _concerned(page: DocumentPage) -> list[DocumentPage]:
    """The text, and the original before which it is not published."""
    if not follows_its_original(page):
        return [page]
    originals = DocumentPage.objects.filter(translation_key=page.content_id, locale__language_code=KYRGYZ)
    return [page, *originals.select_related("locale")]


def alarms_for(user, *, now: dt.datetime) -> list[ScheduleAlarm]:
    """The alarms of which the person was told and which still hold, one for each text, the nearest first."""
    mine = ScheduleAlarm.objects.filter(notices__recipient_id=user.pk, due_at__gt=now - REMEMBERED_FOR)
    mine = list(mine.order_by("due_at", "-minutes"))
    standing = {(one.page_id, one.due_at) for one in not_ready()} if mine else set()
    nearest = {}
    for alarm in mine:
        if (alarm.page_id, alarm.due_at) in standing:
            nearest[alarm.page_id] = alarm
    return list(nearest.values())
