"""Files as a public form names them: by a random id and by the hash of the bytes that readers get of them."""

from django.utils.translation import gettext as _

from site_pages.files.serving import NotServable, served_file, shown_size
from site_pages.files.words import FileWords
from site_pages.public_form.canonical import PublicFile
from site_pages.public_form.filenames import content_type_of, public_filename
from site_pages.public_form.payload import AttachmentForm, ImageForm


class FileUnreadable(Exception):
    """A file that a document refers to is gone from the storage; the document cannot be cleared or published."""


class FileShelf:
    """Collects the files of one public form while its builder goes through the document."""

    def __init__(self, *, locale: str):
        self.locale = locale
        self._files: dict[str, PublicFile] = {}

    @property
    def files(self) -> tuple[PublicFile, ...]:
        """Each file once, in the order of first use."""
        return tuple(self._files.values())

    def image(self, photo, *, alt_text: str = "", caption: str = "") -> ImageForm:
        """The photograph with its words; what is given here wins over the photograph's own. Raises FileUnreadable."""
        if photo is None:
            raise FileUnreadable(_("A photograph that the text uses no longer exists."))
        words = FileWords(
            locale=self.locale,
            alt_text=alt_text or photo.alt_text_in(self.locale),
            caption=caption or photo.caption_in(self.locale),
            credit=photo.credit,
            rights=photo.rights,
        )
        named = self._named(photo, words=words)
        width, height = self._shown_size(photo)
        return ImageForm(
            **named,
            width=width,
            height=height,
            alt_text=words.alt_text,
            caption=words.caption,
            credit=words.credit,
            rights=words.rights,
        )

    def attachment(self, file, *, title: str = "") -> AttachmentForm:
        """The file that readers download. Raises FileUnreadable."""
        if file is None:
            raise FileUnreadable(_("A file that the text uses no longer exists."))
        return AttachmentForm(
            **self._named(file),
            title=title or file.title,
            number_of_pages=file.number_of_pages,
            accessible=file.accessible,
            locale=file.language,
        )

    def _named(self, record, *, words: FileWords | None = None) -> dict:
        """The file in the public form. A file that is used twice carries the words of its first use."""
        public = self._files.get(str(record.public_id)) or self._public_file(record, words=words)
        self._files[str(record.public_id)] = public
        return {
            "file_id": public.file_id,
            "filename": public.filename,
            "content_type": public.content_type,
            "file_size": public.file_size,
            "sha256": public.sha256,
        }

    def _shown_size(self, photo) -> tuple[int, int]:
        """Not the photograph's own: of one that lies on its side those are the wrong way round."""
        try:
            return shown_size(storage_name=self._files[str(photo.public_id)].storage_name)
        except NotServable as error:
            raise self._unreadable(photo) from error

    def _unreadable(self, record) -> FileUnreadable:
        return FileUnreadable(_("The file “%(name)s” cannot be read.") % {"name": record.original_filename})

    def _public_file(self, record, *, words: FileWords | None) -> PublicFile:
        try:
            served = served_file(original_name=record.file.name, words=words)
        except NotServable as error:
            raise self._unreadable(record) from error
        return PublicFile(
            file_id=record.public_id,
            storage_name=served.storage_name,
            filename=public_filename(record),
            content_type=content_type_of(record),
            file_size=served.file_size,
            sha256=served.sha256,
        )
