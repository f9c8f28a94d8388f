"""Official dates and citations, month by month and language by language."""

import datetime as dt

import pytest

from site_pages.official_dates import citation, official_date, official_date_on

KYRGYZ = [
    "январы", "февралы", "марты", "апрели", "майы", "июну",
    "июлу", "августу", "сентябры", "октябры", "ноябры", "декабры",
]  # fmt: skip
KYRGYZ_ON = [
    "январындагы", "февралындагы", "мартындагы", "апрелиндеги", "майындагы", "июнундагы", "июлундагы", "августундагы",
    "сентябрындагы", "октябрындагы", "ноябрындагы", "декабрындагы",
]  # fmt: skip


@pytest.mark.parametrize("month", range(1, 13))
def test_kyrgyz_days_are_written_officially(month):
    day = dt.date(2026, month, 17)

    assert official_date(day, locale="ky") == f"2026-жылдын 17-{KYRGYZ[month - 1]}"
    assert official_date_on(day) == f"2026-жылдын 17-{KYRGYZ_ON[month - 1]}"


@pytest.mark.parametrize(
    ("locale", "expected"), [("ru", "1 января 2027 года"), ("en", "1 January 2027"), ("ky", "2027-жылдын 1-январы")]
)
def test_each_language_has_its_own_form(locale, expected):
    assert official_date(dt.date(2027, 1, 1), locale=locale) == expected


@pytest.mark.parametrize(
    ("locale", "word", "expected"),
    [
        ("ky", "Жарлыгы", "Кыргыз Республикасынын Президентинин 2026-жылдын 17-июлундагы № 261 Жарлыгы"),
        ("ru", "Указ", "Указ Президента Кыргызской Республики от 17 июля 2026 года № 261"),
        ("en", "Decree", "Decree of the President of the Kyrgyz Republic No. 261 of 17 July 2026"),
    ],
)
def test_an_act_is_cited_as_the_office_cites_it(locale, word, expected):
    assert citation(word=word, number="261", signed_on=dt.date(2026, 7, 17), locale=locale) == expected
