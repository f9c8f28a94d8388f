"""The second factor: whether an account has one, and whether it was given in this session.

allauth keeps the factors. The account's factor is a rule of decisions (approvals.policy); the session's is asked by the
screens, so that somebody who finds a desk that was signed in without it cannot decide there.
"""

from collections.abc import Callable
from functools import wraps
from urllib.parse import urlencode, urlsplit

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

# Recovery codes stand in for a factor that was lost; alone they are none.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def has_one(user) -> bool:
    """Whether the account has a second factor; no query where `with_factors` brought it along."""
    if "authenticator_set" in getattr(user, "_prefetched_objects_cache", {}):
        return any(authenticator.type in FACTORS for authenticator in user.authenticator_set.all())
    return is_mfa_enabled(user, FACTORS)


def with_factors(people: QuerySet) -> QuerySet:
    """The accounts with their second factors, in one query more for all of them."""
    return people.prefetch_related("authenticator_set")


def suffices(user) -> bool:
    """Whether the account's sign-in is strong enough for decisions."""
    return not settings.SECOND_FACTOR_REQUIRED or has_one(user)


def was_given(request: HttpRequest) -> bool:
    """Whether this session was signed in, or confirmed since, with a factor that the account still has."""
    records = get_authentication_records(request, request.user)
    given = [record.get("id") for record in records if record.get("method") == "mfa"]
    return bool(given) and Authenticator.objects.filter(user=request.user, pk__in=given).exists()


def asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST from a session without the account's second factor changes nothing and leads to where it is given.

    Who has no second factor at all passes: the verbs behind the view refuse, each in its own words.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.method != "POST" or not settings.SECOND_FACTOR_REQUIRED:
            return view(request, *args, **kwargs)
        if was_given(request) or not has_one(request.user):
            return view(request, *args, **kwargs)
        messages.error(request, _("Give your second factor first, then do it again. Nothing was changed."))
        return redirect(f"{_where_it_is_given(request)}?{urlencode({'next': _where_one_was(request)})}")

    return guarded


def _where_it_is_given(request: HttpRequest) -> str:
    has_codes = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
    return reverse("mfa_reauthenticate" if has_codes else "mfa_reauthenticate_webauthn")


def _where_one_was(request: HttpRequest) -> str:
    seen = urlsplit(request.headers.get("Referer", ""))
    is_ours = seen.netloc == request.get_host() and seen.path.startswith("/admin/")
    return seen.path if is_ours else reverse("approvals:waiting_for_me")
