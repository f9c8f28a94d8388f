"""New passwords by mail, for those who neither decide nor administer: theirs take two administrators."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import PasswordResetForm as WagtailsForm
from wagtail.admin.views.account import PasswordResetConfirmView

from approvals.accounts import account_of
from cms.refusals import refused

HEADING = _("This password is not changed by mail")
WORDS = _("Who decides on texts, or administers, gets a new password from two administrators. Nothing was changed.")


class PasswordResetForm(WagtailsForm):
    """Asks for the address; says to everybody alike who gets no mail, so that nobody learns whose address it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["email"].help_text = _(
            "No mail goes to those who decide on texts or administer: they get a new password from two administrators."
        )

    def get_users(self, email: str) -> Iterator:
        return (user for user in super().get_users(email) if not account_of(user).is_powerful)


class NewPassword(PasswordResetConfirmView):
    """A mail that was sent before somebody came into office leads nowhere."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        user = self.get_user(kwargs["uidb64"])
        if user is not None and account_of(user).is_powerful:
            return refused(request, heading=HEADING, words=WORDS, status=403)
        return super().dispatch(request, *args, **kwargs)
