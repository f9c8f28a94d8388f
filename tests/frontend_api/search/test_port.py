"""The contract of the port, held by both adapters."""

import datetime as dt
import random
from uuid import UUID, uuid4

import pytest

from frontend_api.search.port import BISHKEK, Cursor, CursorMalformed, FacetCount, Facets, SearchQuery, Tag
from tests.frontend_api.search.documents import CULTURE, ECONOMY, decree, document, found, ids, stored


@pytest.mark.parametrize(
    ("title", "question"),
    [
        ("Президенттин жарлыгынын күчү жөнүндө", "жарлык"),
        ("Өкмөттүн жыйыны", "окмот"),
        ("Жогорку Кеңештин жыйыны", "Жогорку Кеӊеш"),
        ("Жогорку Кеӊештин жыйыны", "кенеш"),
        ("Нарын шаарындагы жолугушуу", "шаар"),
        ("Жаңы китептин бет ачары", "китеби"),
    ],
)
def test_another_form_of_a_kyrgyz_word_finds_the_document(index, title, question):
    wanted = document(title=title)
    stored(index, wanted, document(title="Башка кабар"))

    result = found(index, question)

    assert ids(result) == [wanted.content_id]
    assert result.total == 1


@pytest.mark.parametrize(
    ("locale", "title", "question"),
    [
        ("ru", "Подписан указ о наградах", "указом"),
        ("ru", "Съёмки фильма", "съемка"),
        ("en", "The President signed a decree", "decrees"),
    ],
)
def test_another_form_of_a_russian_or_english_word_finds_the_document(index, locale, title, question):
    wanted = document(locale=locale, title=title)
    stored(index, wanted, document(locale=locale, title="Something else"))

    assert ids(found(index, question, locale=locale)) == [wanted.content_id]


def test_a_language_finds_its_own_documents_only(index):
    content_id = uuid4()
    stored(index, document(content_id=content_id, title="Президент"), document(locale="ru", title="Президент"))

    result = found(index, "президент")

    assert ids(result) == [content_id]
    assert result.hits[0].locale == "ky"


@pytest.mark.parametrize("question", ["№ 261", "261", "УП-261", "ПУ № 261", "2026 жарлык"])
def test_an_act_is_found_by_its_number(index, question):
    act = decree()
    stored(index, act, decree(act_number=262, reference="№ 262 Буйрук"))

    assert ids(found(index, question)) == [act.content_id]


def test_every_word_must_be_in_the_document_but_in_any_field(index):
    both = document(title="Нарынга сапар", summary="", body_text="Окуучулар менен жолугушуу")
    stored(index, both, document(title="Нарынга сапар", body_text="Башка"))

    assert ids(found(index, "окуучу Нарын")) == [both.content_id]
    assert ids(found(index, "окуучу Талас")) == []


def test_title_weighs_more_than_summary_and_summary_more_than_body(index):
    body = document(title="А", summary="", body_text="Бюджет каралды")
    summary = document(
        title="Б", summary="Бюджет каралды", body_text="", listed_at=dt.datetime(2025, 1, 1, tzinfo=BISHKEK)
    )
    title = document(
        title="Бюджет каралды", summary="", body_text="", listed_at=dt.datetime(2024, 1, 1, tzinfo=BISHKEK)
    )
    named = document(title="В", body_text="", topics=(Tag("budget", "Бюджет"),))
    stored(index, body, summary, title, named)

    result = found(index, "бюджет")

    assert ids(result) == [title.content_id, summary.content_id, named.content_id, body.content_id]
    assert [hit.score for hit in result.hits] == [8, 4, 2, 1]


def test_scores_add_up_over_the_words(index):
    wanted = document(title="Бюджет", summary="", body_text="Нарын облусу")
    stored(index, wanted)

    assert [hit.score for hit in found(index, "бюджет облус").hits] == [9]


def test_no_words_give_everything_newest_first(index):
    days = [document(listed_at=dt.datetime(2026, 7, day, tzinfo=BISHKEK)) for day in (3, 9, 5)]
    stored(index, *days)

    result = found(index, "")

    assert ids(result) == [days[1].content_id, days[2].content_id, days[0].content_id]
    assert [hit.score for hit in result.hits] == [0, 0, 0]
    assert result.total == 3


@pytest.mark.parametrize("question", ["\x00", "...", "—", "жана", "\ue000"])
def test_a_question_without_a_word_finds_nothing(index, question):
    stored(index, document())

    result = found(index, question, want_facets=True)

    assert (result.hits, result.total, result.facets, result.next_cursor) == ((), 0, Facets(), None)


@pytest.mark.parametrize(
    "filters",
    [
        {"type": "decree"},
        {"topic": ("economy",)},
        {"topic": ("economy", "culture")},
        {"person": ("head",)},
        {"place": ("naryn",)},
        {"act_type": "decree"},
        {"act_number": 261},
        {"year": 2026},
        {"date_from": dt.date(2026, 7, 17)},
        {"date_from": dt.date(2026, 7, 17), "date_to": dt.date(2026, 7, 17)},
        {"type": "decree", "act_type": "decree", "act_number": 261, "year": 2026},
    ],
    ids=str,
)
def test_a_filter_leaves_only_what_passes(index, filters):
    wanted = decree(
        topics=(CULTURE, ECONOMY), people=(Tag("head", "Башчы"),), places=(Tag("naryn", "Нарын"),),
    )  # fmt: skip
    other = document(topics=(CULTURE,), listed_at=dt.datetime(2025, 7, 17, tzinfo=BISHKEK))
    stored(index, wanted, other)

    assert ids(found(index, "", **filters)) == [wanted.content_id]


@pytest.mark.parametrize(
    "filters",
    [
        {"act_number": 10**30},
        {"act_number": -1},
        {"year": 10**30},
        {"type": "decree\x00"},
        {"topic": ("economy\x00",)},
        {"date_to": dt.date(1, 1, 1)},
        {"date_from": dt.date(9999, 12, 31)},
        {"type": "no-such-type"},
    ],
    ids=str,
)
def test_a_filter_that_no_document_can_pass_finds_nothing(index, filters):
    stored(index, decree(topics=(ECONOMY,)))

    result = found(index, "", **filters)

    assert (result.hits, result.total) == ((), 0)


def test_a_day_ends_at_midnight_in_bishkek(index):
    last_minute = document(listed_at=dt.datetime(2026, 7, 17, 23, 59, 59, 999_000, tzinfo=BISHKEK))
    next_day = document(listed_at=dt.datetime(2026, 7, 18, tzinfo=BISHKEK))
    stored(index, last_minute, next_day)

    assert ids(found(index, "", date_to=dt.date(2026, 7, 17))) == [last_minute.content_id]
    assert ids(found(index, "", date_from=dt.date(2026, 7, 18), date_to=dt.date.max)) == [next_day.content_id]


def test_facets_count_what_was_found_and_add_up_to_the_total(index):
    stored(
        index,
        decree(topics=(ECONOMY,)),
        decree(act_number=2, topics=(ECONOMY, CULTURE), act_year=2025),
        document(topics=(CULTURE,), listed_at=dt.datetime(2025, 12, 31, 23, 59, tzinfo=BISHKEK)),
        document(locale="ru", topics=(CULTURE,)),
    )

    result = found(index, "", want_facets=True)
    decrees = found(index, "", type="decree", want_facets=True)

    assert result.total == 3
    assert result.facets == Facets(
        type=(FacetCount("decree", "decree", 2), FacetCount("release", "release", 1)),
        year=(FacetCount("2025", "2025", 2), FacetCount("2026", "2026", 1)),
        topic=(FacetCount("culture", "Маданият", 2), FacetCount("economy", "Экономика", 2)),
    )
    assert decrees.total == 2
    assert decrees.facets.type == (FacetCount("decree", "decree", 2),)
    assert decrees.facets.topic == (FacetCount("economy", "Экономика", 2), FacetCount("culture", "Маданият", 1))


def test_each_facet_value_is_a_filter_that_finds_as_many(index):
    dice = random.Random(7)
    documents = [
        document(
            type=dice.choice(["release", "speech"]),
            topics=tuple(dice.sample([ECONOMY, CULTURE, Tag("law", "Укук")], k=dice.randint(0, 3))),
            listed_at=dt.datetime(dice.randint(2020, 2026), 3, 1, tzinfo=BISHKEK),
        )
        for _ in range(30)
    ]
    stored(index, *documents)

    facets = found(index, "президент", want_facets=True).facets

    for count in facets.type:
        assert found(index, "президент", type=count.value).total == count.count
    for count in facets.year:
        assert found(index, "президент", year=int(count.value)).total == count.count
    for count in facets.topic:
        assert found(index, "президент", topic=(count.value,)).total == count.count
    assert sum(count.count for count in facets.type) == sum(count.count for count in facets.year) == 30


def test_facets_are_none_unless_wanted(index):
    assert found(index, "").facets is None


def test_a_renamed_topic_is_counted_once(index):
    stored(
        index,
        document(topics=(ECONOMY,)),
        document(topics=(ECONOMY,)),
        document(topics=(Tag("economy", "Экономика жана финансы"),)),
    )

    assert found(index, "", want_facets=True).facets.topic == (FacetCount("economy", "Экономика", 3),)


def test_pages_neither_skip_nor_repeat(index):
    dice = random.Random(11)
    moments = [dt.datetime(2026, 7, dice.randint(1, 3), tzinfo=BISHKEK) for _ in range(23)]
    titles = ["Бюджет каралды", "Жыйын өттү"]
    documents = [
        document(title=dice.choice(titles), body_text="Бюджет", listed_at=moment, version=number)
        for number, moment in enumerate(moments, start=1)
    ]
    stored(index, *documents)
    whole = found(index, "бюджет", page_size=100)

    pages, cursor = [], None
    while True:
        page = found(index, "бюджет", page_size=5, cursor=cursor)
        pages.append(page)
        if page.next_cursor is None:
            break
        cursor = Cursor.from_text(page.next_cursor.as_text())

    assert [len(page.hits) for page in pages] == [5, 5, 5, 5, 3]
    assert [page.total for page in pages] == [23] * 5
    assert [content_id for page in pages for content_id in ids(page)] == ids(whole)
    assert sorted(ids(whole)) == sorted(item.content_id for item in documents)


def test_a_document_published_meanwhile_does_not_move_the_pages(index):
    older = [document(listed_at=dt.datetime(2026, 7, day, tzinfo=BISHKEK)) for day in range(1, 5)]
    stored(index, *older)
    first = found(index, "президент", page_size=2)
    stored(index, document(listed_at=dt.datetime(2026, 7, 20, tzinfo=BISHKEK)))

    second = found(index, "президент", page_size=2, cursor=first.next_cursor)

    assert ids(first) + ids(second) == [item.content_id for item in reversed(older)]


def test_the_last_page_is_known_even_when_it_is_full(index):
    stored(index, document(), document())

    assert found(index, "", page_size=2).next_cursor is None


def test_a_page_has_at_least_one_hit_and_at_most_a_hundred(index):
    stored(index, document(), document())

    assert len(found(index, "", page_size=0).hits) == 1
    assert len(found(index, "", page_size=10**9).hits) == 2


def test_a_cursor_survives_its_text():
    cursor = Cursor(score=12, listed_at_millis=-5, content_id=UUID(int=1))

    assert Cursor.from_text(cursor.as_text()) == cursor


@pytest.mark.parametrize(
    "text", ["", "1.2", "a.b.c", "1.2.3", f"1e3.2.{'0' * 32}", f"-1.2.{'0' * 32}", f"1.{10**30}.{'0' * 32}", "\x00"]
)
def test_what_is_no_cursor_is_refused(text):
    with pytest.raises(CursorMalformed):
        Cursor.from_text(text)


def test_both_adapters_give_the_same_page(elasticsearch_index, database_index):
    dice = random.Random(2026)
    words = ["президент", "жарлык", "бюджет", "Нарын", "окуучу", "маданият", "жыйын", "сапар"]
    documents = [
        document(
            title=" ".join(dice.choices(words, k=3)),
            summary=" ".join(dice.choices(words, k=4)),
            body_text=" ".join(dice.choices(words, k=6)),
            topics=tuple(dice.sample([ECONOMY, CULTURE], k=dice.randint(0, 2))),
            listed_at=dt.datetime(2026, dice.randint(1, 3), 1, tzinfo=BISHKEK),
        )
        for _ in range(40)
    ]
    stored(elasticsearch_index, *documents)
    stored(database_index, *documents)

    for question in ("", "президент", "жарлыгы бюджетке", "Нарынга сапар", "маданият"):
        query = SearchQuery(text=question, locale="ky", page_size=7, want_facets=True)
        one, other = elasticsearch_index.search(query), database_index.search(query)
        assert [(hit.content_id, hit.score, hit.highlights.title) for hit in one.hits] == [
            (hit.content_id, hit.score, hit.highlights.title) for hit in other.hits
        ]
        assert (one.total, one.facets, one.next_cursor) == (other.total, other.facets, other.next_cursor)
