"""Fill the search index anew."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from frontend_api.models import LOCALES, PublishedDocument
from frontend_api.search import service
from frontend_api.search.port import IndexUnavailable
from frontend_api.search.rebuilding import NotCaughtUp, Rebuilt, rebuild, rebuild_in_database


class Command(BaseCommand):
    help = (
        "Fill a new search index from the published documents and put it in the place of the old one. Readers and "
        "publications go on meanwhile. Without Elasticsearch, or with --database, the search texts in the database are "
        "written again."
    )

    def add_arguments(self, parser):
        parser.add_argument("--locale", choices=LOCALES, help="Only this language.")
        parser.add_argument("--database", action="store_true", help="The search texts in the database.")

    def handle(self, *args, locale: str | None, database: bool, **options):
        rejected = 0
        for code in (locale,) if locale else LOCALES:
            built = self._rebuild(code, database=database, is_quiet=options["verbosity"] == 0)
            self._report(built)
            rejected += len(built.rejected)
        if rejected:
            raise CommandError(f"{rejected} documents were refused by the index; they are listed above.")

    def _rebuild(self, locale: str, *, database: bool, is_quiet: bool) -> Rebuilt:
        index = None if database else service.elasticsearch_index(for_batches=True)
        total = PublishedDocument.objects.filter(locale=locale).count()
        with tqdm(total=total, desc=locale, unit=" documents", disable=is_quiet) as bar:
            if index is None:
                return rebuild_in_database(service.database_index(), locale=locale, progress=bar.update)
            try:
                return rebuild(index, locale=locale, now=timezone.now(), progress=bar.update)
            except NotCaughtUp as failure:
                raise CommandError(
                    f"{locale}: {failure}. Readers have the new index; what was published meanwhile follows with the "
                    "worker. The old index may still be there: run the command again later.",
                    returncode=2,
                ) from failure
            except IndexUnavailable as failure:
                raise CommandError(
                    f"{locale}: {failure}. Readers still have the old index; run the command again later.", returncode=2
                ) from failure

    def _report(self, built: Rebuilt) -> None:
        for item in built.rejected:
            self.stderr.write(f"{built.locale}: {item.content_id} was refused: {item.reason}")
        for name in built.left_alone:
            self.stderr.write(f"{built.locale}: {name} stood behind the alias, was not made here and is kept.")
        self.stdout.write(
            f"{built.locale}: {built.stored} stored in {built.name}, "
            f"{built.caught_up} of them published during the rebuild, {len(built.rejected)} refused."
        )
