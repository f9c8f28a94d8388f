"""Kyrgyz word forms for tests: nouns with the suffixes that harmony gives them, made, not collected."""

from collections.abc import Iterator

_NOUNS = """
    жарлык китеп өкмөт кеңеш шаар мыйзам эл үй жер иш ай бөлүм күн жыл чечим
    сапар өлкө маселе жетекчи башчы облус район министр президент депутат мектеп окуучу жолугушуу шайлоо тоо
    суу келишим кызмат өкүл борбор айыл кыргызстан өзбекстан республика комиссия партия буйрук
    аппарат басма маалымат кабар сөз түзөтүү коом бала
"""
NOUNS = tuple(_NOUNS.split())
_BACK, _ROUND = "аоуыюя", "оөуүю"
_VOWELS = "аоуыеиөүэюя"
_VOICELESS = "кпстфхцчшщ"


def _low(stem: str) -> str:
    """The wide vowel that harmony asks for: а, е, о or ө."""
    last = next(letter for letter in reversed(stem) if letter in _VOWELS)
    return {"о": "о", "ө": "ө", "ү": "ө"}.get(last, "а" if last in _BACK else "е")


def _high(stem: str) -> str:
    """The narrow vowel that harmony asks for: ы, и, у or ү."""
    last = next(letter for letter in reversed(stem) if letter in _VOWELS)
    if last in _ROUND:
        return "у" if last in _BACK else "ү"
    return "ы" if last in _BACK else "и"


def plural(stem: str) -> str:
    """шаар -> шаарлар."""
    consonant = "т" if stem[-1] in _VOICELESS else "д" if stem[-1] in "бвгджзлмн" else "л"
    return f"{stem}{consonant}{_low(stem)}р"


def possessed(stem: str) -> str:
    """шаар -> шаары, өлкө -> өлкөсү, жарлык -> жарлыгы."""
    if stem[-1] in _VOWELS:
        return f"{stem}с{_high(stem)}"
    return stem[:-1] + {"к": "г", "п": "б"}.get(stem[-1], stem[-1]) + _high(stem)


def cases(stem: str, *, is_possessed: bool) -> Iterator[str]:
    """The cases and the relational form of a stem."""
    wide, narrow = _low(stem), _high(stem)
    if is_possessed:
        yield from (f"{stem}н{narrow}н", f"{stem}н{wide}", f"{stem}н", f"{stem}нд{wide}", f"{stem}н{wide}н")
        yield f"{stem}нд{wide}г{narrow}"
        return
    hard = "т" if stem[-1] in _VOICELESS else "д"
    accusative = "н" if stem[-1] in _VOWELS else hard
    yield from (f"{stem}{accusative}{narrow}н", f"{stem}{accusative}{narrow}")
    yield f"{stem}{'к' if hard == 'т' else 'г'}{wide}"
    yield from (f"{stem}{hard}{wide}", f"{stem}{hard}{wide}н", f"{stem}{hard}{wide}г{narrow}")


def forms_of(noun: str) -> Iterator[str]:
    """The noun, its plural and possessive forms, and the cases of each."""
    for stem in (noun, plural(noun)):
        yield stem
        yield from cases(stem, is_possessed=False)
        yield possessed(stem)
        yield from cases(possessed(stem), is_possessed=True)
