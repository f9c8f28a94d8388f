"""Wagtail's app for accounts, told to use our forms."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersConfig(WagtailUsersAppConfig):
    user_viewset = "approvals.user_forms.AccountViewSet"
