"""The names of what the draft tier does, as its models' names: change one with what is drawn, moved or spoken.

They are part of every key, so assets of an older recipe stay what they are and are never taken for new ones.

A clip's key has two of them. Its move is its model; and where it moves over a panel it draws that panel again, in
layers, by the recipe that panels have now. Clips were keyed without that one first, so the first is left unsaid and
galleries keep what they have.
"""

PANEL_RECIPE: str = "panel-2"
FIRST_PANEL_RECIPE: str = "panel-1"
"""What clips stand for whose keys say nothing of panels. It never changes."""
MOVE_RECIPE = "move-2"
VOICE_RECIPE = "espeak-ng-1"
