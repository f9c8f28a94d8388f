"""The outermost wall: addresses of Wagtail's admin that lead past the gate are shut for everybody.

Behind it stand the permission testers, the gate and the triggers; each would refuse as well. This wall says so.
"""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cms.refusals import language_of, refused
from site_pages.gatekeeping import RecordKept
from site_pages.visibility import titles_for

logger = logging.getLogger(__name__)

CLOSED = tuple(
    re.compile(pattern)
    for pattern in (
        # Routes and their steps are data of the office, installed by a command.
        r"^/admin/workflows/(?!.*(history|status)).*(add|edit|disable|enable|usage|task)",
        # Decisions are made on our own screen, on the digest that the person saw.
        r"^/admin/pages/\d+/workflow/(action|collect_action_data|confirm_cancellation)/",
        r"^/admin/pages/workflow/",
        # Publishing, taking down, hiding and moving are verbs of the gate.
        r"^/admin/pages/\d+/(unpublish|privacy|move|convert_alias|set_position|unlock|lock)(/|$)",
        r"^/admin/pages/\d+/move/",
        r"^/admin/pages/move/",
        r"^/admin/pages/\d+/revisions/\d+/unschedule/",
        r"^/admin/bulk/wagtailcore/page/",
        # People are appointed one at a time, on their own page, where the rules of appointments are asked.
        r"^/admin/bulk/cms/user/",
        # The groups of the office stay: the routes rest on them.
        r"^/admin/groups/delete/",
        r"^/admin/api/.*/action/",
        # Nothing on the screens reads these two; they list files of drafts to whoever enters the editor.
        r"^/admin/api/[^/]+/(images|documents)/",
        # Pictures stand in blocks of their own, never inside a paragraph; this screen shows any picture to anybody.
        r"^/admin/images/chooser/\d+/select_format/",
        # Wagtail's page that fails on purpose.
        r"^/admin/failwhale/",
    )
)
NAMED = _("Of those that you may see: %(titles)s.")
WHY = _("A text becomes public, changes or is taken down only through clearance. Nothing was changed.")


class ClosedDoorsMiddleware:
    """Answers 403, with the reason, at every address that leads past the gate or changes what a text waits with."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if any(door.match(request.path) for door in CLOSED):
            logger.warning("A closed door was tried: %s by user %s", request.path, getattr(request.user, "pk", None))
            return refused(request, heading=_("This is not possible here"), words=WHY, status=403)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RecordKept):
            return None
        titles = ", ".join(f"“{title}”" for title in titles_for(request.user, exception.pages))
        with translation.override(language_of(request)):
            which = [NAMED % {"titles": titles}] if titles else []
            words = " ".join([str(exception.args[0]), *which])
        return refused(request, heading=_("This is not possible here"), words=words, status=403)
