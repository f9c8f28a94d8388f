"""What allauth asks its house: nobody signs up, nothing is mailed, words are ours."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are opened by administrators alone."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _("Too many wrong codes. Try again in a quarter of an hour."),
        "rate_limited": _("Too many wrong codes. Try again in a quarter of an hour."),
        "incorrect_password": _("This is not your password."),
    }

    def is_open_for_signup(self, request) -> bool:
        return False

    def add_message(self, *args, **kwargs) -> None:
        """Our screens say what happened; allauth's sentences are not in all three languages."""

    def get_reauthentication_methods(self, user) -> list[dict]:
        """Who has a second factor is asked for it: the password alone takes no factor off an account."""
        methods = super().get_reauthentication_methods(user)
        return [method for method in methods if method["id"] != "reauthenticate"] or methods

    def send_notification_mail(self, *args, **kwargs) -> None:
        """The ledger records it (approvals.factors); mails go through approvals.notices alone."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """How the house calls itself and its people to telephones and keys."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is wrong, or it was used already. Wait for the next one."),
    }

    def get_totp_issuer(self) -> str:
        return settings.WAGTAIL_SITE_NAME

    def _get_user_identifier(self, user) -> str:
        return user.get_username()

    def generate_authenticator_name(self, user, type) -> str:
        return str(_("Passkey"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The host that passkeys belong to: the editorial address, whatever the request says."""
        host = settings.WEBAUTHN_RP_ID or context.request.get_host().partition(":")[0]
        return {"id": host, "name": settings.WAGTAIL_SITE_NAME}
