"""Registers and documents that a cleared text names while it waits: nobody changes in them what readers would get."""

import datetime as dt

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from approvals.models import DuePublication
from site_pages.access import rules
from site_pages.gatekeeping import RECORD_IS_KEPT, RecordKept
from site_pages.models import ActType, DocumentPage, Person, Place, Post, Tenure, Topic
from tests.approvals.embargo.press import publish_in_time
from tests.attacks.houses import signed_in
from tests.newsroom import DAY, decree, edit, publish, release, speech

pytestmark = pytest.mark.django_db
REGISTERS = (Topic, Place, Post, Person, Tenure, ActType)


def labels(key: str, **others) -> dict:
    return {"key": key, "label_ky": key, "label_ru": key, "label_en": key, **others}


@pytest.fixture
def person():
    return Person.objects.create(**labels("alymkulov"))


@pytest.fixture
def post(person):
    post = Post.objects.create(**labels("chair"))
    Tenure.objects.create(person=person, post=post, started_on=dt.date(2020, 1, 1), ended_on=dt.date(2030, 1, 1))
    return post


@pytest.fixture
def noon():
    return (timezone.now() + dt.timedelta(hours=2)).replace(microsecond=0)


@pytest.fixture
def waiting(room, person, post, noon):
    """Cleared and waiting, in Kyrgyz; names a topic, a place and a person, who held a post on its day."""
    topic, place = Topic.objects.create(**labels("bilim")), Place.objects.create(**labels("osh"))
    return publish(release(room.author, topics=[topic], places=[place], people=[person], go_live_at=noon), room)


def kept() -> tuple:
    return tuple(list(model.objects.order_by("pk").values()) for model in REGISTERS)


def refuses(action) -> None:
    before = kept()
    with pytest.raises(RecordKept), transaction.atomic():
        action()
    assert kept() == before


def change(model, **values) -> None:
    row = model.objects.first()
    for name, value in values.items():
        setattr(row, name, value)
    row.save()


def says_so(response) -> bool:
    return any(str(RECORD_IS_KEPT) in response.text for code in ("ky", "ru", "en") if not translation.activate(code))


@pytest.mark.parametrize("is_correction", [False, True])
def test_a_topic_is_neither_renamed_nor_deleted_on_the_screens(room, noon, is_correction):
    topic = Topic.objects.create(**labels("bilim"))
    page = release(room.author, title="Башка сөздөр")
    page = publish(page, room) if is_correction else page
    note = {"change_note": "Тема кошулду."} if is_correction else {}
    page = publish(edit(page, by=room.author, topics=[topic], go_live_at=noon, **note), room)
    boss, name, before = signed_in(room.boss), "wagtailsnippets_site_pages_topic", kept()

    renamed = boss.post(reverse(f"{name}:edit", args=[topic.pk]), labels("bilim", label_ky="Билим берүү"))
    deleted = boss.post(reverse(f"{name}:delete", args=[topic.pk]))

    for answer in (renamed, deleted):
        assert (answer.status_code, says_so(answer), page.title in answer.text) == (403, True, True)
    assert kept() == before
    publish_in_time(page)


def test_of_a_text_that_nobody_may_know_only_that_there_is_one(room, waiting):
    rules.limit(content_id=waiting.content_id, owner=room.author)

    answer = signed_in(room.boss).post(
        reverse("wagtailsnippets_site_pages_topic:edit", args=[Topic.objects.get().pk]), labels("bilim", label_ky="Б")
    )

    assert (answer.status_code, says_so(answer), waiting.title in answer.text) == (403, True, False)


@pytest.mark.parametrize(
    ("model", "name"),
    [*((model, name) for model in (Topic, Place, Person) for name in ("key", "label_ky")), (Post, "label_ky")],
)
def test_no_program_renames_what_readers_would_get(waiting, model, name):
    refuses(lambda: change(model, **{name: "another"}))

    publish_in_time(waiting)


def test_what_readers_would_not_get_stays_free(room, waiting, post):
    for model in (Topic, Place, Post, Person):
        change(model, label_ru="Другое", label_en="Another")
        model.objects.create(**labels("spare"))
        change(model)
    change(Post, key="another")
    Topic.objects.filter(key="spare").get().delete()

    publish_in_time(waiting)


@pytest.mark.parametrize(("name", "value"), [("citation_ky", "Буйругу"), ("label_ky", "Буйрук"), ("key", "buyruk")])
def test_a_type_of_act_and_a_signatory_stay_as_they_were(room, noon, name, value):
    page = publish(decree(room.author, go_live_at=noon), room)

    refuses(lambda: change(ActType, **{name: value}))
    refuses(lambda: change(Person, label_ky="Башка"))
    change(ActType, prefix_ky="Ж", citation_ru="Приказ")

    publish_in_time(page)


def test_posts_are_entered_and_ended_where_no_waiting_text_tells_of_it(room, waiting, person, post):
    other, day = Post.objects.create(**labels("minister")), dt.timedelta(days=1)
    held = Tenure.objects.get()

    refuses(lambda: Tenure.objects.create(person=person, post=other, started_on=DAY))
    refuses(lambda: change(Tenure, ended_on=DAY - day))
    refuses(held.delete)
    refuses(Tenure.objects.all().delete)
    refuses(lambda: (person.tenures.set([Tenure(post=other, started_on=DAY)]), person.save()))
    change(Tenure, ended_on=DAY)
    Tenure.objects.create(person=person, post=other, started_on=DAY + day)
    Tenure.objects.create(person=Person.objects.create(**labels("another")), post=other, started_on=DAY)

    publish_in_time(waiting)


def test_a_person_is_written_as_a_whole(waiting, person, post):
    """One post in the place of the same one: between the two writes the person holds none."""
    held = Tenure.objects.get()
    person = Person.objects.get()
    person.tenures.set([Tenure(post=post, started_on=held.started_on)])

    person.save()

    assert Tenure.objects.get().ended_on is None
    publish_in_time(waiting)


def test_a_post_of_a_speaker_is_kept_too(room, person, post, noon):
    page = publish(speech(room.author, speaker=person, go_live_at=noon), room)

    refuses(lambda: Tenure.objects.all().delete())
    refuses(lambda: change(Post, label_ky="Төрага"))

    publish_in_time(page)


def test_a_document_to_which_a_waiting_text_links_stays(room, noon):
    other = release(room.colleague, title="Башка")
    body = [("paragraph", f'<p><a linktype="page" id="{other.pk}">кара</a></p>')]
    page = publish(release(room.author, body=body, go_live_at=noon), room)

    answer = signed_in(room.colleague).post(reverse("wagtailadmin_pages:delete", args=[other.pk]))

    assert (answer.status_code, says_so(answer)) == (403, True)
    assert DocumentPage.objects.filter(pk=other.pk).exists()
    publish_in_time(page)


def test_once_nothing_waits_everything_is_free(room, waiting, person, post):
    publish_in_time(waiting)
    assert not DuePublication.objects.exists()

    change(Topic, label_ky="Билим берүү")
    Tenure.objects.all().delete()

    assert Topic.objects.get().label_ky == "Билим берүү"
