"""Where notices show in Wagtail's admin."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from approvals.notices.account import NoticesPanel
from approvals.notices.screens import may_see_notices


class NoticesMenuItem(MenuItem):
    """The list of what was not sent, for administrators."""

    def is_shown(self, request) -> bool:
        return may_see_notices(request.user)


@hooks.register("register_settings_menu_item")
def notices_menu_item():
    """Among the settings."""
    return NoticesMenuItem(_("Notices"), reverse("approvals:notices"), icon_name="mail", order=660)


@hooks.register("register_account_settings_panel")
def notices_panel(request, user, profile):
    """How I want notices."""
    return NoticesPanel(request, user, profile)
