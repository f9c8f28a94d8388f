"""The wall around limited documents: whoever is not named gets “not found”, and every question about one is logged."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found

from site_pages.access.library import uploads_belong_to
from site_pages.access.questions import Question, asked_by, editor_of
from site_pages.models.access import AccessEvent

UPLOADS = ("/images/", "/documents/")
# A browser that has the editor open sends these by itself.
NOT_A_VIEW = ("wagtailadmin_editing_sessions:ping", "wagtailadmin_editing_sessions:release")


class AccessMiddleware:
    """Stands behind the sign-in: people who may not enter the editor are sent away by it, whatever they ask for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.method == "POST" and any(part in request.path for part in UPLOADS)):
            response = self.get_response(request)
        else:
            editor = editor_of(request)
            with uploads_belong_to(editor.translation_key if editor else None):
                response = self.get_response(request)
        _log_views(request, response)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        # Whoever is asked for first: an address that is about no limited document looks at no session.
        questions = asked_by(request)
        if not questions or not (request.user.is_active and request.user.has_perm("wagtailadmin.access_admin")):
            return None
        request.questions_of_access = questions
        refused = [question for question in questions if request.user.pk not in question.people]
        if refused:
            request.questions_of_access = []
            for question in refused:
                _log(question, AccessEvent.Kind.REFUSED, request)
            return _not_found(request)
        return None


def _not_found(request: HttpRequest) -> HttpResponse:
    """What Wagtail's screens answer for a number that does not exist, or other addresses for a name."""
    if not request.path.startswith("/admin/"):
        raise Http404
    return page_not_found(request, "", template_name="wagtailadmin/404.html")


def _log_views(request: HttpRequest, response: HttpResponse) -> None:
    questions = getattr(request, "questions_of_access", [])
    if not questions or response.status_code >= 400 or request.resolver_match.view_name in NOT_A_VIEW:
        return
    kind = AccessEvent.Kind.VIEWED if request.method in ("GET", "HEAD") else AccessEvent.Kind.CHANGED
    for question in questions:
        if request.user.pk in question.people:
            _log(question, kind, request)


def _log(question: Question, kind: AccessEvent.Kind, request: HttpRequest) -> None:
    AccessEvent.objects.create(
        content_id=question.limit.content_id,
        kind=kind,
        user=request.user,
        locale=question.locale,
        what=request.resolver_match.view_name[:255],
    )
