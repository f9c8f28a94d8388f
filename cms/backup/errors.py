"""Why a backup could not be taken, is not whole, or cannot be put back."""


class BackupError(Exception):
    """Said to an operator as it is. Nothing was changed, unless the text says so."""
