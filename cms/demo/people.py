"""Who works in the demo office, and the registers that its documents refer to."""

import datetime as dt
from dataclasses import dataclass

from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS


@dataclass(frozen=True)
class Colleague:
    """One person of the demo office who signs in."""

    username: str
    first_name: str
    last_name: str
    group: str
    language: str
    is_superuser: bool = False


COLLEAGUES = (
    Colleague("aigul", "Айгүл", "Токтосунова", AUTHORS, "ky"),
    Colleague("bakyt", "Бакыт", "Эсенгулов", AUTHORS, "ru"),
    Colleague("nurlan", "Нурлан", "Садыков", DEPARTMENT_HEADS, "ru"),
    Colleague("jyldyz", "Жылдыз", "Орозбекова", APPARATUS_LEADERSHIP, "ky"),
    Colleague("mirlan", "Мирлан", "Абдыраев", APPARATUS_LEADERSHIP, "en"),
    Colleague("asel", "Асел", "Бейшеева", ADMINISTRATORS, "en", is_superuser=True),
    Colleague("timur", "Тимур", "Касымов", ADMINISTRATORS, "ru", is_superuser=True),
)

# key: (ky, ru, en)
DEPARTMENTS = {
    "information-policy": (
        "Маалыматтык саясат бөлүмү",
        "Отдел информационной политики",
        "Information Policy Department",
    )
}
POSTS = {
    "president": (
        "Кыргыз Республикасынын Президенти",
        "Президент Кыргызской Республики",
        "President of the Kyrgyz Republic",
    ),
    "head-of-apparatus": (
        "Президенттин Аппаратынын Жетекчиси",
        "Руководитель Аппарата Президента",
        "Head of the President's Apparatus",
    ),
}
PEOPLE = {
    "bektur-alymkulov": ("Бектур Алымкулов", "Бектур Алымкулов", "Bektur Alymkulov"),
    "gulnara-sydykova": ("Гүлнара Сыдыкова", "Гульнара Сыдыкова", "Gulnara Sydykova"),
}
TENURES = (
    ("bektur-alymkulov", "president", dt.date(2025, 1, 27)),
    ("gulnara-sydykova", "head-of-apparatus", dt.date(2025, 2, 3)),
)
TOPICS = {
    "education": ("Билим берүү", "Образование", "Education"),
    "water": ("Суу ресурстары", "Водные ресурсы", "Water resources"),
    "culture": ("Маданият", "Культура", "Culture"),
    "regions": ("Аймактарды өнүктүрүү", "Развитие регионов", "Regional development"),
}
PLACES = {
    "kyrgyzstan": ("Кыргызстан", "Кыргызстан", "Kyrgyzstan"),
    "bishkek": ("Бишкек", "Бишкек", "Bishkek"),
    "naryn": ("Нарын", "Нарын", "Naryn"),
    "osh": ("Ош", "Ош", "Osh"),
}
ACT_TYPES = {
    "jarlyk": {
        "labels": ("Жарлык", "Указ", "Decree"),
        "citations": ("Жарлыгы", "Указ", "Decree"),
        "prefixes": ("ПЖ", "УП", ""),
    },
    "buyruk": {
        "labels": ("Буйрук", "Распоряжение", "Order"),
        "citations": ("Буйругу", "Распоряжение", "Order"),
        "prefixes": ("ПБ", "РП", ""),
    },
}
