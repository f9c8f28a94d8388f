"""Where words in a file may lead, and how a place on somebody's own machine is written."""

import re

# A letter of a drive, a share of a house, a folder of one person; not the same words in the middle of a web address.
LOCAL_PATH = re.compile(
    r"(?<![A-Za-z])[A-Za-z]:[\\/]|\b(?:file|smb):|\\\\[\w.-]+\\|(?<![\w/.#!?])/(?:home|Users|Volumes|media|mnt)/",
    re.IGNORECASE,
)
# Words that link to a page are text; everything else outside would be fetched or run.
SAFE_TARGET = re.compile(r"^(?:https?://|mailto:|tel:|#)", re.IGNORECASE)


def is_safe_link(target: str) -> bool:
    """Whether words may link there: a page, an address of letters, a place in the file itself."""
    return bool(SAFE_TARGET.match(target))


def is_local(text: str) -> bool:
    """Whether a place on somebody's own machine or in the network of a house stands in it."""
    return bool(LOCAL_PATH.search(text))
