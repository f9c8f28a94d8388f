"""One builder per type: a page, as it is now or as a revision holds it, becomes its public form."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from site_pages.models import DecreePage, DocumentPage, PressReleasePage, SpeechPage
from site_pages.public_form.body import body_form
from site_pages.public_form.canonical import PublicForm, seal
from site_pages.public_form.files import FileShelf
from site_pages.public_form.payload import (
    ActRelationForm,
    ActTypeForm,
    DecreeForm,
    OfficialPublicationForm,
    PersonForm,
    PlaceForm,
    PressContactForm,
    ReleaseForm,
    SignatoryForm,
    SpeakerForm,
    SpeechForm,
    TopicForm,
)
from site_pages.public_form.rich_text import rich_text

BISHKEK = ZoneInfo("Asia/Bishkek")


class FormIncomplete(Exception):
    """The page lacks something without which it has no public form; its requirements say what."""


def build(page: DocumentPage) -> PublicForm:
    """The public form of a document.

    page: a specific document page; for the form of a revision, `revision.as_object()`.
    Raises FormIncomplete: a compulsory field is empty (see `page.gaps()`). Raises FileUnreadable.
    """
    if gaps := page.gaps():
        raise FormIncomplete(" ".join([_("The document is not complete yet."), *(gap.message for gap in gaps)]))
    shelf = FileShelf(locale=page.locale_code)
    form = _BUILDERS[type(page)](page, shelf)
    return seal(form, files=shelf.files)


def _common(page: DocumentPage, shelf: FileShelf) -> dict:
    locale = page.locale_code
    return {
        "content_id": page.content_id,
        "locale": locale,
        "title": page.title,
        "summary": page.summary,
        "slug": page.slug,
        "text_role": page.text_role or page.usual_text_role(),
        "update_type": page.update_type,
        "change_note": page.change_note,
        "scheduled_for": page.go_live_at.astimezone(BISHKEK) if page.go_live_at else None,
        "body": body_form(page.body, shelf=shelf),
        "topics": [TopicForm(key=topic.key, label=topic.label_in(locale)) for topic in _by_key(page.topics.all())],
        "people": [_person(person, page) for person in _by_key(page.people.all())],
        "places": [_place(place, locale) for place in _by_key(page.places.all())],
        "related": [related.document.content_id for related in page.related_documents.all()],
        "attachments": [shelf.attachment(item.file, title=item.title) for item in page.attachments.all()],
        "expires_at": page.expire_at.astimezone(BISHKEK) if page.expire_at else None,
    }


def _by_key(records):
    return sorted(records, key=lambda record: record.key)


def _place(place, locale: str) -> PlaceForm | None:
    return PlaceForm(key=place.key, name=place.label_in(locale)) if place else None


def _post_name(person, day: dt.date | None, locale: str) -> str | None:
    post = person.post_on(day) if day else None
    return post.label_in(locale) if post else None


def _person(person, page: DocumentPage) -> PersonForm:
    locale = page.locale_code
    return PersonForm(key=person.key, name=person.label_in(locale), post=_post_name(person, _day_of(page), locale))


def _day_of(page: DocumentPage) -> dt.date | None:
    """The day that the document speaks of; posts are named as they were held on it."""
    for name in ("signed_on", "delivered_on", "release_date"):
        if day := getattr(page, name, None):
            return day
    return None


def _image(photo, shelf: FileShelf):
    return shelf.image(photo) if photo else None


def _release(page: PressReleasePage, shelf: FileShelf) -> ReleaseForm:
    contact = (page.contact_name, page.contact_phone, page.contact_email)
    return ReleaseForm(
        **_common(page, shelf),
        subtype=page.subtype,
        dateline_place=_place(page.dateline_place, page.locale_code),
        release_date=page.release_date,
        lead=page.lead,
        addressee=page.addressee,
        image=_image(page.image, shelf),
        notes_to_editors=rich_text(page.notes_to_editors),
        press_contact=PressContactForm(name=contact[0], phone=contact[1], email=contact[2]) if any(contact) else None,
        act=page.act.content_id if page.act_id else None,
    )


def _speaker(page: SpeechPage) -> SpeakerForm:
    if page.speaker is None:
        return SpeakerForm(key=None, name=page.speaker_name, post="")
    post = _post_name(page.speaker, page.delivered_on, page.locale_code)
    return SpeakerForm(key=page.speaker.key, name=page.speaker.label_in(page.locale_code), post=post or "")


def _speech(page: SpeechPage, shelf: FileShelf) -> SpeechForm:
    return SpeechForm(
        **_common(page, shelf),
        speech_type=page.speech_type,
        delivered_on=page.delivered_on,
        location=_place(page.location, page.locale_code),
        speaker=_speaker(page),
        occasion=page.occasion,
        audience=page.audience,
        original_language=page.original_language,
        image=_image(page.image, shelf),
    )


def _relation(relation) -> ActRelationForm:
    return ActRelationForm(
        kind=relation.kind,
        target=relation.target.content_id if relation.target_id else None,
        citation=relation.citation,
        registry_code=relation.target_registry_code,
        url=relation.url,
        points=relation.points,
    )


def _signatory(page: DecreePage) -> SignatoryForm:
    post = _post_name(page.signatory, page.signed_on, page.locale_code)
    return SignatoryForm(
        key=page.signatory.key,
        name=page.signatory.label_in(page.locale_code),
        post=post or "",
        is_acting=page.signatory_is_acting,
    )


def _act_number(page: DecreePage) -> dict:
    return {
        "act_type": ActTypeForm(key=page.act_type.key, label=page.act_type.label_in(page.locale_code)),
        "number": page.number,
        "number_suffix": page.number_suffix,
        "year": page.signed_on.year,
        "citation": page.citation(),
        "signed_on": page.signed_on,
        "signed_place": _place(page.signed_place, page.locale_code),
        "signatory": _signatory(page),
        "adopting_body": page.adopting_body,
    }


def _decree(page: DecreePage, shelf: FileShelf) -> DecreeForm:
    return DecreeForm(
        **_common(page, shelf),
        **_act_number(page),
        is_normative=page.is_normative,
        effect_rule=page.effect_rule,
        effect_days=page.effect_days,
        effective_on=page.effective_on,
        expires_on=page.expires_on,
        official_publications=[
            OfficialPublicationForm(source=item.source, published_on=item.published_on, issue=item.issue, url=item.url)
            for item in page.official_publications.all()
        ],
        status=page.status,
        relations=[_relation(relation) for relation in page.relations.all()],
        registry_code=page.registry_code,
        registry_edition=page.registry_edition,
        annexes=[shelf.attachment(item.file, title=item.title) for item in page.annexes.all()],
        signed_scan=shelf.attachment(page.signed_scan) if page.signed_scan_id else None,
        authentic_language=page.authentic_language,
        disclaimer=page.disclaimer,
    )


_BUILDERS = {PressReleasePage: _release, SpeechPage: _speech, DecreePage: _decree}
