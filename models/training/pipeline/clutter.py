"""What a camera over a tray sees besides goods: arms and hands, phones, cards, keys, cables, slips, tray edges."""

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


def _slab(size: int, half: int, radius: int, ink) -> np.ndarray:
    """RGBA, size x size: an upright rectangle 2 * half wide with round corners."""
    out = np.zeros((size, size, 4), np.uint8)
    left, right, top, bottom = size // 2 - half + radius, size // 2 + half - radius, 1 + radius, size - 2 - radius
    cv2.rectangle(out, (left, top), (right, bottom), (*ink, 255), -1)
    if radius:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (radius * 2 + 1,) * 2)
        out = cv2.dilate(out, kernel)
    return out


def phone(rng: np.random.Generator, size: int) -> np.ndarray:
    """RGBA: a dark slab with a lit or dark screen, icons or lines of text; or its back, with lenses."""
    half = int(size * rng.uniform(0.22, 0.27))
    left, right = size // 2 - half, size // 2 + half
    back = rng.random() < 0.3
    body = colour(rng) if back and rng.random() < 0.6 else (int(rng.integers(8, 60)),) * 3
    out = _slab(size, half, int(size * rng.uniform(0, 0.07)), body)
    if back:
        return _lenses(rng, out, left, size)
    screen = (15, 15, 20) if rng.random() < 0.45 else colour(rng)
    edge = max(2, size // 40)
    cv2.rectangle(out, (left + edge, edge * 3), (right - edge, size - edge * 3), (*screen, 255), -1)
    if rng.random() < 0.6:
        step = max(6, (right - left) // 5)
        for y in range(edge * 5, size - edge * 6, step):
            for x in range(left + edge * 2, right - step // 2, step):
                cv2.rectangle(out, (x, y), (x + step // 2, y + step // 2), (*colour(rng), 255), -1)
    return out


def _lenses(rng: np.random.Generator, out: np.ndarray, left: int, size: int) -> np.ndarray:
    """One to three lenses near a corner, on a plate of their own as often as not."""
    radius, count = int(size * rng.uniform(0.03, 0.05)), int(rng.integers(1, 4))
    x, y = left + radius * 2 + 2, radius * 2 + 4
    if rng.random() < 0.6:
        plate = tuple(int(v) for v in np.clip(out[size // 2, size // 2, :3] * rng.uniform(0.6, 1.3), 0, 255))
        cv2.rectangle(out, (x - radius - 3, y - radius - 3), (x + radius * 3 + 3, y + radius * 4 + 3), (*plate, 255), -1)
    for n in range(count):
        at = (x + (n % 2) * radius * 2, y + n * radius * 3 // 2)
        cv2.circle(out, at, radius, (*(int(rng.integers(5, 45)),) * 3, 255), -1, cv2.LINE_AA)
        cv2.circle(out, at, max(1, radius // 2), (60, 60, 90, 255), -1, cv2.LINE_AA)
    return out


def card(rng: np.random.Generator, size: int) -> np.ndarray:
    """RGBA: a bank or loyalty card, 85.6 x 54 mm (ISO/IEC 7810 ID-1): one colour or two, a stripe or a chip, digits."""
    half = int(size * 0.5 * 54 / 85.6)
    out = _slab(size, half, size // 25, colour(rng))
    solid, left, right = out[..., 3] > 0, size // 2 - half, size // 2 + half
    if rng.random() < 0.5:
        cut = int(rng.integers(size // 4, size * 3 // 4))
        out[cut:, :, :3][solid[cut:]] = colour(rng)
    if rng.random() < 0.4:
        x = left + half // 3
        cv2.rectangle(out, (x, 2), (x + half // 3, size - 3), (25, 22, 22, 255), -1)
    else:
        cv2.rectangle(out, (left + half - size // 16, size // 8), (left + half + size // 16, size // 4), (205, 180, 110, 255), -1)
    ink = (*((245,) * 3 if rng.random() < 0.6 else (20,) * 3), 255)
    x = int(rng.integers(left + half, right - size // 16))
    for y in range(size // 8, size * 7 // 8, max(4, size // 24)):
        if rng.random() < 0.8:
            cv2.line(out, (x, y), (x, y + max(2, size // 40)), ink, max(1, size // 60), cv2.LINE_AA)
    out[..., 3][~solid] = 0
    return out


def paper(rng: np.random.Generator, size: int) -> np.ndarray:
    """RGBA: a receipt or a shopping list, pale, with lines of print or handwriting."""
    out = np.zeros((size, size, 4), np.uint8)
    half = int(size * rng.uniform(0.12, 0.38))
    left, right = size // 2 - half, size // 2 + half
    tone = np.array([1, 1, rng.uniform(0.75, 1.0)]) * rng.uniform(205, 252)
    out[1 : size - 1, left:right] = (*tone.astype(int).tolist(), 255)
    ink = int(rng.integers(20, 130))
    hand, step = rng.random() < 0.4, int(rng.integers(5, 14))
    for y in range(step, size - step, step):
        end = left + 4 + int((right - left - 8) * rng.uniform(0.2, 1))
        if hand:
            xs = np.arange(left + 4, max(end, left + 12), 3)
            points = np.stack([xs, y + rng.normal(0, step * 0.22, len(xs))], 1).astype(np.int32)
            cv2.polylines(out, [points], False, (ink // 2, ink // 2, ink, 255), 1, cv2.LINE_AA)
        elif rng.random() < 0.85:
            for x in range(left + 4, end - 3, int(rng.integers(3, 7))):
                cv2.line(out, (x, y), (x + 2, y), (ink, ink, ink, 255), 1)
    bend = 1 + 0.12 * np.sin(np.linspace(0, rng.uniform(1, 7), size) + rng.uniform(0, 6))[:, None, None]
    out[..., :3] = np.clip(out[..., :3] * bend, 0, 255)
    return out


def keys(rng: np.random.Generator, size: int) -> np.ndarray:
    """RGBA: a ring with one to four keys, now and then a coloured tag."""
    out = np.zeros((size, size, 4), np.uint8)
    middle = np.full(2, size * 0.5)
    for _ in range(int(rng.integers(1, 5))):
        metal = (np.array([1, rng.uniform(0.85, 1), rng.uniform(0.55, 1)]) * rng.uniform(120, 215)).astype(int).tolist()
        turn, long, wide = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.3, 0.45), int(size * rng.uniform(0.06, 0.1))
        way = np.array([np.cos(turn), np.sin(turn)])
        bow, tip = middle + way * size * 0.13, middle + way * long
        cv2.line(out, tuple(int(v) for v in bow), tuple(int(v) for v in tip), (*metal, 255), max(3, wide // 2), cv2.LINE_AA)
        cv2.circle(out, tuple(int(v) for v in bow), wide, (*metal, 255), -1, cv2.LINE_AA)
    cv2.circle(out, (size // 2, size // 2), int(size * 0.12), (*(int(rng.integers(110, 200)),) * 3, 255), 3, cv2.LINE_AA)
    if rng.random() < 0.4:
        cv2.circle(out, (size // 2, int(size * 0.7)), int(size * 0.11), (*colour(rng), 255), -1, cv2.LINE_AA)
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
