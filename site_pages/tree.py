"""The three trees: a home for each language and a section for each type, linked as translations of one another."""

from django.db import transaction
from wagtail.models import Locale, Page, Site

from site_pages.languages import CODES
from site_pages.models import HomePage, SectionPage

ROOT_TITLE = "Жарчы"
HOME_TITLES = {"ky": "Башкы барак", "ru": "Главная", "en": "Home"}
SECTIONS = {
    SectionPage.Kind.RELEASES: ("releases", {"ky": "Пресс-релиздер", "ru": "Пресс-релизы", "en": "Press releases"}),
    SectionPage.Kind.SPEECHES: ("speeches", {"ky": "Сүйлөгөн сөздөр", "ru": "Выступления", "en": "Speeches"}),
    SectionPage.Kind.DECREES: (
        "decrees",
        {"ky": "Жарлыктар жана буйруктар", "ru": "Указы и распоряжения", "en": "Decrees"},
    ),
}


@transaction.atomic
def install_tree() -> list[str]:
    """Create every home and section that is missing; the names of what was added. Safe to repeat."""
    added: list[str] = []
    Page.objects.filter(depth=1, title="Root").update(title=ROOT_TITLE, draft_title=ROOT_TITLE)
    for code in CODES:
        locale, _created = Locale.objects.get_or_create(language_code=code)
        home = _home(locale, added)
        for kind in SECTIONS:
            _section(home, kind, added)
    _point_site_at(HomePage.objects.get(locale__language_code="ky"))
    return added


def section_for(*, document_type: str, locale: str) -> SectionPage:
    """The section in which documents of a type stand in one language. Raises SectionPage.DoesNotExist."""
    return SectionPage.objects.get(kind=document_type, locale__language_code=locale)


def _home(locale: Locale, added: list[str]) -> HomePage:
    home = HomePage.objects.filter(locale=locale).first()
    if home is None:
        original = HomePage.objects.filter(locale__language_code="ky").first()
        home = HomePage(title=HOME_TITLES[locale.language_code], slug=locale.language_code, locale=locale)
        if original:
            home.translation_key = original.translation_key
        Page.objects.get(depth=1).add_child(instance=home)
        added.append(f"home/{locale.language_code}")
    return home


def _section(home: HomePage, kind: str, added: list[str]) -> None:
    code = home.locale.language_code
    if SectionPage.objects.filter(locale=home.locale, kind=kind).exists():
        return
    slug, titles = SECTIONS[kind]
    section = SectionPage(title=titles[code], slug=slug, kind=kind, locale=home.locale)
    original = SectionPage.objects.filter(kind=kind, locale__language_code="ky").first()
    if original:
        section.translation_key = original.translation_key
    home.add_child(instance=section)
    added.append(f"{slug}/{code}")


def _point_site_at(home: HomePage) -> None:
    Site.objects.update_or_create(
        is_default_site=True, defaults={"root_page": home, "site_name": "Жарчы", "hostname": "localhost"}
    )
    Page.objects.filter(depth=2, content_type__app_label="wagtailcore", content_type__model="page").delete()
