"""Routes as data: the default one and how it is installed."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import translation
from django.utils.text import capfirst
from wagtail.models import Workflow, WorkflowTask

from approvals.models import Route, RouteStep, SignOffTask
from approvals.offices import APPARATUS_LEADERSHIP, DEPARTMENT_HEADS
from approvals.stages import Stage
from site_pages.models import DOCUMENT_TYPES


@dataclass(frozen=True)
class StepPlan:
    """One step to install: who decides, what it is called in each language."""

    key: str
    group: str
    stage: Stage
    labels: dict[str, str]


DEFAULT_ROUTE = (
    StepPlan(
        key="head",
        group=DEPARTMENT_HEADS,
        stage=Stage.WITH_HEAD,
        labels={"ky": "Бөлүм башчысы", "ru": "Руководитель отдела", "en": "Department head"},
    ),
    StepPlan(
        key="leadership",
        group=APPARATUS_LEADERSHIP,
        stage=Stage.WITH_APPARATUS,
        labels={"ky": "Аппараттын жетекчилиги", "ru": "Руководство Аппарата", "en": "Apparatus leadership"},
    ),
)


@transaction.atomic
def install_default_routes() -> list[str]:
    """Give every type of document that has no route the default one; the types that got it."""
    missing = [kind for kind in DOCUMENT_TYPES if not Route.objects.filter(document_type=kind).exists()]
    for kind in missing:
        install_route(document_type=kind, steps=DEFAULT_ROUTE)
    return missing


def install_route(*, document_type: str, steps: tuple[StepPlan, ...]) -> Route:
    """Create the route of one type with its steps and the Wagtail workflow that carries it."""
    kind = name_of(document_type)
    workflow = Workflow.objects.create(name=f"{kind}: " + " → ".join(step.labels["ky"] for step in steps))
    route = Route.objects.create(document_type=document_type, workflow=workflow)
    for order, plan in enumerate(steps, start=1):
        group = Group.objects.get(name=plan.group)
        task = SignOffTask.objects.create(name=f"{kind}: {plan.labels['ky']}")
        task.groups.add(group)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=order)
        RouteStep.objects.create(
            route=route,
            order=order,
            key=plan.key,
            group=group,
            task=task,
            stage=plan.stage,
            **{f"label_{language}": label for language, label in plan.labels.items()},
        )
    return route


def name_of(document_type: str) -> str:
    """The type's name in Kyrgyz, for names that are stored once for readers of all languages."""
    with translation.override("ky"):
        return capfirst(str(DOCUMENT_TYPES[document_type]._meta.verbose_name))
