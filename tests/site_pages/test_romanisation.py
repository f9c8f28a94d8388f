"""Addresses in Latin letters."""

import pytest

from site_pages.romanisation import slug_of


@pytest.mark.parametrize(
    ("text", "locale", "slug"),
    [
        ("Жогорку Кеңеш", "ky", "jogorku-kengesh"),
        ("Өкмөт үйү", "ky", "okmot-uyu"),
        ("Кеӊеш", "ky", "kengesh"),
        ("Жалал-Абад облусу", "ky", "jalal-abad-oblusu"),
        ("Щедрый жест", "ru", "shchedryy-zhest"),
        ("A new school opens", "en", "a-new-school-opens"),
        ("№ 261", "ky", "no-261"),
        ("!!!", "ky", "document"),
        ("", "ky", "document"),
    ],
)
def test_a_title_becomes_a_slug(text, locale, slug):
    assert slug_of(text, locale=locale) == slug


def test_a_long_title_is_cut_at_a_word():
    assert slug_of("билим " * 40, locale="ky", max_length=20) == "bilim-bilim-bilim"
