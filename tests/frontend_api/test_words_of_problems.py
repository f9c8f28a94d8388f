"""What is wrong with a parameter is said in the reader's language, whichever parameter and whatever is wrong."""

import re

import pytest
from django.utils import translation
from rest_framework import serializers

from frontend_api import parameters

BASE = "/api/v1"
SOMEBODY = "6f1c1c1e-1111-4111-8111-111111111111"
# How a day is written, and what a program calls it.
IN_LATIN = re.compile("YYYY-MM-DD|date")
WRONG = {
    "a choice": ("releases?sort=title", "«title» мааниси тандоого жараксыз."),
    "a language": ("releases?locale=de", "«de» мааниси тандоого жараксыз."),
    "a count": ("releases?count=all", "«all» мааниси тандоого жараксыз."),
    "facets": ("search?facets=some", "«some» мааниси тандоого жараксыз."),
    "a type": ("feed?type=page", "«page» мааниси тандоого жараксыз."),
    "too small": ("releases?page_size=0", "Бул маани кеминде 1 болууга тийиш."),
    "too large": ("releases?page_size=101", "Бул маани 100 чегинен ашпоого тийиш."),
    "no number": ("releases?page_size=many", "Бүтүн сан берилиши керек."),
    "far too long a number": ("releases?year=" + "9" * 5000, "Маани өтө узун."),
    "no number of an act": ("search?act_number=x", "Бүтүн сан берилиши керек."),
    "no day": (
        "releases?from=2026-13-01",
        "Күндүн форматы туура эмес. Төмөнкү форматтардын бирин колдонуңуз: YYYY-MM-DD.",
    ),
    "a day of long ago": ("releases?from=0001-01-01", "Бул маани кеминде 1900-01-01 болууга тийиш."),
    "a day far ahead": ("search?to=9999-12-31", "Бул маани 2200-12-31 чегинен ашпоого тийиш."),
    "a pattern": ("releases?fields=A", "Бул маани талап кылынган үлгүгө туура келбейт."),
    "a key": ("releases?topic=..%2F", "Бул маани талап кылынган үлгүгө туура келбейт."),
    "a hash": (f"files/{SOMEBODY}/a.jpg?sha256=1", "Бул маани талап кылынган үлгүгө туура келбейт."),
    "nothing": ("releases?act_type=", "Бул маани бош болбоого тийиш."),
    "no place": ("releases?cursor=", "Бул маани бош болбоого тийиш."),
    "too long": ("search?q=" + "a" * 501, "Бул мааниде 500 белгиден ашык болбоого тийиш."),
    "too long a place": ("releases?cursor=" + "a" * 301, "Бул мааниде 300 белгиден ашык болбоого тийиш."),
    "too many": ("releases?" + "&".join(["topic=a"] * 11), "Бул тизмеде 10 элементтен ашык болбоого тийиш."),
}


def message(api, path: str, *, language: str) -> str:
    response = api.get(f"{BASE}/{path}", headers={"accept-language": language})
    body = response.json()
    assert (response.status_code, body["code"]) == (400, "invalid_parameter")
    (error,) = body["errors"]
    assert body["detail"] == f"{error['parameter']}: {error['message']}"
    return error["message"]


@pytest.mark.parametrize(("path", "said"), WRONG.values(), ids=WRONG)
def test_a_kyrgyz_reader_is_told_in_kyrgyz(api, path, said):
    assert message(api, path, language="ky") == said
    assert api.get(f"{BASE}/{path}").json()["errors"][0]["message"] == said


@pytest.mark.parametrize("path", [path for path, _said in WRONG.values()], ids=WRONG)
def test_a_russian_reader_is_told_in_russian(api, path):
    said = message(api, path, language="ru")

    assert said != message(api, path, language="en")
    words = IN_LATIN.sub("", said).replace(path.partition("=")[2], "")
    assert re.search("[а-я]{3}", words) and not re.search("[A-Za-z]", words)


def fields_of(serializer_class: type[serializers.Serializer]):
    for name, field in serializer_class().fields.items():
        yield name, field
        if isinstance(field, serializers.ListField):
            yield f"{name}[]", field.child


def said_in(language: str) -> dict[tuple[str, str, str], str]:
    """By class, field and kind of error: every message that REST framework has for the parameters of the API."""
    found = {}
    with translation.override(language):
        for one in vars(parameters).values():
            if isinstance(one, type) and issubclass(one, parameters.LocaleParameters):
                for name, field in fields_of(one):
                    found |= {(one.__name__, name, kind): str(said) for kind, said in field.error_messages.items()}
    return found


@pytest.mark.parametrize("language", ["ky", "ru"])
def test_no_message_of_any_parameter_is_left_in_english(language):
    english, said = said_in("en"), said_in(language)

    assert len(english) > 100
    assert {key: words for key, words in said.items() if words == english[key]} == {}
