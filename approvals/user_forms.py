"""The forms for accounts: what the rules of appointments refuse is said beside its field, before anything is stored."""

from collections.abc import Iterator

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet

from approvals.accounts import account_of, appointer_now
from approvals.appointments import REASONS, Refusal, may_appoint, may_change_sign_in, may_make_administrator

SIGN_IN_INPUTS = ("username", "password1", "email", "is_active", "is_agent")
IS_AGENT = "is_agent"


class AppointmentRules:
    """Adds the refusals to a form of Wagtail's for accounts."""

    def clean(self):
        cleaned = super().clean()
        for field, refusal in list(self._refusals()):
            if refusal is not None:
                self.add_error(field, str(REASONS[refusal]))
        return cleaned

    def _refusals(self) -> Iterator[tuple[str, Refusal | None]]:
        appointer, account = appointer_now(), account_of(self.instance)
        wanted = {group.name for group in self.cleaned_data.get("groups", ())}
        yield "groups", may_appoint(appointer, account, groups=wanted ^ account.groups)
        if self.cleaned_data.get("is_superuser", account.is_superuser) != account.is_superuser:
            yield "is_superuser", may_make_administrator(appointer, account)
        for field in set(SIGN_IN_INPUTS) & set(self.changed_data):
            yield field, may_change_sign_in(appointer, account)


class AccountCreationForm(AppointmentRules, UserCreationForm):
    """A new account."""

    class Meta(UserCreationForm.Meta):
        fields = {*UserCreationForm.Meta.fields, IS_AGENT}


class AccountEditForm(AppointmentRules, UserEditForm):
    """An account that exists."""

    class Meta(UserEditForm.Meta):
        fields = {*UserEditForm.Meta.fields, IS_AGENT}


class AccountViewSet(UserViewSet):
    """Wagtail's screens for accounts."""

    def get_form_class(self, for_update: bool = False):
        return AccountEditForm if for_update else AccountCreationForm
