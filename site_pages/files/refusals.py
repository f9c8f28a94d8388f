"""How a file is refused: with one sentence for the person, one code for the program."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MESSAGES = {
    "damaged": _("The file is damaged or incomplete. Please upload the whole file again."),
    "wrong_type": _("The file is not what its ending “%(ending)s” says."),
    "unknown_type": _("Files that end in “%(ending)s” are not taken. Documents are taken as: %(taken)s."),
    "too_large": _("The file is larger than the %(most)s megabytes that are allowed."),
    "two_files_in_one": _(
        "Another file is hidden inside this one. Please save it again from the program that made it."
    ),
    "empty": _("The file is empty."),
    "formula": _(
        "Row %(row)s: the cell “%(what)s” would be calculated or run by a spreadsheet. Please write it as plain text."
    ),
    "svg": _("Drawings in SVG may carry programs and are not taken. Please upload a PNG."),
    "animated": _("Moving pictures of this kind are not taken, or have too many frames (%(most)s are allowed)."),
    "too_many_pixels": _("The picture has too many pixels."),
    "too_many_scans": _(
        "The picture is built up in more steps than the %(most)s that are allowed. "
        "Please save it again from a program for pictures."
    ),
    "encrypted": _("The file is locked with a password. Please upload it without one."),
    "active_content": _("The file carries a program or an action (%(what)s). Please save it without."),
    "embedded_file": _("Other files are embedded in this one (%(what)s). Please upload them on their own."),
    "unclean_picture": _(
        "A picture in the file (%(what)s) cannot be freed of what the camera noted. Please save the pictures anew "
        "and make the file again."
    ),
    "unknown_part": _(
        "The file holds something that is not known here (%(what)s). "
        "Please save it again in Word, Excel or LibreOffice."
    ),
    "picture_kind": _(
        "A picture in the file (%(what)s) is of a kind that is not taken. Please insert it as JPEG, PNG, GIF or WebP."
    ),
    "hidden_sheet": _("The workbook hides a sheet (%(what)s) from whoever opens it. Please show or delete it."),
    "hidden_content": _("The file hides something (%(what)s) from whoever opens it. Please show it or delete it."),
    "signed": _("The file carries a digital signature, which would break. Please upload a copy without it."),
    "comments": _("The file holds comments or notes. Please remove them all and upload it again."),
    "tracked_changes": _("The file holds tracked changes. Please accept or reject them all and upload it again."),
    "external_link": _("The file points to something outside itself (%(what)s). Please remove the link."),
    "zip_bomb": _("Unpacked, the file would be too large or in too many parts."),
    "telling_name": _(
        "A name inside the file (%(what)s) is written to mislead, or names a folder on somebody's computer. "
        "Please rename it."
    ),
    "unsafe_path": _("A name inside the file leads outside of it."),
}


def refusal(code: str, **params: Any) -> ValidationError:
    """The error to raise. code: one of MESSAGES."""
    taken = ", ".join(settings.WAGTAILDOCS_EXTENSIONS)
    return ValidationError(MESSAGES[code], code=code, params={"taken": taken, **params})
