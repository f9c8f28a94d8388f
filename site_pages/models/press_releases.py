"""Press releases, news, statements, advisories, congratulations and condolences."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField

from site_pages.blocks import INLINE
from site_pages.models.base import DocumentPage, document_edit_handler
from site_pages.models.vocabularies import Place
from site_pages.requirements import Issue, missing, photo_issues


class PressReleasePage(DocumentPage):
    """What the department gives to the media."""

    class Subtype(models.TextChoices):
        PRESS_RELEASE = "press_release", _("Press release")
        NEWS = "news", _("News")
        STATEMENT = "statement", _("Statement")
        ADVISORY = "advisory", _("Advisory")
        CONGRATULATION = "congratulation", _("Congratulation")
        CONDOLENCE = "condolence", _("Condolence")

    document_type = "release"

    subtype = models.CharField(
        _("kind of release"), max_length=20, choices=Subtype.choices, default=Subtype.PRESS_RELEASE
    )
    release_date = models.DateField(_("date of release"), null=True, blank=True)
    dateline_place = models.ForeignKey(
        Place, verbose_name=_("dateline place"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lead = models.TextField(_("lead"), blank=True, help_text=_("The first paragraph: who, what, where, when."))
    addressee = models.CharField(
        _("addressee"), max_length=255, blank=True, help_text=_("For congratulations and condolences.")
    )
    image = models.ForeignKey(
        settings.WAGTAILIMAGES_IMAGE_MODEL,
        verbose_name=_("photograph"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    notes_to_editors = RichTextField(_("notes to editors"), blank=True, features=INLINE)
    contact_name = models.CharField(_("press contact"), max_length=255, blank=True)
    contact_phone = models.CharField(_("telephone"), max_length=60, blank=True)
    contact_email = models.EmailField(_("e-mail"), blank=True)
    act = models.ForeignKey(
        "site_pages.DecreePage",
        verbose_name=_("act that it is about"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    is_creatable = True
    parent_page_types = ["site_pages.SectionPage"]
    type_panels = [
        FieldRowPanel([FieldPanel("subtype"), FieldPanel("release_date"), FieldPanel("dateline_place")]),
        FieldPanel("addressee"),
        FieldPanel("lead"),
        FieldPanel("image"),
    ]
    common_panels = [
        *DocumentPage.common_panels,
        FieldPanel("notes_to_editors"),
        MultiFieldPanel(
            [FieldPanel("contact_name"), FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")])],
            heading=_("Press contact"),
        ),
    ]
    relation_panels = [*DocumentPage.relation_panels, FieldPanel("act")]

    class Meta:
        verbose_name = _("press release")
        verbose_name_plural = _("press releases")

    def type_requirements(self) -> list[Issue]:
        issues = list(missing(self, "release_date", "lead"))
        if self.image_id:
            issues += photo_issues([(self.image, "")], locale=self.locale_code, field="image")
        if self.subtype in (self.Subtype.CONGRATULATION, self.Subtype.CONDOLENCE):
            issues += missing(self, "addressee")
        return issues


PressReleasePage.edit_handler = document_edit_handler(PressReleasePage)
