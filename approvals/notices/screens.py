"""The screen on which administrators see what was not sent, and send it again."""

import logging

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from approvals.models import LedgerEntry, Notice, NoticeState, ScheduleAlarm
from approvals.offices import ADMINISTRATORS

logger = logging.getLogger(__name__)
NOT_SENT = (NoticeState.UNKNOWN, NoticeState.DEAD, NoticeState.CLOSED)
ON_ONE_PAGE = 50


def may_see_notices(user) -> bool:
    """Whether the screen exists for this person."""
    return user.is_superuser or user.groups.filter(name=ADMINISTRATORS).exists()


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Everything that was perhaps sent, given up or not sent, the latest first. It names no document."""
    if not may_see_notices(request.user):
        raise Http404
    notices = Notice.objects.filter(state__in=NOT_SENT).order_by("-settled_at", "-pk")
    page = Paginator(notices, ON_ONE_PAGE).get_page(request.GET.get("p"))
    kinds = LedgerEntry.objects.in_bulk([notice.entry_number for notice in page if notice.entry_number])
    waiting = Notice.objects.filter(state=NoticeState.DUE, next_attempt_at__lte=timezone.now())
    context = {
        "page_title": _("Notices"),
        "header_icon": "mail",
        "page": page,
        "rows": [(notice, _what(notice, kinds)) for notice in page],
        "waiting": waiting.count(),
        "oldest": waiting.order_by("written_at").first(),
        "may_send_again": request.user.is_superuser,
    }
    return TemplateResponse(request, "approvals/notices/listing.html", context)


def _what(notice: Notice, kinds: dict[int, LedgerEntry]) -> str:
    if notice.alarm_id:
        return str(ScheduleAlarm._meta.verbose_name)
    if notice.deadline_alert_id:
        return notice.deadline_alert.get_kind_display()
    return kinds[notice.entry_number].get_kind_display()


@require_POST
def again(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Send a notice again, together with those that went out in the same mail. Superusers only."""
    if not request.user.is_superuser:
        raise Http404
    ids = send_again(notice_id=notice_id)
    if ids:
        logger.info("notices_sent_again", extra={"notices": ids, "by": request.user.pk})
        messages.success(request, _("It will be sent again."))
    else:
        messages.error(request, _("This notice is not one that can be sent again."))
    return redirect("approvals:notices")


@transaction.atomic
def send_again(*, notice_id: int) -> list[int]:
    """Make a notice due that was not sent, or perhaps not; the notices that are due now, none when it is another's."""
    notice = Notice.objects.select_for_update().filter(pk=notice_id, state__in=NOT_SENT).first()
    if notice is None:
        return []
    rows = Notice.objects.filter(pk=notice.pk)
    if notice.message_id and notice.is_for_digest:
        rows = Notice.objects.filter(message_id=notice.message_id, state=notice.state)
    ids = sorted(rows.values_list("pk", flat=True))
    Notice.objects.filter(pk__in=ids, state__in=NOT_SENT).update(
        state=NoticeState.DUE,
        closing="",
        attempts=0,
        next_attempt_at=timezone.now(),
        lease=None,
        leased_until=None,
        handed_over_at=None,
        settled_at=None,
    )
    return ids
