"""The screens of taking down, as people use them."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from approvals.models import Withdrawal
from approvals.queue import inbox_of
from site_pages.access import rules
from site_pages.models import Topic
from tests.approvals.test_screens import desk
from tests.approvals.withdrawal.taking_down import NO_LONGER_CURRENT, REASON, all_of_it, close, propose, take_down
from tests.attacks.houses import signed_in
from tests.newsroom import approve, edit, fresh, publish, release, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return publish(release(room.author), room)


def address(name: str, *args) -> str:
    return reverse(f"approvals:{name}", args=args)


def decide(user, verb: str, withdrawal: Withdrawal, **words):
    values = {"digest": withdrawal.statement.own_digest, **words}
    return signed_in(user).post(address(f"withdrawal_{verb}", withdrawal.pk), values)


def test_a_withdrawal_goes_through_the_screens(room, page):
    author = signed_in(room.author)
    assert address("withdraw", page.pk) in author.get(address("document", page.pk)).content.decode()
    assert author.get(address("withdraw", page.pk)).status_code == 200

    answer = author.post(address("withdraw", page.pk), {"withdrawal_class": "in_error", "reason": REASON})

    withdrawal = Withdrawal.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address("withdrawal", withdrawal.pk))
    for person in (room.head, room.leader):
        inbox = signed_in(person).get(address("waiting_for_me"))
        assert [one.withdrawal.pk for one, _late in inbox.context_data["withdrawals"]] == [withdrawal.pk]
        assert REASON in signed_in(person).get(address("withdrawal", withdrawal.pk)).content.decode()
        assert decide(person, "approve", withdrawal).status_code == 302
    assert not fresh(page).live
    assert signed_in(room.head).get(address("waiting_for_me")).context_data["withdrawals"] == []
    ended = signed_in(room.author).get(address("withdrawals"))
    assert [one.withdrawal.pk for one, _late in ended.context_data["ended"]] == [withdrawal.pk]


def test_who_may_not_propose_reads_why_and_gets_no_form(room, page):
    screens = {who: signed_in(who).get(address("withdraw", page.pk)) for who in (room.author, room.head, room.boss)}

    assert ['name="withdrawal_class"' in screen.content.decode() for screen in screens.values()] == [True, True, False]
    assert "Системалык администратор башкарат, бирок чечим кабыл албайт." in screens[room.boss].content.decode()


def test_a_refusal_without_words_loses_nothing(room, page):
    withdrawal = propose(page, by=room.author)

    answer = decide(room.head, "refuse", withdrawal, remark="")

    assert (answer.status_code, Withdrawal.objects.get().outcome) == (403, "")
    assert decide(room.head, "refuse", withdrawal, remark="Калсын.").status_code == 302
    assert Withdrawal.objects.get().outcome == "refused"


def test_the_proposer_recalls_on_the_screen(room, page):
    withdrawal = propose(page, by=room.author)

    signed_in(room.author).post(address("withdrawal_recall", withdrawal.pk))

    assert Withdrawal.objects.get().outcome == "recalled"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"withdrawal_class": "in_error", "reason": ""}, "reason"),
        ({"withdrawal_class": "superseded", "reason": REASON, "successor": "эмне"}, "successor"),
        ({"withdrawal_class": "superseded", "reason": REASON}, "successor"),
        ({"withdrawal_class": "in_error", "reason": REASON, "successor": str(uuid4())}, "successor"),
        ({"withdrawal_class": "in_error", "reason": "\u200b"}, "reason"),
        ({"withdrawal_class": "deleted", "reason": REASON}, "withdrawal_class"),
    ],
)
def test_a_form_that_is_not_whole_says_where(room, page, values, field):
    answer = signed_in(room.author).post(address("withdraw", page.pk), values)

    assert (answer.status_code, list(answer.context_data["form"].errors)) == (400, [field])
    assert Withdrawal.objects.count() == 0


def test_the_switch_is_shown_to_the_leadership_alone_and_closes(room, page):
    for person in (room.author, room.head, room.boss):
        assert not signed_in(person).get(address("withdraw", page.pk)).context_data["may_close"]
        signed_in(person).post(address("close_at_once", page.pk), {"reason": REASON})
        assert fresh(page).live
    leader = signed_in(room.leader)
    assert leader.get(address("withdraw", page.pk)).context_data["may_close"]

    leader.post(address("close_at_once", page.pk), {"reason": REASON})

    assert not fresh(page).live
    assert "withdrawals/" in signed_in(room.head).get(address("waiting_for_me")).content.decode()


def test_the_switch_keeps_the_reason_that_was_typed_and_says_what_is_wrong_with_it(room, page):
    before = all_of_it()

    for reason in ("…", "а" * 2001):
        answer = signed_in(room.leader).post(address("close_at_once", page.pk), {"reason": reason})

        assert (answer.status_code, list(answer.context_data["closing_form"].errors)) == (400, ["reason"])
        assert answer.context_data["form"].errors == {}
        typed = BeautifulSoup(answer.content, "html.parser").find("textarea", {"id": "closing_reason"})
        assert typed.get_text().strip() == reason
    assert (fresh(page).live, all_of_it()) == (True, before)


def test_the_end_of_a_line_counts_once_whatever_the_browser_sends(room, page):
    shown = "а" * 1_980 + "\n" * 19 + "а"
    answer = signed_in(room.author).post(
        address("withdraw", page.pk), {"withdrawal_class": "in_error", "reason": shown.replace("\n", "\r\n")}
    )

    assert answer.status_code == 302
    assert Withdrawal.objects.get().reason == shown


def test_the_public_title_is_named_and_not_that_of_a_correction(room, page):
    edit(page, by=room.author, title="Жашыруун түзөтүү", change_note="Жаңы.")
    head = signed_in(room.head)
    withdrawal = propose(page, by=room.colleague)
    screens = [head.get(address("withdraw", page.pk)), head.get(address("withdrawal", withdrawal.pk))]
    seen = {"digest": withdrawal.statement.own_digest}
    screens.append(head.post(address("withdrawal_approve", withdrawal.pk), seen, follow=True))
    screens.append(signed_in(room.leader).post(address("close_at_once", page.pk), {"reason": REASON}, follow=True))

    for screen in screens:
        assert page.title in screen.content.decode()
        assert "Жашыруун" not in screen.content.decode()


def what_readers_do(user, withdrawal: Withdrawal) -> str:
    screen = signed_in(user).get(address("withdrawal", withdrawal.pk))
    return BeautifulSoup(screen.content, "html.parser").find(id="instead-heading").get_text(strip=True)


def test_the_screen_says_what_readers_find_in_every_state(room, page):
    will, do, did, would = (
        f"Окурмандар {words}" for words in ("эмнени көрүшөт", "азыр эмнени көрөт", "эмнени көргөн", "эмнени көрмөк")
    )
    refused = propose(page, by=room.author)
    assert what_readers_do(room.head, refused) == will
    decide(room.head, "refuse", refused, remark="Калсын.")
    recalled = propose(page, by=room.author)
    signed_in(room.author).post(address("withdrawal_recall", recalled.pk))
    noticed = take_down(page, room, as_=NO_LONGER_CURRENT)
    assert what_readers_do(room.head, noticed) == do
    withdrawn = take_down(page, room)
    assert [what_readers_do(room.head, one) for one in (noticed, withdrawn)] == [did, do]
    publish(page, room)
    (closed,) = close(page, by=room.leader)
    assert what_readers_do(room.head, closed) == do
    publish(page, room)

    told = [what_readers_do(room.head, one) for one in (refused, recalled, noticed, withdrawn, closed)]

    assert told == [would, would, did, did, did]


def test_only_what_readers_can_be_led_to_is_suggested(room, page):
    end = timezone.now() + dt.timedelta(hours=1)
    fitting, noticed = (publish(release(room.author, title=title), room) for title in ("Ылайыктуу", "Эскертмеси бар"))
    ended = release(room.author, title="Мөөнөтү бүткөн")
    ended = publish(edit(ended, by=room.author, expire_at=end), room)
    take_down(noticed, room, as_=NO_LONGER_CURRENT)

    with time_machine.travel(end):
        suggested = signed_in(room.author).get(address("withdraw", page.pk)).context_data["suggested"]

    assert [one.pk for one in suggested] == [fitting.pk]


def test_what_is_limited_to_others_is_on_no_screen(room, page):
    withdrawal = propose(page, by=room.author)
    rules.limit(content_id=page.content_id, owner=room.author)
    head = signed_in(room.head)

    for name, number in (("withdraw", page.pk), ("withdrawal", withdrawal.pk)):
        assert head.get(address(name, number)).status_code == 404
    assert decide(room.head, "approve", withdrawal).status_code == 404
    assert head.get(address("withdrawals")).context_data["open_ones"] == []
    assert head.get(address("waiting_for_me")).context_data["withdrawals"] == []
    assert signed_in(room.outsider).get(address("withdrawals")).status_code == 302


def test_the_inbox_and_the_list_ask_a_fixed_number_of_questions(room, page, django_assert_max_num_queries):
    pages = [page, *(publish(release(room.author, title=f"Текст {n}"), room) for n in range(3))]
    for one in pages[:2]:
        propose(one, by=room.author)
    close(pages[2], by=room.leader)
    propose(pages[3], by=room.author)
    submit(release(room.author, title="Күтөт"), by=room.author)
    head = signed_in(room.head)
    head.get(address("withdrawals"))

    with django_assert_max_num_queries(15):
        inbox = inbox_of(user_id=room.head.pk, now=timezone.now())
    with django_assert_max_num_queries(30):
        listed = head.get(address("withdrawals"))

    assert (len(inbox.withdrawals), len(inbox.waiting)) == (4, 1)
    assert len(listed.context_data["open_ones"]) == 4


def test_who_decides_reads_the_text_whatever_became_of_the_registers(room):
    topic = Topic.objects.create(key="suu", label_ky="Суу", label_ru="Вода", label_en="Water")
    draft = release(room.author).get_latest_revision_as_object()
    draft.topics = [topic]
    draft.save_revision(user=room.author)
    withdrawal = propose(publish(fresh(draft), room), by=room.author)

    Topic.objects.filter(pk=topic.pk).update(label_ky="Суу ресурстары")

    screen = desk(room.head).get(address("withdrawal", withdrawal.pk)).text
    assert "Биринчи абзац" in screen
    assert "not on record" not in screen


def test_whoever_publishes_over_a_notice_is_told_that_it_is_lifted(room, page):
    take_down(page, room, as_=NO_LONGER_CURRENT, reason="Мөөнөтү бүттү.")
    editor = desk(room.author).get(reverse("wagtailadmin_pages:edit", args=[page.pk])).text
    submit(page, by=room.author)

    screen = desk(room.head).get(address("document", page.pk)).text

    for shown in (editor, screen):
        assert "lifts the notice" in shown
        assert "Мөөнөтү бүттү." in shown.split("lifts the notice")[1]
    assert "only confirmed" not in screen
    approve(page, by=room.head)
    approve(page, by=room.leader)
    submit(page, by=room.author)
    assert "lifts the notice" not in desk(room.head).get(address("document", page.pk)).text


def test_of_a_withdrawn_document_no_version_is_public_now(room, page):
    before = desk(room.author).get(address("document", page.pk)).text
    take_down(page, room)
    edit(page, by=room.author, title="Кайрадан")

    after = desk(room.author).get(address("document", page.pk)).text

    assert "public now" in before
    assert "public now" not in after
    assert "What changes in the published text" not in after
