"""The registers that documents refer to: departments, people and their posts, topics, places, types of act."""

import datetime as dt

from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable

from site_pages import gatekeeping
from site_pages.languages import Labelled

LABEL_PANELS = [FieldPanel("key"), FieldPanel("label_ky"), FieldPanel("label_ru"), FieldPanel("label_en")]


class Entry(Labelled):
    """One line of a register; what readers get of it stays while a text that names it is cleared and waits."""

    public_fields: tuple[str, ...] = ("key", "label_ky", "label_ru", "label_en")

    class Meta:
        abstract = True

    def public_state(self) -> tuple:
        """What public forms may hold of it, as it is stored."""
        return tuple(type(self).objects.filter(pk=self.pk).values_list(*self.public_fields))

    def save(self, *args, **kwargs):
        with gatekeeping.as_cleared(self):
            super().save(*args, **kwargs)


class Department(Labelled):
    """A unit that drafts documents."""

    panels = LABEL_PANELS

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")


class Topic(Entry):
    """A subject that documents of every type share."""

    panels = LABEL_PANELS

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")


class Place(Entry):
    """A place of the country or abroad; `within` leads from village to region to country."""

    within = models.ForeignKey(
        "self", verbose_name=_("within"), null=True, blank=True, on_delete=models.PROTECT, related_name="parts"
    )
    panels = [*LABEL_PANELS, FieldPanel("within")]

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")


class Post(Entry):
    """A post that people hold, for example President or Head of the Apparatus."""

    panels = LABEL_PANELS

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")


class Person(Entry, ClusterableModel):
    """A person whom documents name; the labels are the name as it is written in each language."""

    panels = [*LABEL_PANELS, InlinePanel("tenures", label=_("Posts held"))]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def public_state(self) -> tuple:
        return *super().public_state(), *Tenure.stored(person_id=self.pk)

    def post_on(self, day: dt.date) -> Post | None:
        """The post that the person held on that day; the later appointment where two overlap."""
        held = [t for t in self.tenures.all() if t.started_on <= day and (t.ended_on is None or day <= t.ended_on)]
        return max(held, key=lambda tenure: (tenure.started_on, tenure.pk or 0)).post if held else None


class Tenure(Orderable):
    """One person in one post, from one day to another, both included."""

    person = ParentalKey(Person, on_delete=models.CASCADE, related_name="tenures", verbose_name=_("person"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="tenures", verbose_name=_("post"))
    started_on = models.DateField(_("from"))
    ended_on = models.DateField(_("to"), null=True, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = _("post held")
        verbose_name_plural = _("posts held")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on__isnull=True) | models.Q(ended_on__gte=models.F("started_on")),
                name="tenure_ends_after_it_starts",
            )
        ]

    @classmethod
    def stored(cls, *, person_id: int | None) -> tuple:
        """The posts of a person and their days, in their order."""
        held = cls.objects.filter(person_id=person_id).order_by("started_on", "pk")
        return tuple(held.values_list("pk", "post_id", "started_on", "ended_on"))

    def public_state(self) -> tuple:
        """What public forms may hold of the posts of its person."""
        return self.stored(person_id=self.person_id)

    def save(self, *args, **kwargs):
        with gatekeeping.as_cleared(self):
            super().save(*args, **kwargs)


class ActType(Entry):
    """A kind of act, with the words and the number prefix that citations use in each language."""

    citation_ky = models.CharField(_("word in Kyrgyz citations"), max_length=80, help_text=_("For example: Жарлыгы"))
    citation_ru = models.CharField(_("word in Russian citations"), max_length=80, help_text=_("For example: Указ"))
    citation_en = models.CharField(_("word in English citations"), max_length=80, help_text=_("For example: Decree"))
    prefix_ky = models.CharField(_("number prefix in Kyrgyz"), max_length=20, blank=True)
    prefix_ru = models.CharField(
        _("number prefix in Russian"), max_length=20, blank=True, help_text=_("For example: УП")
    )
    prefix_en = models.CharField(_("number prefix in English"), max_length=20, blank=True)

    public_fields = (*Entry.public_fields, "citation_ky", "citation_ru", "citation_en")
    panels = [
        *LABEL_PANELS,
        MultiFieldPanel([FieldPanel(f"citation_{code}") for code in ("ky", "ru", "en")], heading=_("Citation")),
        MultiFieldPanel([FieldPanel(f"prefix_{code}") for code in ("ky", "ru", "en")], heading=_("Number prefix")),
    ]

    class Meta:
        verbose_name = _("type of act")
        verbose_name_plural = _("types of act")

    def citation_word(self, locale: str) -> str:
        """The word that stands in a citation of that language."""
        return getattr(self, f"citation_{locale}")
