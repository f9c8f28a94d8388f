"""Times of publication and ends as they are typed in the editor."""

import pytest
from bs4 import BeautifulSoup
from wagtail.users.models import UserProfile

from tests.newsroom import fresh, release
from tests.site_pages.test_concurrent_edits import form_of, kept, open_editor, save

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("field", ["go_live_at", "expire_at"])
@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "1999-12-31 23:59", "2200-01-01 00:00", "9999-12-31 23:59"])
def test_a_time_at_the_ends_of_the_calendar_is_refused_at_its_field(room, field, moment):
    page = release(room.author)
    seen, before = open_editor(room.author, page), kept(page)

    answer = save(room.author, page, **form_of(page, **{field: moment}), **seen)

    shown = BeautifulSoup(answer.text, "html.parser")
    assert (answer.status_code, kept(page)) == (200, before)
    assert "2199" in shown.select_one(f"#panel-child-{field}-errors, #id_{field}-errors, [id*={field}-errors]").text


@pytest.mark.parametrize("language", ["ky", "ru", "en"])
def test_the_form_of_a_time_that_the_help_names_is_read_in_each_language(room, language):
    page = release(room.author)
    UserProfile.objects.update_or_create(user=room.author, defaults={"preferred_language": language})

    answer = save(room.author, page, **form_of(page, go_live_at="2126-07-17 12:00"), **open_editor(room.author, page))

    assert answer.status_code == 302
    assert fresh(page).get_latest_revision().content["go_live_at"] == "2126-07-17T06:00:00Z"
