"""What comes out of pockets and bags and is not for sale: cards, slips, money, glasses, purses, cables, watches."""

import cv2
import numpy as np

from .belongings import blank, grey, metal, relief, slab
from .goods import smooth_noise
from .labels import colour


def card(rng: np.random.Generator, size: int) -> np.ndarray:
    """A bank or loyalty card, 85.6 x 54 mm (ISO/IEC 7810 ID-1): one colour or two, a stripe or a chip, digits."""
    half = int(size * 0.5 * 54 / 85.6)
    out = slab(size, half, size // 25, colour(rng))
    solid, left, right = out[..., 3] > 0, size // 2 - half, size // 2 + half
    if rng.random() < 0.5:
        cut = int(rng.integers(size // 4, size * 3 // 4))
        out[cut:, :, :3][solid[cut:]] = colour(rng)
    elif rng.random() < 0.5:
        blend = np.clip(smooth_noise(rng, size, size, int(rng.integers(1, 4)))[..., None] + 0.5, 0, 1)
        out[..., :3] = np.uint8(out[..., :3] * blend + np.float32(colour(rng)) * (1 - blend))
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
    if rng.random() < 0.4:
        at = (right - size // 9, size - size // 7)
        for n in range(2):
            cv2.circle(out, (at[0], at[1] - n * size // 16), size // 14, (*colour(rng), 255), -1, cv2.LINE_AA)
    out[..., 3][~solid] = 0
    return out


def paper(rng: np.random.Generator, size: int) -> np.ndarray:
    """A receipt or a shopping list, pale, with lines of print or handwriting."""
    out = blank(size)
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
    if rng.random() < 0.3:
        # Crumpled, or torn at its edges.
        folds = smooth_noise(rng, size, size, int(rng.integers(3, 9)))
        out[..., :3] = np.clip(out[..., :3] * (1 + 0.12 * np.sign(folds) * np.abs(folds) ** 0.5)[..., None], 0, 255)
        edge = (smooth_noise(rng, size, size, 14) * size * 0.03).astype(np.float32)
        ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
        out = cv2.remap(out, xs + edge, ys + edge.T.copy(), cv2.INTER_LINEAR, borderValue=(0, 0, 0, 0))
    return out


def coins(rng: np.random.Generator, size: int) -> np.ndarray:
    """One to seven coins, each with a rim and a worn head or figure, some of two metals."""
    out, count = blank(size), int(rng.integers(1, 8))
    for _ in range(count):
        radius = size * rng.uniform(0.1, 0.16) * (2.6 if count == 1 else 1)
        coin, tone = blank(size), metal(rng)
        at = tuple(int(v) for v in rng.uniform(radius + 1, size - radius - 1, 2))
        cv2.circle(coin, at, int(radius), (*tone, 255), -1, cv2.LINE_AA)
        if rng.random() < 0.25:
            cv2.circle(coin, at, int(radius * 0.68), (*metal(rng), 255), -1, cv2.LINE_AA)
        bumps = smooth_noise(rng, size, size, max(6, int(size / radius * rng.uniform(1.5, 4))))
        slope = cv2.Sobel((bumps > rng.uniform(-0.1, 0.4)).astype(np.float32), cv2.CV_32F, 1, 1, ksize=3)
        ys, xs = np.mgrid[0:size, 0:size]
        inner = np.hypot(xs - at[0], ys - at[1]) < radius * 0.8
        coin[..., :3] = np.clip(coin[..., :3] * (1 + 0.3 * slope * inner)[..., None], 0, 255)
        cv2.circle(coin, at, int(radius * 0.9), tuple(int(v * 0.75) for v in tone) + (255,), max(1, int(radius / 14)), cv2.LINE_AA)
        relief(rng, coin, radius * 0.12, 1.0)
        np.copyto(out, coin, where=coin[..., 3:] > 100)
    return out


def banknotes(rng: np.random.Generator, size: int) -> np.ndarray:
    """One to three notes, pale, with fine curves, a head in an oval and figures; folded as often as not."""
    out, base, turn = blank(size), colour(rng), rng.uniform(-25, 25)
    for n in range(int(rng.integers(1, 4))):
        note, half = blank(size), int(size * rng.uniform(0.22, 0.27))
        pale = np.clip(np.float32(base) * 0.35 + rng.uniform(130, 165), 0, 255)
        left, right = size // 2 - half, size // 2 + half
        note[2 : size - 2, left:right] = (*pale.astype(int).tolist(), 255)
        ink = tuple(int(v * 0.55) for v in pale)
        xs = np.arange(left, right)
        for k in range(int(rng.integers(6, 14))):
            ys = size / 2 + (k - 6) * size * 0.07 + np.sin((xs - left) / half * rng.uniform(2, 6) + k * 0.5) * size * 0.05
            cv2.polylines(note, [np.stack([xs, ys], 1).astype(np.int32)], False, (*ink, 255), 1, cv2.LINE_AA)
        cv2.ellipse(note, (size // 2, int(size * rng.uniform(0.3, 0.7))), (int(half * 0.6), int(half * 0.75)), 0, 0, 360, (*(int(v * 0.75) for v in pale), 255), -1, cv2.LINE_AA)
        for y in (size // 9, size - size // 14):
            cv2.putText(note, str(rng.choice(["5", "10", "20", "50", "100"])), (left + 4, y), cv2.FONT_HERSHEY_TRIPLEX, size / 300, (*ink, 255), 1, cv2.LINE_AA)
        if rng.random() < 0.4:
            note[: int(size * rng.uniform(0.3, 0.55))] = 0
        matrix = cv2.getRotationMatrix2D((size / 2, size * 0.9), turn * n, 0.9)
        over = cv2.warpAffine(note, matrix, (size, size), flags=cv2.INTER_AREA)
        over[..., :3] = np.clip(over[..., :3] * (1 + 0.1 * smooth_noise(rng, size, size, 5))[..., None], 0, 255)
        np.copyto(out, over, where=over[..., 3:] > 100)
    return out


def glasses(rng: np.random.Generator, size: int) -> np.ndarray:
    """Spectacles or sunglasses, their temples folded or open."""
    out, ink = blank(size), (*(colour(rng) if rng.random() < 0.4 else grey(rng, 8, 90)), 255)
    wide, tall, y = size * rng.uniform(0.17, 0.22), size * rng.uniform(0.11, 0.19), size * rng.uniform(0.3, 0.6)
    thick, dark = max(1, int(size * rng.uniform(0.008, 0.035))), rng.random() < 0.5
    glass = (*(grey(rng, 5, 60) if dark else grey(rng, 190, 240)), 235 if dark else 70)
    ends = []
    for side in (-1, 1):
        at = (int(size / 2 + side * size * 0.245), int(y))
        for fill, line in ((glass, -1), (ink, thick)):
            cv2.ellipse(out, at, (int(wide), int(tall)), 0, 0, 360, fill, line, cv2.LINE_AA)
        ends.append((at[0] + side * int(wide), int(y - tall * 0.3)))
        reach = (int(ends[-1][0] + side * size * 0.02), int(y - size * rng.uniform(0.2, 0.32))) if rng.random() < 0.5 else (int(size / 2 - side * size * 0.3), int(y - size * rng.uniform(0.05, 0.2)))
        cv2.line(out, ends[-1], reach, ink, max(1, thick), cv2.LINE_AA)
    cv2.ellipse(out, (size // 2, int(y)), (max(2, int(size * 0.245 - wide)), int(tall * 0.4)), 0, 180, 360, ink, thick, cv2.LINE_AA)
    if dark and rng.random() < 0.7:
        ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) / size
        ramp = (ys * rng.uniform(-1, 1) + xs * rng.uniform(-1, 1)) * 90
        out[..., :3] = np.where(out[..., 3:] == 235, np.clip(out[..., :3] + ramp[..., None], 0, 255), out[..., :3])
    return out


def purse(rng: np.random.Generator, size: int) -> np.ndarray:
    """A wallet or purse of leather or cloth: a seam along its edge, a fold, a stud, a strap or a zip."""
    tone = np.clip(np.array(((60, 38, 26), (28, 26, 28), (120, 74, 40), (150, 40, 60), (40, 60, 95))[int(rng.integers(0, 5))]) * rng.uniform(0.6, 1.5), 0, 255)
    half, radius = int(size * rng.uniform(0.26, 0.47)), int(size * rng.uniform(0.02, 0.12))
    out = slab(size, half, radius, tone.astype(int).tolist())
    grain = cv2.GaussianBlur(rng.normal(0, 1, (size, size)).astype(np.float32), (0, 0), rng.uniform(0.6, 1.6))
    shade = 1 + 0.25 * grain + 0.1 * smooth_noise(rng, size, size, 4)
    out[..., :3] = np.clip(out[..., :3] * shade[..., None], 0, 255)
    thread, left, right, rim = (*colour(rng), 255), size // 2 - half, size // 2 + half, max(3, size // 28)
    if rng.random() < 0.6:
        for y in range(rim + radius, size - rim - radius, 6):
            for x in (left + rim, right - rim):
                cv2.line(out, (x, y), (x, y + 3), thread, 1, cv2.LINE_AA)
        for x in range(left + rim + radius, right - rim - radius, 6):
            for y in (rim, size - rim):
                cv2.line(out, (x, y), (x + 3, y), thread, 1, cv2.LINE_AA)
    kind = rng.integers(0, 4)
    if kind == 0:
        x = int(rng.integers(left + rim, right - rim))
        cv2.line(out, (x, 2), (x, size - 3), tuple(int(v * 0.45) for v in tone) + (255,), max(1, size // 60), cv2.LINE_AA)
    elif kind == 1:
        cv2.circle(out, (right - half // 4, size // 2), max(2, size // 26), (*metal(rng), 255), -1, cv2.LINE_AA)
    elif kind == 2:
        for y in range(rim, size - rim, 4):
            cv2.rectangle(out, (left + half // 5, y), (left + half // 5 + max(2, size // 40), y + 1), (*metal(rng), 255), -1)
    else:
        cv2.rectangle(out, (size // 2, size // 2 - size // 14), (right, size // 2 + size // 14), tuple(int(v * 0.75) for v in tone) + (255,), -1)
    return relief(rng, out, size * rng.uniform(0.02, 0.05), 0.3)


def cable(rng: np.random.Generator, size: int) -> np.ndarray:
    """A cable, a cord or earphones, thrown down in loops."""
    out, ink = blank(size), (*(grey(rng, 5, 60) if rng.random() < 0.5 else grey(rng, 190, 250)), 255)
    knots = np.cumsum(rng.normal(0, size * 0.2, (int(rng.integers(5, 11)), 2)), 0)
    knots = (knots - knots.min(0)) / np.ptp(knots, 0) * size * 0.84 + size * 0.08
    at = np.linspace(0, len(knots) - 1, 160)
    curve = np.stack([np.interp(at, np.arange(len(knots)), knots[:, n]) for n in (0, 1)], 1).astype(np.float32)
    curve = np.stack([cv2.GaussianBlur(curve[:, n : n + 1], (1, 31), 0)[:, 0] for n in (0, 1)], 1)
    thick = max(1, int(size * rng.uniform(0.008, 0.028)))
    cv2.polylines(out, [curve.astype(np.int32)], False, ink, thick, cv2.LINE_AA)
    for end in (curve[0], curve[-1]):
        x, y = int(end[0]), int(end[1])
        if rng.random() < 0.5:
            cv2.rectangle(out, (x - thick * 2, y - thick), (x + thick * 2, y + thick), ink, -1)
        else:
            cv2.circle(out, (x, y), thick * 2 + 1, ink, -1, cv2.LINE_AA)
    return relief(rng, out, thick)


def watch(rng: np.random.Generator, size: int) -> np.ndarray:
    """A wrist watch, its strap laid flat or closed."""
    strap, out = (*(colour(rng) if rng.random() < 0.4 else grey(rng, 10, 120)), 255), blank(size)
    half, dial, middle = int(size * rng.uniform(0.07, 0.12)), int(size * rng.uniform(0.13, 0.2)), size // 2
    if rng.random() < 0.6:
        cv2.rectangle(out, (middle - half, 3), (middle + half, size - 4), strap, -1)
    else:
        cv2.ellipse(out, (middle, int(size * 0.62)), (int(size * 0.26), int(size * 0.3)), 0, 0, 360, strap, half, cv2.LINE_AA)
    at = (middle, int(size * rng.uniform(0.33, 0.5)))
    rim, face = (*metal(rng), 255), (*grey(rng, 5, 250), 255)
    if rng.random() < 0.7:
        cv2.circle(out, at, dial, rim, -1, cv2.LINE_AA)
        cv2.circle(out, at, int(dial * 0.84), face, -1, cv2.LINE_AA)
    else:
        cv2.rectangle(out, (at[0] - dial, at[1] - dial), (at[0] + dial, at[1] + dial), rim, -1)
        cv2.rectangle(out, (at[0] - int(dial * 0.86), at[1] - int(dial * 0.86)), (at[0] + int(dial * 0.86), at[1] + int(dial * 0.86)), face, -1)
    hand = (*((20,) * 3 if face[0] > 120 else (240,) * 3), 255)
    for n in range(12):
        way = np.array([np.cos(n * np.pi / 6), np.sin(n * np.pi / 6)]) * dial
        cv2.line(out, (int(at[0] + way[0] * 0.66), int(at[1] + way[1] * 0.66)), (int(at[0] + way[0] * 0.78), int(at[1] + way[1] * 0.78)), hand, 1, cv2.LINE_AA)
    for long in (0.45, 0.65):
        turn = rng.uniform(0, 2 * np.pi)
        cv2.line(out, at, (int(at[0] + np.cos(turn) * dial * long), int(at[1] + np.sin(turn) * dial * long)), hand, max(1, size // 80), cv2.LINE_AA)
    return relief(rng, out, size * 0.025)
