"""The cut for other programs and other eyes: editing timelines with their sources, contact sheets, posters.

    Timeline ──► editorial ──► .otio   .otioz   FCP7 .xml      relative media, handles, markers
             ──► edl       ──► .edl
             ──► stills    ──► contact sheet, poster

Everything is made from the timeline and the library's files, so that what was generated beyond the cut stays reachable
in the editing program. OpenTimelineIO is an extra, imported when a format asks for it.
"""

from film.export.contact_sheet import contact_sheet
from film.export.media import Placement
from film.export.names import plain
from film.export.stills import poster
from film.export.writing import EditFormat, write_edit, write_pictures

__all__ = ["EditFormat", "Placement", "contact_sheet", "plain", "poster", "write_edit", "write_pictures"]
