"""The contract of the port: highlights are safe, and no text and no question does harm; held by both adapters."""

import pytest

from tests.frontend_api.search.documents import document, found, ids, stored


def test_highlights_mark_the_form_that_stands_in_the_text(index):
    stored(
        index,
        document(
            title="Жаңы жарлыктын мааниси",
            summary="Президент Жарлыгына кол койду.",
            body_text="Кириш сөз. " * 60 + "Бул жарлык эртең күчүнө кирет." + " Соңку сөз." * 60,
        ),
    )

    highlights = found(index, "жарлык").hits[0].highlights

    assert highlights.title == "Жаңы <mark>жарлыктын</mark> мааниси"
    assert highlights.summary == "Президент <mark>Жарлыгына</mark> кол койду."
    assert "Бул <mark>жарлык</mark>" in highlights.body
    assert len(highlights.body) < 400


def test_what_does_not_match_is_given_unmarked(index):
    stored(index, document(title="Бюджет & салык", summary="Кыскача", body_text="Башка сөз"))

    highlights = found(index, "бюджет").hits[0].highlights

    assert highlights.title == "<mark>Бюджет</mark> &amp; салык"
    assert highlights.summary == "Кыскача"
    assert highlights.body == ""


def test_markup_in_a_text_never_comes_through(index):
    hostile = '<script>alert("жарлык")</script> <mark>жарлык</mark> \ue000<b>жарлык</b>\ue001'
    stored(index, document(title=hostile, summary=hostile, body_text=hostile))

    for highlights in (found(index, "жарлык").hits[0].highlights, found(index, "").hits[0].highlights):
        for html in (highlights.title, highlights.summary, highlights.body):
            assert "<" not in html.replace("<mark>", "").replace("</mark>", "")
            assert html.count("<mark>") == html.count("</mark>") <= 3
            assert "\ue000" not in html
    assert found(index, "жарлык").hits[0].highlights.title == (
        "&lt;script&gt;alert(&quot;<mark>жарлык</mark>&quot;)&lt;/script&gt; "
        "&lt;mark&gt;<mark>жарлык</mark>&lt;/mark&gt; &lt;b&gt;<mark>жарлык</mark>&lt;/b&gt;"
    )


@pytest.mark.parametrize(
    "question",
    [
        "жарлык " * 2_000,
        "ж" * 10_000,
        "\x00жарлык\x00",
        '"жарлык" OR title:* -x ^ ~',
        "жарлык " + "🙂" * 5_000,
        "')--;",
    ],
    ids=["many words", "long word", "NUL", "operators", "emoji", "quotes"],
)
def test_no_question_does_harm(index, question):
    wanted = document(title="Жарлык")
    stored(index, wanted)

    assert set(ids(found(index, question))) <= {wanted.content_id}
    assert ids(found(index, "жарлык")) == [wanted.content_id]


def test_a_text_with_nul_and_very_long_words_is_stored_and_found(index):
    huge = "\x00" + "ж" * 100_000 + " " + " ".join(f"сөз{number}" for number in range(30_000)) + " акыркы"
    wanted = document(title="Узун\x00 текст", body_text="Бюджет " + huge)
    stored(index, wanted)

    result = found(index, "узун бюджет")

    assert ids(result) == [wanted.content_id]
    assert result.hits[0].highlights.title == "<mark>Узун</mark> текст"
