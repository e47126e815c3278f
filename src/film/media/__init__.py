"""The one room that opens media, and believes none of it.

Files come from vendors, from plug-ins and from people. A name, a ``Content-Type``, even a file that opens prove
nothing: FFmpeg, left to choose, opens whatever the bytes make of themselves, playlists that name other files among it,
and its decoders patch over damage. So here the first bytes decide, from a short list, and the one reader they call for
is forced:

    bytes or a path ──► filetypes.sniff ──► FileType, or what came instead, in words
                    ──► opening.open_media / open_picture       the reader forced, sizes limited
                    ──► measure.probe                           counted: frames, exact seconds, samples
                    ──► measure.check                           the same, and every byte decoded strictly

What is wrong comes out as BadMedia; who asked adds whose fault it is. PyAV and Pillow are loaded when something is
opened, and not by an import.
"""

from film.media.filetypes import FileType, describe, sniff
from film.media.measure import Probe, check, probe
from film.media.opening import Media, head_of, open_media, open_picture, type_of, type_of_film
from film.media.sending import as_sent
from film.media.stills import Still, look, read_still

__all__ = [
    "FileType",
    "Media",
    "Probe",
    "Still",
    "as_sent",
    "check",
    "describe",
    "head_of",
    "look",
    "open_media",
    "open_picture",
    "probe",
    "read_still",
    "sniff",
    "type_of",
    "type_of_film",
]
