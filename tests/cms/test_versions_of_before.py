"""Documents that were published before versions were kept have them after the migration."""

from importlib import import_module

import pytest
from django.apps import apps

from frontend_api import triggers
from frontend_api.models import PublishedVersion
from tests.approvals.record_of_texts import lose
from tests.newsroom import edit, open_newsroom, publish, release

STEPS = ("0004_versions_of_before", "0006_addresses_of_versions")
pytestmark = pytest.mark.django_db


@pytest.fixture
def before():
    """What was kept of three publications, which is then gone."""
    room = open_newsroom()
    page = publish(release(room.author), room)
    edit(page, by=room.author, title="Башка аталыш", change_note="Такталды.")
    publish(page, room)
    publish(release(room.author, title="Экинчи"), room)
    kept = list(PublishedVersion.objects.order_by("pk").values())
    triggers.remove(using="default")
    PublishedVersion.objects.all().delete()
    yield kept
    triggers.install(using="default")


def fill() -> None:
    for step in STEPS:
        import_module(f"cms.migrations.{step}").fill(apps, None)


def test_what_was_published_before_has_its_versions(before):
    fill()
    fill()

    assert list(PublishedVersion.objects.order_by("pk").values()) == before
    assert len(before) == 3


def test_what_is_on_no_record_stays_without_bytes(before):
    lose(before[0]["digest"])

    fill()

    assert list(PublishedVersion.objects.order_by("pk").values()) == before[1:]
