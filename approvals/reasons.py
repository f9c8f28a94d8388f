"""Why something could not be published, in words for those who have to put it right."""

from django.core.exceptions import NON_FIELD_ERRORS, FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import IntegrityError

from site_pages.models import DOCUMENT_TYPES
from site_pages.public_form.builders import FormIncomplete
from site_pages.public_form.files import FileUnreadable

REFUSALS = (PermissionDenied, FormIncomplete, FileUnreadable)


def reason_of(refusal: Exception) -> str:
    """The sentence of a refusal; of what nobody foresaw, how it names itself."""
    if isinstance(refusal, ValidationError):
        return _of_fields(refusal)
    return str(refusal) if isinstance(refusal, (*REFUSALS, IntegrityError)) else repr(refusal)


def _of_fields(refusal: ValidationError) -> str:
    """What is wrong, after the name of the field that it is wrong with."""
    if not hasattr(refusal, "error_dict"):
        return " ".join(refusal.messages)
    said = []
    for name, messages in refusal.message_dict.items():
        text = " ".join(messages)
        said.append(text if name == NON_FIELD_ERRORS else f"{_label(name)}: {text}")
    return " ".join(said)


def _label(name: str) -> str:
    for model in DOCUMENT_TYPES.values():
        try:
            return str(model._meta.get_field(name).verbose_name).capitalize()
        except FieldDoesNotExist:
            continue
    return name
