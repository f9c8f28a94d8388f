"""Clearances for the tests of sign-off sheets, and how a sheet of one is made."""

import datetime as dt

import time_machine
from django.contrib.auth.models import Group
from django.utils import timezone

from approvals import acting, urgency
from approvals.models import LedgerEntry, UrgentPublication
from approvals.offices import DEPARTMENT_HEADS
from approvals.sheets.contents import clearance_of, contents_of
from approvals.sheets.face import html_of
from approvals.sheets.pdf import pdf_of
from tests.newsroom import Newsroom, approve, digest, edit, fresh, submit

MORNING = dt.datetime(2026, 7, 17, 8, 5, tzinfo=dt.UTC)
BASIS = "2026-жылдын 27-февралындагы № 45 буйрук"
REASON = "Жер титирөө: калкка дароо айтуу керек."
NAMES = {
    "author": ("Айгүл", "Токтосунова"), "colleague": ("Үсөн", "Жээнбеков"), "head": ("Нурлан", "Өмүрбеков"),
    "deputy_head": ("Асель", "Ибраимова"), "leader": ("Жылдыз", "Мамбетова"), "second_leader": ("Таңат", "Сооронбаев"),
}  # fmt: skip


def give_names(room: Newsroom) -> Newsroom:
    """Call people as the office does, with letters that only Kyrgyz has."""
    for who, (first, last) in NAMES.items():
        user = getattr(room, who)
        user.first_name, user.last_name = first, last
        user.save(update_fields=["first_name", "last_name"])
    return room


def at(minutes: int):
    """The clock stands so many minutes after 14:05 in Bishkek."""
    return time_machine.travel(MORNING + dt.timedelta(minutes=minutes), tick=False)


def cleared(page, room: Newsroom):
    """Head and leadership approve, ten minutes apart."""
    for minutes, by, act in ((0, room.author, submit), (10, room.head, approve), (20, room.leader, approve)):
        with at(minutes):
            act(page, by=by)
    return fresh(page)


def returned_and_cleared(page, room: Newsroom, send_back):
    """The leadership returns to the author, the author changes the text, all approve the new one."""
    with at(-60):
        submit(page, by=room.author)
        approve(page, by=room.head)
    with at(-30):
        send_back(page, by=room.leader)
    return cleared(edit(page, by=room.author, lead="Жаңы биринчи абзац."), room)


def cleared_by_a_deputy(page, room: Newsroom):
    """The colleague decides in the place of the head."""
    with at(-5):
        acting.appoint(
            principal_id=room.head.pk,
            deputy_id=room.colleague.pk,
            group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk,
            starts_at=timezone.now(),
            ends_at=timezone.now() + dt.timedelta(days=7),
            legal_basis=BASIS,
            appointer_id=room.boss.pk,
            now=timezone.now(),
        )
        submit(page, by=room.author)
    with at(10):
        approve(page, by=room.colleague)
    with at(20):
        approve(page, by=room.leader)
    return fresh(page)


def published_urgently(page, room: Newsroom) -> UrgentPublication:
    """One leader publishes at once."""
    with at(0):
        submit(page, by=room.author)
        urgency.publish_urgently(
            page_id=page.pk, actor_id=room.leader.pk, seen_digest=digest(page), reason=REASON, now=timezone.now()
        )
    return UrgentPublication.objects.latest("pk")


def confirmed(debt: UrgentPublication, room: Newsroom) -> None:
    """The head confirms."""
    with at(60):
        urgency.confirm(debt_id=debt.pk, actor_id=room.head.pk, now=timezone.now())


def objected(debt: UrgentPublication, room: Newsroom) -> None:
    """The head objects."""
    with at(60):
        urgency.object_to(debt_id=debt.pk, actor_id=room.head.pk, remark="Саны такталган эмес.", now=timezone.now())


def contents(page, **which) -> dict:
    """What stands on the sheet of a page."""
    return contents_of(clearance_of(content_id=page.content_id, locale=page.locale_code, **which))


def html(page, language: str = "ky", **which) -> bytes:
    """The sheet as HTML."""
    return html_of(contents(page, **which), language=language)


def pdf(page, language: str = "ky", **which) -> bytes:
    """The sheet as PDF."""
    return pdf_of(contents(page, **which), language=language)


def last_entry() -> LedgerEntry:
    """What was recorded last."""
    return LedgerEntry.objects.latest("number")
