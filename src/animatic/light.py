"""The light of a shot: time of day gives sky and key, weather greys it, mood and style grade it.

    time_of_day (else prompt) ─► TIMES row ─┐
    words of weather ───────────────────────┼─► Light
    mood ─► MOODS row ─┐                    │
    styles, prompt ────┴─► STYLES rows ─────┘   grades multiply: a noir dusk is darker than either

Scenes and figures paint with the Light's colours; ``panel`` applies brightness, saturation, contrast and tint to the
finished layers, so a grade always covers the whole picture, people included.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from animatic.elements import RGB, Light, PanelSpec, rng_of
from animatic.words import plain, spoken, synonyms


@dataclass(frozen=True)
class Grade:
    """What a mood or a style does to the picture as a whole."""

    brightness: float = 1.0
    saturation: float = 1.0
    contrast: float = 1.0
    tint: RGB = (1.0, 1.0, 1.0)


def _time(
    zenith: RGB, middle: RGB, horizon: RGB, sun: RGB, shade: RGB, rim: RGB, sun_height: float, ambient: float
) -> Light:
    return Light(zenith, middle, horizon, sun, shade, rim, 0.5, sun_height, ambient, night=False)


TIMES: dict[str, Light] = {
    "dawn": _time(
        (0.20, 0.25, 0.43), (0.53, 0.47, 0.60), (0.98, 0.71, 0.57), (1.0, 0.77, 0.58), (0.13, 0.13, 0.21),
        (1.0, 0.80, 0.66), 0.02, 0.50,
    ),
    "sunrise": _time(
        (0.27, 0.38, 0.60), (0.80, 0.62, 0.55), (1.0, 0.80, 0.50), (1.0, 0.82, 0.52), (0.15, 0.13, 0.17),
        (1.0, 0.84, 0.56), 0.07, 0.55,
    ),
    "morning": _time(
        (0.27, 0.47, 0.72), (0.57, 0.72, 0.84), (0.94, 0.89, 0.78), (1.0, 0.94, 0.80), (0.15, 0.18, 0.21),
        (1.0, 0.95, 0.82), 0.34, 0.85,
    ),
    "noon": _time(
        (0.17, 0.40, 0.72), (0.43, 0.64, 0.86), (0.83, 0.90, 0.94), (1.0, 0.98, 0.92), (0.15, 0.18, 0.21),
        (1.0, 0.98, 0.93), 0.82, 1.0,
    ),
    "afternoon": _time(
        (0.25, 0.45, 0.68), (0.58, 0.71, 0.79), (0.97, 0.88, 0.70), (1.0, 0.88, 0.64), (0.16, 0.16, 0.17),
        (1.0, 0.90, 0.68), 0.36, 0.80,
    ),
    "golden hour": _time(
        (0.33, 0.41, 0.57), (0.83, 0.66, 0.46), (1.0, 0.79, 0.42), (1.0, 0.76, 0.38), (0.17, 0.12, 0.10),
        (1.0, 0.80, 0.46), 0.13, 0.60,
    ),
    "sunset": _time(
        (0.20, 0.19, 0.38), (0.70, 0.35, 0.42), (1.0, 0.58, 0.27), (1.0, 0.64, 0.31), (0.13, 0.08, 0.13),
        (1.0, 0.68, 0.40), 0.035, 0.48,
    ),
    "dusk": _time(
        (0.07, 0.11, 0.25), (0.20, 0.27, 0.47), (0.62, 0.50, 0.55), (0.60, 0.62, 0.82), (0.05, 0.065, 0.13),
        (0.62, 0.70, 0.95), 0.02, 0.34,
    ),
    "night": replace(
        _time(
            (0.016, 0.028, 0.07), (0.045, 0.075, 0.15), (0.11, 0.16, 0.26), (0.62, 0.74, 0.98), (0.02, 0.028, 0.055),
            (0.55, 0.68, 0.95), 0.58, 0.20,
        ),
        night=True,
    ),
    "midnight": replace(
        _time(
            (0.008, 0.014, 0.04), (0.024, 0.042, 0.095), (0.065, 0.10, 0.18), (0.55, 0.68, 0.96), (0.012, 0.017, 0.036),
            (0.48, 0.62, 0.92), 0.70, 0.14,
        ),
        night=True,
    ),
}  # fmt: skip

_TIME_WORDS = synonyms(
    {
        "dawn": ("daybreak", "first light", "early dawn", "before sunrise", "pre dawn"),
        "sunrise": ("sun up", "sunup", "rising sun", "sun rises"),
        "morning": ("early morning", "forenoon", "am", "breakfast", "late morning", "sunny morning"),
        "noon": ("midday", "day", "daytime", "daylight", "high noon", "lunch", "broad daylight", "sunny", "bright day"),
        "afternoon": ("late afternoon", "mid afternoon", "pm", "afternoon sunlight", "sunlight", "sunlit"),
        "golden hour": ("golden", "magic hour", "goldenhour", "low sun", "golden light"),
        "sunset": ("sundown", "setting sun", "sun sets", "early evening"),
        "dusk": ("twilight", "blue hour", "bluehour", "evening", "nightfall", "gloaming", "late evening", "half light"),
        "night": ("nighttime", "night time", "moonlight", "moonlit", "after dark", "at night", "starry", "starlight"),
        "midnight": ("deep night", "late night", "dead of night", "witching hour", "pitch dark", "small hours"),
    }
)

MOODS: dict[str, Grade] = {
    "neutral": Grade(),
    "nostalgic": Grade(1.05, 0.84, 0.94, (1.06, 1.00, 0.86)),
    "tense": Grade(0.84, 0.62, 1.20, (0.92, 1.01, 1.03)),
    "curious": Grade(1.03, 0.98, 1.00, (1.03, 1.00, 0.94)),
    "joyful": Grade(1.12, 1.20, 0.98, (1.04, 1.01, 0.95)),
    "mysterious": Grade(0.83, 0.76, 1.10, (0.88, 1.00, 1.08)),
    "melancholic": Grade(0.87, 0.56, 0.95, (0.93, 0.98, 1.08)),
    "romantic": Grade(1.04, 1.06, 0.93, (1.08, 0.97, 0.97)),
    "dark": Grade(0.70, 0.66, 1.20, (0.95, 0.98, 1.05)),
    "epic": Grade(1.02, 1.10, 1.16, (1.04, 1.00, 0.95)),
    "calm": Grade(1.04, 0.88, 0.90, (0.99, 1.01, 1.02)),
    "eerie": Grade(0.78, 0.58, 1.10, (0.89, 1.06, 0.95)),
    "hopeful": Grade(1.10, 1.04, 0.95, (1.05, 1.01, 0.93)),
    "lonely": Grade(0.88, 0.64, 1.00, (0.92, 0.98, 1.09)),
    "angry": Grade(0.92, 1.12, 1.26, (1.13, 0.94, 0.88)),
    "dreamy": Grade(1.10, 0.90, 0.84, (1.04, 0.98, 1.06)),
    "playful": Grade(1.09, 1.16, 0.97, (1.03, 1.01, 0.96)),
    "exciting": Grade(1.02, 1.12, 1.16, (1.02, 1.00, 0.98)),
    "sober": Grade(0.97, 0.78, 1.02, (0.99, 1.00, 1.01)),
}

_MOOD_WORDS = synonyms(
    {
        "nostalgic": ("wistful", "bittersweet", "reminiscent", "sentimental", "memory", "longing", "yearning"),
        "tense": ("suspense", "suspenseful", "anxious", "nervous", "uneasy", "dangerous", "dramatic", "intense",
                  "urgent", "thriller", "threatening", "paranoid", "desperate", "fearful", "afraid"),
        "curious": ("inquisitive", "wonder", "intrigued", "discovery", "awe", "surprised", "amazed", "adventurous"),
        "joyful": ("joy", "happy", "cheerful", "upbeat", "bright", "fun", "celebratory", "triumphant", "warm",
                   "elated"),
        "mysterious": ("mystery", "enigmatic", "secretive", "mystical", "magical", "strange", "occult", "suspicious"),
        "melancholic": ("melancholy", "sad", "sorrowful", "mournful", "grief", "somber", "sombre", "gloomy", "bleak",
                        "tragic", "regretful", "heartbroken", "despair"),
        "romantic": ("romance", "love", "loving", "tender", "intimate", "sensual", "passionate", "affectionate"),
        "dark": ("ominous", "sinister", "grim", "gritty", "brooding", "menacing", "evil", "foreboding"),
        "epic": ("heroic", "grand", "majestic", "inspiring", "powerful", "awe inspiring", "monumental", "victorious"),
        "calm": ("peaceful", "serene", "quiet", "tranquil", "relaxed", "gentle", "still", "contemplative",
                 "reflective", "pensive", "content", "cozy", "cosy", "meditative"),
        "eerie": ("creepy", "scary", "horror", "haunting", "haunted", "spooky", "unsettling", "uncanny", "terrifying",
                  "ghostly", "disturbing", "frightening"),
        "hopeful": ("hope", "optimistic", "uplifting", "relieved", "determined", "resolute", "inspired", "grateful"),
        "lonely": ("alone", "isolated", "solitary", "abandoned", "empty", "cold", "desolate", "loneliness"),
        "angry": ("anger", "rage", "furious", "violent", "aggressive", "chaotic", "brutal", "frantic"),
        "dreamy": ("dream", "dreamlike", "surreal", "ethereal", "whimsical", "fantasy", "soft", "hazy", "nostalgia"),
        "playful": ("funny", "comic", "comedic", "humorous", "quirky", "silly", "mischievous", "lighthearted"),
        "exciting": ("excited", "energetic", "thrilling", "action", "dynamic", "fast paced", "electric"),
        "sober": ("serious", "neutral mood", "solemn", "formal", "realistic", "stoic", "cold hearted"),
    }
)  # fmt: skip

STYLES: dict[str, Grade] = {
    "noir": Grade(0.86, 0.05, 1.36, (0.98, 1.0, 1.03)),
    "black and white": Grade(1.0, 0.0, 1.14),
    "sepia": Grade(1.02, 0.16, 0.98, (1.13, 1.00, 0.78)),
    "vintage": Grade(1.04, 0.74, 0.90, (1.07, 1.00, 0.87)),
    "victorian": Grade(0.97, 0.82, 1.02, (1.06, 0.99, 0.87)),
    "neon": Grade(0.98, 1.42, 1.16, (1.02, 0.93, 1.12)),
    "pastel": Grade(1.13, 0.76, 0.78, (1.03, 1.00, 1.02)),
    "documentary": Grade(1.02, 0.80, 0.98, (0.99, 1.00, 1.00)),
    "cinematic": Grade(1.0, 1.04, 1.06, (1.02, 1.00, 0.985)),
    "western": Grade(1.04, 0.94, 1.08, (1.09, 1.00, 0.82)),
    "gothic": Grade(0.80, 0.58, 1.18, (0.94, 0.98, 1.05)),
    "bleach bypass": Grade(1.0, 0.48, 1.28),
    "watercolour": Grade(1.12, 0.92, 0.80),
    "science fiction": Grade(0.98, 0.92, 1.08, (0.93, 1.01, 1.07)),
    "minimalist": Grade(1.07, 0.70, 0.92),
}

_STYLE_WORDS = synonyms(
    {
        "noir": ("film noir", "neo noir", "hard boiled", "chiaroscuro", "low key"),
        "black and white": ("monochrome", "bw", "b w", "b and w", "greyscale", "grayscale", "silent film"),
        "sepia": ("sepia tone", "daguerreotype"),
        "vintage": ("retro", "1970s", "1960s", "1950s", "1940s", "70s", "60s", "50s", "old film", "super 8", "8mm",
                    "kodachrome", "polaroid", "analog", "analogue"),
        "victorian": ("period", "period drama", "19th century", "edwardian", "1800s", "antique"),
        "neon": ("cyberpunk", "synthwave", "vaporwave", "neon lit", "blade runner"),
        "pastel": ("wes anderson", "soft colors", "soft colours", "candy"),
        "documentary": ("handheld documentary", "naturalistic", "cinema verite", "verite", "raw"),
        "cinematic": ("hollywood", "blockbuster", "anamorphic", "teal and orange"),
        "western": ("spaghetti western", "wild west"),
        "gothic": ("gothic horror", "dark fantasy"),
        "bleach bypass": ("desaturated", "washed out", "war film"),
        "watercolour": ("watercolor", "storybook", "painterly", "ghibli", "illustrated"),
        "science fiction": ("sci fi", "scifi", "futuristic", "space opera"),
        "minimalist": ("minimal", "scandinavian"),
    }
)  # fmt: skip

_GREY_SKY = ("rain", "rainy", "raining", "storm", "stormy", "thunderstorm", "lightning", "thunder", "overcast",
             "cloudy",
             "grey sky", "gray sky", "drizzle", "downpour", "blizzard", "snowstorm", "fog", "foggy", "mist", "misty",
             "snowfall", "snowing", "smoke", "hurricane")  # fmt: skip


def time_of(spec: PanelSpec) -> str:
    """The time of day's name, from the field, else from the prompt, else a warm afternoon or what the mood wants."""
    for text in (plain(spec.time_of_day), plain(spec.prompt)):
        said = spoken(text, _TIME_WORDS)
        if said:
            return said[0]
    mood = mood_of(spec)
    return {"eerie": "dusk", "mysterious": "dusk", "dark": "night", "romantic": "golden hour"}.get(mood, "afternoon")


def mood_of(spec: PanelSpec) -> str:
    """The mood's name, from the field, else from the prompt, else ``neutral``."""
    for text in (plain(spec.mood), plain(spec.prompt)):
        said = spoken(text, _MOOD_WORDS)
        if said:
            return said[0]
    return "neutral"


def styles_of(spec: PanelSpec) -> list[str]:
    """The styles that leave a mark, from the field and the prompt."""
    return spoken(plain(*spec.styles, spec.prompt), _STYLE_WORDS)


def of(spec: PanelSpec) -> Light:
    """The light of a shot."""
    light = TIMES[time_of(spec)]
    rng = rng_of("light", spec.seed, spec.prompt, spec.landscapes)
    # Off the middle, where a figure would hide it; and a side at random, as the camera looks either way.
    across = float(rng.uniform(0.16, 0.36))
    light = replace(light, sun_x=across if rng.random() < 0.5 else 1.0 - across)
    if any(f" {word} " in plain(spec.prompt, *spec.landscapes) for word in _GREY_SKY):
        light = _overcast(light)
    mood = MOODS[mood_of(spec)]
    grades = [mood, *(STYLES[name] for name in styles_of(spec))]
    brightness, saturation, contrast = light.brightness, light.saturation, light.contrast
    tint = light.tint
    for grade in grades:
        brightness *= grade.brightness
        saturation *= grade.saturation
        contrast *= grade.contrast
        tint = (tint[0] * grade.tint[0], tint[1] * grade.tint[1], tint[2] * grade.tint[2])
    if light.night:  # a dark mood at night still has to be read
        brightness = max(brightness, 0.96)
    return replace(
        light,
        brightness=min(max(brightness, 0.6), 1.25),
        saturation=min(max(saturation, 0.0), 1.7),
        contrast=min(max(contrast, 0.72), 1.55),
        tint=tint,
    )


def indoors(light: Light) -> Light:
    """The light that falls on people in a room: after dark that of its lamps, by day softened by the walls."""
    if light.night or light.ambient < 0.4:
        return replace(
            light,
            sun=blend(light.sun, (1.0, 0.78, 0.50), 0.75),
            rim=blend(light.rim, (1.0, 0.76, 0.46), 0.65),
            shade=blend(light.shade, (0.17, 0.11, 0.075), 0.7),
            horizon=blend(light.horizon, (0.42, 0.30, 0.20), 0.6),
            middle=blend(light.middle, (0.30, 0.22, 0.16), 0.6),
            ambient=max(light.ambient, 0.42),
            night=False,
        )
    return replace(light, ambient=light.ambient * 0.85)


def blend(a: RGB, b: RGB, t: float) -> RGB:
    """``a`` with a share ``t`` of ``b``."""
    return (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t)


def _overcast(light: Light) -> Light:
    """The same hour under cloud: the sky's own grey, the key soft and weak."""

    def grey(colour: RGB, dim: float) -> RGB:
        value = 0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]
        red, green, blue = blend(colour, (value * 0.96, value, value * 1.05), 0.62)
        return red * dim, green * dim, blue * dim

    return replace(
        light,
        zenith=grey(light.zenith, 0.86),
        middle=grey(light.middle, 0.80),
        horizon=grey(light.horizon, 0.80),
        sun=grey(light.sun, 0.74),
        rim=grey(light.rim, 0.80),
        ambient=light.ambient * 0.9,
    )
