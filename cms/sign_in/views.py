"""The screens of signing in, and of one's own second factor. allauth's views, in the admin's looks and words."""

from allauth.account import views as account_views
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.mfa.base import views as mfa_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as code_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as passkey_views
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin.views.account import AccountView, LoginView

from approvals import second_factor
from approvals.accounts import account_of
from approvals.appointments import REASONS, Refusal
from cms.sign_in.forms import use_up

MINE = reverse_lazy("mfa_index")


@method_decorator([never_cache, sensitive_post_parameters("password")], name="dispatch")
class SignIn(LoginView):
    """The first step: the password. Nobody is signed in before the second, where the account has one."""

    def form_valid(self, form) -> HttpResponse:
        # A session that somebody else left open, or slipped under, ends here.
        logout(self.request)
        user = form.get_user()
        self.request.session.set_expiry(settings.SESSION_COOKIE_AGE if form.cleaned_data.get("remember") else 0)
        login = Login(user=user, redirect_url=self.get_success_url())
        return perform_password_login(self.request, {"username": user.get_username()}, login)


@method_decorator(sensitive_post_parameters("code", "credential"), name="dispatch")
class SecondStep(mfa_views.AuthenticateView):
    """The second step: a code of the telephone, a recovery code or a passkey."""

    template_name = "cms/sign_in/code.html"

    def get_context_data(self, **kwargs) -> dict:
        types = set(Authenticator.objects.filter(user=self.stage.login.user).values_list("type", flat=True))
        return {
            **super().get_context_data(**kwargs),
            "has_codes": bool(types - {Authenticator.Type.WEBAUTHN}),
            "has_passkeys": Authenticator.Type.WEBAUTHN in types,
        }


class InTheAdmin:
    """The title and icon of a screen."""

    title = _("Second factor")

    def get_context_data(self, **kwargs) -> dict:
        context = super().get_context_data(**kwargs)
        return {**context, "page_title": self.title, "header_title": self.title, "header_icon": "key"}


class Mine(InTheAdmin, mfa_views.IndexView):
    """What second factors one has."""

    template_name = "cms/sign_in/mine.html"


@method_decorator([never_cache, sensitive_post_parameters("code")], name="dispatch")
class SetUpTelephone(InTheAdmin, totp_views.ActivateTOTPView):
    """A new telephone: its picture to photograph, and its first code."""

    template_name = "cms/sign_in/telephone.html"

    def form_valid(self, form) -> HttpResponse:
        response = super().form_valid(form)
        telephone = Authenticator.objects.get(user=self.request.user, type=Authenticator.Type.TOTP)
        use_up(telephone, code=form.cleaned_data["code"])
        messages.success(self.request, _("The telephone is set up. From now on it is asked for when you sign in."))
        return response


class RemoveTelephone(InTheAdmin, totp_views.DeactivateTOTPView):
    """Taking a telephone off one's account."""

    template_name = "cms/sign_in/remove.html"


@method_decorator(sensitive_post_parameters("credential"), name="dispatch")
class AddPasskey(InTheAdmin, passkey_views.AddWebAuthnView):
    """A new passkey."""

    template_name = "cms/sign_in/passkey.html"

    def form_valid(self, form) -> HttpResponse:
        messages.success(self.request, _("The passkey is set up. From now on it is asked for when you sign in."))
        return super().form_valid(form)


class RemovePasskey(InTheAdmin, passkey_views.RemoveWebAuthnView):
    """Taking a passkey off one's account."""

    template_name = "cms/sign_in/remove.html"
    success_url = MINE


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(InTheAdmin, code_views.ViewRecoveryCodesView):
    """The recovery codes, shown once."""

    title = _("Recovery codes")
    template_name = "cms/sign_in/recovery_codes.html"


class NewRecoveryCodes(InTheAdmin, code_views.GenerateRecoveryCodesView):
    """Other recovery codes in the place of the old ones."""

    title = _("Recovery codes")
    template_name = "cms/sign_in/new_recovery_codes.html"


class Again(InTheAdmin):
    """Asked again of somebody who is signed in, before something that matters."""

    title = _("Is it you?")
    template_name = "cms/sign_in/again.html"


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class PasswordAgain(Again, account_views.ReauthenticateView):
    """The password, asked again."""

    def get_form(self, form_class=None):
        form = super().get_form(form_class)
        attributes = {"autocomplete": "current-password", "autofocus": True}
        form.fields["password"].label = _("Password")
        form.fields["password"].widget = forms.PasswordInput(attrs=attributes)
        return form


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class CodeAgain(Again, mfa_views.ReauthenticateView):
    """A code, asked again."""


@method_decorator(sensitive_post_parameters("credential"), name="dispatch")
class PasskeyAgain(Again, passkey_views.ReauthenticateWebAuthnView):
    """The passkey, asked again."""

    def form_invalid(self, form) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form))


class Account(AccountView):
    """One's own account. Who decides or administers changes the password with the second factor only."""

    def post(self, request: HttpRequest) -> HttpResponse:
        changes_password = request.POST.get("password-new_password1")
        if changes_password and account_of(request.user).is_powerful and not second_factor.suffices(request.user):
            messages.error(request, str(REASONS[Refusal.NO_SECOND_FACTOR]))
            return redirect(MINE)
        return super().post(request)


account = second_factor.asked(Account.as_view())
