"""For whom the screens exist."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from approvals import second_factor
from approvals.administration import REASONS, Fault
from frontend_api.record import check_administrator


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for system administrators alone; what changes something needs a second factor, given in the session."""
    asked = second_factor.asked(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        check_administrator(request.user)
        if request.method == "POST" and not second_factor.suffices(request.user):
            messages.error(request, str(REASONS[Fault.NO_SECOND_FACTOR]))
            return redirect("public_side:deliveries")
        return asked(request, *args, **kwargs)

    return guarded
