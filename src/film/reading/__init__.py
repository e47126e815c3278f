"""What a shot says, read before anything is drawn: its place, its people and their looks, its things, what is missing.

    fields, prompt ──► noun phrases ──► heads looked up: places.toml, things.toml, nouns.txt ──► Reading
                                                                              └─► what could not be placed, by name

Fields outrank the prompt. The longest phrase speaks, and of a phrase its head: "emperor penguins" are penguins,
"parks the car" is no park. Pure: nothing is drawn here, and the drawing is not imported.
"""

from film.reading.catalogue import PlaceRow, ThingRow, catalogue
from film.reading.phrases import singulars
from film.reading.reader import read
from film.reading.readings import Person, Reading, Setting, Thing

__all__ = ["Person", "PlaceRow", "Reading", "Setting", "Thing", "ThingRow", "catalogue", "read", "singulars"]
