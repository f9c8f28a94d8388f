"""Row 18: whoever may change accounts does not thereby come to decide on texts, nor do those who may change steps."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from wagtail.log_actions import LogContext

from approvals.appointments import REASONS, Refusal
from approvals.ledger import faults
from approvals.models import EntryKind, LedgerEntry, Route
from approvals.offices import ADMINISTRATORS, APPARATUS_LEADERSHIP, AUTHORS, DEPARTMENT_HEADS
from tests.attacks.houses import everything, signed_in
from tests.newsroom import PASSWORD, hire, release, submit

pytestmark = pytest.mark.django_db
OTHER_PASSWORD = "quite-another-phrase-2026"
APPOINTMENTS = (EntryKind.OFFICE_GIVEN, EntryKind.OFFICE_TAKEN, EntryKind.ACCOUNT_CHANGED)


@pytest.fixture
def clerk(db):
    """Somebody who may add, change and delete accounts and groups, and is no system administrator."""
    person = hire("clerk", ADMINISTRATORS)
    rights = Permission.objects.filter(
        codename__in=("add_user", "change_user", "delete_user", "add_group", "change_group", "delete_group")
    )
    person.user_permissions.add(*rights)
    return person


def accounts() -> list[tuple]:
    """Everything by which people sign in and hold office."""
    fields = ("pk", "username", "password", "email", "is_active", "is_superuser", "groups__name")
    return list(get_user_model().objects.order_by("pk", "groups__name").values_list(*fields))


def appointments() -> list[tuple]:
    found = LedgerEntry.objects.filter(kind__in=APPOINTMENTS).order_by("number")
    return [(entry.kind, entry.actor_id, entry.details) for entry in found]


def form_of(user, **changes) -> dict:
    """What the form of an account sends."""
    fields = {
        "username": user.username,
        "email": user.email or "a@example.kg",
        "first_name": user.first_name or "Айгүл",
        "last_name": user.last_name or "Осмонова",
        "groups": list(user.groups.values_list("pk", flat=True)),
        **({"is_active": "on"} if user.is_active else {}),
        **({"is_superuser": "on"} if user.is_superuser else {}),
    }
    fields.update(changes)
    return {name: value for name, value in fields.items() if value is not None}


def group(name: str) -> int:
    return Group.objects.get(name=name).pk


def save(actor, user, **changes):
    return signed_in(actor).post(reverse("wagtailusers_users:edit", args=[user.pk]), form_of(user, **changes))


def with_address(*people) -> None:
    get_user_model().objects.filter(pk__in=[person.pk for person in people]).update(
        email="a@example.kg", first_name="Айгүл", last_name="Осмонова"
    )
    for person in people:
        person.refresh_from_db()


ATTACKS = {
    "joins the leadership": lambda clerk, room: save(clerk, clerk, groups=[group(APPARATUS_LEADERSHIP)]),
    "makes an author a head": lambda clerk, room: save(clerk, room.author, groups=[group(DEPARTMENT_HEADS)]),
    "takes a head's office": lambda clerk, room: save(clerk, room.head, groups=[]),
    "resets a leader's password": lambda clerk, room: save(
        clerk, room.leader, password1=OTHER_PASSWORD, password2=OTHER_PASSWORD
    ),
    "redirects a leader's mail": lambda clerk, room: save(clerk, room.leader, email="thief@example.kg"),
    "renames a leader": lambda clerk, room: save(clerk, room.leader, username="mine"),
    "switches a head off": lambda clerk, room: save(clerk, room.head, is_active=None),
    "makes a system administrator": lambda clerk, room: save(clerk, room.outsider, is_superuser="on"),
    "unmakes the system administrator": lambda clerk, room: save(clerk, room.boss, is_superuser=None),
    "resets the system administrator's password": lambda clerk, room: save(
        clerk, room.boss, password1=OTHER_PASSWORD, password2=OTHER_PASSWORD
    ),
    "hires a head": lambda clerk, room: signed_in(clerk).post(
        reverse("wagtailusers_users:add"),
        {
            "username": "new",
            "email": "new@example.kg",
            "first_name": "Жаңы",
            "last_name": "Киши",
            "password1": OTHER_PASSWORD,
            "password2": OTHER_PASSWORD,
            "groups": [group(DEPARTMENT_HEADS)],
        },
    ),
    "deletes a leader": lambda clerk, room: signed_in(clerk).post(
        reverse("wagtailusers_users:delete", args=[room.leader.pk])
    ),
    "assigns the role to many": lambda clerk, room: signed_in(clerk).post(
        f"/admin/bulk/cms/user/assign_role/?id={clerk.pk}&id={room.author.pk}", {"role": group(DEPARTMENT_HEADS)}
    ),
    "switches many off": lambda clerk, room: signed_in(clerk).post(
        f"/admin/bulk/cms/user/set_active_state/?id={room.head.pk}", {"mark_as_active": "False"}
    ),
    "deletes many": lambda clerk, room: signed_in(clerk).post(f"/admin/bulk/cms/user/delete/?id={room.head.pk}"),
    "deletes the group": lambda clerk, room: signed_in(clerk).post(
        reverse("wagtailusers_groups:delete", args=[group(DEPARTMENT_HEADS)])
    ),
}


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_who_may_change_accounts_does_not_appoint(room, clerk, name):
    with_address(clerk, room.author, room.head, room.leader, room.boss, room.outsider)
    before, record, groups = accounts(), everything(), list(Group.objects.values_list("pk", "name"))

    response = ATTACKS[name](clerk, room)

    assert response.status_code < 500
    assert (accounts(), everything(), list(Group.objects.values_list("pk", "name"))) == (before, record, groups)


def test_the_refusal_is_said_beside_the_field(room, clerk):
    with_address(clerk)

    response = save(clerk, clerk, groups=[group(APPARATUS_LEADERSHIP)])

    errors = response.context["form"].errors
    assert list(errors) == ["groups"]
    assert "Only a system administrator" in str(errors["groups"]) or "администратор" in str(errors["groups"])


def test_everybody_else_is_administered_as_before(room, clerk):
    with_address(room.outsider, room.author)

    save(clerk, room.outsider, groups=[group(AUTHORS)], email="other@example.kg")

    room.outsider.refresh_from_db()
    assert (room.outsider.email, list(room.outsider.groups.values_list("name", flat=True))) == (
        "other@example.kg", [AUTHORS],
    )  # fmt: skip


def test_a_system_administrator_takes_an_office_alone_and_the_ledger_says_so(room):
    with_address(room.head)
    before = len(appointments())

    save(room.boss, room.head, groups=[], is_active=None)

    about = {"person_id": room.head.pk, "person": "Айгүл Осмонова"}
    assert appointments()[before:] == [
        ("account_changed", room.boss.pk, {**about, "fields": ["is_active"]}),
        ("office_taken", room.boss.pk, {**about, "group": DEPARTMENT_HEADS}),
    ]
    assert list(faults()) == []


GIFTS = {
    "an office": (lambda room: room.author, {"groups": lambda: [group(DEPARTMENT_HEADS)]}, "groups"),
    "a password": (lambda room: room.head, {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}, "password1"),
    "the rights of an administrator": (lambda room: room.outsider, {"is_superuser": "on"}, "is_superuser"),
}


@pytest.mark.parametrize("gift", sorted(GIFTS))
def test_one_system_administrator_gives_no_power(room, gift):
    person, changes, field = GIFTS[gift]
    person = person(room)
    with_address(person, room.boss)
    before, record = accounts(), everything()

    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    response = save(room.boss, person, **changes)

    assert list(response.context["form"].errors) == [field]
    assert str(REASONS[Refusal.TWO_ADMINISTRATORS]) in response.context["form"].errors[field]
    assert (accounts(), everything()) == (before, record)


def test_a_closed_account_in_office_is_not_opened_again_by_one(room):
    get_user_model().objects.filter(pk=room.head.pk).update(is_active=False)
    with_address(room.head)
    before, record = accounts(), everything()

    response = save(room.boss, room.head, is_active="on")

    assert list(response.context["form"].errors) == ["is_active"]
    assert (accounts(), everything()) == (before, record)


@pytest.mark.parametrize("office", [DEPARTMENT_HEADS, APPARATUS_LEADERSHIP])
def test_nobody_appoints_himself_not_even_the_system_administrator(room, office):
    with_address(room.boss)
    before = accounts()

    save(room.boss, room.boss, groups=[group(office)])

    assert accounts() == before


def test_one_may_change_ones_own_password(room):
    client = signed_in(room.leader)

    response = client.post(
        reverse("wagtailadmin_account"),
        {"password-old_password": PASSWORD, "password-new_password1": OTHER_PASSWORD,
         "password-new_password2": OTHER_PASSWORD, "name_email-first_name": "А", "name_email-last_name": "Б",
         "name_email-email": "a@example.kg", "locale-preferred_language": "ky", "theme-theme": "system",
         "theme-density": "default", "theme-contrast": "system", "theme-keyboard_shortcuts": "on",
         "notifications-submitted_notifications": "on"},
    )  # fmt: skip

    room.leader.refresh_from_db()
    assert (response.status_code, room.leader.check_password(OTHER_PASSWORD)) == (302, True)
    kind, actor, details = appointments()[-1]
    assert (kind, actor, details["person_id"]) == ("account_changed", room.leader.pk, room.leader.pk)


@pytest.mark.parametrize(
    "attack",
    [
        lambda room: room.author.groups.add(group(DEPARTMENT_HEADS)),
        lambda room: room.author.groups.set([group(APPARATUS_LEADERSHIP)]),
        lambda room: Group.objects.get(name=DEPARTMENT_HEADS).user_set.add(room.author),
        lambda room: Group.objects.get(name=DEPARTMENT_HEADS).user_set.clear(),
        lambda room: room.head.groups.clear(),
        lambda room: room.head.groups.remove(group(DEPARTMENT_HEADS)),
        lambda room: room.leader.delete(),
        lambda room: Group.objects.get(name=DEPARTMENT_HEADS).delete(),
        lambda room: Group(pk=group(DEPARTMENT_HEADS), name="Mine").save(),
    ],
)
def test_below_the_forms_the_same_rules_hold(room, clerk, attack):
    before, record = accounts(), everything()

    with LogContext(user=clerk), pytest.raises((PermissionDenied, ProtectedError)), transaction.atomic():
        attack(room)

    assert (accounts(), everything()) == (before, record)


def test_at_the_console_an_office_is_taken_and_on_record(room):
    before = len(appointments())

    room.head.groups.clear()

    assert [(kind, actor, details["group"]) for kind, actor, details in appointments()[before:]] == [
        ("office_taken", None, DEPARTMENT_HEADS),
    ]


@pytest.mark.parametrize(
    "attack",
    [
        lambda room: room.outsider.groups.add(group(DEPARTMENT_HEADS)),
        lambda room: Group.objects.get(name=DEPARTMENT_HEADS).user_set.set([room.outsider]),
        lambda room: (room.head.set_password(OTHER_PASSWORD), room.head.save()),
        lambda room: (room.boss.set_password(OTHER_PASSWORD), room.boss.save(update_fields=["password"])),
    ],
)
def test_at_the_console_nobody_gives_power(room, attack):
    before, record = accounts(), everything()

    with pytest.raises(PermissionDenied), transaction.atomic():
        attack(room)

    assert (accounts(), everything()) == (before, record)


@pytest.mark.parametrize("who", ["head", "boss", "author"])
def test_who_stands_in_the_ledger_is_not_deleted(room, who):
    page = release(room.author)
    submit(page, by=room.author)
    deputy_boss = hire("deputy-boss", is_superuser=True)
    get_user_model().objects.filter(pk=room.head.pk).update(is_active=False)
    person = getattr(room, who)
    before, record = accounts(), everything()

    response = signed_in(deputy_boss).post(reverse("wagtailusers_users:delete", args=[person.pk]))

    assert response.status_code in (302, 403)
    with pytest.raises((PermissionDenied, ProtectedError)), transaction.atomic():
        person.delete()
    assert (accounts(), everything()) == (before, record)


def test_a_mistyped_account_is_deleted(room):
    person = hire("mistyped", AUTHORS)

    signed_in(room.boss).post(reverse("wagtailusers_users:delete", args=[person.pk]))

    assert not get_user_model().objects.filter(username="mistyped").exists()


@pytest.mark.parametrize("who", ["clerk", "head", "boss"])
def test_who_may_change_steps_does_not_point_them_elsewhere(room, clerk, who):
    """The holder of `change_task` and `change_workflow`: the routes are data that only a command installs."""
    actor = clerk if who == "clerk" else getattr(room, who)
    actor.user_permissions.add(
        *Permission.objects.filter(codename__in=("change_task", "change_workflow", "change_signofftask"))
    )
    route = Route.objects.get(document_type="release")
    step = route.steps.get(order=2)
    before = list(step.task.groups.values_list("pk", flat=True))

    for address in (
        reverse("wagtailadmin_workflows:edit_task", args=[step.task_id]),
        reverse("wagtailadmin_workflows:edit", args=[route.workflow_id]),
        reverse("wagtailadmin_workflows:disable_task", args=[step.task_id]),
    ):
        response = signed_in(actor).post(address, {"name": "x", "groups": [group(AUTHORS)], "active": "on"})
        assert response.status_code == 403

    assert list(step.task.groups.values_list("pk", flat=True)) == before
    assert (route.steps.get(order=2).group_id, route.steps.count()) == (step.group_id, 2)
