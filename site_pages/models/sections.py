"""The shelves on which documents stand: one home for each language, one section for each type."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from site_pages import gatekeeping
from site_pages.permissions import ShelfPermissionTester


class Shelf(Page):
    """A page that holds documents and has no public text of its own."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user):
        return ShelfPermissionTester(user, self)


class HomePage(Shelf):
    """The root of one language's tree."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["site_pages.SectionPage"]
    preview_modes = []

    class Meta:
        verbose_name = _("home")


class SectionPage(Shelf):
    """All documents of one type in one language."""

    class Kind(models.TextChoices):
        RELEASES = "release", _("Press releases")
        SPEECHES = "speech", _("Speeches")
        DECREES = "decree", _("Decrees and orders")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)

    parent_page_types = ["site_pages.HomePage"]
    subpage_types = ["site_pages.PressReleasePage", "site_pages.SpeechPage", "site_pages.DecreePage"]
    content_panels = [*Page.content_panels, FieldPanel("kind", read_only=True)]
    preview_modes = []

    class Meta:
        verbose_name = _("section")

    @property
    def document_type(self) -> str:
        """The type of the documents that stand here."""
        return self.kind

    def get_workflow(self):
        """The route of its documents, so that a new one can be submitted at once."""
        return gatekeeping.workflow_for(self)

    @property
    def has_workflow(self) -> bool:
        """Whether its documents can be submitted. Wagtail would look for a workflow of the place in the tree."""
        return self.get_workflow() is not None
