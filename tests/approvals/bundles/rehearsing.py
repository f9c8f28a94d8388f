"""What a rehearsal finds, as tests look at it."""

from django.utils import timezone

from approvals.bundles.rehearsal import Rehearsal, rehearse


def look(bundle) -> Rehearsal:
    return rehearse(bundle=bundle, now=timezone.now())


def found(bundle, page) -> list[str]:
    (item,) = [item for item in look(bundle).items if item.member.page_id == page.pk]
    return [finding.code for finding in item.findings]


def paragraph(words: str) -> list:
    return [("paragraph", words)]
