"""The blocks of a body. Their public shapes are declared in public_form/payload.py."""

from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

INLINE = ["bold", "italic", "link", "superscript", "subscript"]


class Heading(blocks.StructBlock):
    level = blocks.ChoiceBlock(choices=[("2", "2"), ("3", "3"), ("4", "4")], default="2", label=_("Level"))
    text = blocks.CharBlock(max_length=255, label=_("Text"))

    class Meta:
        icon = "title"
        label = _("Heading")


class Quote(blocks.StructBlock):
    text = blocks.RichTextBlock(features=INLINE, label=_("Text"))
    attribution = blocks.CharBlock(required=False, max_length=255, label=_("Who said it"))

    class Meta:
        icon = "openquote"
        label = _("Quotation")


class ItemList(blocks.StructBlock):
    ordered = blocks.BooleanBlock(required=False, label=_("Numbered"))
    items = blocks.ListBlock(blocks.RichTextBlock(features=INLINE), label=_("Items"))

    class Meta:
        icon = "list-ul"
        label = _("List")


class Figure(blocks.StructBlock):
    photo = ImageChooserBlock(label=_("Photograph"))
    alt_text = blocks.CharBlock(
        required=False,
        max_length=500,
        label=_("Alternative text"),
        help_text=_("Leave empty to use the photograph's own."),
    )
    caption = blocks.CharBlock(
        required=False, max_length=1000, label=_("Caption"), help_text=_("Leave empty to use the photograph's own.")
    )

    class Meta:
        icon = "image"
        label = _("Photograph")


class Gallery(blocks.StructBlock):
    title = blocks.CharBlock(required=False, max_length=255, label=_("Title"))
    photos = blocks.ListBlock(Figure(), label=_("Photographs"))

    class Meta:
        icon = "image"
        label = _("Gallery")


class Table(blocks.StructBlock):
    caption = blocks.CharBlock(required=False, max_length=255, label=_("Caption"))
    header = blocks.ListBlock(blocks.CharBlock(required=False, max_length=255), label=_("Column headings"))
    rows = blocks.ListBlock(blocks.ListBlock(blocks.CharBlock(required=False, max_length=1000)), label=_("Rows"))

    class Meta:
        icon = "table"
        label = _("Table")


class Attachment(blocks.StructBlock):
    file = DocumentChooserBlock(label=_("File"))
    title = blocks.CharBlock(required=False, max_length=255, label=_("Title"))

    class Meta:
        icon = "doc-full"
        label = _("Attachment")


class Embed(blocks.StructBlock):
    url = blocks.URLBlock(validators=[URLValidator(schemes=["https"])], label=_("Address"))
    title = blocks.CharBlock(max_length=255, label=_("What it shows"))

    class Meta:
        icon = "media"
        label = _("Embedded content")


class QuestionAndAnswer(blocks.StructBlock):
    asked_by = blocks.CharBlock(required=False, max_length=255, label=_("Who asks"))
    question = blocks.TextBlock(label=_("Question"))
    answered_by = blocks.CharBlock(required=False, max_length=255, label=_("Who answers"))
    answer = blocks.RichTextBlock(features=INLINE, label=_("Answer"))

    class Meta:
        icon = "help"
        label = _("Question and answer")


class ActPoint(blocks.StructBlock):
    number = blocks.CharBlock(max_length=20, label=_("Number"), help_text=_("For example: 3 or 2.1"))
    text = blocks.RichTextBlock(features=INLINE, label=_("Text"))

    class Meta:
        icon = "list-ol"
        label = _("Numbered point of an act")


class BodyBlock(blocks.StreamBlock):
    """What a body may consist of."""

    heading = Heading()
    paragraph = blocks.RichTextBlock(features=INLINE, icon="pilcrow", label=_("Paragraph"))
    quote = Quote()
    list = ItemList()
    figure = Figure()
    gallery = Gallery()
    table = Table()
    attachment = Attachment()
    embed = Embed()
    question_and_answer = QuestionAndAnswer()
    act_point = ActPoint()
