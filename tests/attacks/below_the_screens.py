"""Ways round the gate below every screen, for the state machine; each is refused, whatever came before it."""

from django.core.exceptions import PermissionDenied
from django.db import connection
from wagtail.models import Page, Task, TaskState

from frontend_api.models import PublishedDocument
from site_pages.models import PublicationPermit


def _sql(statement: str, *values) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _forged_permit(page) -> None:
    PublicationPermit.objects.create(
        content_id=page.content_id,
        locale=page.locale_code,
        page_id=page.pk,
        revision_id=page.latest_revision_id,
        digest="0" * 64,
        entry_number=1,
    )


def _made_live(page) -> None:
    page.live = True
    page.live_revision = page.latest_revision
    page.save()


def _toggle(page, value: bool) -> None:
    changed = Page.objects.filter(pk=page.pk).exclude(live=value).update(live=value)
    if not changed:
        raise PermissionDenied


def _finish(page) -> None:
    state = page.current_workflow_state
    if state is None:
        raise PermissionDenied
    state.finish()


def _approve_below(page) -> None:
    turn = page.current_workflow_task_state
    if turn is None or turn.task.specific.step.order != 2:
        raise PermissionDenied
    TaskState.objects.get(pk=turn.pk).approve()


def _switch_off_the_step(page) -> None:
    turn = page.current_workflow_task_state
    if turn is None:
        raise PermissionDenied
    Task.objects.get(pk=turn.task_id).specific.deactivate()


ATTACKS = (
    lambda page: _toggle(page, True),
    lambda page: _toggle(page, False),
    lambda page: page.get_latest_revision().publish(),
    _made_live,
    _forged_permit,
    _finish,
    _approve_below,
    _switch_off_the_step,
    lambda page: page.create_alias(parent=page.get_parent(), update_slug="alias"),
    lambda page: PublishedDocument.objects.create(content_id=page.content_id, locale="ky", version=99),
    lambda page: _sql("UPDATE frontend_api_publisheddocument SET title = 'x' WHERE 1 = 1 AND version > 0"),
    lambda page: _sql("UPDATE approvals_ledgerentry SET remark = 'x' WHERE number = 1"),
    lambda page: _sql("DELETE FROM approvals_ledgerentry WHERE number > 0"),
    lambda page: page.unpublish(),
)
