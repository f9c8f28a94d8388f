"""A document of an open bundle is not deleted; where one was all the same, its text keeps its place."""

import html

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from approvals.bundles import making
from approvals.bundles.overview import choices_for, members_of
from approvals.bundles.refusals import Fault
from approvals.bundles.rehearsal import rehearse
from approvals.models import BundleMember, DuePublication
from approvals.schedule import ScheduleState, schedule_for
from site_pages.gatekeeping import IN_A_BUNDLE, TextLocked
from site_pages.models import DocumentPage
from tests import newsroom
from tests.approvals.bundles.coverage import (
    add,
    clear,
    deleted_all_the_same,
    fresh,
    let_go,
    make,
    public,
    run,
    take_out,
)
from tests.approvals.bundles.test_making import picture, refused
from tests.attacks.houses import signed_in
from tests.newsroom import ledger_kinds, release

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(room):
    return release(room.author)


def test_a_document_of_an_open_bundle_is_not_deleted(room, page):
    bundle, before = make(room, page), picture()
    with pytest.raises(TextLocked), transaction.atomic():
        newsroom.fresh(page).delete()
    asked = {"follow": True, "headers": {"accept-language": "en"}}
    answer = signed_in(room.author).post(reverse("wagtailadmin_pages:delete", args=[page.pk]), **asked)
    with translation.override("en"):
        assert (picture(), str(IN_A_BUNDLE) in html.unescape(answer.text)) == (before, True)

    take_out(bundle, page, by=room.author)
    newsroom.fresh(page).delete()

    assert DocumentPage.objects.count() == 0


class TestDeletedAndTranslatedAnew:
    """A text is known by its document and its language, whatever page bears it."""

    @pytest.fixture
    def anew(self, room, page):
        """A bundle with a text that was deleted, and the page that bears it today."""
        key = {"translation_key": page.translation_key}
        russian = release(room.author, locale="ru", title="Первый", **key)
        bundle = make(room, page, russian)
        deleted_all_the_same(russian)
        return bundle, release(room.author, locale="ru", title="Второй", **key)

    def test_it_is_in_its_bundle_already(self, room, page, anew):
        bundle, again = anew

        assert refused(lambda: add(bundle, again, by=room.author)) == [Fault.TWICE]
        assert refused(lambda: add(make(room), again, by=room.author)) == [Fault.OTHER_BUNDLE]
        assert again.pk not in [choice.page_id for choice in choices_for(room.author, words="", now=timezone.now())]
        assert [one.page_id for one in members_of(bundle)] == [page.pk, again.pk]

    def test_it_is_published_with_its_bundle(self, room, page, anew):
        bundle, again = anew
        for one in (page, again):
            clear(one, room)
        assert rehearse(bundle=bundle, now=timezone.now()).would_succeed
        let_go(bundle, by=room.leader)

        assert (run().published, public(), DuePublication.objects.count()) == ([bundle.pk], 2, 0)

    def test_it_is_taken_out(self, room, page, anew):
        bundle, again = anew
        clear(again, room)

        take_out(bundle, again, by=room.leader, remark="Кийин.")

        assert (ledger_kinds(again)[-1], DuePublication.objects.count()) == ("stopped", 0)

    @pytest.mark.parametrize("ends", ["published", "given up"])
    def test_what_is_left_on_a_bundle_that_is_over_waits_for_a_person(self, room, page, anew, ends):
        bundle, again = anew
        for one in (page, again):
            clear(one, room)
        BundleMember.objects.filter(page_id=again.pk).delete()
        if ends == "published":
            let_go(bundle, by=room.leader)
            assert (run().published, public()) == ([bundle.pk], 1)
        else:
            on = {"bundle_id": bundle.pk, "seen": fresh(bundle).version, "actor_id": room.leader.pk}
            making.give_up(**on, remark="Болбой калды.", now=timezone.now())

        left = DuePublication.objects.get()
        assert (left.page_id, left.bundle_id, left.held_at is not None) == (again.pk, None, True)
        assert [row.state for row in schedule_for(room.author, now=timezone.now())] == [ScheduleState.HELD]
