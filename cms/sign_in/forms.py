"""The forms of the second step: what is wrong counts like a wrong password, and each code works once."""

from allauth.core import context
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from axes.handlers.proxy import AxesProxyHandler
from django import forms
from django.conf import settings
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True, "maxlength": "20"}
LAST_COUNTER = "last_counter"


class CountedFailures:
    """Wrong answers count with wrong passwords, and whoever is locked out is not listened to."""

    def clean(self):
        cleaned = super().clean()
        if self.errors and self.user is not None:
            credentials = {"username": self.user.get_username()}
            user_login_failed.send(sender=__name__, credentials=credentials, request=context.request)
        return cleaned

    def refuse_locked_out(self) -> None:
        request, credentials = context.request, {"username": self.user.get_username()}
        if settings.AXES_ENABLED and not AxesProxyHandler.is_allowed(request, credentials):
            request.axes_locked_out, request.axes_credentials = True, credentials
            raise ValidationError(_("Too many wrong codes. Try again in a quarter of an hour."))


class OneTimeCode(CountedFailures):
    """A code of the telephone, or a recovery code."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            max_length=20,
            widget=forms.TextInput(attrs=CODE),
            help_text=_("The six digits that your telephone shows now, or one of your recovery codes."),
        )

    def clean_code(self) -> str:
        self.refuse_locked_out()
        code = super().clean_code()
        if self.authenticator.type == Authenticator.Type.TOTP:
            use_up(self.authenticator, code=code)
        return code


def use_up(authenticator: Authenticator, *, code: str) -> None:
    """Remember the time step of a code, in the database: no process takes it, or an earlier one, again.

    allauth's own memory is the cache, and shorter than the time for which a tolerant clock accepts a code.
    Raises ValidationError: it was used.
    """
    with transaction.atomic():
        stored = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        secret = decrypt(stored.data["secret"])
        last = stored.data.get(LAST_COUNTER, 0)
        fresh = [counter for counter in yield_hotp_counters_from_time() if counter > last]
        counter = next((c for c in fresh if _is_code_of(code, secret=secret, counter=c)), None)
        if counter is None:
            raise get_adapter().validation_error("incorrect_code")
        stored.data[LAST_COUNTER] = counter
        stored.save(update_fields=["data"])


def _is_code_of(code: str, *, secret: str, counter: int) -> bool:
    return compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter)))


class CodeForm(OneTimeCode, AuthenticateForm):
    """The second step of signing in."""


class CodeAgainForm(OneTimeCode, ReauthenticateForm):
    """The second factor, asked again of somebody who is signed in."""


class PasskeyAnswer(CountedFailures):
    """What a passkey answered."""

    def clean_credential(self):
        self.refuse_locked_out()
        return super().clean_credential()


class PasskeyForm(PasskeyAnswer, AuthenticateWebAuthnForm):
    """The second step of signing in, with a passkey."""


class PasskeyAgainForm(PasskeyAnswer, ReauthenticateWebAuthnForm):
    """The passkey, asked again of somebody who is signed in."""


class FirstCodeForm(ActivateTOTPForm):
    """The first code of a telephone that is being set up."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code"),
            max_length=20,
            widget=forms.TextInput(attrs=CODE),
            help_text=_("The six digits that your telephone shows now."),
        )


class NewPasskeyForm(AddWebAuthnForm):
    """A passkey that is being set up."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        self.fields["name"].max_length = 80
        self.fields["name"].help_text = _("So that you know it again. For example: “Key on my key ring”.")
