"""The cleared part of every document: the allow-list of what the public may read.

A field that is not declared here cannot become public. The same definitions give the JSON Schema that the API
publishes, so the contract and the builder cannot drift apart. Field names follow docs/fields.md.
"""

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

DocumentType = Literal["release", "speech", "decree"]
Locale = Literal["ky", "ru", "en"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Form(BaseModel):
    """One closed object of the public form: unknown fields are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TopicForm(Form):
    """A topic as it read, in the document's language, when the document was cleared."""

    key: str
    label: str


class PersonForm(Form):
    """A person named by a document; `post` is the post held on the document's date, or null."""

    key: str
    name: str
    post: str | None = None


class PlaceForm(Form):
    """A place, with its name in the document's language."""

    key: str
    name: str


class RichTextForm(Form):
    """One rich text in two forms that agree: clean HTML and plain text."""

    html: str
    text: str


class FileForm(Form):
    """One file that belongs to a document. `file_id` is random; `sha256` is of the bytes that are served."""

    file_id: UUID
    filename: str
    content_type: str
    file_size: int = Field(ge=0, description="bytes")
    sha256: Sha256


class ImageForm(FileForm):
    """A photograph with the words that must go with it. `width` and `height` are pixels."""

    width: int
    height: int
    alt_text: str
    caption: str
    credit: str
    rights: str


class AttachmentForm(FileForm):
    """A file that readers download."""

    title: str
    number_of_pages: int | None = None
    accessible: bool = False
    locale: str


class HeadingBlock(Form):
    id: UUID
    type: Literal["heading"] = "heading"
    level: int = Field(ge=2, le=4)
    text: str
    anchor: str


class ParagraphBlock(Form):
    id: UUID
    type: Literal["paragraph"] = "paragraph"
    html: str
    text: str


class QuoteBlock(Form):
    id: UUID
    type: Literal["quote"] = "quote"
    html: str
    text: str
    attribution: str


class ListBlock(Form):
    id: UUID
    type: Literal["list"] = "list"
    ordered: bool
    items: list[RichTextForm]


class FigureBlock(Form):
    id: UUID
    type: Literal["figure"] = "figure"
    image: ImageForm


class GalleryBlock(Form):
    id: UUID
    type: Literal["gallery"] = "gallery"
    title: str
    images: list[ImageForm]


class TableBlock(Form):
    id: UUID
    type: Literal["table"] = "table"
    caption: str
    header: list[str]
    rows: list[list[str]]


class AttachmentBlock(Form):
    id: UUID
    type: Literal["attachment"] = "attachment"
    file: AttachmentForm


class EmbedBlock(Form):
    """Something shown from elsewhere; only the address is stored, the front end decides how to show it."""

    id: UUID
    type: Literal["embed"] = "embed"
    url: str
    title: str


class QuestionAndAnswerBlock(Form):
    """One turn of an interview or a press conference."""

    id: UUID
    type: Literal["question_and_answer"] = "question_and_answer"
    asked_by: str
    question: str
    answered_by: str
    answer: RichTextForm


class ActPointBlock(Form):
    """A numbered point of an act. `anchor` does not change when points are inserted elsewhere."""

    id: UUID
    type: Literal["act_point"] = "act_point"
    number: str
    anchor: str
    html: str
    text: str


Block = Annotated[
    HeadingBlock
    | ParagraphBlock
    | QuoteBlock
    | ListBlock
    | FigureBlock
    | GalleryBlock
    | TableBlock
    | AttachmentBlock
    | EmbedBlock
    | QuestionAndAnswerBlock
    | ActPointBlock,
    Field(discriminator="type"),
]


class BodyForm(Form):
    """The body three times: typed blocks, one clean HTML text, one plain text. All three agree."""

    blocks: list[Block]
    html: str
    text: str


class DocumentForm(Form):
    """What every type of document carries. Times are ISO 8601 with offset, days are ISO dates."""

    content_id: UUID = Field(description="shared by the translations of one document")
    locale: Locale
    title: str
    summary: str
    slug: str
    text_role: Literal["original", "official_translation", "unofficial_translation"]
    update_type: Literal["major", "minor"]
    change_note: str
    scheduled_for: dt.datetime | None
    body: BodyForm
    topics: list[TopicForm]
    people: list[PersonForm]
    places: list[PlaceForm]
    related: list[UUID] = Field(description="content_id of related documents")
    attachments: list[AttachmentForm]
    expires_at: dt.datetime | None = Field(
        default=None, description="from when on it is no longer shown; absent when there is no end"
    )


class PressContactForm(Form):
    name: str
    phone: str
    email: str


class ReleaseForm(DocumentForm):
    """A press release, news item, statement, advisory, congratulation or condolence."""

    type: Literal["release"] = "release"
    subtype: Literal["press_release", "news", "statement", "advisory", "congratulation", "condolence"]
    dateline_place: PlaceForm | None
    release_date: dt.date
    lead: str
    addressee: str
    image: ImageForm | None
    notes_to_editors: RichTextForm
    press_contact: PressContactForm | None
    act: UUID | None = Field(description="content_id of the act that the release is about")


class SpeakerForm(Form):
    """Who spoke: a person of the register (`key`) or a free name."""

    key: str | None
    name: str
    post: str


class SpeechForm(DocumentForm):
    """What a person said or is to say."""

    type: Literal["speech"] = "speech"
    speech_type: Literal["transcript", "draft_text", "speaking_notes", "written_statement", "authored_article"]
    delivered_on: dt.date
    location: PlaceForm | None
    speaker: SpeakerForm
    occasion: str
    audience: str
    original_language: str
    image: ImageForm | None


class ActTypeForm(Form):
    key: str
    label: str


class SignatoryForm(Form):
    key: str
    name: str
    post: str
    is_acting: bool


class OfficialPublicationForm(Form):
    source: str
    published_on: dt.date
    issue: str
    url: str


class ActRelationForm(Form):
    """One relation to another act: inside (`target` is its content_id) or by citation."""

    kind: Literal["amends", "repeals", "implements", "corrects", "based_on"]
    target: UUID | None
    citation: str
    registry_code: str
    url: str
    points: str


class DecreeForm(DocumentForm):
    """A legal act of the President."""

    type: Literal["decree"] = "decree"
    act_type: ActTypeForm
    number: int = Field(ge=1)
    number_suffix: str
    year: int
    citation: str
    signed_on: dt.date
    signed_place: PlaceForm | None
    signatory: SignatoryForm
    adopting_body: str
    is_normative: bool
    effect_rule: Literal["on_signing", "on_publication", "days_after_publication", "fixed_date", "other"]
    effect_days: int | None
    effective_on: dt.date | None
    expires_on: dt.date | None
    official_publications: list[OfficialPublicationForm]
    status: Literal["not_yet_in_force", "in_force", "in_force_in_part", "suspended", "repealed", "expired"]
    relations: list[ActRelationForm]
    registry_code: str
    registry_edition: str
    annexes: list[AttachmentForm]
    signed_scan: AttachmentForm | None
    authentic_language: str
    disclaimer: str


# What a document says only if it has it: without it the bytes, and so the digests, are those of the time before it.
ONLY_WHEN_GIVEN = ("expires_at",)

FORMS: dict[str, type[DocumentForm]] = {"release": ReleaseForm, "speech": SpeechForm, "decree": DecreeForm}
