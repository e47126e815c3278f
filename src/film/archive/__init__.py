"""A library on its way: into one file and out of it again, and copied whole while it is at work.

tar      the plainest tar there is, read by one who trusts nobody
pack     library ──► one file        unpack   one file ──► library, beside what is there
backup   gallery ──► one more generation in a folder that is a working gallery
restore  such a folder ──► gallery, nothing whole replaced
generations, rows   what lies in such a folder, and the database in it
"""

from film.archive.backup import BackupReport, back_up
from film.archive.generations import CheckReport, check, prune
from film.archive.pack import PackReport, export_library
from film.archive.restore import RestoreReport, restore
from film.archive.unpack import UnpackReport, import_library

__all__ = [
    "BackupReport",
    "CheckReport",
    "PackReport",
    "RestoreReport",
    "UnpackReport",
    "back_up",
    "check",
    "export_library",
    "import_library",
    "prune",
    "restore",
]
