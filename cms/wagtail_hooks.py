"""What the house changes in Wagtail's admin: our help for its own, one's second factor, the public side."""

from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from cms.help import urls as our_help
from cms.public_side import urls as public_side
from cms.sign_in import urls as sign_in
from frontend_api.record import is_administrator

# Pages about Wagtail, in English, on another site.
FOREIGN = ("whats-new-in-wagtail", "editor-guide")


@hooks.register("construct_help_menu")
def only_our_help(request, menu_items):
    """Leave out what leads to Wagtail's own pages."""
    menu_items[:] = [item for item in menu_items if not item.name.startswith(FOREIGN)]


@hooks.register("register_admin_urls")
def help_addresses():
    """The help for each role."""
    return [path("help/", include(our_help, namespace="help"))]


@hooks.register("register_help_menu_item")
def help_menu_item():
    """For everybody who signs in."""
    return MenuItem(_("Help for your role"), reverse_lazy("help:own"), name="our-help", icon_name="help", order=10)


@hooks.register("register_admin_urls")
def second_factor_addresses():
    """One's own second factor, behind the sign-in."""
    return [path("second-factor/", include(sign_in.rooms))]


@hooks.register("register_admin_menu_item")
def second_factor_menu_item():
    """For everybody who signs in."""
    return MenuItem(_("Second factor"), reverse_lazy("mfa_index"), name="second-factor", icon_name="key", order=950)


@hooks.register("register_admin_urls")
def public_side_addresses():
    """Deliveries, webhooks and canaries."""
    return [path("public-side/", include(public_side, namespace="public_side"))]


class PublicSideMenuItem(MenuItem):
    """For whom its screens exist."""

    def is_shown(self, request) -> bool:
        return is_administrator(request.user)


@hooks.register("register_settings_menu_item")
def public_side_menu_item():
    """What system administrators look after."""
    deliveries = reverse_lazy("public_side:deliveries")
    return PublicSideMenuItem(_("Public side"), deliveries, name="public-side", icon_name="upload", order=670)
