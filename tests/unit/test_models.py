"""Models are small: what many of them hold alike, they hold together, and no copy changes another."""

from __future__ import annotations

from film.models import Shot


def test_shots_share_the_note_of_what_was_given_and_copies_have_their_own():
    one, other = (Shot(shot_id=name, enhanced_prompt="x", mood="calm") for name in ("a", "b"))
    assert one.model_fields_set is other.model_fields_set
    copied = one.model_copy(update={"take": 2})
    assert copied.model_fields_set == {"shot_id", "enhanced_prompt", "mood", "take"}
    assert one.model_fields_set == {"shot_id", "enhanced_prompt", "mood"}
    assert Shot(shot_id="c", enhanced_prompt="x").model_fields_set == {"shot_id", "enhanced_prompt"}
