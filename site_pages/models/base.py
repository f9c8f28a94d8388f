"""What all documents have in common."""

from dataclasses import replace

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.fields import StreamField
from wagtail.models import Orderable, Page

from site_pages import corrections, gatekeeping
from site_pages.access import library, rules
from site_pages.blocks import BodyBlock
from site_pages.forms import DocumentPageForm
from site_pages.locks import ClearanceLock
from site_pages.lost_names import Lost, without_the_lost
from site_pages.models.urgency import Urgency
from site_pages.models.vocabularies import Department, Person, Place, Topic
from site_pages.panels import StandingPanel
from site_pages.permissions import DocumentPermissionTester
from site_pages.requirements import Issue, body_issues, lost_issues, missing, slug_issues
from site_pages.romanisation import slug_of

PREVIEW = "site_pages/preview.html"
NOTE_HELP = _(
    "Everybody can read it beside the text, for good. For example: “The number of pupils was wrong: it is 400.” "
    "A major change needs one; a minor change without one is told in a standing sentence."
)


class DocumentPage(Page):
    """One text in one language, known by (`content_id`, `locale`); the types of document build on it."""

    class TextRole(models.TextChoices):
        ORIGINAL = "original", _("Original")
        OFFICIAL_TRANSLATION = "official_translation", _("Official translation")
        UNOFFICIAL_TRANSLATION = "unofficial_translation", _("Unofficial translation")

    class UpdateType(models.TextChoices):
        MAJOR = "major", _("Major: readers are told")
        MINOR = "minor", _("Minor: a misprint, a link")

    document_type = ""
    # Set by the editor's form: the person who saves it becomes the owner of a limited document.
    limit_access = False
    # Whether a translation never becomes public before the Kyrgyz text.
    original_leads = False
    # What the version that it was read from names and is not there any more.
    lost: tuple[Lost, ...] = ()

    summary = models.TextField(
        _("summary"), blank=True, max_length=500, help_text=_("One or two sentences for lists and search results.")
    )
    text_role = models.CharField(_("role of this text"), max_length=30, choices=TextRole.choices, blank=True)
    update_type = models.CharField(
        _("kind of change"), max_length=10, choices=UpdateType.choices, default=UpdateType.MAJOR
    )
    change_note = models.CharField(_("public note on the change"), max_length=500, blank=True)
    urgency = models.CharField(
        _("urgency"),
        max_length=10,
        choices=Urgency.choices,
        default=Urgency.NORMAL,
        help_text=_("How soon each step has to decide. Readers do not see it. It skips no step."),
    )
    body = StreamField(BodyBlock(), verbose_name=_("text"), blank=True)
    department = models.ForeignKey(
        Department, verbose_name=_("department"), null=True, blank=True, on_delete=models.PROTECT
    )
    topics = ParentalManyToManyField(Topic, verbose_name=_("topics"), blank=True, related_name="documents")
    people = ParentalManyToManyField(Person, verbose_name=_("people"), blank=True, related_name="documents")
    places = ParentalManyToManyField(Place, verbose_name=_("places"), blank=True, related_name="documents")

    is_creatable = False
    base_form_class = DocumentPageForm
    subpage_types: list[str] = []
    # A translation has a role of its own, and what changed in one text did not change in the other.
    exclude_fields_in_copy = ["text_role", "change_note", "update_type", "urgency"]

    type_panels: list = []
    common_panels = [
        FieldPanel("summary"),
        FieldPanel("body"),
    ]
    relation_panels = [
        FieldPanel("topics"),
        FieldPanel("people"),
        FieldPanel("places"),
        FieldPanel("department"),
        InlinePanel("related_documents", label=_("Related documents")),
        InlinePanel("attachments", label=_("Attachments")),
    ]
    publication_panels = [
        FieldPanel("slug"),
        FieldPanel("text_role"),
        MultiFieldPanel(
            [FieldPanel("update_type"), FieldPanel("change_note", help_text=NOTE_HELP)],
            heading=_("When it changes a published text"),
        ),
        FieldPanel("go_live_at"),
        FieldPanel(
            "expire_at",
            heading=_("End"),
            help_text=_("From this moment nobody can read it. Leave it empty for most. For example: 31.12.2026 18:00."),
        ),
        FieldPanel("urgency"),
    ]

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __init__(self, *args, **kwargs):
        if not args:
            kwargs.setdefault("live", False)  # Wagtail's default is to be public
        super().__init__(*args, **kwargs)

    @classmethod
    def from_serializable_data(cls, data, check_fks=True, strict_fks=False):
        """The document as a version holds it. It opens too when what it names is gone; `gaps` says so."""
        try:
            return super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)
        except Exception as error:
            kept, lost = without_the_lost(cls, data) if type(error) is Exception else (data, ())
            if not lost:
                raise
        page = super().from_serializable_data(kept, check_fks=check_fks, strict_fks=strict_fks)
        page.lost = lost
        return page

    @property
    def content_id(self):
        """What the translations of one document share (a UUID)."""
        return self.translation_key

    @property
    def locale_code(self) -> str:
        """The language of this text: ky, ru or en."""
        return self.locale.language_code

    def gaps(self) -> list[Issue]:
        """Without what the document has no public form; empty when nothing is missing."""
        lacking = (*lost_issues(self), *missing(self, "title", "summary"), *body_issues(self))
        return [*lacking, *self.type_requirements()]

    def requirements(self, *, is_changing: bool = False) -> list[Issue]:
        """What the document lacks before it may be submitted; empty when nothing.

        is_changing: it is about to be changed in a way that it does not show yet.
        """
        correction = gatekeeping.correction_of(self)
        if correction and is_changing:
            correction = replace(correction, is_change=True)
        notice = corrections.issues(correction=correction, update_type=self.update_type, note=self.change_note)
        return [*self.gaps(), *slug_issues(self), *notice]

    def type_requirements(self) -> list[Issue]:
        """What this type of document needs besides."""
        return []

    @property
    def is_access_limited(self) -> bool:
        """Whether only named people may know of the document."""
        return rules.limit_of(self.content_id) is not None

    def permissions_for_user(self, user):
        return DocumentPermissionTester(user, self)

    def get_workflow(self):
        """The route belongs to the type of document, not to a place in the tree."""
        return gatekeeping.workflow_for(self)

    @property
    def has_workflow(self) -> bool:
        """Whether it can be submitted at all. Wagtail would look for a workflow of the place in the tree."""
        return self.get_workflow() is not None

    def get_lock(self):
        return ClearanceLock(self) if self.pk and gatekeeping.is_locked(self) else super().get_lock()

    def get_template(self, request, *args, **kwargs) -> str:
        """One page for all types. Wagtail gives every class a `template` of its own, so none is inherited."""
        return PREVIEW

    def _set_core_field_defaults(self):
        if self.path and not self.locale_id:
            self.locale = self.get_default_locale()
        if self.path and not self.slug and self.title:
            self.slug = self._get_autogenerated_slug(slug_of(self.title, locale=self.locale_code))
        if not self.text_role and self.locale_id:
            self.text_role = self.usual_text_role()
        super()._set_core_field_defaults()

    def usual_text_role(self) -> str:
        """Kyrgyz is the original, Russian an official translation, English for information."""
        roles = {"ky": self.TextRole.ORIGINAL, "ru": self.TextRole.OFFICIAL_TRANSLATION}
        return roles.get(self.locale_code, self.TextRole.UNOFFICIAL_TRANSLATION)

    def save(self, *args, **kwargs):
        self._check_gate(kwargs.get("update_fields"))
        if self.pk is None and self.limit_access:
            # Before the first row of the document: there is no moment at which it is not limited.
            with transaction.atomic():
                rules.limit(content_id=self.content_id, owner=self.owner)
                return super().save(*args, **kwargs)
        return super().save(*args, **kwargs)

    def _check_gate(self, update_fields) -> None:
        """Refuse every way of becoming live, changing what is live or ceasing to be live that is not the gate's."""
        if self.alias_of_id:
            gatekeeping.require_open(page_id=None, revision_id=0)  # an alias would be a second door: there is none
        if self.pk is None:
            if self.live:
                gatekeeping.require_open(page_id=None, revision_id=self.live_revision_id)
            return
        stored = Page.objects.filter(pk=self.pk).values("live", "live_revision_id").first() or {
            "live": False,
            "live_revision_id": None,
        }
        touches_gate = update_fields is None or {"live", "live_revision"} & set(update_fields)
        changes = (stored["live"], stored["live_revision_id"]) != (self.live, self.live_revision_id)
        if touches_gate and changes and (self.live or stored["live"]):
            gatekeeping.require_open(page_id=self.pk, revision_id=self.live_revision_id)
        if update_fields is None and not gatekeeping.is_open_for_page(page_id=self.pk):
            gatekeeping.require_unlocked(self)

    @transaction.atomic
    def save_revision(self, *args, user=None, **kwargs):
        """Keep a version of the text and who wrote it; refused while the text is under clearance."""
        if self.pk:
            # Of a version and a submission at the same moment one comes first: both lock the page's row.
            list(Page.objects.select_for_update().filter(pk=self.pk).values_list("pk"))
            gatekeeping.require_unlocked(self)
        if self.limit_access and user:
            rules.limit(content_id=self.content_id, owner=user)
        kwargs["approved_go_live_at"] = None  # Wagtail's own scheduler must find nothing: the gate publishes
        revision = super().save_revision(*args, user=user, **kwargs)
        Contribution.note(page=self, user=user, at=revision.created_at)
        library.keep_hidden_what_is_used(self)
        return revision

    @transaction.atomic
    def copy(self, *args, **kwargs):
        """A draft with the same text: by the same people, and seen by the same people."""
        copied = super().copy(*args, **kwargs)
        rules.carry_over(source=self.content_id, copied=copied.translation_key)
        Contribution.carry_over(source=self, copied=copied)
        return copied


class RelatedDocument(Orderable):
    """One document that readers may also want; public as a content_id only."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="related_documents")
    document = models.ForeignKey(DocumentPage, on_delete=models.PROTECT, related_name="+", verbose_name=_("document"))


class DocumentAttachment(Orderable):
    """One file that goes out with a document."""

    page = ParentalKey(DocumentPage, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(
        settings.WAGTAILDOCS_DOCUMENT_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("file")
    )
    title = models.CharField(_("title"), max_length=255, blank=True)


class Contribution(models.Model):
    """The first and the last time that one person changed one text; who contributed may not decide.

    It stands beside the revisions because those can be overwritten in place and purged.
    """

    content_id = models.UUIDField()
    locale = models.CharField(max_length=12)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contributions")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content_id", "locale", "user"], name="one_contribution_per_person_and_text"
            )
        ]

    @classmethod
    def note(cls, *, page: DocumentPage, user, at) -> None:
        """Write down that the user changed the text at that moment."""
        if user is None:
            return
        known, created = cls.objects.get_or_create(
            content_id=page.content_id, locale=page.locale_code, user=user, defaults={"first_at": at, "last_at": at}
        )
        if not created:
            cls.objects.filter(pk=known.pk, last_at__lt=at).update(last_at=at)

    @classmethod
    def carry_over(cls, *, source: DocumentPage, copied: DocumentPage) -> None:
        """Whoever wrote the source wrote the copy, also where its versions were not copied along."""
        for known in cls.objects.filter(content_id=source.content_id, locale=source.locale_code):
            cls.note(page=copied, user=known.user, at=known.last_at)


def document_edit_handler(page_class) -> TabbedInterface:
    """The tabs of the editor: the text, what it is related to, how it is published."""
    text = [
        StandingPanel(),
        FieldPanel("limit_access"),
        FieldPanel("title"),
        *page_class.type_panels,
        *page_class.common_panels,
    ]
    return TabbedInterface(
        [
            ObjectList(text, heading=_("Text")),
            ObjectList(page_class.relation_panels, heading=_("Relations")),
            ObjectList(page_class.publication_panels, heading=_("Publication")),
        ],
        base_form_class=DocumentPageForm,
    )
