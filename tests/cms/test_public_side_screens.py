"""The screens of the public side: for system administrators alone, every button by the rules, secrets shown once."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from approvals import acting
from approvals.models import Notice, NoticeState
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP, AUTHORS
from frontend_api import canaries, file_guesses
from frontend_api.deliveries import deliver_due
from frontend_api.models import Canary, Delivery, DeliveryChannel, Publication, WebhookEndpoint
from frontend_api.search.port import DocumentRejected
from frontend_api.webhooks import receivers
from tests.approvals.consultation import changed
from tests.approvals.embargo.press import without_factor
from tests.attacks.houses import everything, signed_in
from tests.frontend_api.test_deliveries import RecordingIndex
from tests.newsroom import PASSWORD, hire, publish, release
from tests.services.http_sink import HttpSink

pytestmark = pytest.mark.django_db
SCREENS = ("deliveries", "webhooks", "canaries")


@pytest.fixture(autouse=True)
def alarms(settings, tmp_path):
    settings.ALARMS_ROOT = tmp_path / "alarms"


@pytest.fixture
def site():
    with HttpSink() as sink:
        yield sink


@pytest.fixture
def receiver(site) -> WebhookEndpoint:
    return receivers.add(name="president.kg", url=site.url, locales=["ky"], types=[], by=None, now=timezone.now())


@pytest.fixture
def canary() -> Canary:
    return canaries.plant(filename="byudzhet-2027.pdf", note="Архивде", by=None, now=timezone.now())


@pytest.fixture
def dead(room) -> Delivery:
    publish(release(room.author, title="Купуя эмес"), room)
    deliver_due(now=timezone.now(), limit=10, index=RecordingIndex(DocumentRejected("mapping")))
    return Delivery.objects.exclude(dead_at=None).get()


def person(room, who: str):
    """Somebody of the table of roles; None for whoever has not signed in."""
    match who:
        case "deputy":
            deputy, now = hire("deputy"), timezone.now()
            acting.appoint(
                principal_id=room.leader.pk, deputy_id=deputy.pk, starts_at=now, ends_at=now + dt.timedelta(days=1),
                group_id=Group.objects.get(name=APPARATUS_LEADERSHIP).pk, legal_basis="№ 45", document_types=[],
                appointer_id=room.boss.pk, now=now,
            )  # fmt: skip
            return deputy
        case "administrator":
            return hire("administrator", ADMINISTRATORS)
        case "agent":
            agent = hire("agent", AUTHORS, is_superuser=True)
            changed(agent, is_agent=True)
            return agent
        case "nobody":
            return None
    return getattr(room, "outsider" if who == "reader" else "boss" if who == "superuser" else who)


def buttons(receiver, canary, dead) -> list[tuple[str, dict]]:
    """Every address that changes something, with what is filled in."""
    verbs = [(reverse(f"public_side:{name}", args=[receiver.key]), {}) for name in ("test", "switch_off", "switch_on")]
    return [
        (reverse("public_side:webhooks"), {"name": "new.kg", "url": "https://www.example/hook"}),
        *verbs,
        (reverse("public_side:new_secret", args=[receiver.key]), {}),
        (reverse("public_side:remove", args=[receiver.key]), {}),
        (reverse("public_side:canaries"), {"filename": "plan.pdf", "note": "Почтада"}),
        (reverse("public_side:retire", args=[canary.pk]), {}),
        (reverse("public_side:again", args=[dead.pk]), {}),
        (reverse("public_side:all_again"), {}),
    ]


def picture() -> tuple:
    models = (WebhookEndpoint, Canary, Delivery, ModelLogEntry)
    return (*(list(model.objects.order_by("pk").values()) for model in models), everything())


REFUSED = ["author", "head", "deputy", "leader", "administrator", "agent", "reader", "nobody"]


@pytest.mark.parametrize("who", [*REFUSED, "superuser"])
def test_who_sees_the_screens_and_their_entry_in_the_menu(room, receiver, canary, dead, who):
    reader = person(room, who)
    client = signed_in(reader) if reader else Client()
    is_for = who == "superuser"

    answers = [client.get(reverse(f"public_side:{name}")) for name in SCREENS]

    assert [answer.status_code for answer in answers] == [200 if is_for else 302] * 3
    shown = "".join(answer.content.decode() for answer in answers)
    assert [word in shown for word in ("president.kg", "byudzhet-2027.pdf", "mapping")] == [is_for] * 3
    menu = client.get(reverse("wagtailadmin_home"), follow=True).content.decode()
    assert (reverse("public_side:deliveries") in menu) is is_for


@pytest.mark.parametrize("who", REFUSED)
def test_whoever_is_refused_has_changed_nothing(room, site, receiver, canary, dead, who):
    reader = person(room, who)
    client = signed_in(reader) if reader else Client()
    before = picture()

    statuses = {client.post(address, words).status_code for address, words in buttons(receiver, canary, dead)}

    assert statuses == {302}
    assert (picture(), site.received) == (before, [])


def test_every_button_works_for_a_superuser(room, site, receiver, canary, dead):
    client = signed_in(room.boss)

    statuses = [client.post(address, words).status_code for address, words in buttons(receiver, canary, dead)]

    assert statuses == [200, 302, 302, 302, 200, 302, 302, 302, 302, 302]
    acts = ModelLogEntry.objects.filter(user=room.boss, action__startswith="jarchy.").order_by("pk")
    assert [act.removeprefix("jarchy.") for act in acts.values_list("action", flat=True)] == [
        "receiver_added", "receiver_tested", "receiver_off", "receiver_on", "receiver_secret_changed",
        "receiver_removed", "canary_planted", "canary_retired", "deliveries_retried",
    ]  # fmt: skip
    assert [one.path for one in site.received] == ["/hook"]
    assert Delivery.objects.get(pk=dead.pk).dead_at is None


def test_a_session_without_its_second_factor_changes_nothing(room, site, receiver, canary, dead):
    client = signed_in(room.boss)
    session = client.session
    session.pop("account_authentication_methods", None)
    session.save()
    before = picture()

    answers = [client.post(address, words) for address, words in buttons(receiver, canary, dead)]

    given_at = reverse("mfa_reauthenticate")
    assert {(answer.url.startswith(given_at), answer.status_code) for answer in answers} == {(True, 302)}
    assert (picture(), site.received) == (before, [])


def test_an_administrator_who_has_no_second_factor_looks_and_changes_nothing(room, site, receiver, canary, dead):
    without_factor(room.boss)
    client = signed_in(room.boss)
    before = picture()

    looked = [client.get(reverse(f"public_side:{name}")).status_code for name in SCREENS]
    answers = [client.post(address, words) for address, words in buttons(receiver, canary, dead)]

    assert (looked, {answer.url for answer in answers}) == ([200] * 3, {reverse("public_side:deliveries")})
    assert (picture(), site.received) == (before, [])


def test_no_button_works_by_a_link_or_without_the_token_of_the_form(room, site, receiver, canary, dead):
    client = Client(enforce_csrf_checks=True)
    client.login(username=room.boss.username, password=PASSWORD)
    before = picture()

    posted = {client.post(address, words).status_code for address, words in buttons(receiver, canary, dead)}
    linked = [client.get(address).status_code for address, words in buttons(receiver, canary, dead) if not words]

    assert (posted, linked) == ({403}, [405] * 8)
    assert (picture(), site.received) == (before, [])


def test_a_secret_is_shown_once_is_kept_by_nobody_and_works(room):
    client, address = signed_in(room.boss), reverse("public_side:webhooks")
    words = {"name": "жаңы.kg", "url": "https://www.example/hook", "locales": ["ky"], "types": ["decree"]}

    shown = client.post(address, words)
    added = WebhookEndpoint.objects.get()
    listed = client.get(address)
    again = client.post(reverse("public_side:new_secret", args=[added.key]))
    changed_one = WebhookEndpoint.objects.get()

    assert (added.locales, added.types) == (["ky"], ["decree"])
    assert shown.content.decode().count(added.secret) == again.content.decode().count(changed_one.secret) == 1
    assert added.secret != changed_one.secret
    assert "no-store" in shown["Cache-Control"] and "no-store" in again["Cache-Control"]
    later = (
        client.get(address).content.decode() + client.get(reverse("wagtailadmin_reports:site_history")).content.decode()
    )
    assert "whsec_" not in listed.content.decode() + later


@pytest.mark.parametrize(
    "words, field",
    [
        ({"name": "president.kg", "url": "https://www.example/"}, "name"),
        ({"name": "", "url": "https://www.example/"}, "name"),
        ({"name": "a", "url": "http://www.example/"}, "url"),
        ({"name": "a", "url": "https://192.168.0.1/"}, "url"),
        ({"name": "a", "url": "https://www.example/", "locales": ["de"]}, "locales"),
    ],
)
def test_what_cannot_be_added_is_said_beside_its_field(room, receiver, settings, words, field):
    settings.OUTGOING_PRIVATE_ADDRESSES = False
    before = picture()

    answer = signed_in(room.boss).post(reverse("public_side:webhooks"), words)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert picture() == before


@pytest.mark.parametrize(
    "words, field", [({"filename": "../a", "note": "x"}, "filename"), ({"filename": "a.pdf", "note": " "}, "note")]
)
def test_what_cannot_be_planted_is_said_beside_its_field(room, words, field):
    answer = signed_in(room.boss).post(reverse("public_side:canaries"), words)

    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not Canary.objects.exists()


def test_what_was_removed_meanwhile_is_said(room, site):
    client = signed_in(room.boss)
    addresses = [
        reverse(f"public_side:{verb}", args=[uuid4()]) for verb in ("test", "switch_on", "new_secret", "retire")
    ]
    before = picture()

    answers = [client.post(address, follow=True) for address in addresses]

    assert [[message.level_tag for message in answer.context["messages"]] for answer in answers] == [["error"]] * 4
    assert (picture(), site.received) == (before, [])


def test_a_failed_test_says_what_came_and_not_where_it_was_sought(room, site, receiver):
    site.statuses.append(503)

    answer = signed_in(room.boss).post(reverse("public_side:test", args=[receiver.key]), follow=True)

    (message,) = answer.context["messages"]
    assert (message.level_tag, "HTTP 503" in str(message), site.url in str(message)) == ("error", True, False)


def test_canaries_say_who_asked_and_guesses_who_guessed(room, canary, settings):
    now = timezone.now()
    file_guesses.note_canary(address="203.0.113.7", file_id=canary.pk, filename=canary.filename, now=now)
    for _ in range(settings.FILE_GUESSES_PER_MINUTE):
        file_guesses.note_guess(address="198.51.100.9", now=now)

    answer = signed_in(room.boss).get(reverse("public_side:canaries"))

    (row,) = answer.context["rows"]
    assert ([touch.address for touch in row["touches"]], row["more"]) == (["203.0.113.7"], 0)
    assert [one.address for one in answer.context["guesses"]] == ["198.51.100.9"]
    assert row["address"] in answer.content.decode()


def test_alarms_that_cannot_be_read_are_no_silence(room, canary, settings, tmp_path, monkeypatch):
    (tmp_path / "alarms").mkdir()
    (tmp_path / "alarms" / "raised").mkdir()
    monkeypatch.setattr("pathlib.Path.iterdir", lambda self: (_ for _ in ()).throw(PermissionError(13, "no")))

    answer = signed_in(room.boss).get(reverse("public_side:canaries"))

    assert (answer.context["is_readable"], "ALARMS_ROOT" in answer.content.decode()) == (False, True)


def test_deliveries_name_no_title_and_count_the_mail(room, dead):
    Notice.objects.all().delete()
    for number, state in enumerate((NoticeState.DUE, NoticeState.DEAD, NoticeState.UNKNOWN)):
        settled = None if state == NoticeState.DUE else timezone.now()
        handed = timezone.now() if state == NoticeState.UNKNOWN else None
        Notice.objects.create(
            entry_number=number, recipient_id=1, recipient_name="А", state=state, settled_at=settled,
            handed_over_at=handed, written_at=timezone.now(), next_attempt_at=timezone.now(),
        )  # fmt: skip

    answer = signed_in(room.boss).get(reverse("public_side:deliveries"))

    assert (answer.context["mail"]["waiting"], answer.context["mail"]["put_aside"]) == (1, 2)
    assert ("mapping" in answer.content.decode(), "Купуя эмес" in answer.content.decode()) == (True, False)


@pytest.mark.parametrize("channel", DeliveryChannel.values)
def test_what_waits_in_any_channel_is_shown(room, dead, channel):
    late = Delivery.objects.create(
        publication=dead.publication, channel=channel, target=str(uuid4()), next_attempt_at=timezone.now(), attempts=2
    )

    answer = signed_in(room.boss).get(reverse("public_side:deliveries"))

    assert answer.status_code == 200
    assert late in [row for row, _label, _name in answer.context["rows"]]
    (state,) = [one for one in answer.context["channels"] if one.channel == channel]
    assert (state.waiting, bool(state.label)) == (1, True)


def test_empty_screens_say_what_to_do(room):
    client = signed_in(room.boss)

    said = [client.get(reverse(f"public_side:{name}")).content.decode() for name in SCREENS]

    assert [
        bool(re.search(words, text))
        for words, text in zip(("<p>", "president.kg", "byudzhet-2027.pdf"), said, strict=True)
    ] == [True] * 3
    assert [reverse("public_side:all_again") in said[0], "<article" in said[1], "/retire/" in said[2]] == [False] * 3


@pytest.mark.parametrize("name, most", [("deliveries", 40), ("webhooks", 40), ("canaries", 40)])
def test_many_rows_take_as_many_questions_as_few(room, dead, name, most):
    client, counts = signed_in(room.boss), []
    client.get(reverse(f"public_side:{name}"))
    for more in (5, 495):
        many(dead, count=more)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(reverse(f"public_side:{name}"))
        counts.append((len(queries), len(answer.context["rows"])))

    few, lots = counts
    assert few[0] == lots[0] <= most
    assert (few[1], lots[1]) == {"deliveries": (11, 50), "webhooks": (5, 500), "canaries": (5, 500)}[name]


def many(dead: Delivery, *, count: int) -> None:
    """So many receivers, each with one message that waits and one that was put aside, and as many canaries."""
    now, publication = timezone.now(), Publication.objects.get()
    begin = WebhookEndpoint.objects.count()
    made = [
        WebhookEndpoint(name=f"{begin + number}.kg", url="https://www.example/", secret="whsec_AAAA", added_at=now)
        for number in range(count)
    ]
    WebhookEndpoint.objects.bulk_create(made)
    Delivery.objects.bulk_create(
        Delivery(
            publication=publication, channel=channel, target=str(one.key), next_attempt_at=now, attempts=3,
            dead_at=now if channel == "webhook" else None, last_error="HTTP 503",
        )
        for one in made
        for channel in ("webhook", "cache")
    )  # fmt: skip
    Canary.objects.bulk_create(
        Canary(file_id=uuid4(), filename="a.pdf", sha256="0" * 64, note="x", planted_at=now) for _ in made
    )
