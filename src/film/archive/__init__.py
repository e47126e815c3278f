"""A library on its way: into one file and out of it again, and copied whole while it is at work.

tar      the plainest tar there is, read by one who trusts nobody
pack     library ──► one file        unpack   one file ──► library, beside what is there
backup   gallery ──► a folder that is a working gallery
"""

from film.archive.backup import BackupReport, back_up
from film.archive.pack import PackReport, export_library
from film.archive.unpack import UnpackReport, import_library

__all__ = ["BackupReport", "PackReport", "UnpackReport", "back_up", "export_library", "import_library"]
