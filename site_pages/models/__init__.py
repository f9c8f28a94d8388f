"""What a document is."""

from site_pages.models.access import AccessEvent, AccessLimit
from site_pages.models.base import Contribution, DocumentAttachment, DocumentPage, RelatedDocument
from site_pages.models.decrees import ActAnnex, ActRelation, DecreePage, OfficialPublication
from site_pages.models.media import Photo, PhotoRendition, PressFile, ServedFile
from site_pages.models.permits import PublicationPermit
from site_pages.models.press_releases import PressReleasePage
from site_pages.models.sections import HomePage, SectionPage
from site_pages.models.speeches import SpeechPage
from site_pages.models.urgency import Urgency
from site_pages.models.vocabularies import ActType, Department, Person, Place, Post, Tenure, Topic

DOCUMENT_TYPES: dict[str, type[DocumentPage]] = {
    page_class.document_type: page_class for page_class in (PressReleasePage, SpeechPage, DecreePage)
}

__all__ = [
    "DOCUMENT_TYPES",
    "AccessEvent",
    "AccessLimit",
    "ActAnnex",
    "ActRelation",
    "ActType",
    "Contribution",
    "DecreePage",
    "Department",
    "DocumentAttachment",
    "DocumentPage",
    "HomePage",
    "OfficialPublication",
    "Person",
    "Photo",
    "PhotoRendition",
    "Place",
    "Post",
    "PressFile",
    "PressReleasePage",
    "PublicationPermit",
    "RelatedDocument",
    "SectionPage",
    "ServedFile",
    "SpeechPage",
    "Tenure",
    "Topic",
    "Urgency",
]
