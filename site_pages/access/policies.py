"""Wagtail asks its permission policies what a person may list, search, choose and open: what is hidden, they leave out.

Wagtail has no setting for them, and its modules hold the instances themselves: they are given our class in place
(docs/adr/0017-access-limited.md).
"""

from wagtail.permission_policies.collections import CollectionOwnershipPermissionPolicy
from wagtail.permission_policies.pages import PagePermissionPolicy

from site_pages.access.rules import files_hidden_from, pages_hidden_from, photos_hidden_from
from site_pages.models.media import Photo


class _NothingHidden:
    """Leaves out of every answer what does not exist for the person."""

    def _hidden_from(self, user):
        raise NotImplementedError

    def instances_user_has_any_permission_for(self, user, actions):
        return (
            super()
            .instances_user_has_any_permission_for(user, actions)
            .exclude(pk__in=self._hidden_from(user).values("pk"))
        )

    def instances_user_has_permission_for(self, user, action):
        return (
            super().instances_user_has_permission_for(user, action).exclude(pk__in=self._hidden_from(user).values("pk"))
        )

    def user_has_any_permission_for_instance(self, user, actions, instance):
        if instance.pk and self._hidden_from(user).filter(pk=instance.pk).exists():
            return False
        return super().user_has_any_permission_for_instance(user, actions, instance)

    def user_has_permission_for_instance(self, user, action, instance):
        if instance.pk and self._hidden_from(user).filter(pk=instance.pk).exists():
            return False
        return super().user_has_permission_for_instance(user, action, instance)


class LimitedPages(_NothingHidden, PagePermissionPolicy):
    """Pages."""

    def _hidden_from(self, user):
        return pages_hidden_from(user)

    def explorable_instances(self, user):
        return super().explorable_instances(user).exclude(pk__in=self._hidden_from(user).values("pk"))


class LimitedLibrary(_NothingHidden, CollectionOwnershipPermissionPolicy):
    """Photographs and files."""

    def _hidden_from(self, user):
        return photos_hidden_from(user) if self.model is Photo else files_hidden_from(user)
