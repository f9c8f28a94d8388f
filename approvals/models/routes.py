"""The route: the ordered steps that a type of document must pass. Data, installed by `install_routes`."""

from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Workflow

from approvals.models.tasks import SignOffTask
from approvals.stages import Stage


class Route(models.Model):
    """The way of one type of document to publication."""

    document_type = models.CharField(_("type of document"), max_length=20, unique=True)
    workflow = models.OneToOneField(Workflow, on_delete=models.PROTECT, related_name="route")

    class Meta:
        verbose_name = _("route")
        verbose_name_plural = _("routes")

    def __str__(self):
        return self.document_type


class RouteStep(models.Model):
    """One place on a route and the group that decides there."""

    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="steps")
    order = models.PositiveSmallIntegerField(_("order"))
    key = models.SlugField(_("key"), max_length=40)
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="route_steps", verbose_name=_("group"))
    task = models.OneToOneField(SignOffTask, on_delete=models.PROTECT, related_name="step")
    stage = models.CharField(_("stage"), max_length=30, choices=Stage.choices)
    label_ky = models.CharField(_("label in Kyrgyz"), max_length=120)
    label_ru = models.CharField(_("label in Russian"), max_length=120)
    label_en = models.CharField(_("label in English"), max_length=120)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(fields=["route", "order"], name="one_step_per_place_on_a_route"),
            models.UniqueConstraint(fields=["route", "key"], name="one_step_per_key_on_a_route"),
        ]

    def __str__(self):
        return self.label_ky

    def label_in(self, language: str) -> str:
        """The step's name in one interface language; Kyrgyz for a language that the office does not use."""
        return getattr(self, f"label_{language[:2]}", self.label_ky)
