"""Texts from elsewhere become drafts. A draft is all that an import can make: clearance is the same for all."""

import datetime as dt
import re
import uuid
from html import escape
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from site_pages.models import DOCUMENT_TYPES, DocumentPage, Topic
from site_pages.romanisation import slug_of
from site_pages.tree import section_for

# The same line gives the same document, so that a second run finds it.
NAMESPACE = uuid.UUID("6f0c1a52-6a8e-4b5e-9d0e-2b6a54a7c1de")
TITLE_LENGTH = 255
SUMMARY_LENGTH = 500


class LineRefused(Exception):
    """One line cannot become a draft; the message says why. The others go on."""


class Importer:
    """Takes records of one type and language and keeps each as a draft, once."""

    def __init__(self, *, document_type: str, locale: str, author=None):
        self.document_type = document_type
        self.page_class = DOCUMENT_TYPES[document_type]
        self.section = section_for(document_type=document_type, locale=locale)
        self.locale = locale
        self.author = author
        self._topics = {topic.key: topic for topic in Topic.objects.all()}

    def take(self, record: dict[str, Any]) -> bool:
        """Keep the record as a draft: True when it is new, False when it is there already.

        record: id (text or number), text (paragraphs by line breaks), optionally title, summary, date (ISO), topics.
        Raises LineRefused; then nothing of the record was kept.
        """
        identity = self._text(record, "id", required=True)
        content_id = uuid.uuid5(NAMESPACE, f"{self.document_type}:{identity}")
        if DocumentPage.objects.filter(translation_key=content_id, locale=self.section.locale).exists():
            return False
        page = self._page(record, content_id)
        try:
            with transaction.atomic():
                self.section.add_child(instance=page)
                page.topics = self._topics_of(record)
                page.save_revision(user=self.author)
        except ValidationError as error:
            raise LineRefused(
                "; ".join(f"{field}: {' '.join(m)}" for field, m in error.message_dict.items())
            ) from error
        return True

    def _page(self, record: dict[str, Any], content_id: uuid.UUID) -> DocumentPage:
        paragraphs = [p.strip() for p in self._text(record, "text", required=True).splitlines() if p.strip()]
        if not paragraphs:
            raise LineRefused("text: empty")
        first = first_sentence(paragraphs[0])
        title = self._text(record, "title") or shortened(first, TITLE_LENGTH)
        if len(title) > TITLE_LENGTH:
            raise LineRefused(f"title: longer than {TITLE_LENGTH} characters")
        page = self.page_class(
            title=title,
            summary=shortened(self._text(record, "summary") or first, SUMMARY_LENGTH),
            locale=self.section.locale,
            translation_key=content_id,
            owner=self.author,
            live=False,
        )
        page.body = [("paragraph", f"<p>{escape(paragraph)}</p>") for paragraph in paragraphs]
        self._fill_type(page, record, lead=paragraphs[0])
        return page

    def _fill_type(self, page: DocumentPage, record: dict[str, Any], *, lead: str) -> None:
        day = self._day(record)
        if self.document_type == "release":
            page.release_date, page.lead, page.subtype = day, lead, page.Subtype.NEWS
        elif self.document_type == "speech":
            page.delivered_on, page.speaker_name = day, self._text(record, "speaker")
        else:
            page.signed_on = day

    def _day(self, record: dict[str, Any]) -> dt.date:
        value = self._text(record, "date")
        if not value:
            return timezone.localdate()
        try:
            return dt.date.fromisoformat(value[:10])
        except ValueError as error:
            raise LineRefused(f"date: {value!r} is not a day") from error

    def _text(self, record: dict[str, Any], name: str, *, required: bool = False) -> str:
        value = record.get(name)
        if value is None or value == "":
            if required:
                raise LineRefused(f"{name}: missing")
            return ""
        if not isinstance(value, str | int):
            raise LineRefused(f"{name}: not a text")
        text = str(value)
        if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise LineRefused(f"{name}: holds a character that no text may hold")
        return text

    def _topics_of(self, record: dict[str, Any]) -> list[Topic]:
        names = record.get("topics") or []
        if not isinstance(names, list) or not all(isinstance(name, str) and name.strip() for name in names):
            raise LineRefused("topics: not a list of names")
        return [self._topic(name.strip()) for name in dict.fromkeys(names)]

    def _topic(self, name: str) -> Topic:
        key = slug_of(name, locale=self.locale, max_length=80)
        if key not in self._topics:
            label = name[:255]
            defaults = {"label_ky": label, "label_ru": label, "label_en": label}
            self._topics[key], _created = Topic.objects.get_or_create(key=key, defaults=defaults)
        return self._topics[key]


def first_sentence(paragraph: str) -> str:
    """The first sentence of a paragraph, up to its full stop, question or exclamation mark."""
    match = re.match(r".+?[.!?…](?=\s|$)", paragraph)
    return (match.group(0) if match else paragraph).strip()


def shortened(text: str, length: int) -> str:
    """The text itself, or as many whole words of it as fit, with an ellipsis."""
    if len(text) <= length:
        return text
    return text[: length - 1].rsplit(" ", 1)[0].rstrip(",;:–- ") + "…"
