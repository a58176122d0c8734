"""Random label art: brand, flavour, picture, stripes and small print.

The art of one family (brand and layout) with another flavour differs in colour, words and picture
only, as the goods of one shelf do.
"""

import cv2
import numpy as np

FONTS = (cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_TRIPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_SCRIPT_COMPLEX)
SYLLABLES = "ka lo mi ra to ne vi su pe da fro li mon gar nel ti bo sha cre wel po ze um ar ix co qui na".split()


def colour(rng: np.random.Generator, low: int = 40, high: int = 235) -> tuple[int, int, int]:
    """A colour spread over hues, with greys and whites as common as they are on shelves."""
    value = int(rng.integers(low, high))
    saturation = int(rng.choice([0, 60, 160, 230], p=[0.15, 0.15, 0.3, 0.4]))
    pixel = np.uint8([[[rng.integers(0, 180), saturation, value if saturation else rng.choice([25, 235, value])]]])
    return tuple(int(v) for v in cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0])


def word(rng: np.random.Generator) -> str:
    text = "".join(rng.choice(SYLLABLES, int(rng.integers(1, 4))))
    return text.upper() if rng.random() < 0.5 else text.capitalize()


def _text(art: np.ndarray, text: str, centre: tuple[int, int], width: float, font: int, ink) -> None:
    (w, h), _ = cv2.getTextSize(text, font, 1.0, 2)
    scale = width / max(w, 1)
    thick = max(1, int(round(scale * 2.4)))
    at = (int(centre[0] - width / 2), int(centre[1] + h * scale / 2))
    cv2.putText(art, text, at, font, scale, ink, thick, cv2.LINE_AA)


def _ground(art: np.ndarray, family: np.random.Generator, base, accent) -> None:
    height, width = art.shape[:2]
    art[:] = base
    kind = family.integers(0, 6)
    if kind == 0:
        ramp = np.linspace(0, 1, height)[:, None, None]
        art[:] = (np.float32(base) * (1 - ramp) + np.float32(accent) * ramp).astype(np.uint8)
    elif kind == 1:
        step, thick = int(family.integers(12, 40)), int(family.integers(3, 12))
        slant = int(family.integers(-1, 2)) * height
        for x in range(-height, width + height, step):
            cv2.line(art, (x, 0), (x + slant, height), accent, thick, cv2.LINE_AA)
    elif kind == 2:
        cut = int(height * family.uniform(0.25, 0.75))
        art[cut:] = accent
    elif kind == 3:
        points = np.int32([[0, family.integers(0, height)], [width, family.integers(0, height)], [width, height], [0, height]])
        cv2.fillPoly(art, [points], accent, cv2.LINE_AA)
    elif kind == 4:
        step = int(family.integers(18, 40))
        for y in range(0, height, step):
            for x in range(0, width, step):
                cv2.circle(art, (x, y), step // 4, accent, -1, cv2.LINE_AA)


def _motif(art: np.ndarray, flavour: np.random.Generator, centre: tuple[int, int], radius: int, motifs: np.ndarray | None) -> None:
    if motifs is not None and flavour.random() < 0.5:
        cut = cv2.resize(motifs[flavour.integers(0, len(motifs))], (radius * 2, radius * 2), interpolation=cv2.INTER_AREA)
        x, y = max(0, centre[0] - radius), max(0, centre[1] - radius)
        region = art[y : y + radius * 2, x : x + radius * 2]
        cut = cut[: region.shape[0], : region.shape[1]]
        alpha = cut[..., 3:] / 255.0
        region[:] = (region * (1 - alpha) + cut[..., :3] * alpha).astype(np.uint8)
        return
    for _ in range(int(flavour.integers(1, 6))):
        at = tuple(int(c + flavour.integers(-radius // 2, radius // 2 + 1)) for c in centre)
        ink = colour(flavour)
        if flavour.random() < 0.5:
            axes = (int(radius * flavour.uniform(0.2, 0.6)), int(radius * flavour.uniform(0.2, 0.6)))
            cv2.ellipse(art, at, axes, int(flavour.integers(0, 180)), 0, 360, ink, -1, cv2.LINE_AA)
        else:
            points = np.int32(np.array(at) + flavour.integers(-radius // 2, radius // 2 + 1, (int(flavour.integers(3, 7)), 2)))
            cv2.fillConvexPoly(art, cv2.convexHull(points), ink, cv2.LINE_AA)


def _small_print(art: np.ndarray, family: np.random.Generator, ink) -> None:
    height, width = art.shape[:2]
    left, top = int(width * family.uniform(0.05, 0.5)), int(height * family.uniform(0.8, 0.9))
    if family.random() < 0.35:
        cv2.rectangle(art, (left, top), (left + width // 3, top + height // 9), (250, 250, 250), -1)
        for x in range(left + 3, left + width // 3 - 3, 3):
            if family.random() < 0.6:
                cv2.line(art, (x, top + 2), (x, top + height // 9 - 2), (20, 20, 20), 1 + int(family.random() < 0.3))
        return
    for row in range(3):
        cv2.line(art, (left, top + row * 6), (left + int(width * family.uniform(0.15, 0.4)), top + row * 6), ink, 1)


def label(family_seed: list[int], flavour_seed: list[int], width: int, height: int, motifs: np.ndarray | None) -> np.ndarray:
    """RGB art, height x width x 3. Both seeds fix it wholly."""
    family, flavour = np.random.default_rng(family_seed), np.random.default_rng(flavour_seed)
    art = np.empty((height, width, 3), np.uint8)
    base, brand_ink = colour(family), colour(family)
    accent = colour(flavour)
    if family.random() < 0.35:
        base, accent = accent, base
    _ground(art, family, base, accent)
    brand, font, small = word(family), int(family.choice(FONTS)), int(family.choice(FONTS))
    upper = family.random() < 0.7
    places = [int(height * family.uniform(*span)) for span in ((0.12, 0.28), (0.42, 0.55), (0.7, 0.8))]
    if not upper:
        places.reverse()
    if family.random() < 0.4:
        tall = int(height * 0.12)
        cv2.rectangle(art, (0, places[0] - tall), (width, places[0] + tall), colour(family), -1)
    _motif(art, flavour, (width // 2 + int(family.integers(-width // 6, width // 6 + 1)), places[1]), int(min(width, height) * family.uniform(0.2, 0.38)), motifs)
    _text(art, brand, (width // 2, places[0]), width * family.uniform(0.55, 0.9), font, brand_ink)
    ink = (255, 255, 255) if np.mean(art[places[2] : places[2] + 4]) < 128 else (15, 15, 15)
    _text(art, word(flavour), (width // 2, places[2]), width * family.uniform(0.35, 0.7), small, ink if flavour.random() < 0.7 else accent)
    _small_print(art, family, ink)
    return art
