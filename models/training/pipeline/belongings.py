"""What shoppers lay beside their goods that is not for sale: RGBA cut-outs, drawn anew each time.

No network tells "a thing" from "an article" by its outline, so each kind is drawn in as many makes as people carry.
"""

import cv2
import numpy as np

from .goods import smooth_noise
from .labels import colour


def relief(rng: np.random.Generator, out: np.ndarray, depth: float, gloss: float = 0.5) -> np.ndarray:
    """`out` (RGBA) lit from one side as a body whose edges are rounded over `depth` pixels. In place."""
    solid = (out[..., 3] > 127).astype(np.uint8)
    height = np.minimum(cv2.distanceTransform(solid, cv2.DIST_L2, 3), depth) / max(depth, 1)
    height = cv2.GaussianBlur(np.sqrt(height), (0, 0), max(0.6, depth / 4)) * depth
    turn = rng.uniform(0, 2 * np.pi)
    slope = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) * np.cos(turn) + cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) * np.sin(turn)
    lit = out[..., :3] * np.clip(1 + 0.12 * slope, 0.4, 1.5)[..., None]
    lit += (np.clip(slope - 1.2, 0, 3) ** 2 * gloss * 30)[..., None]
    out[..., :3] = np.clip(lit, 0, 255)
    return out


def blank(size: int) -> np.ndarray:
    return np.zeros((size, size, 4), np.uint8)


def slab(size: int, half: int, radius: int, ink) -> np.ndarray:
    """RGBA, size x size: an upright rectangle 2 * half wide with round corners."""
    out = blank(size)
    left, right, top, bottom = size // 2 - half + radius, size // 2 + half - radius, 1 + radius, size - 2 - radius
    cv2.rectangle(out, (left, top), (right, bottom), (*ink, 255), -1)
    if radius:
        out = cv2.dilate(out, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (radius * 2 + 1,) * 2))
    return out


def grey(rng: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    base = rng.integers(low, high)
    return tuple(int(v) for v in np.clip(base + rng.normal(0, 4, 3), 0, 255))


def metal(rng: np.random.Generator) -> tuple[int, int, int]:
    """Steel, nickel, brass or copper."""
    tone = np.array(((1, 1, 1), (1, 0.98, 0.93), (1, 0.85, 0.5), (0.95, 0.66, 0.48))[int(rng.choice(4, p=(0.45, 0.2, 0.25, 0.1)))])
    return tuple(int(v) for v in tone * rng.uniform(95, 225))


def _points(*pairs) -> np.ndarray:
    return np.int32([[round(float(x)), round(float(y))] for x, y in pairs])


def phone(rng: np.random.Generator, size: int) -> np.ndarray:
    """A phone from its front, lit or dark, or from its back, in a case as often as not."""
    half, radius = int(size * rng.uniform(0.21, 0.28)), int(size * rng.uniform(0.01, 0.085))
    left, right = size // 2 - half, size // 2 + half
    if rng.random() < 0.35:
        out = slab(size, half, radius, colour(rng) if rng.random() < 0.55 else grey(rng, 8, 235))
        _lenses(rng, out, left, right, size)
        if rng.random() < 0.4:
            cv2.circle(out, (size // 2, int(size * rng.uniform(0.35, 0.55))), max(2, size // 24), (*grey(rng, 30, 230), 255), -1 if rng.random() < 0.5 else 2, cv2.LINE_AA)
        return relief(rng, _sheen(rng, out), size * rng.uniform(0.012, 0.03))
    out = slab(size, half, radius, colour(rng) if rng.random() < 0.25 else grey(rng, 6, 60))
    edge = max(2, int(size * rng.uniform(0.012, 0.035)))
    top = edge if rng.random() < 0.7 else int(size * rng.uniform(0.05, 0.1))
    shown = _screen(rng, right - left - 2 * edge, size - 2 * top)
    solid = cv2.erode(out[..., 3], np.ones((2 * edge + 1,) * 2, np.uint8))[top : size - top, left + edge : right - edge] > 0
    out[top : size - top, left + edge : right - edge, :3][solid] = shown[solid]
    if rng.random() < 0.5:
        cv2.circle(out, (size // 2, top + edge + 2), max(1, size // 70), (8, 8, 10, 255), -1, cv2.LINE_AA)
    return relief(rng, _sheen(rng, out), size * rng.uniform(0.006, 0.02))


def _sheen(rng: np.random.Generator, out: np.ndarray) -> np.ndarray:
    """The ceiling's lamps in a smooth face: a bright band or a soft ramp."""
    size = out.shape[0]
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) / size
    turn = rng.uniform(0, np.pi)
    across = xs * np.cos(turn) + ys * np.sin(turn)
    shine = across * rng.uniform(-60, 60)
    if rng.random() < 0.5:
        middle, wide = rng.uniform(0, 1.2), rng.uniform(0.02, 0.3)
        shine += (np.abs(across - middle) < wide) * rng.uniform(8, 90)
    out[..., :3] = np.clip(out[..., :3] + shine[..., None], 0, 255)
    return out


def _screen(rng: np.random.Generator, width: int, height: int) -> np.ndarray:
    """RGB, height x width: what a phone shows: nothing, a clock, icons, a talk, a list, a code to scan, a picture."""
    kind = str(rng.choice(["off", "clock", "icons", "talk", "list", "code", "picture"], p=(0.34, 0.12, 0.14, 0.1, 0.12, 0.1, 0.08)))
    if kind == "off":
        return np.full((height, width, 3), grey(rng, 4, 40), np.uint8)
    dark = rng.random() < 0.4
    out = np.full((height, width, 3), grey(rng, 8, 45) if dark else grey(rng, 215, 255), np.uint8)
    ink, accent = (grey(rng, 170, 250) if dark else grey(rng, 10, 90)), colour(rng)
    if kind in ("clock", "icons", "picture"):
        blend = np.clip(smooth_noise(rng, height, width, int(rng.integers(1, 9)))[..., None] * 0.5 + 0.5, 0, 1)
        out = np.uint8(np.float32(colour(rng)) * blend + np.float32(colour(rng)) * (1 - blend))
    step = max(6, width // 5)
    if kind == "clock":
        cv2.putText(out, f"{rng.integers(1, 24)}:{rng.integers(10, 60)}", (width // 8, height // 4), cv2.FONT_HERSHEY_SIMPLEX, width / 90, (250, 250, 250), max(1, width // 30), cv2.LINE_AA)
    elif kind == "icons":
        for y in range(step // 2 + step * int(rng.integers(0, 4)), height - step, int(step * rng.uniform(1.2, 1.7))):
            for x in range(step // 4, width - step // 2, int(step * 1.2)):
                cv2.rectangle(out, (x, y), (x + step * 2 // 3, y + step * 2 // 3), colour(rng), -1)
    elif kind == "talk":
        y = step
        while y < height - step:
            tall, wide, mine = int(rng.integers(step // 2, step * 2)), int(width * rng.uniform(0.3, 0.7)), rng.random() < 0.5
            x = width - wide - 3 if mine else 3
            cv2.rectangle(out, (x, y), (x + wide, y + tall), accent if mine else grey(rng, 60, 200), -1)
            y += tall + step // 4
    elif kind == "list":
        cv2.rectangle(out, (0, 0), (width, step), accent, -1)
        for y in range(step * 3 // 2, height - 4, max(5, step // 2)):
            cv2.line(out, (step, y), (int(width * rng.uniform(0.4, 0.95)), y), ink, max(1, step // 9))
            if rng.random() < 0.6:
                cv2.circle(out, (step // 2, y), max(2, step // 6), colour(rng), -1, cv2.LINE_AA)
    elif kind == "code":
        _code(rng, out)
    return out


def _code(rng: np.random.Generator, out: np.ndarray) -> None:
    """A loyalty card's square or bar code on white, in the middle of the screen."""
    height, width = out.shape[:2]
    side = int(width * rng.uniform(0.6, 0.9))
    x, y = (width - side) // 2, int(height * rng.uniform(0.15, 0.5))
    if rng.random() < 0.5:
        bits = np.uint8(rng.random((21, 21)) < 0.5) * 255
    else:
        bits = np.tile(np.uint8(rng.random((1, 60)) < 0.5) * 255, (24, 1))
    block = cv2.resize(bits, (side, side * bits.shape[0] // bits.shape[1]), interpolation=cv2.INTER_NEAREST)[: height - y]
    cv2.rectangle(out, (x - 4, y - 4), (x + side + 4, y + block.shape[0] + 4), (255, 255, 255), -1)
    out[y : y + block.shape[0], x : x + side] = block[..., None]


def _lenses(rng: np.random.Generator, out: np.ndarray, left: int, right: int, size: int) -> None:
    """One to four lenses in a corner or in the middle, on a plate of their own as often as not, and a lamp."""
    radius, count = int(size * rng.uniform(0.026, 0.055)), int(rng.integers(1, 5))
    gap = radius * 2.4
    offsets = [(0, 0), (0, gap), (gap, gap / 2), (gap, gap * 1.5)][:count] if rng.random() < 0.6 else [(0, gap * n) for n in range(count)]
    if rng.random() < 0.2:
        offsets = [(y, x) for x, y in offsets]
    x0 = left + radius * 2 if rng.random() < 0.75 else right - radius * 2 - int(max(x for x, _ in offsets))
    y0 = radius * 2 + 2
    if rng.random() < 0.6:
        plate = np.clip(out[size // 2, size // 2, :3] * rng.uniform(0.6, 1.4), 0, 255).astype(int).tolist()
        x1, y1 = x0 + max(x for x, _ in offsets), y0 + max(y for _, y in offsets)
        pad = int(radius * 1.4)
        cv2.rectangle(out, (x0 - pad, y0 - pad), (int(x1) + pad, int(y1) + pad), (*plate, 255), -1)
    for x, y in offsets:
        at = (int(x0 + x), int(y0 + y))
        cv2.circle(out, at, radius, (*grey(rng, 90, 220), 255), max(1, radius // 5), cv2.LINE_AA)
        cv2.circle(out, at, int(radius * 0.85), (*grey(rng, 4, 40), 255), -1, cv2.LINE_AA)
        cv2.circle(out, (at[0] - radius // 4, at[1] - radius // 4), max(1, radius // 4), (*grey(rng, 60, 160), 255), -1, cv2.LINE_AA)
    if rng.random() < 0.6:
        cv2.circle(out, (int(x0 + gap), y0), max(1, radius // 2), (245, 240, 215, 255), -1, cv2.LINE_AA)


def _one_key(rng: np.random.Generator, size: int) -> np.ndarray:
    """A key, its bow above: flat with teeth on one side, drilled, or an old one with a bit."""
    out, ink, x = blank(size), metal(rng), size / 2
    bow, blade = size * rng.uniform(0.13, 0.22), size * rng.uniform(0.035, 0.065)
    at, end = (size // 2, int(bow + 2)), size * rng.uniform(0.85, 0.97)
    cap = colour(rng) if rng.random() < 0.3 else ink
    shape = rng.integers(0, 4)
    cv2.rectangle(out, (int(x - blade), int(bow)), (int(x + blade), int(end)), (*ink, 255), -1)
    if shape == 3:
        out[int(bow) :] = 0
        cv2.line(out, (int(x), int(bow)), (int(x), int(end)), (*ink, 255), max(2, int(blade)), cv2.LINE_AA)
        for n in range(int(rng.integers(1, 4))):
            y = int(end - size * (0.02 + 0.07 * n))
            cv2.rectangle(out, (int(x), y - max(2, size // 50)), (int(x + size * rng.uniform(0.08, 0.16)), y), (*ink, 255), -1)
    else:
        for y in np.arange(bow * 2.3, end - 2, max(3, size * rng.uniform(0.03, 0.06))):
            deep, wide = blade * rng.uniform(0.2, 1.1), size * rng.uniform(0.012, 0.03)
            out[int(y - wide) : int(y + wide) + 1, int(x + blade - deep) :] = 0
        cv2.fillPoly(out, [_points((x - blade, end - blade), (x - blade, size), (x, size), (x, end))], (0, 0, 0, 0))
        cv2.line(out, (int(x - blade / 3), int(bow * 2)), (int(x - blade / 3), int(end - blade)), tuple(int(v * 0.6) for v in ink) + (255,), 1)
    axes = (int(bow * rng.uniform(0.75, 1.1)), int(bow * rng.uniform(0.7, 1)))
    if shape == 1:
        cv2.rectangle(out, (at[0] - axes[0], at[1] - axes[1]), (at[0] + axes[0], at[1] + axes[1]), (*cap, 255), -1)
    else:
        cv2.ellipse(out, at, axes, 0, 0, 360, (*cap, 255), -1, cv2.LINE_AA)
    hole = bow * (rng.uniform(0.45, 0.7) if shape == 3 else rng.uniform(0.15, 0.4))
    cv2.circle(out, (at[0], int(at[1] - (0 if shape == 3 else bow * 0.35))), max(2, int(hole)), (0, 0, 0, 0), -1)
    return relief(rng, out, size * rng.uniform(0.015, 0.04), 1.0)


def _fob(rng: np.random.Generator, size: int) -> np.ndarray:
    """A car's key: a dark oval or box with two to four buttons."""
    out = slab(size, int(size * rng.uniform(0.2, 0.32)), int(size * rng.uniform(0.06, 0.19)), grey(rng, 10, 70))
    for n in range(int(rng.integers(2, 5))):
        at = (size // 2, int(size * (0.25 + 0.17 * n)))
        cv2.ellipse(out, at, (int(size * 0.09), int(size * 0.06)), 0, 0, 360, (*grey(rng, 40, 130), 255), -1, cv2.LINE_AA)
        cv2.circle(out, at, max(1, size // 60), (*colour(rng), 255), -1, cv2.LINE_AA)
    return relief(rng, out, size * 0.06)


def _laid(out: np.ndarray, part: np.ndarray, degrees: float, long_side: float, root: tuple[float, float]) -> None:
    """Lays `part`, turned, on `out` so that its upper end lies at `root` and the rest hangs away from it."""
    size = out.shape[0]
    scale = long_side / part.shape[0]
    matrix = cv2.getRotationMatrix2D((part.shape[1] / 2, part.shape[0] * 0.1), degrees, scale)
    matrix[:, 2] += np.array(root) - [part.shape[1] / 2, part.shape[0] * 0.1]
    over = cv2.warpAffine(part, matrix, (size, size), flags=cv2.INTER_AREA)
    np.copyto(out, over, where=over[..., 3:] > 100)


def keys(rng: np.random.Generator, size: int) -> np.ndarray:
    """A bunch on a ring, with a tag or a car's key now and then; or one key alone."""
    if rng.random() < 0.3:
        return _one_key(rng, size)
    out, ring = blank(size), size * rng.uniform(0.06, 0.15)
    start, spread, count = rng.uniform(0, 360), rng.uniform(10, 70), int(rng.integers(1, 6))
    hang = []
    for n in range(count):
        hang.append((_one_key(rng, size), start + spread * n, rng.uniform(0.38, 0.55)))
    if rng.random() < 0.35:
        hang.append((_fob(rng, size), start + spread * count, rng.uniform(0.3, 0.45)))
    if rng.random() < 0.45:
        tag = slab(size, int(size * rng.uniform(0.15, 0.45)), int(size * rng.uniform(0, 0.14)), colour(rng))
        hang.append((relief(rng, tag, size * 0.04), start - rng.uniform(20, 160), rng.uniform(0.2, 0.42)))
    middle = np.full(2, size / 2)
    order = rng.permutation(len(hang))
    for n in order:
        part, degrees, long_side = hang[n]
        way = np.array([np.sin(np.deg2rad(degrees)), np.cos(np.deg2rad(degrees))])
        _laid(out, part, degrees, long_side * size, tuple(middle + way * ring * 0.8))
    tone = metal(rng)
    for wide, factor in ((max(2, size // 45), 0.6), (max(1, size // 90), 1.2)):
        cv2.circle(out, (size // 2, size // 2), int(ring), (*(int(min(255, v * factor)) for v in tone), 255), wide, cv2.LINE_AA)
    return out
