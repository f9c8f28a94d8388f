"""The screen of what was published and has not arrived everywhere, and the button “Try again”."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from approvals.models import Notice, NoticeState
from cms.public_side.visitors import administrators_only
from frontend_api.undelivered import LABELS, channels, names_of, retry, undelivered

ON_ONE_PAGE = 50


@require_GET
@administrators_only
def listing(request: HttpRequest) -> HttpResponse:
    """How each channel stands, and every delivery that is not done, what was put aside first. No titles."""
    now = timezone.now()
    page = Paginator(undelivered(now=now), ON_ONE_PAGE).get_page(request.GET.get("p"))
    names = names_of(list(page))
    states = channels(now=now)
    context = {
        "page_title": _("Deliveries"),
        "header_icon": "upload",
        "tab": "deliveries",
        "channels": states,
        "mail": _mail(now=now),
        "has_put_aside": any(state.put_aside for state in states),
        "page": page,
        "rows": [(row, LABELS[row.channel], names.get(row.target, "")) for row in page],
    }
    return TemplateResponse(request, "cms/public_side/deliveries.html", context)


def _mail(*, now) -> dict:
    """The notices by e-mail, which have a screen of their own; `closed` ones are no failures."""
    waiting = Notice.objects.filter(state=NoticeState.DUE, next_attempt_at__lte=now)
    return {
        "waiting": waiting.count(),
        "oldest_at": waiting.order_by("written_at").values_list("written_at", flat=True).first(),
        "put_aside": Notice.objects.filter(state__in=(NoticeState.DEAD, NoticeState.UNKNOWN)).count(),
    }


@require_POST
@administrators_only
def again(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """Put back in line what was put aside: one delivery, or all."""
    count = retry(number=number, by=request.user, now=timezone.now())
    if count:
        words = ngettext(
            "%(count)s delivery is back in line: the worker tries it within seconds.",
            "%(count)s deliveries are back in line: the worker tries them within seconds.",
            count,
        )
        messages.success(request, words % {"count": count})
    else:
        messages.error(request, _("This is not put aside any more. Nothing was changed."))
    return redirect("public_side:deliveries")
