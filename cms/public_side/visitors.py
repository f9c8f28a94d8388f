"""For whom the screens exist."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from approvals import second_factor
from frontend_api.record import check_administrator


def administrators_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view for system administrators alone; what changes something asks for the session's second factor first."""
    asked = second_factor.asked(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        check_administrator(request.user)
        return asked(request, *args, **kwargs)

    return guarded
