"""A breach holds each language until that text is public itself, and what was given before it is dead for good."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from approvals import decisions
from approvals.documents import DocumentView
from approvals.embargo.refusals import EmbargoRefused, Fault
from approvals.scheduling import publish_due
from tests.approvals.embargo.press import breach, embargoed, give, opens
from tests.attacks.houses import everything
from tests.newsroom import edit, fresh, publish, release

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def noon() -> dt.datetime:
    return (timezone.now() + 2 * HOUR).replace(microsecond=0)


@pytest.fixture
def kyrgyz(room, noon):
    return publish(release(room.author, go_live_at=noon), room)


def in_russian(of, room, *, at: dt.datetime | None):
    page = release(room.author, locale="ru", title="По-русски", translation_key=of.translation_key, go_live_at=at)
    return publish(page, room)


def corrected(page, room, *, at: dt.datetime):
    return publish(edit(fresh(page), by=room.author, title="Такталды", change_note="Такталды.", go_live_at=at), room)


def let_go(at: dt.datetime, *pages) -> None:
    with time_machine.travel(at, tick=False):
        assert publish_due(now=at).published == [page.pk for page in pages]


def refuses(page, room) -> bool:
    before = everything()
    with pytest.raises(EmbargoRefused) as refused:
        give(page, by=room.head)
    assert everything() == before
    return refused.value.fault == Fault.EMBARGO_BROKEN


def test_the_publication_of_one_language_opens_no_other(room, noon, kyrgyz):
    russian = in_russian(kyrgyz, room, at=noon + 3 * HOUR)
    _access, token = give(russian, by=room.leader)
    breach(kyrgyz, by=room.leader)
    let_go(noon, kyrgyz)

    with time_machine.travel(noon + dt.timedelta(minutes=1), tick=False):
        assert not opens(token)
        assert refuses(russian, room)
        assert [one.locale for one in DocumentView(page=russian, reader_id=room.head.pk).breaches] == ["ky"]
    let_go(noon + 3 * HOUR, russian)

    with time_machine.travel(noon + 4 * HOUR, tick=False):
        corrected(russian, room, at=noon + 5 * HOUR)
        assert opens(give(russian, by=room.head)[1])


def test_stopping_and_clearing_the_other_language_anew_does_not_undo_it(room, noon, kyrgyz):
    russian = in_russian(kyrgyz, room, at=noon + 3 * HOUR)
    breach(kyrgyz, by=room.leader)
    let_go(noon, kyrgyz)

    with time_machine.travel(noon + HOUR, tick=False):
        decisions.stop_scheduled(page_id=russian.pk, actor_id=room.head.pk, remark="Токто.", now=timezone.now())
        publish(russian, room)
        assert refuses(russian, room)


def test_what_was_given_before_a_breach_is_dead_even_under_a_later_embargo(room, noon, kyrgyz):
    give(kyrgyz, by=room.head)
    russian = in_russian(kyrgyz, room, at=None)
    let_go(noon, kyrgyz)

    with time_machine.travel(noon + HOUR, tick=False):
        corrected(russian, room, at=noon + 2 * HOUR)
        _access, before = give(russian, by=room.head)
        breach(kyrgyz, by=room.head)
        _access, after = give(russian, by=room.head)

        assert (opens(before), opens(after)) == (False, True)


@pytest.mark.parametrize("is_public", [True, False])
def test_what_is_submitted_when_the_broken_text_is_public_has_an_embargo_of_its_own(room, noon, kyrgyz, is_public):
    russian = in_russian(kyrgyz, room, at=None) if is_public else None
    breach(kyrgyz, by=room.leader)
    let_go(noon, kyrgyz)

    with time_machine.travel(noon + HOUR, tick=False):
        later = noon + 2 * HOUR
        russian = corrected(russian, room, at=later) if is_public else in_russian(kyrgyz, room, at=later)
        assert opens(give(russian, by=room.head)[1])


def test_while_the_broken_text_is_not_public_no_correction_of_another_language_is_shown(room, noon, kyrgyz):
    russian = in_russian(kyrgyz, room, at=None)
    breach(kyrgyz, by=room.leader)

    corrected(russian, room, at=noon + HOUR)

    assert refuses(russian, room)


def test_a_breach_that_is_found_after_the_publication_stops_the_languages_that_are_not_public_yet(room, noon, kyrgyz):
    give(kyrgyz, by=room.head)
    russian = in_russian(kyrgyz, room, at=noon + 3 * HOUR)
    _access, token = give(russian, by=room.head)
    let_go(noon, kyrgyz)

    with time_machine.travel(noon + HOUR, tick=False):
        assert opens(token)
        breach(kyrgyz, by=room.head)
        assert not opens(token)
        assert refuses(russian, room)
        corrected(kyrgyz, room, at=noon + 2 * HOUR)
        assert opens(give(kyrgyz, by=room.head)[1])


def test_an_early_access_of_another_document_stays_open(room, kyrgyz):
    _access, token = give(embargoed(room, title="Башка"), by=room.head)

    breach(kyrgyz, by=room.head)

    assert opens(token)
