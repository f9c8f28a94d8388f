"""Walk drafts through clearance as three different people, to see a whole archive public. Not for a real office."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from approvals import decisions
from approvals.facts import facts_of
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES, DocumentPage
from site_pages.public_form.builders import FormIncomplete


class Command(BaseCommand):
    help = (
        "Submit every draft that was never published in the name of --author, and approve it in the names of "
        "--signers, in the order of the route. Every rule of clearance holds: what it refuses is listed and stays a "
        "draft."
    )

    def add_arguments(self, parser):
        parser.add_argument("--author", default="aigul", help="Who submits.")
        parser.add_argument("--signers", nargs="+", default=["nurlan", "mirlan"], help="Who approves, step by step.")
        parser.add_argument("--type", choices=sorted(DOCUMENT_TYPES), dest="document_type")
        parser.add_argument("--locale", choices=CODES)

    def handle(self, *args, author: str, signers: list[str], **options):
        if not settings.DEMO_OFFICE_ALLOWED:
            raise CommandError("In a production system people decide, not a command.")
        people = [self._user(name) for name in (author, *signers)]
        published, refused = 0, []
        drafts = self._drafts(options["document_type"], options["locale"])
        for draft in tqdm(drafts, unit=" texts", disable=options["verbosity"] == 0):
            try:
                self._walk(draft.specific, *people)
            except (PermissionDenied, FormIncomplete) as reason:
                refused.append((draft, str(reason)))
            else:
                published += 1
        for draft, reason in refused:
            self.stderr.write(f"{draft.pk} {draft.title}: {reason}")
        self.stdout.write(f"{published} cleared, {len(refused)} refused.")

    def _user(self, name: str):
        user = get_user_model().objects.filter(username=name).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        return user

    def _drafts(self, document_type: str | None, locale: str | None) -> list[DocumentPage]:
        drafts = DocumentPage.objects.filter(live=False).order_by("pk").select_related("locale")
        if document_type:
            drafts = drafts.type(DOCUMENT_TYPES[document_type])
        if locale:
            drafts = drafts.filter(locale__language_code=locale)
        return list(drafts)

    def _walk(self, page: DocumentPage, author, *signers) -> None:
        if not facts_of(page).is_under_way:
            decisions.submit(page_id=page.pk, user=author)
        for signer in signers:
            facts = facts_of(page)
            if facts.next_step is not None:
                decisions.approve(page_id=page.pk, actor_id=signer.pk, seen_digest=facts.digest, now=timezone.now())
