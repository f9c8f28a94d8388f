"""Screens of the two tables by which deadlines are counted: moved days, and times of steps."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies.base import BasePermissionPolicy

from approvals.models import CalendarDay, StepTime
from site_pages.models import DOCUMENT_TYPES


class AdministratorsOnly(BasePermissionPolicy):
    """System administrators may do everything, and nobody else anything, whatever a group was given."""

    def user_has_permission(self, user, action):
        return user.is_active and user.is_superuser

    def users_with_any_permission(self, actions):
        return get_user_model().objects.filter(is_active=True, is_superuser=True)


class DeadlineTable(ModelViewSet):
    """One of the two tables, under the settings."""

    add_to_settings_menu = True
    copy_view_enabled = False

    @property
    def permission_policy(self):
        return AdministratorsOnly(self.model)

    def register_permissions(self):
        """Leave the rights out of the form of groups: no group is to have them."""


class CalendarDays(DeadlineTable):
    """Days that were moved; a change counts every open deadline anew."""

    model = CalendarDay
    menu_label = _("Moved days")
    menu_order = 660
    icon = "calendar"
    panels = [FieldPanel("day"), FieldPanel("is_working"), FieldPanel("note")]
    list_display = ("day", "is_working", "note")
    ordering = ("-day",)


class StepTimes(DeadlineTable):
    """How long steps may take; a step that runs keeps the time with which it began."""

    model = StepTime
    menu_label = _("Times of steps")
    menu_order = 661
    icon = "time"
    panels = [
        FieldPanel(
            "document_type",
            widget=forms.Select(choices=[(kind, model._meta.verbose_name) for kind, model in DOCUMENT_TYPES.items()]),
        ),
        FieldPanel("step_order"),
        FieldPanel("urgency"),
        FieldPanel("working_minutes"),
        FieldPanel("remind_before_minutes"),
    ]
    list_display = ("document_type", "step_order", "urgency", "working_minutes", "remind_before_minutes")
    ordering = ("document_type", "step_order", "urgency")
