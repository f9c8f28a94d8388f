"""Dates on the screens are written as the office writes them."""

import datetime as dt
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings as django_settings
from django.utils import translation
from django.utils.formats import date_format, time_format

CATALOGUE = Path(django_settings.BASE_DIR) / "cms" / "wagtail_locale" / "ky" / "LC_MESSAGES" / "django.po"

MONTHS = ("январы", "февралы", "марты", "апрели", "майы", "июну")
MONTHS += ("июлу", "августу", "сентябры", "октябры", "ноябры", "декабры")


@pytest.fixture
def in_kyrgyz(tmp_path, settings):
    folder = tmp_path / "ky" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with CATALOGUE.open("rb") as po, (folder / "django.mo").open("wb") as mo:
        write_mo(mo, read_po(po))
    settings.LOCALE_PATHS = [tmp_path]
    with translation.override("ky"):
        yield


@pytest.mark.parametrize(
    ("month", "written"),
    list(enumerate(MONTHS, start=1)),
)
def test_a_date_is_written_with_the_year_first_and_the_month_in_its_official_form(month, written, in_kyrgyz):
    assert date_format(dt.date(2026, month, 17)) == f"2026-жылдын 17-{written}"


@pytest.mark.parametrize(
    ("format_name", "written"),
    [
        ("DATETIME_FORMAT", "2026-жылдын 17-июлу, 09:05"),
        ("YEAR_MONTH_FORMAT", "2026-жыл, Июль"),
        ("MONTH_DAY_FORMAT", "17-июлу"),
        ("SHORT_DATE_FORMAT", "17.07.2026"),
    ],
)
def test_a_moment_is_written_in_the_format(format_name, written, in_kyrgyz):
    assert date_format(dt.datetime(2026, 7, 17, 9, 5), format_name) == written


def test_a_time_is_written_with_two_digits_for_the_hour(in_kyrgyz):
    assert time_format(dt.time(9, 5)) == "09:05"


@pytest.mark.parametrize(("language", "written"), [("ru", "17 июля 2026 г."), ("en", "July 17, 2026")])
def test_russian_and_english_dates_stay_those_of_django(language, written):
    with translation.override(language):
        assert date_format(dt.date(2026, 7, 17)) == written
