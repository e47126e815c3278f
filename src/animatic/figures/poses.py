"""What a body can do: poses as data.

    directions (words of a prompt) ──► Pose (targets for hands and feet, bends) ──► skeleton (joints)

Hands are given from their shoulder in arm lengths as (outward, up, forward), feet from below their hip in body heights
as (outward, up, forward); solving for elbows and knees is the skeleton's work. Side 0 is the hand at -x, side 1 at +x.
"""

from __future__ import annotations

from dataclasses import dataclass

Vec = tuple[float, float, float]


@dataclass(frozen=True)
class Pose:
    """One attitude. Angles are radians."""

    name: str
    hands: tuple[Vec, Vec] = ((0.125, -0.94, 0.11), (0.145, -0.93, 0.05))
    feet: tuple[Vec, Vec] = ((0.012, 0.0, 0.015), (0.028, 0.0, -0.02))
    heels: tuple[float, float] = (0.0, 0.0)
    """How far each foot is tipped onto its toes."""
    toes: tuple[float, float] = (0.28, 0.38)
    """How far each foot points outward."""
    elbows: tuple[Vec, Vec] = ((0.3, 0.0, -1.0), (0.3, 0.0, -1.0))
    knees: tuple[Vec, Vec] = ((0.15, 0.0, 1.0), (0.15, 0.0, 1.0))
    pelvis: Vec = (0.008, -0.006, 0.0)
    """Shift of the hips, in body heights."""
    lean: float = 0.015
    """Bend of the spine forward."""
    sway: float = -0.03
    """Bend of the spine to +x."""
    twist: float = 0.0
    """Turn of the chest against the hips."""
    tilt: float = 0.03
    """Tilt of the hips: the -x hip up."""
    head: Vec = (0.0, 0.0, 0.0)
    """Yaw, pitch (up is positive) and roll of the head against the chest."""
    grips: tuple[str, str] = ("rest", "rest")
    prop: str | None = None
    prop_hand: int = 1
    seat: bool = False
    lying: bool = False
    yaw: float | None = None
    """Fixed turn of the body, when the pose only reads so."""


STAND = Pose("stand")
POSES: dict[str, Pose] = {
    pose.name: pose
    for pose in (
        STAND,
        Pose(
            "relaxed",
            hands=((0.20, -0.90, 0.02), (0.16, -0.72, 0.22)),
            feet=((0.035, 0, -0.01), (0.012, 0, 0.03)),
            pelvis=(-0.014, -0.008, 0.0),
            sway=0.05,
            tilt=-0.05,
            head=(0.05, 0.0, -0.03),
            grips=("rest", "pocket"),
        ),
        Pose(
            "hips",
            hands=((0.26, -0.60, 0.10), (0.26, -0.60, 0.10)),
            elbows=((1.0, -0.1, -0.35), (1.0, -0.1, -0.35)),
            feet=((0.035, 0, 0.0), (0.05, 0, 0.02)),
            head=(0.0, 0.05, 0.0),
            grips=("hip", "hip"),
        ),
        Pose(
            "walk",
            hands=((0.12, -0.84, 0.40), (0.14, -0.86, -0.36)),
            feet=((0.0, 0.028, -0.155), (0.0, 0.012, 0.165)),
            heels=(0.75, -0.30),
            toes=(0.10, 0.12),
            pelvis=(0.0, -0.016, 0.0),
            lean=0.06,
            sway=0.0,
            tilt=-0.03,
            twist=-0.10,
        ),
        Pose(
            "run",
            hands=((-0.05, -0.20, 0.56), (0.18, -0.42, -0.50)),
            elbows=((0.5, -0.8, -0.4), (0.7, 0.3, -1.0)),
            feet=((0.0, 0.20, -0.30), (0.0, 0.05, 0.24)),
            heels=(1.25, -0.15),
            toes=(0.05, 0.05),
            pelvis=(0.0, -0.012, 0.03),
            lean=0.27,
            sway=0.0,
            twist=-0.28,
            tilt=-0.04,
            head=(0.12, 0.12, 0.0),
            grips=("fist", "fist"),
        ),
        Pose(
            "sit",
            hands=((0.05, -0.66, 0.50), (0.02, -0.64, 0.54)),
            feet=((0.02, 0, 0.235), (0.03, 0, 0.205)),
            pelvis=(0.0, -0.262, -0.02),
            lean=0.10,
            sway=0.0,
            tilt=0.0,
            grips=("flat", "flat"),
            seat=True,
        ),
        Pose(
            "drive",
            hands=((-0.06, -0.16, 0.72), (-0.06, -0.16, 0.72)),
            elbows=((1.0, -0.8, -0.2), (1.0, -0.8, -0.2)),
            feet=((0.02, 0, 0.235), (0.03, 0, 0.235)),
            pelvis=(0.0, -0.262, -0.02),
            lean=-0.04,
            sway=0.0,
            tilt=0.0,
            grips=("fist", "fist"),
            prop="car_seat",
        ),
        Pose(
            "kneel",
            hands=((0.10, -0.62, 0.50), (0.12, -0.72, 0.40)),
            feet=((0.01, 0.03, -0.24), (0.03, 0, 0.20)),
            heels=(1.35, 0.0),
            pelvis=(0.0, -0.255, 0.0),
            lean=0.12,
            sway=0.0,
            tilt=0.0,
            head=(0.0, -0.18, 0.0),
        ),
        Pose(
            "crouch",
            hands=((0.02, -0.62, 0.62), (0.05, -0.80, 0.46)),
            feet=((0.04, 0.02, -0.05), (0.05, 0, 0.11)),
            heels=(0.7, 0.0),
            knees=((0.5, 0.0, 1.0), (0.5, 0.0, 1.0)),
            pelvis=(0.0, -0.33, -0.07),
            lean=0.50,
            sway=0.0,
            tilt=0.0,
            head=(0.0, 0.25, 0.0),
        ),
        Pose("lie", hands=((0.22, -0.86, 0.16), (0.1, -0.45, 0.42)), tilt=0.0, sway=0.0, lying=True, yaw=0.0),
        Pose(
            "point",
            hands=((0.18, -0.92, 0.05), (0.30, 0.06, 0.94)),
            head=(0.05, 0.03, 0.0),
            twist=0.10,
            grips=("rest", "point"),
        ),
        Pose(
            "crossed",
            hands=((-0.56, -0.50, 0.30), (-0.50, -0.38, 0.40)),
            elbows=((0.8, -0.8, 0.6), (0.8, -0.8, 0.6)),
            feet=((0.03, 0, 0.0), (0.04, 0, 0.01)),
            lean=-0.02,
            grips=("pocket", "flat"),
        ),
        Pose(
            "hold",
            hands=((-0.22, -0.42, 0.62), (-0.20, -0.40, 0.62)),
            head=(0.0, -0.24, 0.0),
            grips=("hold", "hold"),
        ),
        Pose(
            "carry_light",
            hands=((0.17, -0.93, 0.06), (0.28, -0.26, 0.66)),
            head=(0.10, 0.0, 0.0),
            grips=("rest", "fist"),
            prop="lantern",
        ),
        Pose(
            "phone",
            hands=((0.17, -0.92, 0.06), (0.02, 0.16, 0.20)),
            elbows=((0.3, 0.0, -1.0), (0.9, -0.8, 0.3)),
            head=(-0.05, -0.05, 0.06),
            grips=("rest", "fist"),
            prop="phone",
        ),
        Pose(
            "aim",
            hands=((-0.30, -0.02, 0.86), (-0.26, 0.0, 0.90)),
            feet=((0.04, 0, 0.07), (0.05, 0, -0.07)),
            head=(0.0, -0.04, 0.0),
            lean=0.06,
            grips=("fist", "fist"),
            prop="gun",
        ),
        Pose(
            "umbrella",
            hands=((0.17, -0.92, 0.06), (-0.02, -0.20, 0.50)),
            grips=("rest", "fist"),
            prop="umbrella",
        ),
        Pose(
            "reach",
            hands=((0.16, -0.92, 0.02), (0.05, -0.30, 0.90)),
            feet=((0.0, 0.012, -0.09), (0.0, 0, 0.10)),
            heels=(0.45, 0.0),
            lean=0.07,
            sway=0.0,
            twist=0.14,
            grips=("rest", "hold"),
        ),
        Pose(
            "hug",
            hands=((-0.22, -0.10, 0.50), (0.0, -0.62, 0.30)),
            lean=0.06,
            head=(0.0, -0.12, 0.10),
            grips=("flat", "pocket"),
        ),
        Pose("hand_in_hand", hands=((0.17, -0.93, 0.08), (0.30, -0.90, 0.08)), grips=("rest", "fist")),
        Pose(
            "think",
            hands=((-0.34, -0.52, 0.40), (-0.20, -0.06, 0.42)),
            elbows=((0.8, -0.6, 0.2), (0.5, -1.0, 0.4)),
            head=(0.0, -0.08, -0.05),
            grips=("flat", "fist"),
        ),
        Pose(
            "wave",
            hands=((0.17, -0.93, 0.06), (0.52, 0.62, 0.25)),
            elbows=((0.3, 0.0, -1.0), (1.0, -0.6, 0.0)),
            grips=("rest", "open"),
        ),
        Pose(
            "raise",
            hands=((0.42, 0.86, 0.10), (0.46, 0.84, 0.14)),
            elbows=((1.0, 0.0, -0.2), (1.0, 0.0, -0.2)),
            head=(0.0, 0.26, 0.0),
            feet=((0.04, 0, 0.0), (0.05, 0, 0.0)),
            lean=-0.06,
            grips=("open", "open"),
        ),
        Pose(
            "grieve",
            hands=((-0.26, 0.22, 0.44), (-0.26, 0.22, 0.44)),
            elbows=((0.5, -1.0, 0.4), (0.5, -1.0, 0.4)),
            head=(0.0, -0.50, 0.0),
            lean=0.14,
            grips=("flat", "flat"),
        ),
    )
}
