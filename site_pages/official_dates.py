"""Official dates and citations of acts in the three languages.

Django's own Kyrgyz format ("17 Июль 2026 ж.") is not the official one.
"""

import datetime as dt

KY_MONTHS = (
    "январы",
    "февралы",
    "марты",
    "апрели",
    "майы",
    "июну",
    "июлу",
    "августу",
    "сентябры",
    "октябры",
    "ноябры",
    "декабры",
)
RU_MONTHS = (
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
)
EN_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_KY_ON = {"ы": "ындагы", "и": "индеги", "у": "ундагы"}


def official_date(day: dt.date, *, locale: str) -> str:
    """The day as official texts write it: ky "2026-жылдын 17-июлу", ru "17 июля 2026 года", en "17 July 2026"."""
    if locale == "ky":
        return f"{day.year}-жылдын {day.day}-{KY_MONTHS[day.month - 1]}"
    if locale == "ru":
        return f"{day.day} {RU_MONTHS[day.month - 1]} {day.year} года"
    return f"{day.day} {EN_MONTHS[day.month - 1]} {day.year}"


def official_date_on(day: dt.date) -> str:
    """The Kyrgyz day in the form "of that day": "2026-жылдын 17-июлундагы"."""
    date = official_date(day, locale="ky")
    return date[:-1] + _KY_ON[date[-1]]


def citation(*, word: str, number: str, signed_on: dt.date, locale: str) -> str:
    """How other texts name an act. word: the act type's citation word in that language; number: with its suffix."""
    if locale == "ky":
        return f"Кыргыз Республикасынын Президентинин {official_date_on(signed_on)} № {number} {word}"
    date = official_date(signed_on, locale=locale)
    if locale == "ru":
        return f"{word} Президента Кыргызской Республики от {date} № {number}"
    return f"{word} of the President of the Kyrgyz Republic No. {number} of {date}"
