"""There is one time zone for the whole office: forms and screens say “time of Bishkek”."""

import pytest
from django.urls import reverse
from wagtail.users.models import UserProfile

from tests.attacks.houses import signed_in

pytestmark = pytest.mark.django_db


def test_nobody_chooses_a_time_zone_of_his_own(room):
    client = signed_in(room.author)

    page = client.get(reverse("wagtailadmin_account"))
    client.post(reverse("wagtailadmin_account"), {"locale-current_time_zone": "America/New_York"})

    assert page.status_code == 200
    assert "time_zone" not in page.content.decode()
    assert set(UserProfile.objects.values_list("current_time_zone", flat=True)) <= {""}
