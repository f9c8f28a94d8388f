"""A small newsroom for tests: people in office, documents, and their way through clearance."""

import datetime as dt
import io
import time
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image

from approvals import decisions
from approvals.accounts import INSTALLATION, under_mandate
from approvals.facts import entries_of, facts_from
from approvals.models import LedgerEntry
from approvals.offices import APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS, grant_permissions
from approvals.routes import install_default_routes
from site_pages.models import ActType, DecreePage, DocumentPage, Person, Photo, PressReleasePage, SpeechPage
from site_pages.tree import install_tree, section_for

PASSWORD = "a-long-pass-phrase-2026"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
DAY = dt.date(2026, 7, 17)


@dataclass
class Newsroom:
    """The people of one newsroom. `boss` is a superuser, `outsider` signs in and belongs to no group."""

    author: object
    colleague: object
    head: object
    deputy_head: object
    leader: object
    second_leader: object
    boss: object
    outsider: object


def lay_out_office() -> None:
    """Install trees, permissions and routes, as the commands of an installation do; safe to repeat."""
    install_tree()
    grant_permissions()
    install_default_routes()


def open_newsroom() -> Newsroom:
    """Hire everybody; the office itself was laid out before the first test (see tests/conftest.py)."""
    return Newsroom(
        author=hire("author", AUTHORS),
        colleague=hire("colleague", AUTHORS),
        head=hire("head", DEPARTMENT_HEADS),
        deputy_head=hire("deputy-head", DEPARTMENT_HEADS),
        leader=hire("leader", APPARATUS_LEADERSHIP),
        second_leader=hire("second-leader", APPARATUS_LEADERSHIP),
        boss=hire("boss", is_superuser=True),
        outsider=hire("outsider"),
    )


def hire(username: str, *groups: str, is_superuser: bool = False):
    """A user in the groups named, with a telephone as second factor."""
    with under_mandate(INSTALLATION):
        user = get_user_model().objects.create_user(username, password=PASSWORD, is_superuser=is_superuser)
        user.groups.set(Group.objects.filter(name__in=groups))
    give_telephone(user)
    return user


def appoint(user, *groups: str) -> None:
    """Give offices without a proposal, as an installation does."""
    with under_mandate(INSTALLATION):
        user.groups.add(*Group.objects.filter(name__in=groups))


def give_telephone(*users) -> None:
    """Set up a second factor for each, beside the ledger and in one statement."""
    Authenticator.objects.bulk_create(
        Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": SECRET}) for user in users
    )


def code_of(user, *, ahead: int = 0) -> str:
    """What the telephone of the user shows now, or some half minutes later. (Each code works once.)"""
    telephone = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return code_from(decrypt(telephone.data["secret"]), ahead=ahead)


def code_from(secret: str, *, ahead: int = 0) -> str:
    """The code of a secret now, or some half minutes later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def release(author, *, title: str = "Өкмөттүн жыйыны өттү", locale: str = "ky", **fields) -> PressReleasePage:
    """A complete draft of a release, saved by the author."""
    values = {
        "summary": "Жыйындын кыскача мазмуну.",
        "lead": "Бүгүн өкмөттүн кезектеги жыйыны өттү.",
        "release_date": DAY,
    }
    return keep(PressReleasePage(title=title, **{**values, **fields}), author=author, locale=locale)


def speech(author, *, title: str = "Президенттин сөзү", locale: str = "ky", **fields) -> SpeechPage:
    """A complete draft of a speech, saved by the author."""
    values = {"summary": "Кыскача мазмуну.", "delivered_on": DAY, "speaker_name": "Бектур Алымкулов"}
    return keep(SpeechPage(title=title, **{**values, **fields}), author=author, locale=locale)


def decree(
    author, *, number: int = 261, title: str = "Суу ресурстары жөнүндө", locale: str = "ky", **fields
) -> DecreePage:
    """A complete draft of a decree, saved by the author."""
    act_type, _ = ActType.objects.get_or_create(
        key="jarlyk",
        defaults={
            "label_ky": "Жарлык", "label_ru": "Указ", "label_en": "Decree",
            "citation_ky": "Жарлыгы", "citation_ru": "Указ", "citation_en": "Decree",
        },
    )  # fmt: skip
    signatory, _ = Person.objects.get_or_create(
        key="bektur-alymkulov",
        defaults={"label_ky": "Бектур Алымкулов", "label_ru": "Бектур Алымкулов", "label_en": "Bektur Alymkulov"},
    )
    values = {
        "summary": "Чаралар жөнүндө.",
        "act_type": act_type,
        "number": number,
        "signed_on": DAY,
        "signatory": signatory,
    }
    return keep(DecreePage(title=title, **{**values, **fields}), author=author, locale=locale)


def keep(page: DocumentPage, *, author, locale: str) -> DocumentPage:
    """Put a draft on its shelf and save its first version."""
    section = section_for(document_type=page.document_type, locale=locale)
    page.owner, page.locale = author, section.locale
    if not page.body:
        page.body = [("paragraph", "<p>Биринчи абзац.</p>"), ("paragraph", "<p>Экинчи абзац.</p>")]
    section.add_child(instance=page)
    page.save_revision(user=author)
    return fresh(page)


def fresh(page: DocumentPage) -> DocumentPage:
    """The page as the database has it now."""
    return type(page).objects.get(pk=page.pk)


def edit(page: DocumentPage, *, by, **changes) -> DocumentPage:
    """Save another version of the page's latest text."""
    draft = fresh(page).get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=by)
    return fresh(page)


def digest(page: DocumentPage) -> str:
    """The digest that is under clearance."""
    entries = entries_of(content_id=page.content_id, locale=page.locale_code)
    return facts_from(entries, contributors=frozenset()).digest


def submit(page: DocumentPage, *, by) -> None:
    """Submit the latest text."""
    decisions.submit(page_id=page.pk, user=by)


def approve(page: DocumentPage, *, by, seen: str | None = None) -> LedgerEntry:
    """Approve what is under clearance, or the text with the digest that was seen."""
    return decisions.approve(page_id=page.pk, actor_id=by.pk, seen_digest=seen or digest(page), now=timezone.now())


def send_back(page: DocumentPage, *, by, remark: str = "Экинчи абзацты тактаңыз.") -> LedgerEntry:
    """Return the text with a remark."""
    return decisions.return_for_changes(
        page_id=page.pk, actor_id=by.pk, seen_digest=digest(page), remark=remark, now=timezone.now()
    )


def publish(page: DocumentPage, room: Newsroom) -> DocumentPage:
    """Walk a document all the way as three different people."""
    submit(page, by=room.author)
    approve(page, by=room.head)
    approve(page, by=room.leader)
    return fresh(page)


def photo(*, title: str = "Сүрөт", **fields) -> Photo:
    """A small real photograph."""
    content = io.BytesIO()
    Image.new("RGB", (64, 48), "#345").save(content, "JPEG")
    picture = Photo(title=title, file=ImageFile(content, name="photo.jpg"), **fields)
    picture.save()
    return picture


def ledger_kinds(page: DocumentPage) -> list[str]:
    """What the ledger says happened to the page, in order."""
    entries = LedgerEntry.objects.about(content_id=page.content_id, locale=page.locale.language_code)
    return list(entries.values_list("kind", flat=True))
