"""What is folded and what is left out in each language, before words are shortened."""

from frontend_api.search import kyrgyz

# Signs that change no word in any language: accents and invisible characters.
_DROPPED = ("\u0300", "\u0301", "\u0307", "\u00ad", "\u200b", "\u200c", "\u200d", "\u2060", "\ufeff")
# Letters written as a letter and a combining sign, and letters whose lower case depends on the programming language.
_COMPOSED = {"и\u0306": "й", "е\u0308": "е", "И\u0306": "й", "Е\u0308": "е", "İ": "i", "ς": "σ", "Σ": "σ"}
_EVERYWHERE = dict.fromkeys(_DROPPED, "") | _COMPOSED


def _both_cases(table: dict[str, str]) -> dict[str, str]:
    return table | {letter.upper(): target for letter, target in table.items()}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# locale -> what is replaced in the text before it is cut into words. The longest match wins.
LETTERS: dict[str, dict[str, str]] = {
    "ky": _both_cases(kyrgyz.LETTERS) | _EVERYWHERE,
    "ru": {"ё": "е", "Ё": "е"} | _EVERYWHERE,
    "en": _EVERYWHERE,
}

# locale -> words that find nothing, as they are after folding.
STOP_WORDS: dict[str, tuple[str, ...]] = {
    "ky": kyrgyz.STOP_WORDS,
    "ru": _words(
        "и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было вот от меня еще "
        "о из ему или ни быть был до для мы их чем этом при об это"
    ),
    "en": _words(
        "a an and are as at be but by for if in into is it no not of on or s such that the their then there these they "
        "this to was will with"
    ),
}
