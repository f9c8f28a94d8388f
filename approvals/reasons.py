"""Why something could not be published, in words for those who have to put it right."""

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError

from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

REFUSALS = (PermissionDenied, FormIncomplete, FileUnreadable)


def reason_of(refusal: Exception) -> str:
    """The sentence of a refusal; of what nobody foresaw, how it names itself.

    What is wrong with fields is put into words where their document is known (approvals.cleared_texts.in_words).
    """
    return str(refusal) if isinstance(refusal, (*REFUSALS, IntegrityError)) else repr(refusal)
