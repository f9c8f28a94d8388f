"""Texts from elsewhere come in as drafts; what is wrong with a line is said, and the others go on."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from frontend_api.models import PublishedDocument
from site_pages.models import DocumentPage, PressReleasePage, Topic
from tests.newsroom import publish

pytestmark = pytest.mark.django_db
FIXTURE = Path(__file__).parent / "fixtures" / "drafts.jsonl"
RELEASES = {"document_type": "release", "locale": "ky", "verbosity": 0}


def load(file: Path = FIXTURE, **options) -> tuple[str, list[str]]:
    """The last line of the report, and the lines about what was refused."""
    out, errors = io.StringIO(), io.StringIO()
    call_command("import_documents", file, stdout=out, stderr=errors, **{**RELEASES, **options})
    return out.getvalue().strip(), errors.getvalue().strip().splitlines()


def test_good_lines_become_drafts_and_bad_ones_are_listed(room):
    report, refused = load(author="author")

    assert report == "4 added, 1 already there, 9 refused."
    said = [(line.split(":")[0], line.split(": ", 1)[1][:12]) for line in refused]
    assert said == [
        ("line 5", "not JSON: Ex"), ("line 6", "text: missin"), ("line 7", "text: empty"), ("line 8", "not a JSON o"),
        ("line 9", "date: '31-ма"), ("line 10", "text: holds "), ("line 11", "topics: not "),
        ("line 12", "id: missing"), ("line 15", "not UTF-8 at"),
    ]  # fmt: skip
    assert PressReleasePage.objects.filter(live=True).count() == 0
    assert set(PressReleasePage.objects.values_list("owner__username", flat=True)) == {"author"}


def test_a_second_run_adds_nothing(room):
    load()
    before = list(DocumentPage.objects.order_by("pk").values_list("pk", "latest_revision_id"))

    report, _refused = load()

    assert report.startswith("0 added, 5 already there")
    assert list(DocumentPage.objects.order_by("pk").values_list("pk", "latest_revision_id")) == before


def test_a_text_without_title_is_named_by_its_first_sentence(room):
    load()

    page = PressReleasePage.objects.get(title="Нарында жаңы китепкана ачылды.")
    assert page.slug == "narynda-jangy-kitepkana-achyldy"
    assert page.lead == "Нарында жаңы китепкана ачылды. Анда он миңден ашуун китеп бар."
    assert {topic.key for topic in page.get_latest_revision_as_object().topics.all()} == set(
        Topic.objects.filter(label_ky__in=["маданият", "аймактар"]).values_list("key", flat=True)
    )


def test_mark_up_that_comes_with_a_text_is_text(room):
    load(author="author")
    page = PressReleasePage.objects.get(title__startswith="Скрипт")

    publish(page, room)

    cleared = json.loads(PublishedDocument.objects.get().cleared)
    written = [block["html"] for block in cleared["body"]["blocks"]]
    assert written == [
        "<p>Скрипт кошулган текст. &lt;script&gt;alert('9')&lt;/script&gt; &lt;b&gt;Баса белгиленген&lt;/b&gt;.</p>",
        "<p>&lt;img src=x onerror=alert(9)&gt;</p>",
    ]
    assert cleared["body"]["blocks"][1]["text"] == "<img src=x onerror=alert(9)>"


def test_a_plain_text_is_one_document(room, tmp_path):
    file = tmp_path / "jobo.txt"
    file.write_text("Бөлүм жөнүндө жобо\n\n1. Жалпы жоболор\n\nБөлүм текстти даярдайт.\n", encoding="utf-8")

    assert load(file)[0] == "1 added, 0 already there, 0 refused."
    assert load(file)[0] == "0 added, 1 already there, 0 refused."
    page = PressReleasePage.objects.get()
    assert (page.title, len(page.body)) == ("Бөлүм жөнүндө жобо", 2)


def test_a_plain_text_that_is_not_utf_8_is_refused(room, tmp_path):
    file = tmp_path / "jobo.txt"
    file.write_bytes("Жобо\n\nТекст".encode("cp1251"))

    report, refused = load(file)

    assert (report, len(refused)) == ("0 added, 0 already there, 1 refused.", 1)
    assert DocumentPage.objects.count() == 0


@pytest.mark.parametrize(
    ("file", "options"), [(Path("none.jsonl"), {}), (FIXTURE, {"author": "nobody"})], ids=["no file", "no author"]
)
def test_a_run_that_cannot_begin_says_why(room, file, options):
    with pytest.raises(CommandError):
        load(file, **options)

    assert DocumentPage.objects.count() == 0


def test_clearance_can_be_walked_by_three_people_for_all(room, settings):
    load(author="author")
    settings.DEMO_OFFICE_ALLOWED = True
    out, errors = io.StringIO(), io.StringIO()

    call_command("walk_clearance", author="author", signers=["head", "leader"], verbosity=0, stdout=out, stderr=errors)

    assert (out.getvalue().strip(), errors.getvalue()) == ("4 cleared, 0 refused.", "")
    assert PublishedDocument.objects.count() == 4


def test_walking_clearance_obeys_the_rules(room, settings):
    load(author="author")
    settings.DEMO_OFFICE_ALLOWED = True
    out = io.StringIO()

    call_command(
        "walk_clearance", author="head", signers=["head", "leader"], verbosity=0, stdout=out, stderr=io.StringIO()
    )

    assert out.getvalue().strip() == "0 cleared, 4 refused."
    assert PublishedDocument.objects.count() == 0


def test_a_real_office_is_not_walked_by_a_command(room, settings):
    settings.DEMO_OFFICE_ALLOWED = False

    with pytest.raises(CommandError):
        call_command("walk_clearance", verbosity=0)
