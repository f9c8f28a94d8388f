"""The three languages of the office and values that exist once in each of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

KYRGYZ, RUSSIAN, ENGLISH = "ky", "ru", "en"
CODES = (KYRGYZ, RUSSIAN, ENGLISH)


class Labelled(models.Model):
    """Something with a stable key and one label per language."""

    key = models.SlugField(_("key"), max_length=80, unique=True, help_text=_("Stands in addresses; never changes."))
    label_ky = models.CharField(_("label in Kyrgyz"), max_length=255)
    label_ru = models.CharField(_("label in Russian"), max_length=255)
    label_en = models.CharField(_("label in English"), max_length=255)

    class Meta:
        abstract = True

    def __str__(self):
        return self.label_ky

    def label_in(self, locale: str) -> str:
        """The label in one language; never silently another one."""
        return getattr(self, f"label_{locale}")
