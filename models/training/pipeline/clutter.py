"""What a camera over a tray sees besides goods: arms and hands, tape, stains, tray edges."""

import cv2
import numpy as np

from .goods import smooth_noise
from .labels import colour
from .place import paste, turned

SKINS = ((255, 220, 190), (240, 200, 165), (220, 170, 130), (190, 135, 95), (140, 95, 65), (95, 62, 45), (60, 40, 30))


def _limb(size: int, points: np.ndarray, widths: np.ndarray, ink) -> np.ndarray:
    out = np.zeros((size, size, 4), np.uint8)
    for a, b, wa, wb in zip(points[:-1], points[1:], widths[:-1], widths[1:]):
        for t in np.linspace(0, 1, 14):
            at = a * (1 - t) + b * t
            cv2.circle(out, (int(at[0]), int(at[1])), max(1, int((wa * (1 - t) + wb * t) / 2)), (*ink, 255), -1, cv2.LINE_AA)
    return out


def _merge(under: np.ndarray, over: np.ndarray) -> np.ndarray:
    return np.where(over[..., 3:] > 127, over, under)


def arm(rng: np.random.Generator, size: int, hands: list[np.ndarray]) -> np.ndarray:
    """RGBA, size x size: a sleeve or bare arm that enters from a border, and a hand with fingers at its end."""
    turn = rng.uniform(0, 2 * np.pi)
    out_of = np.array([np.cos(turn), np.sin(turn)])
    middle = np.full(2, size / 2)
    tip = middle + rng.uniform(-0.3, 0.45) * size * out_of + rng.uniform(-0.25, 0.25, 2) * size
    start = tip + out_of * size * 1.2 + rng.uniform(-0.2, 0.2, 2) * size
    thick = size * rng.uniform(0.1, 0.24)
    skin = np.clip(np.array(SKINS[rng.integers(0, len(SKINS))]) * rng.uniform(0.85, 1.1), 0, 255).astype(int).tolist()
    bend = (start + tip) / 2 + rng.uniform(-0.06, 0.06, 2) * size
    out = _limb(size, np.array([start, bend, tip]), np.array([thick * 1.3, thick, thick * 0.75]), skin)
    inward = (tip - start) / np.linalg.norm(tip - start)
    if hands and rng.random() < 0.35:
        hand = turned(hands[rng.integers(0, len(hands))], thick * rng.uniform(1.6, 2.6), rng.uniform(0, 360))
        paste_at = (tip + inward * thick * 0.3 - np.array(hand.shape[1::-1]) / 2).astype(int)
        layer = np.zeros_like(out)
        _copy(layer, hand, *paste_at)
        out = _merge(out, layer)
    else:
        out = _merge(out, _hand(rng, size, tip, inward, thick, skin))
    if rng.random() < 0.75:
        sleeve = _limb(size, np.array([start, bend, bend + (tip - bend) * rng.uniform(0, 0.75)]), np.full(3, thick * rng.uniform(1.15, 1.6)), colour(rng))
        out = _merge(out, sleeve)
    shade = 1 + smooth_noise(rng, size, size, 5)[..., None] * 0.12
    relief = cv2.GaussianBlur(out[..., 3], (0, 0), max(1.0, thick / 6)).astype(np.float32)[..., None] / 255
    out[..., :3] = np.clip(out[..., :3] * shade * (0.55 + 0.45 * relief), 0, 255)
    return out


def _copy(layer: np.ndarray, item: np.ndarray, left: int, top: int) -> None:
    height, width = layer.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + item.shape[1]), min(height, top + item.shape[0])
    if x0 < x1 and y0 < y1:
        layer[y0:y1, x0:x1] = item[y0 - top : y1 - top, x0 - left : x1 - left]


def _hand(rng: np.random.Generator, size: int, tip: np.ndarray, inward: np.ndarray, thick: float, skin) -> np.ndarray:
    palm = tip + inward * thick * 0.4
    out = _limb(size, np.array([tip, palm]), np.array([thick * 0.9, thick * 1.1]), skin)
    across = np.array([-inward[1], inward[0]])
    spread, curl = rng.uniform(0.1, 0.9), rng.uniform(0.4, 1.1)
    for finger in range(5):
        side = (finger - 2) / 2
        lean = inward * np.cos(side * spread) + across * np.sin(side * spread)
        root = palm + across * side * thick * 0.42 + inward * thick * (0.25 if finger else -0.2)
        end = root + lean * thick * curl * rng.uniform(0.7, 1.1)
        knuckle = (root + end) / 2 + across * rng.uniform(-0.08, 0.08) * thick
        tone = np.clip(np.array(skin) * rng.uniform(0.9, 1.06), 0, 255).astype(int).tolist()
        out = _merge(out, _limb(size, np.array([root, knuckle, end]), np.array([0.3, 0.27, 0.22]) * thick, tone))
    return out


def slip(rng: np.random.Generator, picture: np.ndarray) -> None:
    """Marks on the surface itself: scratches, a cable, tape lines, stains. Drawn in place."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 4))):
        points = np.int32(rng.uniform(-0.1, 1.1, (int(rng.integers(2, 6)), 2)) * [width, height])
        cv2.polylines(picture, [points], False, colour(rng), int(rng.integers(1, 5)), cv2.LINE_AA)


def edge(rng: np.random.Generator, picture: np.ndarray, other: np.ndarray) -> None:
    """The tray's rim: past a line on one or two sides, another surface, with a rim and its shadow."""
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(1, 3))):
        turn, offset = rng.integers(0, 4) * np.pi / 2 + rng.normal(0, 0.06), rng.uniform(0.25, 0.48)
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        beyond = ((xs / width - 0.5) * np.cos(turn) + (ys / height - 0.5) * np.sin(turn) - offset) * width
        rim = rng.uniform(1, 9)
        tone = np.clip(beyond / 14 + 1, 0, 1) * (beyond < 0) * rng.uniform(0, 0.4)
        picture[:] = (picture * (1 - tone[..., None])).astype(np.uint8)
        np.copyto(picture, other, where=(beyond > rim)[..., None])
        picture[(beyond > 0) & (beyond <= rim)] = colour(rng)


def basin(rng: np.random.Generator, picture: np.ndarray, counter: np.ndarray) -> None:
    """The whole tray in sight: round corners, a rim lit from one side, its shadow on the counter around it."""
    height, width = picture.shape[:2]
    margin, rim = rng.uniform(0.01, 0.16, 4) * [width, height, width, height], int(rng.integers(1, max(2, width // 28)))
    radius = int(rng.uniform(0, 0.12) * width)

    def area(grow: float) -> np.ndarray:
        mask = np.zeros((height, width), np.uint8)
        x0, y0 = int(margin[0] - grow + radius), int(margin[1] - grow + radius)
        x1, y1 = int(width - margin[2] + grow - radius), int(height - margin[3] + grow - radius)
        cv2.rectangle(mask, (x0, y0), (x1, y1), 255, -1)
        if radius:
            mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (radius * 2 + 1, radius * 2 + 1)))
        return mask

    inside, outside = area(0), area(rim)
    shadow = cv2.GaussianBlur(np.roll(outside, rng.integers(-6, 7, 2), (0, 1)), (0, 0), rng.uniform(1, 6))
    around = counter * (1 - shadow[..., None] / 255.0 * rng.uniform(0, 0.5))
    slope = np.clip(np.linspace(1.3, 0.7, height)[:, None] + np.linspace(0.15, -0.15, width), 0, 2)
    edge_tone = np.clip(np.float32(colour(rng)) * slope[..., None], 0, 255)
    picture[:] = np.where(inside[..., None] > 127, picture, np.where(outside[..., None] > 127, edge_tone, around)).astype(np.uint8)


def _big_hand(rng: np.random.Generator, size: int, hands: list[np.ndarray]) -> np.ndarray:
    """RGBA, size x size: a hand alone, near or across a border as often as inside."""
    hand = turned(hands[rng.integers(0, len(hands))], size * rng.uniform(0.2, 0.8), rng.uniform(0, 360))
    layer = np.zeros((size, size, 4), np.uint8)
    at = rng.uniform(-0.1, 1.1, 2) * size - np.array(hand.shape[1::-1]) / 2
    _copy(layer, hand, int(at[0]), int(at[1]))
    return layer


def hand_over(rng: np.random.Generator, picture: np.ndarray, hands: list[np.ndarray]) -> np.ndarray:
    """Draws an arm over the picture; returns its mask, height x width, 0..255."""
    size = picture.shape[0]
    limb = _big_hand(rng, size, hands) if hands and rng.random() < 0.25 else arm(rng, size, hands)
    paste(picture, limb, 0, 0, (int(rng.integers(-8, 9)), int(rng.integers(-8, 9)), rng.uniform(3, 9), rng.uniform(0.1, 0.45)))
    return limb[..., 3]
