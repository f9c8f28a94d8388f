"""What feed readers find: what is public, what was corrected, and nothing else."""

import datetime as dt
from xml.etree import ElementTree

import pytest
import time_machine
from django.utils import timezone

from tests.approvals.withdrawal.taking_down import IN_ERROR, NO_LONGER_CURRENT, SUPERSEDED, take_down
from tests.newsroom import decree, edit, publish, release, speech

ATOM = "{http://www.w3.org/2005/Atom}"
FEED = "/api/v1/feed"


def read(api, address: str = FEED) -> ElementTree.Element:
    """The feed, after what RFC 4287 asks of every one."""
    response = api.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")
    feed = ElementTree.fromstring(response.content)
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = part.findall(f"{ATOM}{name}")
            assert found.text
        assert dt.datetime.fromisoformat(part.findtext(f"{ATOM}updated")).tzinfo
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    return feed


def titles(api, address: str = FEED) -> list[str]:
    return [entry.findtext(f"{ATOM}title") for entry in read(api, address).iter(f"{ATOM}entry")]


def test_what_is_public_stands_in_it_and_drafts_do_not(room, api):
    page = publish(release(room.author, title="Ачык", summary="Кыскача <b> & дагы"), room)
    release(room.author, title="Долбоор")

    feed = read(api)

    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Ачык"
    assert entry.findtext(f"{ATOM}id") == f"http://127.0.0.1:8001/api/v1/documents/{page.content_id}?locale=ky"
    assert entry.find(f"{ATOM}summary").text == "<p>Кыскача &lt;b&gt; &amp; дагы</p>"
    assert entry.find(f"{ATOM}category").get("term") == "release"
    address = entry.find(f"{ATOM}link").get("href").removeprefix("http://127.0.0.1:8001")
    assert api.get(address).json()["title"] == "Ачык"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "ky"


def test_a_correction_comes_first_and_says_what_was_corrected(room, api):
    first = publish(release(room.author, title="Биринчи"), room)
    publish(release(room.author, title="Экинчи"), room)
    before = {e.findtext(f"{ATOM}title"): e.findtext(f"{ATOM}updated") for e in read(api).iter(f"{ATOM}entry")}

    publish(edit(first, by=room.author, lead="Башкача.", change_note="Саны <такталды>."), room)

    feed = read(api)
    entry = feed.find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "Биринчи"
    assert entry.findtext(f"{ATOM}updated") > before["Биринчи"]
    told = entry.findtext(f"{ATOM}summary")
    assert "Түзөтүү" in told
    assert "Саны &lt;такталды&gt;." in told


@pytest.mark.parametrize("withdrawal_class", [IN_ERROR, SUPERSEDED, NO_LONGER_CURRENT])
def test_what_was_withdrawn_leaves_it_unless_it_can_still_be_read(room, api, withdrawal_class):
    page, other = (publish(release(room.author, title=title), room) for title in ("Алынган", "Калган"))
    take_down(page, room, as_=withdrawal_class, successor=other.content_id if withdrawal_class == SUPERSEDED else None)

    feed = read(api)

    if withdrawal_class == NO_LONGER_CURRENT:
        assert titles(api) == ["Алынган", "Калган"]
        assert "Актуалдуулугун жоготкон" in feed.find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    else:
        assert titles(api) == ["Калган"]


def test_what_has_ended_leaves_it_at_its_second_and_no_cache_keeps_it_longer(room, api):
    end = (timezone.now() + dt.timedelta(hours=1)).replace(microsecond=0)
    publish(release(room.author, title="Убактылуу", expire_at=end), room)

    with time_machine.travel(end - dt.timedelta(seconds=2), tick=False):
        assert titles(api) == ["Убактылуу"]
        assert api.get(FEED)["Cache-Control"] == "public, max-age=2"
    with time_machine.travel(end, tick=False):
        assert titles(api) == []


def test_languages_and_types_are_apart(room, api):
    publish(release(room.author, title="Кабар"), room)
    publish(release(room.author, title="Новость", locale="ru"), room)
    publish(speech(room.author, title="Сөз"), room)
    publish(decree(room.author, title="Жарлык"), room)

    assert titles(api) == ["Жарлык", "Сөз", "Кабар"]
    assert titles(api, f"{FEED}?type=speech") == ["Сөз"]
    assert titles(api, f"{FEED}?locale=ru") == ["Новость"]
    assert titles(api, f"{FEED}?locale=en") == []


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("ky", ["Актуалдуулугун жоготкон", "Түзөтүү"]),
        ("ru", ["Утратило актуальность", "Исправление"]),
        ("en", ["No longer current", "Correction"]),
    ],
)
def test_its_own_words_are_in_its_language_whatever_the_reader_prefers(room, api, locale, words):
    page = publish(release(room.author, locale=locale), room)
    page = publish(edit(page, by=room.author, lead="Башкача.", change_note="Такталды."), room)
    take_down(page, room, as_=NO_LONGER_CURRENT)
    address = FEED if locale == "ky" else f"{FEED}?locale={locale}"

    answers = [api.get(address, headers={"accept-language": language}) for language in ("ky", "ru", "en", "de")]

    assert len({answer.content for answer in answers}) == len({answer["ETag"] for answer in answers}) == 1
    told = read(api, address).find(f"{ATOM}entry").findtext(f"{ATOM}summary")
    assert [word in told for word in words] == [True, True]


def test_every_feed_has_an_id_of_its_own_which_is_the_address_it_gives_itself(room, api):
    queries = [
        f"locale={locale}{kind}" for locale in ("ky", "ru", "en") for kind in ("", "&type=speech", "&type=decree")
    ]

    feeds = [read(api, f"{FEED}?{query}") for query in queries]

    found = [feed.findtext(f"{ATOM}id") for feed in feeds]
    assert found == [f"http://127.0.0.1:8001{FEED}?{query}" for query in queries]
    assert found == [feed.find(f"{ATOM}link[@rel='self']").get("href") for feed in feeds]


@pytest.mark.parametrize("query", ["?type=decree", "?type=decree&locale=ky", "?locale=ky&type=decree"])
def test_a_feed_is_the_same_however_it_is_asked_for(room, api, query):
    feed = read(api, f"{FEED}{query}")

    assert feed.findtext(f"{ATOM}id") == f"http://127.0.0.1:8001{FEED}?locale=ky&type=decree"
    assert feed.find(f"{ATOM}link[@rel='self']").get("href") == feed.findtext(f"{ATOM}id")


@pytest.mark.parametrize("query", ["type=page", "foo=1", "locale=de", "type=release&type=speech"])
def test_what_is_not_known_is_refused_by_name(api, query):
    response = api.get(f"{FEED}?{query}")

    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == query.partition("=")[0]


def test_the_same_feed_is_the_same_for_caches(room, api):
    empty = [api.get(FEED)["ETag"] for _ in range(2)]
    publish(release(room.author), room)
    response = api.get(FEED)

    again = api.get(FEED, headers={"if-none-match": response["ETag"]})

    assert empty[0] == empty[1] != response["ETag"]
    assert (again.status_code, again.content) == (304, b"")


def test_a_character_that_xml_cannot_write_breaks_nothing(room, api):
    publish(release(room.author, title="Жыйын\x0b өттү\uffff"), room)

    assert titles(api) == ["Жыйын өттү"]


def test_a_feed_is_one_query(room, api, django_assert_num_queries):
    for number in range(3):
        publish(release(room.author, title=f"Кабар {number}"), room)

    with django_assert_num_queries(1):
        assert len(titles(api)) == 3
