"""Compare the search indexes with the published documents."""

import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from frontend_api.models import LOCALES
from frontend_api.search import log_reading, making_good, service
from frontend_api.search.elasticsearch import ElasticsearchIndex
from frontend_api.search.port import IndexUnavailable, SearchIndex
from frontend_api.search.reconciling import Comparison, Mending, compare, mend

DRIFT, UNAVAILABLE = 1, 2
IN_WORDS = {
    "missing": "is published as {published} and not in the index",
    "stale": "is published as {published}, the index holds {held}",
    "surplus": "is not published, the index holds {held}",
    "altered": "is published as {published}, and the index holds something else under this number",
    "ahead": "is published as {published}, the index holds {held}, which is newer",
}


class Command(BaseCommand):
    help = (
        "Compare what is published with what the search indexes hold (Elasticsearch, where there is one, and the "
        "database), by number and by content. Exit status: 0 they agree or were "
        "mended, 1 they differ, 2 the index gave no answer."
    )

    def add_arguments(self, parser):
        parser.add_argument("--fix", action="store_true", help="Mend what differs.")
        parser.add_argument("--numbers-only", action="store_true", help="Faster: do not look into the documents.")
        parser.add_argument("--json", action="store_true", dest="as_json", help="One JSON object on standard output.")

    def handle(self, *args, fix: bool, numbers_only: bool, as_json: bool, **options):
        indexes: list[SearchIndex] = [service.database_index()]
        if (index := service.elasticsearch_index(for_batches=True)) is not None:
            indexes.insert(0, index)
        try:
            look = {"fix": fix, "contents": not numbers_only}
            results = [self._one(index, locale, **look) for index in indexes for locale in LOCALES]
            outdated = [locale for locale in LOCALES if index is not None and index.outdated(locale)]
        except IndexUnavailable as failure:
            raise CommandError(f"The index gave no answer: {failure}.", returncode=UNAVAILABLE) from failure
        if as_json:
            answer = {"indexes": [_as_json(*result) for result in results], "outdated": outdated}
            self.stdout.write(json.dumps(answer, indent=2))
        else:
            for comparison, mending in results:
                self._tell(comparison, mending)
        self._judge(sum(_left(*result) for result in results), outdated=outdated, fix=fix)

    def _judge(self, left: int, *, outdated: list[str], fix: bool) -> None:
        """Raises CommandError unless everything agrees."""
        faults = []
        if left:
            faults.append(f"{left} documents differ." + ("" if fix else " Run with --fix."))
        if outdated:
            faults.append(f"Built by another version: {', '.join(outdated)}. Run rebuild_search_index.")
        if faults:
            raise CommandError(" ".join(faults), returncode=DRIFT)

    def _one(self, index: SearchIndex, locale: str, *, fix: bool, contents: bool) -> tuple[Comparison, Mending | None]:
        if fix:
            index.ensure()
        looked_at = log_reading.last_number()
        comparison = compare(index, locale=locale, now=timezone.now(), contents=contents)
        if not fix:
            return comparison, None
        mending = mend(index, comparison)
        if isinstance(index, ElasticsearchIndex):
            failed = {difference.content_id for difference, _reason in mending.failed}
            making_good.settle(locale=locale, up_to=looked_at, but=failed, now=timezone.now())
        return comparison, mending

    def _tell(self, comparison: Comparison, mending: Mending | None) -> None:
        place = f"{comparison.index} {comparison.locale}"
        mended = {difference.content_id for difference in mending.mended} if mending else set()
        reasons = {difference.content_id: reason for difference, reason in mending.failed} if mending else {}
        for difference in comparison.differences:
            words = IN_WORDS[difference.kind].format(published=difference.published, held=difference.held)
            if difference.content_id in mended:
                words += "; mended"
            elif difference.content_id in reasons:
                words += f"; not mended: {reasons[difference.content_id]}"
            self.stdout.write(f"{place}: {difference.content_id} {words}.")
        self.stdout.write(
            f"{place}: {comparison.published} published, {comparison.held} in the index, "
            f"{len(comparison.differences)} differ, {comparison.on_their_way} on their way, {len(mended)} mended."
        )


def _left(comparison: Comparison, mending: Mending | None) -> int:
    return len(comparison.differences) - (len(mending.mended) if mending else 0)


def _as_json(comparison: Comparison, mending: Mending | None) -> dict:
    mended = {difference.content_id for difference in mending.mended} if mending else set()
    return {
        "index": comparison.index,
        "locale": comparison.locale,
        "published": comparison.published,
        "held": comparison.held,
        "on_their_way": comparison.on_their_way,
        "differences": [
            {
                "content_id": str(difference.content_id),
                "kind": difference.kind,
                "published": difference.published,
                "held": difference.held,
                "mended": difference.content_id in mended,
            }
            for difference in comparison.differences
        ],
    }
