"""What an outside reader meets: the text, its pictures, a place for a remark; for everybody else one and the same 404.

A form here needs no CSRF token: who would forge a post has to know the address, and whoever knows it may post.
A reading is recorded whenever a word of the text is shown; what previews links gets a cover without any.
"""

from functools import partial

from django import forms
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.request import UnreadablePostError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.outside import links, pictures
from approvals.outside.links import OpenText, TooManyRemarks
from approvals.outside.rules import LONGEST_REMARK
from approvals.outside.sealed import by_token, is_robot, nothing_here, page, sealed
from site_pages.public_form.reading import ReadableForm

URLENCODED = "application/x-www-form-urlencoded"
_page = partial(page, "approvals/outside")


class RemarkForm(forms.Form):
    """What the outside reader says."""

    remark = forms.CharField(
        label=gettext_lazy("Your remark"),
        max_length=LONGEST_REMARK,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("For example: “In the second paragraph the year is wrong.” Only the office reads it."),
    )

    @classmethod
    def of(cls, request: HttpRequest) -> "RemarkForm":
        """The form as it was posted. A browser counts a line's end once and sends it as two characters."""
        return cls({"remark": _posted(request).get("remark", "").replace("\r\n", "\n")}, use_required_attribute=False)


def _posted(request: HttpRequest) -> QueryDict:
    """What was posted; nothing where it cannot be read, or is no plain form."""
    try:
        return request.POST if request.content_type == URLENCODED else QueryDict()
    except (BadRequest, SuspiciousOperation, UnreadablePostError):
        return QueryDict()


@by_token
def text(request: HttpRequest, *, token: str, address: str) -> HttpResponse:
    """Read the text, or say something about it."""
    if request.method == "POST":
        return _say(request, token=token, address=address)
    if request.method == "HEAD" or (is_robot(request) and "open" not in request.GET):
        opened = links.look(token=token, now=timezone.now())
        return _page("cover", {"link": opened.link}, language=opened.link.language)
    if request.method != "GET":
        return nothing_here(request)
    opened = links.read(token=token, address=address, now=timezone.now())
    addresses = {
        image["file_id"]: reverse("outside:picture", args=[token, image["sha256"]])
        for image in pictures.pictures_of(opened.form)
    }
    context = {"readable": ReadableForm(opened.form, addresses=addresses), **_around(opened, RemarkForm())}
    return _page("text", context, language=opened.link.language)


def _around(opened: OpenText, form: RemarkForm) -> dict:
    return {"link": opened.link, "remarks": opened.remarks, "takes_remarks": opened.takes_remarks, "form": form}


def _say(request: HttpRequest, *, token: str, address: str) -> HttpResponse:
    """Store a remark. What is refused is said without the text, so that no reading goes unrecorded."""
    opened = links.look(token=token, now=timezone.now())  # before anything that was posted is read
    with translation.override(opened.link.language):
        form = RemarkForm.of(request)
        if not form.is_valid():
            return _page("remark", _around(opened, form), language=opened.link.language, status=400)
        try:
            links.say(token=token, text=form.cleaned_data["remark"], address=address, now=timezone.now())
        except TooManyRemarks:
            form.add_error("remark", _("You have said as much as this link takes. Please telephone the office."))
            return _page("remark", _around(opened, form), language=opened.link.language, status=409)
    return sealed(redirect("outside:text", token), {"Content-Language": opened.link.language})


@by_token
def picture(request: HttpRequest, *, token: str, address: str, sha256: str) -> HttpResponse:
    """One picture of the version, by its hash."""
    opened = links.look(token=token, now=timezone.now())
    found = pictures.bytes_of(opened.form, sha256=sha256) if request.method in ("GET", "HEAD") else None
    if found is None:
        return nothing_here(request)
    content, content_type = found
    response = HttpResponse(content, content_type=content_type)
    return sealed(response, {"Content-Security-Policy": "default-src 'none'; sandbox"})
