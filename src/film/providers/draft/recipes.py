"""The names of what the draft tier does, as its models' names: change one with what is drawn, moved or spoken.

They are part of every key, so assets of an older recipe stay what they are and are never taken for new ones.
"""

PANEL_RECIPE = "panel-1"
MOVE_RECIPE = "move-2"
VOICE_RECIPE = "espeak-ng-1"
