"""A test with real transactions finds what the migrations made, and leaves it so."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, IntegrityError, connection, transaction
from wagtail.models import Locale, Page

from approvals import triggers
from approvals.models import LedgerEntry, LedgerHead
from tests.newsroom import open_newsroom, publish, release


def rows() -> dict:
    """What the migrations made, with its keys."""
    return {
        model.__name__: sorted(model.objects.values_list("pk", flat=True))
        for model in (Group, Permission, ContentType, Locale, Page, LedgerHead, LedgerEntry)
    }


# The first of the two to run leaves a published document and its ledger; the other must not see them.
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_rows_of_the_migrations_are_there_after_any_other_test(turn):
    before = rows()

    room = open_newsroom()
    publish(release(room.author), room)

    assert before["LedgerEntry"] == []
    assert (len(before["Group"]), len(before["LedgerHead"]), len(before["Page"])) == (4, 1, 13)
    assert (
        ContentType.objects.get_for_model(Page).pk == ContentType.objects.get(model="page", app_label="wagtailcore").pk
    )
    assert LedgerEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_the_triggers_stand_in_a_test_with_real_transactions(turn):
    room = open_newsroom()
    publish(release(room.author), room)
    before = list(LedgerEntry.objects.order_by("number").values_list("hash", flat=True))

    with pytest.raises(IntegrityError, match="append-only"):
        LedgerEntry.objects.all().delete()

    assert triggers.missing(using="default") == []
    assert list(LedgerEntry.objects.order_by("number").values_list("hash", flat=True)) == before


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_ledger_cannot_be_truncated_on_postgresql():
    room = open_newsroom()
    publish(release(room.author), room)
    before = LedgerEntry.objects.count()

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE approvals_ledgerentry")

    assert LedgerEntry.objects.count() == before
