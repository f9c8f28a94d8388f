"""The entries of the menu, and who sees which. What somebody is in the house is asked once for each page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.permissions import page_permission_policy

from approvals.facts import decides_somewhere


@dataclass(frozen=True)
class Standing:
    """What somebody is in the house: administers it, decides on a route (also for another), writes documents."""

    administers: bool
    decides: bool
    writes: bool


def standing_of(request: HttpRequest) -> Standing:
    """What the reader of this page is."""
    if not hasattr(request, "standing_in_the_house"):
        user = request.user
        request.standing_in_the_house = Standing(
            administers=user.is_superuser,
            decides=decides_somewhere(user, now=timezone.now()),
            writes=page_permission_policy.user_has_any_permission(user, {"add", "change"}),
        )
    return request.standing_in_the_house


class ForAdministrators(MenuItem):
    """For system administrators alone."""

    def is_shown(self, request) -> bool:
        return request.user.is_superuser


class ForThoseWhoDecide(MenuItem):
    """For whoever decides, in person or for another, and for system administrators."""

    def is_shown(self, request) -> bool:
        return request.user.is_superuser or standing_of(request).decides


class ForTheHouse(MenuItem):
    """For those who write documents or decide on them, and for system administrators."""

    def is_shown(self, request) -> bool:
        standing = standing_of(request)
        return standing.administers or standing.decides or standing.writes


@hooks.register("register_admin_menu_item")
def waiting_for_me():
    """The inbox, first in the menu."""
    return MenuItem(_("Waiting for me"), reverse("approvals:waiting_for_me"), icon_name="tasks", order=1)


@hooks.register("register_admin_menu_item")
def urgent():
    """What was published urgently and waits to be confirmed."""
    return ForThoseWhoDecide(_("Urgent publications"), reverse("approvals:urgent"), icon_name="warning", order=2)


@hooks.register("register_admin_menu_item")
def languages():
    """Where each language of each document is."""
    return MenuItem(_("Languages"), reverse("approvals:languages"), icon_name="globe", order=3)


@hooks.register("register_admin_menu_item")
def bundles():
    """What becomes public together."""
    return ForTheHouse(_("Bundles"), reverse("approvals:bundles"), icon_name="folder-open-inverse", order=4)


@hooks.register("register_admin_menu_item")
def schedule():
    """What becomes public when."""
    return ForTheHouse(_("Schedule"), reverse("approvals:schedule"), icon_name="calendar-alt", order=5)


@hooks.register("register_admin_menu_item")
def embargoes():
    """What is cleared and closed until its time, and who reads it before."""
    return ForTheHouse(_("Embargoes"), reverse("approvals:embargoes"), icon_name="lock", order=6)


@hooks.register("register_admin_menu_item")
def withdrawals():
    """What is on its way down, and what was closed at once."""
    return ForTheHouse(_("Withdrawals"), reverse("approvals:withdrawals"), icon_name="bin", order=7)


@hooks.register("register_admin_menu_item")
def subscribers():
    """Who outside is told of corrections and withdrawals."""
    return ForThoseWhoDecide(_("Subscribers"), reverse("approvals:subscribers"), icon_name="mail", order=8)


@hooks.register("register_settings_menu_item")
def acting():
    """Who decides in whose place."""
    return ForAdministrators(_("Acting appointments"), reverse("approvals:acting"), icon_name="group", order=650)


@hooks.register("register_settings_menu_item")
def administrators():
    """What takes two administrators."""
    return ForAdministrators(_("Two administrators"), reverse("approvals:administrators"), icon_name="key", order=660)
