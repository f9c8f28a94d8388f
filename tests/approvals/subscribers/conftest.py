"""What the letters of these tests tell of."""

import pytest

from tests.approvals.subscribers.press import TITLE
from tests.newsroom import publish, release


@pytest.fixture
def page(room):
    """A release that is public."""
    return publish(release(room.author, title=TITLE), room)
