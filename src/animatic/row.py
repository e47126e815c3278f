"""What the draft tier provides: pictures, clips and speech that are made on this machine, for nothing."""

from __future__ import annotations

from film.vendors import Vendor

VENDOR = Vendor(
    image={"draft": "animatic.provider:DraftImageProvider"},
    video={"draft": "animatic.provider:DraftVideoProvider"},
    audio={"draft": "animatic.provider:DraftAudioProvider"},
    rates="""
        as_of = 2026-11-21

        [[rate]]
        provider = "draft"
        model = "*"
        unit = "image"
        price = "0"
        source = "made on this machine"
    """,
    remedy="reinstall film-generation",
)
