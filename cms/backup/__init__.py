"""Backups: what the database and the media folder hold at one moment, taken, checked and put back.

The database is read first and the files after it. Files are only ever added, so every file that the database named at
its moment is still there when it is copied; the other way round a picture uploaded in between would be named by the
database and missing among the files.
"""
