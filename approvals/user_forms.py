"""The forms for accounts: what the rules of appointments refuse is said beside its field, before anything is stored."""

from collections.abc import Iterator

from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import DeleteView, UserViewSet

from approvals.accounts import account_of, appointer_now, opens, refuse, stands_on_record
from approvals.appointments import (
    REASONS,
    Refusal,
    may_change_sign_in,
    may_give_office,
    may_make_administrator,
    may_take_office,
)

FIELD_OF_INPUT = {
    "username": "username",
    "password1": "password",
    "email": "email",
    "is_active": "is_active",
    "is_agent": "is_agent",
}
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
        given = may_give_office(appointer, account, groups=wanted - account.groups)
        yield "groups", given or may_take_office(appointer, account, groups=account.groups - wanted)
        administers = self.cleaned_data.get("is_superuser", account.is_superuser)
        if administers != account.is_superuser:
            yield "is_superuser", may_make_administrator(appointer, account, makes=administers)
        is_active, is_agent = (bool(self.cleaned_data.get(name)) for name in ("is_active", "is_agent"))
        for name in sorted(set(FIELD_OF_INPUT) & set(self.changed_data)):
            fields = [FIELD_OF_INPUT[name]]
            is_opened = opens(changed=fields, is_active=is_active, is_agent=is_agent)
            yield name, may_change_sign_in(appointer, account, fields=fields, opens=is_opened)


class AccountCreationForm(AppointmentRules, UserCreationForm):
    """A new account."""

    class Meta(UserCreationForm.Meta):
        fields = {*UserCreationForm.Meta.fields, IS_AGENT}


class AccountEditForm(AppointmentRules, UserEditForm):
    """An account that exists."""

    class Meta(UserEditForm.Meta):
        fields = {*UserEditForm.Meta.fields, IS_AGENT}


class AccountDeletion(DeleteView):
    """Deletes what was never used; what the record names is refused like every other refusal."""

    def delete_action(self):
        if stands_on_record(self.object.pk):
            refuse(Refusal.ON_RECORD)
        return super().delete_action()


class AccountViewSet(UserViewSet):
    """Wagtail's screens for accounts."""

    delete_view_class = AccountDeletion

    def get_form_class(self, for_update: bool = False):
        return AccountEditForm if for_update else AccountCreationForm
