"""Publications for tests of the index, without the way through clearance, which has tests of its own.

Only with the fixture `open_wall`: the database refuses what no gate has let through.
"""

import datetime as dt
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from frontend_api import publishing
from frontend_api.models import PublishedDocument
from site_pages.public_form.canonical import PublicForm, seal
from site_pages.public_form.payload import BodyForm, ReleaseForm, RichTextForm, TopicForm
from site_pages.signals import Handed


def made_up(*, content_id: UUID, title: str, locale: str = "ky", text: str = "Текст", note: str = "") -> PublicForm:
    """The public form of a release with everything that it may go without left out. note: of a correction."""
    return seal(
        ReleaseForm(
            content_id=content_id,
            locale=locale,
            title=title,
            summary="Кыскача",
            slug=f"release-{content_id.hex[:12]}",
            text_role="original",
            update_type="major",
            change_note=note,
            scheduled_for=None,
            body=BodyForm(blocks=[], html=f"<p>{text}</p>", text=text),
            topics=[TopicForm(key="economy", label="Экономика")],
            people=[],
            places=[],
            related=[],
            attachments=[],
            subtype="news",
            dateline_place=None,
            release_date=dt.date(2026, 7, 17),
            lead="Бүгүн кезектеги жыйын өттү.",
            addressee="",
            image=None,
            notes_to_editors=RichTextForm(html="", text=""),
            press_contact=None,
            act=None,
        )
    )


def publish(*, title: str = "Өкмөттүн жыйыны", content_id: UUID | None = None, locale: str = "ky") -> PublishedDocument:
    """Publish a release, or correct the one with this content_id."""
    content_id = content_id or uuid4()
    form = made_up(content_id=content_id, title=title, locale=locale)
    with transaction.atomic():
        publishing.receive(None, handed=[Handed(form=form, entry_number=1)], published_at=timezone.now())
        return PublishedDocument.objects.get(content_id=content_id, locale=locale)


def withdraw(document: PublishedDocument) -> None:
    """Take a published document away; the log keeps its publications."""
    PublishedDocument.objects.filter(pk=document.pk).delete()
