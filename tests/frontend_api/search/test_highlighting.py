"""Marked HTML from plain text."""

import html

from hypothesis import given
from hypothesis import strategies as st

from frontend_api.search.analysis import analyze_ky
from frontend_api.search.highlighting import EXCERPT_LENGTH, as_html, excerpt, mark, without_marks

TERMS = frozenset(analyze_ky("жарлык өкмөт"))


@given(text=st.text(alphabet="жарлыкөмт <>&\"'/\x00\ue000\ue001 script", max_size=200))
def test_marked_text_is_the_escaped_text_and_marks(text):
    clean = without_marks(text)

    marked = as_html(mark(clean, terms=TERMS, locale="ky"))

    assert marked.replace("<mark>", "").replace("</mark>", "") == html.escape(clean)


def test_every_form_of_a_term_is_marked_and_nothing_else():
    text = "Жарлыгы, жарлыктар; башкы ОКМОТ."

    assert as_html(mark(text, terms=TERMS, locale="ky")) == (
        "<mark>Жарлыгы</mark>, <mark>жарлыктар</mark>; башкы <mark>ОКМОТ</mark>."
    )


def test_an_excerpt_begins_and_ends_at_a_word():
    text = "алгачкы " * 100 + "Жарлык чыкты " + "кийинки " * 100

    piece = excerpt(text, terms=TERMS, locale="ky")

    assert set(as_html(piece).split()) == {"алгачкы", "<mark>Жарлык</mark>", "чыкты", "кийинки"}
    assert EXCERPT_LENGTH - 20 < len(piece) <= EXCERPT_LENGTH + 2


def test_an_excerpt_of_a_short_text_is_the_text():
    assert as_html(excerpt("Жарлык чыкты", terms=TERMS, locale="ky")) == "<mark>Жарлык</mark> чыкты"


def test_without_a_match_there_is_no_excerpt():
    assert excerpt("Башка сөз", terms=TERMS, locale="ky") == ""


def test_an_excerpt_of_a_text_without_blanks_ends():
    piece = excerpt("x" * 5_000 + " жарлык " + "y" * 5_000, terms=TERMS, locale="ky")

    assert "жарлык" in piece
    assert len(piece) < 2 * EXCERPT_LENGTH
