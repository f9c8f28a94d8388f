"""Photographs and files, with the words that must go with them in each language."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage, AbstractRendition

from site_pages import gatekeeping
from site_pages.storage import ORIGINALS, RENDITIONS, random_name


def upload_address(record, filename: str) -> str:
    """Where an upload goes: among the originals, where the storage gives it a random name. Keeps the uploaded name."""
    record.original_filename = filename.replace("\\", "/").rsplit("/", 1)[-1][-255:]
    return f"{ORIGINALS}/{record.original_filename}"


class Photo(AbstractImage):
    """One photograph; its words are shown with it wherever it is published."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original_filename = models.CharField(max_length=255, editable=False)
    alt_text_ky = models.CharField(_("alternative text in Kyrgyz"), max_length=500, blank=True)
    alt_text_ru = models.CharField(_("alternative text in Russian"), max_length=500, blank=True)
    alt_text_en = models.CharField(_("alternative text in English"), max_length=500, blank=True)
    caption_ky = models.CharField(_("caption in Kyrgyz"), max_length=1000, blank=True)
    caption_ru = models.CharField(_("caption in Russian"), max_length=1000, blank=True)
    caption_en = models.CharField(_("caption in English"), max_length=1000, blank=True)
    credit = models.CharField(
        _("credit"),
        max_length=255,
        blank=True,
        help_text=_("Who took the photograph, for example: A. Asanov / Press service"),
    )
    rights = models.CharField(
        _("rights"),
        max_length=500,
        blank=True,
        help_text=_("What others may do with it, for example: free use with the credit"),
    )

    admin_form_fields = (
        "title", "file", "collection", "alt_text_ky", "alt_text_ru", "alt_text_en",
        "caption_ky", "caption_ru", "caption_en", "credit", "rights", "tags",
    )  # fmt: skip

    class Meta(AbstractImage.Meta):
        verbose_name = _("photograph")
        verbose_name_plural = _("photographs")
        permissions = [("choose_image", "Can choose image")]

    def get_upload_to(self, filename):
        return upload_address(self, filename)

    def delete(self, *args, **kwargs):
        gatekeeping.require_free(self)  # first of all: Wagtail knows no answer to what the database protects
        return super().delete(*args, **kwargs)

    def alt_text_in(self, locale: str) -> str:
        """The alternative text in one language, or empty."""
        return getattr(self, f"alt_text_{locale}")

    def caption_in(self, locale: str) -> str:
        """The caption in one language, or empty."""
        return getattr(self, f"caption_{locale}")


class PhotoRendition(AbstractRendition):
    """One size of a photograph, for the editor's screens."""

    image = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_filter")
        ]

    def get_upload_to(self, filename):
        return random_name(RENDITIONS, filename=filename)


class PressFile(AbstractDocument):
    """A file that readers download: an annex, a signed scan, a table."""

    # Before the other fields: saving it fills original_filename.
    file = models.FileField(_("file"), upload_to=upload_address)
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    original_filename = models.CharField(max_length=255, editable=False)
    language = models.CharField(
        _("language"), max_length=12, choices=[("ky", "Кыргызча"), ("ru", "Русский"), ("en", "English")], default="ky"
    )
    number_of_pages = models.PositiveIntegerField(_("number of pages"), null=True, blank=True)
    accessible = models.BooleanField(_("accessible"), default=False, help_text=_("Readable by screen readers."))

    admin_form_fields = ("title", "file", "collection", "language", "number_of_pages", "accessible", "tags")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        permissions = [("choose_document", "Can choose document")]

    def clean(self):
        # Of a file that was refused Wagtail would say as well that it has no ending.
        if self.file:
            super().clean()


class ServedFile(models.Model):
    """What readers get of one original with one set of words: made once, never changed.

    `made_from` is the hash of the original's bytes, its ending, the words and the number of the cleaning; `sha256` that
    of the bytes made of them. original_name: where the storage keeps the original; of several with the same bytes the
    first.
    """

    made_from = models.CharField(max_length=64, unique=True)
    storage_name = models.CharField(max_length=255, unique=True)
    sha256 = models.CharField(max_length=64, db_index=True)
    file_size = models.PositiveBigIntegerField()
    original_name = models.CharField(max_length=255, blank=True, db_index=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.storage_name
