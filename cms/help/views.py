"""The screens of the help."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from cms.help.texts import LANGUAGES, ROLES, picture, role_of, text_of


@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """To the text of what the reader is in the house."""
    return redirect("help:role", role=role_of(request.user, now=timezone.now()))


@require_safe
def role(request: HttpRequest, role: str) -> HttpResponse:
    """The text of one role in the reader's language, and the way to the others."""
    if role not in ROLES:
        raise Http404
    language = (get_language() or "")[:2]
    texts = {one: text_of(one, language=language if language in LANGUAGES else "ky") for one in ROLES}
    context = {
        "page_title": texts[role].title,
        "header_icon": "help",
        "text": texts[role],
        "others": [text for one, text in texts.items() if one != role],
    }
    return TemplateResponse(request, "cms/help.html", context)


@require_safe
def image(request: HttpRequest, name: str) -> FileResponse:
    """A picture of the texts."""
    path = picture(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png", headers={"Cache-Control": "private, max-age=3600"})
