"""Where clearance shows in Wagtail's admin."""

from django.contrib import messages
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import include, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component

from approvals import (
    menu,  # noqa: F401 registers itself
    urls,
)
from approvals.deadline_tables import CalendarDays, StepTimes
from approvals.desk import desk_of
from approvals.notices import hooks as notice_hooks  # noqa: F401 registers itself
from approvals.queue import inbox_of
from approvals.schedule_alarms import alarms_for
from site_pages import gatekeeping
from site_pages.languages import KYRGYZ
from site_pages.models import DocumentPage, SectionPage

HIDDEN_VERBS = (
    "action-publish",
    "action-unpublish",
    "action-page-lock",
    "action-page-unlock",
    "action-workflow-menu",
    "action-restart-workflow",
)


@hooks.register("register_admin_urls")
def clearance_addresses():
    """The screens live under the admin and its sign-in."""
    return [path("approvals/", include(urls, namespace="approvals"))]


@hooks.register("insert_global_admin_css")
def our_style():
    """What our screens share, so that they can be read on a telephone."""
    return format_html('<link rel="stylesheet" href="{}">', static("approvals/screens.css"))


@hooks.register("register_admin_viewset")
def deadline_tables():
    """By what deadlines are counted, for system administrators."""
    return [CalendarDays("calendar_days"), StepTimes("step_times")]


class WaitingPanel(Component):
    """What waits for the signed-in person, on the start page."""

    order = 50

    def render_html(self, parent_context):
        request = parent_context["request"]
        inbox = inbox_of(user_id=request.user.pk, now=timezone.now())
        items = inbox.waiting
        context = {"items": items[:10], "count": len(items), "withdrawals": inbox.withdrawals[:10]}
        return render_to_string("approvals/waiting_panel.html", context, request=request)


class AlarmPanel(Component):
    """What is due and not ready, for those who were told of it; nothing for anybody else."""

    order = 40

    def render_html(self, parent_context):
        request = parent_context["request"]
        alarms = alarms_for(request.user, now=timezone.now())
        return render_to_string("approvals/alarm_panel.html", {"alarms": alarms}, request=request) if alarms else ""


class DeskPanel(Component):
    """What the signed-in person is writing, and the ways to begin something new."""

    order = 60

    def render_html(self, parent_context):
        request = parent_context["request"]
        context = {"items": desk_of(user=request.user), "kinds": list(_kinds_to_begin(request.user))}
        return render_to_string("approvals/desk_panel.html", context, request=request)


def _kinds_to_begin(user):
    """The types of document that the user may begin, in the state language: the other languages translate it."""
    for section in SectionPage.objects.filter(locale__language_code=KYRGYZ).order_by("path"):
        if section.permissions_for_user(user).can_add_subpage():
            model = next(model for model in section.allowed_subpage_models() if model.document_type == section.kind)
            place = (model._meta.app_label, model._meta.model_name, section.pk)
            yield {"label": model._meta.verbose_name, "url": reverse("wagtailadmin_pages:add", args=place)}


# Wagtail's own panels tell another story than ours: internal names of steps, and “Draft” for what was returned.
WAGTAILS_PANELS = (
    "WorkflowObjectsToModeratePanel",
    "UserObjectsInWorkflowModerationPanel",
    "LockedPagesPanel",
    "RecentEditsPanel",
)


@hooks.register("construct_homepage_panels")
def our_panels(request, panels):
    """The inbox and the desk on the start page."""
    panels[:] = [panel for panel in panels if type(panel).__name__ not in WAGTAILS_PANELS]
    panels += [AlarmPanel(), WaitingPanel(), DeskPanel()]


class ClearanceMenuItem(ActionMenuItem):
    """From the editor to the document's clearance; shown also while the text is locked."""

    label = _("Text, changes and decision")
    name = "action-clearance"
    icon_name = "tasks"

    def is_shown(self, context):
        return context["view"] == "edit" and isinstance(context["page"], DocumentPage)

    def get_url(self, parent_context):
        return reverse("approvals:document", args=[parent_context["page"].pk])


@hooks.register("register_page_action_menu_item")
def clearance_menu_item():
    """The way from the editor to the decision screen."""
    return ClearanceMenuItem(order=5)


WORDS = {"action-submit": _("Submit for clearance"), "action-cancel-workflow": _("Recall from clearance")}


class InOurWords(ActionMenuItem):
    """One of Wagtail's verbs, called as the office calls it. Wagtail would show the workflow's internal name."""

    def __init__(self, wagtails: ActionMenuItem):
        super().__init__(order=wagtails.order)
        self.name, self.icon_name, self.label = wagtails.name, wagtails.icon_name, WORDS[wagtails.name]


@hooks.register("construct_page_action_menu")
def only_our_verbs(menu_items, request, context):
    """Nobody publishes, locks or skips a step from the editor; the gate refuses it too, this hides it."""
    kept = [item for item in menu_items if item.name not in HIDDEN_VERBS]
    menu_items[:] = [InOurWords(item) if item.name in WORDS else item for item in kept]


@hooks.register("before_delete_page")
def say_why_it_stays(request, page):
    """Wagtail would only say that it is not permitted."""
    below = DocumentPage.objects.descendant_of(page, inclusive=True).select_related("locale")
    if any(gatekeeping.is_in_bundle(document) for document in below):
        messages.error(request, gatekeeping.IN_A_BUNDLE)
        return redirect("wagtailadmin_explore", page.get_parent().pk)
    return None
