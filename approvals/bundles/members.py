"""The texts of a bundle, each with the page that bears it today.

A text is known by its document and its language: deleted and translated anew, it keeps its place on another page.
"""

from collections.abc import Iterable

from approvals.models import BundleMember
from site_pages.models import DocumentPage


def members_today(members: Iterable[BundleMember]) -> list[BundleMember]:
    """The same in the same order, their page_id that of today's page; the old one where no page bears the text."""
    members = list(members)
    found = DocumentPage.objects.filter(
        translation_key__in={member.content_id for member in members}, alias_of__isnull=True
    )
    rows = found.values_list("translation_key", "locale__language_code", "pk")
    pages = {(content_id, locale): pk for content_id, locale, pk in rows}
    for member in members:
        member.page_id = pages.get((member.content_id, member.locale), member.page_id)
    return members


def keep_pages(members: Iterable[BundleMember]) -> None:
    """Write down which pages bear the texts. Their rows are locked, and so is that of the bundle."""
    members = {member.pk: member for member in members}
    known = BundleMember.objects.filter(pk__in=members).values_list("pk", "page_id")
    moved = [members[pk] for pk, page_id in known if members[pk].page_id != page_id]
    BundleMember.objects.bulk_update(moved, ["page_id"])
