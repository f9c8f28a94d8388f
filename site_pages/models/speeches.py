"""Speeches: what a person said or is to say."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel

from site_pages.models.base import DocumentPage, document_edit_handler
from site_pages.models.vocabularies import Person, Place
from site_pages.requirements import Issue, missing, photo_issues


class SpeechPage(DocumentPage):
    """One speech, message or article, with the kind of text that it is."""

    class SpeechType(models.TextChoices):
        TRANSCRIPT = "transcript", _("Transcript as delivered")
        DRAFT_TEXT = "draft_text", _("Draft text, may differ")
        SPEAKING_NOTES = "speaking_notes", _("Speaking notes")
        WRITTEN_STATEMENT = "written_statement", _("Written statement")
        AUTHORED_ARTICLE = "authored_article", _("Authored article")

    document_type = "speech"

    speech_type = models.CharField(
        _("kind of text"), max_length=20, choices=SpeechType.choices, default=SpeechType.TRANSCRIPT
    )
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    location = models.ForeignKey(
        Place, verbose_name=_("place"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    speaker = models.ForeignKey(
        Person, verbose_name=_("speaker"), null=True, blank=True, on_delete=models.PROTECT, related_name="speeches"
    )
    speaker_name = models.CharField(_("speaker not in the register"), max_length=255, blank=True)
    occasion = models.CharField(_("occasion"), max_length=255, blank=True)
    audience = models.CharField(_("audience"), max_length=255, blank=True)
    original_language = models.CharField(
        _("language in which it was spoken"),
        max_length=12,
        choices=[("ky", "Кыргызча"), ("ru", "Русский"), ("en", "English")],
        default="ky",
    )
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("photograph"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    is_creatable = True
    parent_page_types = ["site_pages.SectionPage"]
    type_panels = [
        FieldRowPanel([FieldPanel("speech_type"), FieldPanel("delivered_on"), FieldPanel("location")]),
        FieldRowPanel([FieldPanel("speaker"), FieldPanel("speaker_name")]),
        FieldRowPanel([FieldPanel("occasion"), FieldPanel("audience"), FieldPanel("original_language")]),
        FieldPanel("image"),
    ]

    class Meta:
        verbose_name = _("speech")
        verbose_name_plural = _("speeches")

    def type_requirements(self) -> list[Issue]:
        issues = list(missing(self, "delivered_on"))
        if self.speaker_id is None:
            issues += missing(self, "speaker_name")
        if self.image_id:
            issues += photo_issues([(self.image, "")], locale=self.locale_code, field="image")
        return issues


SpeechPage.edit_handler = document_edit_handler(SpeechPage)
