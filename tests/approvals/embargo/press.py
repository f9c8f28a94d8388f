"""What the tests of embargoes share: a text under embargo, a journalist, what he or she meets."""

import datetime as dt

import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from approvals.embargo import breaches, giving
from approvals.embargo.breaches import Sighting
from approvals.embargo.giving import Journalist
from approvals.models import DuePublication, EarlyAccess, EarlyOpening
from approvals.scheduling import publish_due
from tests.approvals.consultation import SAME_ID, answer_of
from tests.newsroom import Newsroom, publish, release

ASEL = Journalist(reader_name="Асел Асанова", outlet="Кабар агенттиги", email="asel@kabar.example", language="ru")
SECRET, SECRET_SLUG = "Купуясөз", "kupuyasoz"
NO_TOKEN = "B" * 43


def embargoed(room: Newsroom, *, make=release, hours: float = 2, **fields):
    """A document that is cleared and waits for its time."""
    due = timezone.now() + dt.timedelta(hours=hours)
    return publish(make(room.author, go_live_at=due, **fields), room)


def due_of(page) -> DuePublication:
    """What waits of the page."""
    return DuePublication.objects.get(page_id=page.pk)


def publish_in_time(page) -> None:
    """What the worker does at the instant of the publication."""
    due_at = due_of(page).due_at
    with time_machine.travel(due_at, tick=False):
        assert publish_due(now=due_at).published == [page.pk]


def give(page, *, by, to: Journalist = ASEL, **values) -> tuple[EarlyAccess, str]:
    """Early access to what waits of the page, and its token."""
    usual = {"ends_at": None, "by_mail": False, "now": timezone.now()}
    seen = values.pop("seen_digest", None) or due_of(page).digest
    return giving.give(page_id=page.pk, giver_id=by.pk, seen_digest=seen, to=to, **{**usual, **values})


def without_factor(user):
    """The person after the loss of his or her telephone."""
    Authenticator.objects.filter(user=user)._raw_delete("default")
    return user


def breach(page, *, by, outlet: str = "", **values):
    """A breach on record."""
    seen = Sighting(place="Сайт", seen_at=timezone.now(), outlet=outlet, **values)
    return breaches.note_breach(page_id=page.pk, actor_id=by.pk, seen=seen, now=timezone.now())


def address(token: str) -> str:
    return reverse("early:text", args=[token])


def form_address(token: str) -> str:
    return reverse("early:form", args=[token])


def somebody(**options) -> Client:
    """A browser in which nobody has signed in."""
    return Client(raise_request_exception=False, headers=SAME_ID, **options)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def nothing() -> tuple:
    """The answer to an address that never was one."""
    return answer_of(somebody(REMOTE_ADDR="192.0.2.99").get(address(NO_TOKEN)))


def opens(token: str) -> bool:
    """Whether the token opens its text; when it does not, the answer is that of an address that never was one."""
    answer = somebody().get(address(token))
    if answer.status_code != 200:
        assert answer_of(answer) == nothing()
        assert answer_of(somebody().get(form_address(token))) == nothing()
        assert answer_of(somebody().get("/early/", headers=bearer(token))) == nothing()
    return answer.status_code == 200


def openings() -> list[str]:
    """What was handed out, in order."""
    return list(EarlyOpening.objects.order_by("pk").values_list("what", flat=True))
