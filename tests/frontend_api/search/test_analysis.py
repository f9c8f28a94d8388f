"""The analysis of the three languages, and that Elasticsearch makes the same of the same tables."""

import random
import uuid

import pytest
from elasticsearch import Elasticsearch

from frontend_api.search.analysis import MAX_QUERY_WORDS, analyze, analyze_ky, query_words, tokens
from frontend_api.search.kyrgyz import RULES
from frontend_api.search.mappings import ANALYZER, LOCALES, index_body
from tests.frontend_api.search.word_forms import NOUNS, forms_of

LETTERS = "абвгдежзийклмнңоөпрстуүфхцчшщъыьэюяёӊњѳaeopcxykmthbYABCHKMTPX0123456789'-.№\u0301\u00ad "
SAME_WORD = {
    "жарлык": ["жарлыгы", "жарлыгынын", "жарлыкка", "Жарлыктар", "жарлыктарындагы"],
    "өкмөт": ["окмот", "өкмөтү", "окмоттун", "Өкмөттөгү", "өкмөтүнө"],
    "Кеңеш": ["Кеӊеш", "Кењеш", "кенеш", "кеңештин", "Кеңешинин", "кеңештер"],
    "китеп": ["китеби", "китептер", "китебинен", "китепке"],
    "үй": ["уй", "үйү", "үйүнүн", "үйдө", "үйлөр", "yй"],
    "шаар": ["шаары", "шаарынын", "шаарында", "шаарындагы", "шаарындагылардын", "шaap"],
    "Кыргызстан": ["Кыргызстандын", "Кыргызстанга", "Кыргызстандагы", "кыргызстаны"],
    "эл": ["элдин", "элге", "эли", "элинин", "элдер", "элибиз"],
    "район": ["району", "районунун", "районундагы", "райондор"],
    "президент": ["президенти", "президентинин", "президентке", "президенттер"],
    "июль": ["июлу", "июлда", "июлундагы"],
    "облус": ["облусу", "облусунда", "облустар"],
    "өлкө": ["олко", "өлкөнү", "өлкөнүн", "өлкөлөр", "өлкөбүз"],
    "билдирүү": ["билдирди", "билдирген", "билдирип", "билдирет", "билдирүүсүндө"],
    "баштоо": ["баштады", "баштаган", "баштап", "баштоону"],
    "айыл": ["а\u0301йыл", "ай\u00adыл", "айылы"],
}
DIFFERENT_WORDS = [
    ("министр", "министрлик"), ("президент", "президенттик"), ("баш", "башка"), ("ай", "айып"), ("француз", "Франция"),
    ("башчы", "баш"), ("кызмат", "кызматкер"), ("шаар", "шаардык"), ("Кыргызстан", "кыргызстандык"),
]  # fmt: skip


@pytest.mark.parametrize(("word", "forms"), SAME_WORD.items())
def test_the_forms_of_a_kyrgyz_word_are_one_token(word, forms):
    expected = analyze_ky(word)

    found = {form: analyze_ky(form) for form in forms}

    assert found == dict.fromkeys(forms, expected)
    assert len(expected) == 1


@pytest.mark.parametrize(("one", "other"), DIFFERENT_WORDS)
def test_words_that_only_begin_alike_stay_apart(one, other):
    assert analyze_ky(one) != analyze_ky(other)


def test_made_forms_of_nouns_come_together():
    stray = {(noun, form) for noun in NOUNS for form in forms_of(noun) if analyze_ky(form) != analyze_ky(noun)}

    # "His day" in the accusative reads like a genitive of "кү".
    assert stray == {("күн", "күнүн")}


def test_numbers_of_acts_are_tokens():
    assert analyze_ky("№ 261 Жарлыгы, 2026-жылдын 17-июлундагы") == ["261", "жарлык", "2026", "жыл", "17", "июл"]


def test_a_russian_stem_ignores_the_dots_of_yo():
    assert analyze("Указом указ съёмки съемки", locale="ru") == ["указ", "указ", "съемк", "съемк"]


def test_an_english_plural_is_its_singular():
    assert analyze("The President's decrees, the decree", locale="en") == ["presid", "decre", "decre"]


def test_a_token_knows_the_place_of_its_word():
    text = "Бүгүн Өкмөттүн жарлыгы."

    places = [text[token.start : token.end] for token in tokens(text, locale="ky")]

    assert places == ["Бүгүн", "Өкмөттүн", "жарлыгы"]


@pytest.mark.parametrize("written", ["УП-261", "УП № 261", "ПУ №261", "УП – № 261", "№ 261"])
def test_the_prefix_of_an_act_number_is_not_searched(written):
    assert query_words(written, locale="ru") == ["261"]


def test_a_question_is_cut_to_a_size_that_a_server_bears():
    words = query_words("жарлык " * 10_000, locale="ky")

    assert words == ["жарлык"] * MAX_QUERY_WORDS


def test_control_characters_and_operators_are_no_words():
    assert query_words('\x00жарлык" AND (title:*) -\x00', locale="ky") == ["жарлык", "AND", "title"]


def test_a_very_long_word_is_cut():
    assert analyze_ky("ж" * 70_000) == ["ж" * 64]


def test_rules_never_empty_a_word():
    words = [form for noun in NOUNS for form in forms_of(noun)]

    assert all(len(token) >= 2 for token in analyze_ky(" ".join(words)))
    assert len({rule.name for rule in RULES}) >= 15


@pytest.fixture(scope="module")
def analyzed(elasticsearch_url):
    """Asks a real server for the tokens of a text in a language."""
    client = Elasticsearch(elasticsearch_url, request_timeout=30)
    prefix = f"test-analysis-{uuid.uuid4().hex[:12]}"
    for locale in LOCALES:
        client.indices.create(index=f"{prefix}-{locale}", **index_body(locale))

    def ask(text: str, locale: str) -> list[str]:
        answer = client.indices.analyze(index=f"{prefix}-{locale}", analyzer=ANALYZER, text=text)
        return [token["token"] for token in answer["tokens"]]

    yield ask
    client.indices.delete(index=",".join(f"{prefix}-{locale}" for locale in LOCALES))
    client.close()


def test_elasticsearch_and_python_agree_on_every_made_form(analyzed):
    words = [form for noun in NOUNS for form in forms_of(noun)] + [
        form for forms in SAME_WORD.values() for form in forms
    ]
    assert len(words) > 1_300

    for start in range(0, len(words), 1_000):
        text = " ".join(words[start : start + 1_000])
        assert analyzed(text, "ky") == analyze_ky(text)


@pytest.mark.parametrize("locale", LOCALES)
def test_elasticsearch_and_python_agree_on_noise(analyzed, locale):
    dice = random.Random(20260717)
    letters = LETTERS if locale == "ky" else LETTERS.replace("ъ", "")
    words = ["".join(dice.choices(letters, k=dice.randint(1, 14))) for _ in range(4_000)]

    for start in range(0, len(words), 1_000):
        text = " ".join(words[start : start + 1_000])
        assert analyzed(text, locale) == analyze(text, locale=locale)
