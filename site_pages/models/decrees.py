"""Decrees and orders: legal acts of the President."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from site_pages.models.base import DocumentPage, document_edit_handler
from site_pages.models.vocabularies import ActType, Person, Place
from site_pages.official_dates import citation
from site_pages.requirements import Issue, act_number_issues, missing, original_issues


class DecreePage(DocumentPage):
    """One act, in one language. The product publishes signed acts; it does not adopt them."""

    class EffectRule(models.TextChoices):
        ON_SIGNING = "on_signing", _("On signing")
        ON_PUBLICATION = "on_publication", _("On official publication")
        DAYS_AFTER_PUBLICATION = "days_after_publication", _("A number of days after official publication")
        FIXED_DATE = "fixed_date", _("On a fixed date")
        OTHER = "other", _("Otherwise, see the text")

    class Status(models.TextChoices):
        NOT_YET_IN_FORCE = "not_yet_in_force", _("Not yet in force")
        IN_FORCE = "in_force", _("In force")
        IN_FORCE_IN_PART = "in_force_in_part", _("In force in part")
        SUSPENDED = "suspended", _("Suspended")
        REPEALED = "repealed", _("Repealed")
        EXPIRED = "expired", _("Expired")

    document_type = "decree"
    original_leads = True

    act_type = models.ForeignKey(
        ActType, verbose_name=_("type of act"), null=True, blank=True, on_delete=models.PROTECT
    )
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, validators=[MinValueValidator(1)])
    number_suffix = models.CharField(_("letter after the number"), max_length=10, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    signed_place = models.ForeignKey(
        Place, verbose_name=_("place of signing"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    signatory = models.ForeignKey(
        Person, verbose_name=_("signatory"), null=True, blank=True, on_delete=models.PROTECT, related_name="signed_acts"
    )
    signatory_is_acting = models.BooleanField(_("signed as acting"), default=False)
    adopting_body = models.CharField(_("adopting body"), max_length=255, blank=True)
    is_normative = models.BooleanField(_("normative"), default=False)
    effect_rule = models.CharField(
        _("enters into force"), max_length=30, choices=EffectRule.choices, default=EffectRule.ON_SIGNING
    )
    effect_days = models.PositiveIntegerField(_("days after publication"), null=True, blank=True)
    effective_on = models.DateField(_("in force from"), null=True, blank=True)
    expires_on = models.DateField(_("in force until"), null=True, blank=True)
    status = models.CharField(_("legal status"), max_length=20, choices=Status.choices, default=Status.IN_FORCE)
    registry_code = models.CharField(_("code in the state registry"), max_length=40, blank=True)
    registry_edition = models.CharField(_("edition in the state registry"), max_length=40, blank=True)
    signed_scan = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL,
        verbose_name=_("signed scan"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    authentic_language = models.CharField(
        _("language of the authentic text"),
        max_length=12,
        choices=[("ky", "Кыргызча"), ("ru", "Русский")],
        default="ky",
    )
    disclaimer = models.CharField(_("disclaimer"), max_length=500, blank=True)

    is_creatable = True
    parent_page_types = ["site_pages.SectionPage"]
    type_panels = [
        FieldRowPanel([FieldPanel("act_type"), FieldPanel("number"), FieldPanel("number_suffix")]),
        FieldRowPanel([FieldPanel("signed_on"), FieldPanel("signed_place")]),
        FieldRowPanel([FieldPanel("signatory"), FieldPanel("signatory_is_acting")]),
        FieldRowPanel([FieldPanel("adopting_body"), FieldPanel("is_normative")]),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("effect_rule"), FieldPanel("effect_days")]),
                FieldRowPanel([FieldPanel("effective_on"), FieldPanel("expires_on"), FieldPanel("status")]),
            ],
            heading=_("Force"),
        ),
    ]
    relation_panels = [
        FieldPanel("signed_scan"),
        InlinePanel("annexes", label=_("Annexes")),
        InlinePanel("official_publications", label=_("Official publications")),
        InlinePanel("relations", label=_("Relations to other acts")),
        FieldRowPanel([FieldPanel("registry_code"), FieldPanel("registry_edition")]),
        *DocumentPage.relation_panels,
    ]
    publication_panels = [
        *DocumentPage.publication_panels,
        FieldRowPanel([FieldPanel("authentic_language"), FieldPanel("disclaimer")]),
    ]

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")

    @property
    def number_label(self) -> str:
        """The number as it is written, with its suffix: "261" or "261-а"."""
        return f"{self.number}-{self.number_suffix}" if self.number_suffix else str(self.number)

    def citation(self) -> str:
        """How other texts name this act, in its own language."""
        word = self.act_type.citation_word(self.locale_code)
        return citation(word=word, number=self.number_label, signed_on=self.signed_on, locale=self.locale_code)

    def type_requirements(self) -> list[Issue]:
        issues = list(missing(self, "act_type", "number", "signed_on", "signatory"))
        if self.effect_rule == self.EffectRule.DAYS_AFTER_PUBLICATION:
            issues += missing(self, "effect_days")
        if self.effect_rule == self.EffectRule.FIXED_DATE:
            issues += missing(self, "effective_on")
        return [*issues, *act_number_issues(self), *original_issues(self)]


class ActAnnex(Orderable):
    """One annex of an act."""

    page = ParentalKey(DecreePage, on_delete=models.CASCADE, related_name="annexes")
    file = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    title = models.CharField(_("title"), max_length=255, blank=True)


class OfficialPublication(Orderable):
    """Where and when an act was officially published."""

    page = ParentalKey(DecreePage, on_delete=models.CASCADE, related_name="official_publications")
    source = models.CharField(_("source"), max_length=255, help_text=_("For example: Эркин Тоо"))
    published_on = models.DateField(_("date"))
    issue = models.CharField(_("issue"), max_length=60, blank=True)
    url = models.URLField(_("address"), blank=True)


class ActRelation(Orderable):
    """What an act does to another act: inside this archive, or by citation."""

    class Kind(models.TextChoices):
        AMENDS = "amends", _("Amends")
        REPEALS = "repeals", _("Repeals")
        IMPLEMENTS = "implements", _("Implements")
        CORRECTS = "corrects", _("Corrects")
        BASED_ON = "based_on", _("Based on")

    page = ParentalKey(DecreePage, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(_("relation"), max_length=20, choices=Kind.choices)
    target = models.ForeignKey(
        DecreePage, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("act")
    )
    citation = models.CharField(_("citation"), max_length=500, blank=True)
    target_registry_code = models.CharField(_("code in the state registry"), max_length=40, blank=True)
    url = models.URLField(_("address"), blank=True)
    points = models.CharField(_("points concerned"), max_length=255, blank=True)


DecreePage.edit_handler = document_edit_handler(DecreePage)
