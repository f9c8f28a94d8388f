"""Building the demo office: people, registers, and documents that really went through clearance."""

import datetime as dt
import io
from itertools import count

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image, ImageDraw
from wagtail.users.models import UserProfile

from approvals import decisions, second_factor
from approvals.accounts import INSTALLATION, account_of, under_mandate
from approvals.facts import facts_of
from cms.demo import people, texts
from site_pages.models import (
    ActType,
    DecreePage,
    Department,
    DocumentPage,
    Person,
    Photo,
    Place,
    Post,
    PressReleasePage,
    SpeechPage,
    Tenure,
    Topic,
)
from site_pages.tree import section_for

PASSWORD = "jarchy-demo-2026"  # noqa: S105 printed by the command, refused in production
LANGUAGES = ("ky", "ru", "en")


def hire() -> None:
    """Create the colleagues; safe to repeat. Nobody could confirm anything yet, so it is an installation."""
    with under_mandate(INSTALLATION):
        _hire_all()


def _hire_all() -> None:
    """Create the colleagues with their groups, interface languages and telephones."""
    for colleague in people.COLLEAGUES:
        names = {"first_name": colleague.first_name, "last_name": colleague.last_name}
        admin = {"is_superuser": colleague.is_superuser, "is_staff": colleague.is_superuser}
        user, created = get_user_model().objects.get_or_create(username=colleague.username, defaults={**names, **admin})
        if created:
            user.set_password(PASSWORD)
            user.save()
            user.groups.add(Group.objects.get(name=colleague.group))
        if account_of(user).is_powerful and not second_factor.has_one(user):
            TOTP.activate(user, generate_totp_secret())
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": colleague.language})


def fill_registers() -> None:
    """Create departments, posts, people, topics, places and types of act; safe to repeat."""
    for model, rows in (
        (Department, people.DEPARTMENTS),
        (Post, people.POSTS),
        (Person, people.PEOPLE),
        (Topic, people.TOPICS),
        (Place, people.PLACES),
    ):
        for key, labels in rows.items():
            model.objects.get_or_create(key=key, defaults=_each_language("label", labels))
    for person, post, day in people.TENURES:
        Tenure.objects.get_or_create(
            person=Person.objects.get(key=person), post=Post.objects.get(key=post), defaults={"started_on": day}
        )
    for key, words in people.ACT_TYPES.items():
        defaults = {
            **_each_language("label", words["labels"]),
            **_each_language("citation", words["citations"]),
            **_each_language("prefix", words["prefixes"]),
        }
        ActType.objects.get_or_create(key=key, defaults=defaults)


def _each_language(name: str, values: tuple[str, str, str]) -> dict[str, str]:
    return {f"{name}_{language}": value for language, value in zip(LANGUAGES, values, strict=True)}


def write_documents() -> None:
    """Write the documents and walk them to their stages; does nothing when the office has documents already."""
    if DocumentPage.objects.exists():
        return
    photo = _photo()
    for locale in ("ky", "ru"):
        _publish(_school(locale, photo), author="aigul" if locale == "ky" else "bakyt")
    _school("en", photo)
    for locale in ("ky", "ru"):
        _publish(_water_decree(locale), author="bakyt")
    _publish(_speech(), author="aigul")
    decisions.submit(page_id=_pending().pk, user=_user("aigul"))


def _user(username: str):
    return get_user_model().objects.get(username=username)


def _photo() -> Photo:
    picture = Image.new("RGB", (1200, 800), "#87b5d9")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 560, 1200, 800), fill="#6b8f4e")
    draw.rectangle((300, 280, 900, 600), fill="#e8dcc3", outline="#8a7a55", width=6)
    for x in range(340, 880, 90):
        draw.rectangle((x, 340, x + 50, 410), fill="#4b6b88")
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=88)
    photo = Photo(
        title="Нарын мектеби",
        file=ImageFile(content, name="naryn-mektep.jpg"),
        **_each_language(
            "alt_text", ("Эки кабаттуу жаңы мектеп", "Новая двухэтажная школа", "A new two-storey school")
        ),
        **_each_language("caption", ("Жаңы мектептин имараты", "Здание новой школы", "The building of the new school")),
        credit="Президенттин басма сөз кызматы",
        rights="Автору көрсөтүлүп, эркин колдонулат",
        uploaded_by_user=_user("aigul"),
    )
    photo.save()
    return photo


def _keep(page: DocumentPage, *, locale: str, author: str, blocks: list, topics: tuple[str, ...]) -> DocumentPage:
    section = section_for(document_type=page.document_type, locale=locale)
    original = type(page).objects.filter(locale__language_code="ky", title=page.demo_original).first()
    if original and locale != "ky":
        page.translation_key = original.translation_key
    page.locale, page.owner, page.body = section.locale, _user(author), blocks
    page.department = Department.objects.get(key="information-policy")
    section.add_child(instance=page)
    page.topics = list(Topic.objects.filter(key__in=topics))
    page.people = list(Person.objects.filter(key="bektur-alymkulov"))
    page.save_revision(user=_user(author))
    return page


def _paragraphs(text: dict) -> list:
    return [("paragraph", f"<p>{paragraph}</p>") for paragraph in text["body"]]


def _school(locale: str, photo: Photo) -> DocumentPage:
    text = texts.SCHOOL[locale]
    page = PressReleasePage(
        title=text["title"],
        summary=text["summary"],
        lead=text["lead"],
        release_date=texts.SIGNED_ON,
        dateline_place=Place.objects.get(key="naryn"),
        image=photo,
        contact_name="Маалыматтык саясат бөлүмү",
        contact_email="press@example.kg",
    )
    page.demo_original = texts.SCHOOL["ky"]["title"]
    author = "aigul" if locale == "ky" else "bakyt"
    return _keep(page, locale=locale, author=author, blocks=_paragraphs(text), topics=("education", "regions"))


def _water_decree(locale: str) -> DocumentPage:
    text = texts.WATER_DECREE[locale]
    page = DecreePage(
        title=text["title"],
        summary=text["summary"],
        act_type=ActType.objects.get(key="jarlyk"),
        number=261,
        signed_on=texts.SIGNED_ON,
        signed_place=Place.objects.get(key="bishkek"),
        signatory=Person.objects.get(key="bektur-alymkulov"),
        is_normative=True,
        effect_rule=DecreePage.EffectRule.ON_PUBLICATION,
        effective_on=texts.SIGNED_ON + dt.timedelta(days=1),
    )
    page.demo_original = texts.WATER_DECREE["ky"]["title"]
    numbers = count(1)
    blocks = [("act_point", {"number": str(next(numbers)), "text": f"<p>{point}</p>"}) for point in text["body"]]
    return _keep(page, locale=locale, author="bakyt", blocks=blocks, topics=("water",))


def _speech() -> DocumentPage:
    text = texts.CULTURE_SPEECH["ky"]
    page = SpeechPage(
        title=text["title"],
        summary=text["summary"],
        delivered_on=texts.SIGNED_ON,
        location=Place.objects.get(key="bishkek"),
        speaker=Person.objects.get(key="bektur-alymkulov"),
    )
    page.demo_original = ""
    return _keep(page, locale="ky", author="aigul", blocks=_paragraphs(text), topics=("culture",))


def _pending() -> DocumentPage:
    text = texts.PENDING_RELEASE
    page = PressReleasePage(
        title=text["title"],
        summary=text["summary"],
        lead=text["lead"],
        release_date=texts.SIGNED_ON,
        dateline_place=Place.objects.get(key="osh"),
    )
    page.demo_original = ""
    return _keep(page, locale="ky", author="aigul", blocks=_paragraphs(text), topics=("water", "regions"))


def _publish(page: DocumentPage, *, author: str) -> None:
    """Walk a document through its route as three different people."""
    decisions.submit(page_id=page.pk, user=_user(author))
    for name in ("nurlan", "jyldyz"):
        decisions.approve(
            page_id=page.pk, actor_id=_user(name).pk, seen_digest=facts_of(page).digest, now=timezone.now()
        )
