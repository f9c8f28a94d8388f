"""“My texts”: what a person is writing, what came back, and what is on its way."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from approvals.facts import is_turned_back, of_the_text
from approvals.models import EntryKind
from approvals.queue import Records, key_of
from approvals.stages import Stage
from site_pages.access.rules import pages_hidden_from
from site_pages.models import Contribution, DocumentPage

HOW_MANY = 15
OVER = (Stage.PUBLISHED, Stage.NO_LONGER_CURRENT, Stage.WITHDRAWN)


@dataclass(frozen=True)
class DeskItem:
    """One text on its author's desk."""

    page_id: int
    title: str
    type_name: str
    locale: str
    stage: Stage
    remark: str

    @property
    def came_back(self) -> bool:
        """Whether it waits for its author."""
        return self.stage == Stage.CHANGES_REQUESTED


def desk_of(*, user) -> list[DeskItem]:
    """The texts that the person began or changed and that are not published, returned ones first, then the latest."""
    changed = Contribution.objects.filter(
        user_id=user.pk, content_id=OuterRef("translation_key"), locale=OuterRef("locale__language_code")
    )
    pages = list(
        DocumentPage.objects.filter(
            Q(owner_id=user.pk) | Exists(changed), Q(live=False) | Q(has_unpublished_changes=True)
        )
        .exclude(pk__in=pages_hidden_from(user).values("pk"))
        .select_related("locale", "content_type")
        .order_by("-latest_revision_created_at", "-pk")[:HOW_MANY]
    )
    records = Records(pages)
    items = [_item(page, records) for page in pages]
    return sorted((item for item in items if item.stage not in OVER), key=lambda item: not item.came_back)


def _item(page: DocumentPage, records: Records) -> DeskItem:
    entries = of_the_text(records.entries[key_of(page)])
    is_returned = bool(entries) and entries[-1].kind == EntryKind.RETURNED and not is_turned_back(entries[-1])
    return DeskItem(
        page_id=page.pk,
        title=page.draft_title or page.title,
        type_name=page.content_type.model_class()._meta.verbose_name,
        locale=page.locale_code,
        stage=records.stage(page),
        remark=entries[-1].remark if is_returned else "",
    )
