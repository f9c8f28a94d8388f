"""The page that says why a request was refused before any view of the editor saw it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from wagtail.users.models import UserProfile


def language_of(request: HttpRequest) -> str:
    """The language that the signed-in person chose, else that of the request."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return translation.get_language()
    return UserProfile.get_for_user(user).get_preferred_language()


def refused(request: HttpRequest, *, heading, words, status: int) -> HttpResponse:
    """The page in the reader's language. heading, words: lazily translated."""
    with translation.override(language_of(request)):
        context = {"heading": str(heading), "words": str(words)}
        return render(request, "cms/refused.html", context, status=status)
