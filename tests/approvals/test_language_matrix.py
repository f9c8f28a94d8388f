"""Per document and language: where the text is, with whom, and whether the original has changed since."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals import acting, urgency
from approvals.language_matrix import LanguageMatrix, Row
from approvals.language_views import LanguageFilter
from approvals.offices import ADMINISTRATORS, DEPARTMENT_HEADS
from approvals.queue import inbox_of
from approvals.stages import Stage
from frontend_api.models import PublishedDocument
from site_pages.models import DOCUMENT_TYPES, DocumentPage
from tests import newsroom
from tests.approvals.test_originals_first import translated
from tests.approvals.test_screens import desk
from tests.approvals.test_stale_translations import correct, in_language, is_stale, states
from tests.attacks.houses import everything, signed_in
from tests.newsroom import approve, decree, edit, hire, release, send_back, speech, submit

pytestmark = pytest.mark.django_db
CODES = ("ky", "ru", "en")


@pytest.fixture
def original(room):
    return release(room.author, title="Мектеп ачылды")


def rows(user, *, number: str = "1", **query) -> list[Row]:
    return list(LanguageMatrix(user=user, now=timezone.now()).sheet(LanguageFilter(query), number=number).object_list)


def cells(user, page) -> dict:
    (row,) = [row for row in rows(user) if row.document.content_id == page.content_id]
    return {cell.locale: cell for cell in row.cells}


class TestStages:
    def test_each_language_goes_its_own_way(self, room, original):
        russian, english = in_language(original, room), in_language(original, room, "en")
        newsroom.publish(original, room)
        submit(russian, by=room.author)
        send_back(russian, by=room.head)

        shown = cells(room.author, original)

        assert [shown[code].stage for code in CODES] == [Stage.PUBLISHED, Stage.CHANGES_REQUESTED, Stage.DRAFT]
        public = PublishedDocument.objects.filter(content_id=original.content_id)
        assert [document.locale for document in public] == ["ky"]
        assert english.live is False

    def test_it_says_who_can_decide(self, room, original):
        edit(original, by=room.head, summary="Башчы оңдогон.")
        submit(original, by=room.author)
        assert cells(room.author, original)["ky"].deciders == ("deputy-head",)

        approve(original, by=room.deputy_head)

        cell = cells(room.author, original)["ky"]
        assert (cell.stage, cell.deciders) == (Stage.WITH_APPARATUS, ("leader", "second-leader"))

    def test_who_acts_for_another_can_decide_too(self, room, original):
        submit(original, by=room.author)
        now = timezone.now()
        acting.appoint(
            principal_id=room.head.pk, deputy_id=room.colleague.pk,
            group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk, starts_at=now, ends_at=now + dt.timedelta(days=1),
            legal_basis="№ 45", appointer_id=room.boss.pk, now=now,
        )  # fmt: skip

        assert cells(room.author, original)["ky"].deciders == ("colleague", "head", "deputy-head")

    def test_scheduled_urgent_and_waiting_texts_are_called_so(self, room, original):
        later = timezone.now() + dt.timedelta(days=1)
        scheduled = in_language(original, room, go_live_at=later)
        newsroom.publish(scheduled, room)
        submit(original, by=room.author)
        urgency.publish_urgently(
            page_id=original.pk, actor_id=room.leader.pk, seen_digest=newsroom.digest(original), reason="Шашылыш",
            now=timezone.now(),
        )  # fmt: skip
        act = decree(room.author)
        newsroom.publish(translated(act, room), room)

        assert [stage for stage, _ in states(original)] == [Stage.PUBLISHED_URGENTLY, Stage.SCHEDULED, None]
        assert [stage for stage, _ in states(act)] == [Stage.DRAFT, Stage.WAITS_FOR_ORIGINAL, None]


class TestWhoSeesWhat:
    @pytest.mark.parametrize("name", ["author", "colleague", "head", "leader", "boss"])
    def test_those_whose_work_it_is_see_everything(self, room, original, name):
        in_language(original, room)
        submit(original, by=room.author)

        answer = desk(getattr(room, name)).get(reverse("approvals:languages"))

        assert answer.status_code == 200
        assert "Мектеп ачылды" in answer.text
        assert reverse("approvals:languages") in desk(getattr(room, name)).get(reverse("wagtailadmin_home")).text

    def test_who_has_no_part_in_it_sees_what_is_public_and_no_more(self, room, original):
        in_language(original, room, title="Тайный черновик")
        reader = hire("reader", ADMINISTRATORS)
        assert rows(reader) == []
        newsroom.publish(original, room)
        release(room.author, title="Жашыруун долбоор")

        answer = desk(reader).get(reverse("approvals:languages"))

        (row,) = answer.context_data["sheet"].object_list
        assert [(cell.stage, cell.url, cell.translate_url) for cell in row.cells] == [
            (Stage.PUBLISHED, "", ""), (None, "", ""), (None, "", ""),
        ]  # fmt: skip
        assert "Тайный черновик" not in answer.text
        assert "Жашыруун долбоор" not in answer.text

    def test_who_only_decides_knows_of_a_text_from_its_submission(self, room, original):
        assert rows(room.leader) == []
        assert desk(room.leader).get(reverse("approvals:document", args=[original.pk])).status_code == 404

        submit(original, by=room.author)
        approve(original, by=room.head)

        assert cells(room.leader, original)["ky"].stage == Stage.WITH_APPARATUS
        assert desk(room.leader).get(reverse("approvals:document", args=[original.pk])).status_code == 200

    def test_a_decider_sees_the_types_of_the_own_route_alone(self, room, original):
        text = speech(room.author, title="Президенттин сөзү")
        submit(original, by=room.author)
        submit(text, by=room.author)
        routes = ContentType.objects.get_for_model(DOCUMENT_TYPES["speech"])
        assert routes.model == "speechpage"
        other = Group.objects.create(name="Others")
        from_route = room.leader.groups.get().route_steps.get(route__document_type="speech")
        from_route.group = other
        from_route.save()

        titles = {row.document.title for row in rows(room.leader)}

        assert titles == {original.title}
        assert text.title in {row.document.title for row in rows(room.head)}

    def test_who_may_not_enter_the_admin_is_sent_away(self, room, original):
        answer = desk(room.outsider).get(reverse("approvals:languages"))

        assert answer.status_code == 302

    def test_the_screen_only_shows(self, room, original):
        before = everything()

        answer = desk(room.author).post(reverse("approvals:languages"), {"q": "x"})

        assert (answer.status_code, everything()) == (405, before)

    def test_every_cell_leads_where_the_reader_may_go(self, room, original):
        in_language(original, room)
        submit(original, by=room.author)
        for name in ("author", "head", "leader", "boss"):
            client = signed_in(getattr(room, name))
            for cell in cells(getattr(room, name), original).values():
                for url in filter(None, (cell.url, cell.translate_url)):
                    assert client.get(url).status_code == 200, (name, url)

    def test_the_author_goes_to_the_editor_the_leader_to_the_decision(self, room, original):
        editor = reverse("wagtailadmin_pages:edit", args=[original.pk])
        document = reverse("approvals:document", args=[original.pk])
        begin = reverse("simple_translation:submit_page_translation", args=[original.pk])

        mine = cells(room.author, original)
        assert (mine["ky"].url, mine["ru"].translate_url) == (editor, begin)

        submit(original, by=room.author)
        leaders = cells(room.leader, original)
        assert cells(room.author, original)["ky"].url == document
        assert (leaders["ky"].url, leaders["ru"].translate_url) == (document, "")


class TestTheScreen:
    @pytest.fixture
    def three(self, room, original):
        newsroom.publish(original, room)
        newsroom.publish(in_language(original, room), room)
        correct(original, room)
        act = decree(room.author, title="Суу ресурстары жөнүндө")
        text = speech(room.author, title="Мугалимдер күнү")
        submit(text, by=room.author)
        return [original, act, text]

    @pytest.mark.parametrize(
        ("query", "expected"),
        [
            ({}, [2, 1, 0]), ({"q": "МЕКТЕП"}, [0]), ({"q": "школа мектеп"}, [0]), ({"q": "жок"}, []),
            ({"document_type": "decree"}, [1]), ({"state_ky": "draft"}, [1]), ({"state_ky": "with_head"}, [2]),
            ({"state_ru": "missing"}, [2, 1]), ({"state_ru": "published", "state_en": "missing"}, [0]),
            ({"stale": "on"}, [0]), ({"stale": "on", "state_ru": "missing"}, []),
            ({"document_type": "poem"}, [2, 1, 0]), ({"state_ky": "gone", "q": "суу"}, [2, 1, 0]),
            ({"page": "x"}, [2, 1, 0]), ({"page": "99"}, [2, 1, 0]), ({"q": "а" * 201}, [2, 1, 0]),
        ],
    )  # fmt: skip
    def test_it_is_searched_and_filtered(self, room, three, query, expected):
        answer = signed_in(room.head).get(reverse("approvals:languages"), query)

        assert answer.status_code == 200
        shown = [row.document.content_id for row in answer.context_data["sheet"].object_list]
        assert shown == [three[number].content_id for number in expected]

    def test_it_says_so_in_words(self, room, three):
        client = desk(room.author)

        matrix = client.get(reverse("approvals:languages"))
        screen = client.get(reverse("approvals:document", args=[three[0].pk]))

        for answer in (matrix, screen):
            assert "the original has changed since" in answer.text
        assert "Published" in matrix.text

    def test_the_inbox_says_so(self, room, three):
        russian = DocumentPage.objects.get(translation_key=three[0].translation_key, locale__language_code="ru")
        edit(three[0], by=room.author, lead="Дагы.", change_note="Дагы такталды.")
        submit(three[0], by=room.author)

        answer = desk(room.head).get(reverse("approvals:waiting_for_me"))

        assert is_stale(russian)
        assert "the original has changed since" in answer.text

    def test_nothing_there_says_what_to_do(self, room):
        answer = desk(room.author).get(reverse("approvals:languages"))

        assert "There are no documents yet." in answer.text

    def test_titles_are_words_and_never_markup(self, room):
        release(room.author, title="<script>alert(1)</script>")

        answer = desk(room.author).get(reverse("approvals:languages"))

        assert "<script>alert(1)" not in answer.text

    def test_fifty_stand_on_a_sheet(self, room):
        for count in range(51):
            release(room.author, title=f"Жаңылык {count}")
        client = desk(room.author)

        first = client.get(reverse("approvals:languages"), {"q": "Жаңылык"})
        second = client.get(reverse("approvals:languages"), {"q": "Жаңылык", "page": "2"})

        assert [len(a.context_data["sheet"].object_list) for a in (first, second)] == [50, 1]
        assert re.search(r'href="\?q=[^"]*&amp;page=2"', first.text)
        assert len(rows(room.author, number="2")) == 1


@pytest.mark.parametrize("number", [5, 60])
def test_it_needs_as_many_queries_for_many_documents_as_for_few(room, number, settings, django_assert_max_num_queries):
    # The editors' own search plays no part here, and on PostgreSQL it would take most of the time.
    settings.WAGTAILSEARCH_BACKENDS = {"default": {**settings.WAGTAILSEARCH_BACKENDS["default"], "AUTO_UPDATE": False}}
    now = timezone.now()
    acting.appoint(
        principal_id=room.head.pk, deputy_id=room.colleague.pk, group_id=Group.objects.get(name=DEPARTMENT_HEADS).pk,
        starts_at=now, ends_at=now + dt.timedelta(days=1), legal_basis="№ 45", appointer_id=room.boss.pk, now=now,
    )  # fmt: skip
    for count in range(number):
        page = release(room.author, title=f"Жаңылык {count}")
        if count % 2:
            submit(page, by=room.author)
        if count % 5 == 0:
            in_language(page, room)
    ContentType.objects.get_for_models(*DOCUMENT_TYPES.values(), DocumentPage)

    for query in ({}, {"state_ky": "with_head"}, {"stale": "on"}):
        author = type(room.author).objects.get(pk=room.author.pk)  # nothing remembered of rights
        with django_assert_max_num_queries(17):
            rows(author, **query)
    assert len(rows(room.author)) == min(number, 50)
    with django_assert_max_num_queries(15):
        inbox_of(user_id=room.head.pk, now=timezone.now())
    client = signed_in(room.author)
    client.get(reverse("approvals:languages"))
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("approvals:languages"))
    # The menu asks seven more what the reader is in the house.
    assert len(captured) <= 28
