"""Addresses in Latin letters: BGN/PCGN 1979 for Kyrgyz in its ASCII form, BGN/PCGN for Russian."""

import re
import unicodedata

_SHARED = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "з": "z", "и": "i", "й": "y", "к": "k", "л": "l",
    "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh",
    "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya", "№": "no",
}  # fmt: skip
KYRGYZ = _SHARED | {"ё": "yo", "е": "e", "ж": "j", "ң": "ng", "ө": "o", "ү": "u"}
RUSSIAN = _SHARED | {"ё": "e", "е": "e", "ж": "zh", "ң": "ng", "ө": "o", "ү": "u"}
# Letters that look like Kyrgyz ones and often stand for them in official texts.
LOOK_ALIKES = str.maketrans({"ӊ": "ң", "њ": "ң", "ѳ": "ө", "Ӊ": "Ң", "Њ": "Ң", "Ѳ": "Ө"})


def romanise(text: str, *, locale: str) -> str:
    """The text in ASCII letters, lower case; what has no Latin form is dropped."""
    table = RUSSIAN if locale == "ru" else KYRGYZ
    letters = (table.get(letter, letter) for letter in text.translate(LOOK_ALIKES).lower())
    return unicodedata.normalize("NFKD", "".join(letters)).encode("ascii", "ignore").decode()


def slug_of(text: str, *, locale: str, max_length: int = 100) -> str:
    """A slug: "Жогорку Кеңеш" -> "jogorku-kengesh". Cut at a word; "document" where nothing is left."""
    slug = re.sub(r"[^a-z0-9]+", "-", romanise(text, locale=locale)).strip("-")
    if len(slug) > max_length:
        slug = slug[: max_length + 1].rsplit("-", 1)[0][:max_length].strip("-")
    return slug or "document"
