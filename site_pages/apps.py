"""The site_pages app."""

from django.apps import AppConfig
from django.db.models.signals import post_save, pre_delete


class SitePagesConfig(AppConfig):
    name = "site_pages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self):
        from wagtail.models import Revision
        from wagtail.signals import pre_page_move

        from site_pages import standing_documents
        from site_pages.models import DocumentPage

        pre_delete.connect(
            standing_documents.document_deleted, sender=DocumentPage, dispatch_uid="site_pages.document_deleted"
        )
        pre_page_move.connect(standing_documents.page_moved, dispatch_uid="site_pages.page_moved")
        post_save.connect(standing_documents.revision_saved, sender=Revision, dispatch_uid="site_pages.revision_saved")
