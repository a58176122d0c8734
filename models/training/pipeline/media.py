"""What carries a picture of goods: ink on paper and the pixels of a screen, as RGBA sheets."""

import cv2
import numpy as np

from .goods import smooth_noise
from .labels import colour, word

# Ways of putting ink on paper, by how often training meets them.
INKS = ("dots", "dots", "dither", "dither", "grey", "photo")
# Kept for tests, so that media are measured that no training saw: an ink and a layout of a screen's pixels.
HELD_OUT = {"print": "line", "screen": "pentile"}
# Angles of the cyan, magenta, yellow and black screens that offset printing uses, degrees.
ANGLES = (15, 75, 0, 45)


def _blue_noise(size: int = 128) -> np.ndarray:
    """Thresholds 0..1 without low frequencies: what error diffusion and inkjet masks look like."""
    noise = np.random.default_rng(1).random((size, size)).astype(np.float32)
    for _ in range(4):
        wide = cv2.GaussianBlur(np.tile(noise, (3, 3)), (0, 0), 1.5)[size : 2 * size, size : 2 * size]
        order = np.argsort((noise - wide).ravel())
        noise = np.empty(size * size, np.float32)
        noise[order] = np.linspace(0, 1, size * size, dtype=np.float32)
        noise = noise.reshape(size, size)
    return noise


BLUE = _blue_noise()


def _grid(height: int, width: int, degrees: float) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates along and across a direction, pixels."""
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    c, s = np.float32(np.cos(np.deg2rad(degrees))), np.float32(np.sin(np.deg2rad(degrees)))
    return xs * c + ys * s, ys * c - xs * s


def _threshold(rng: np.random.Generator, kind: str, shape: tuple[int, int], pitch: float, degrees: float) -> np.ndarray:
    """0..1: a place gets ink where its tone is above."""
    height, width = shape
    if kind == "dither":
        dot = max(1.0, pitch / 2.5)
        rows, columns = int(height / dot) + 1, int(width / dot) + 1
        y, x = rng.integers(0, 128, 2)
        tile = np.roll(BLUE, (int(y), int(x)), (0, 1))
        tile = np.tile(tile, (rows // 128 + 1, columns // 128 + 1))[:rows, :columns]
        return cv2.resize(tile, (width, height), interpolation=cv2.INTER_NEAREST)
    u, v = _grid(height, width, degrees)
    wave = np.float32(2 * np.pi / pitch)
    if kind == "line":
        return 0.5 + 0.5 * np.cos(u * wave)
    return 0.5 + 0.25 * (np.cos(u * wave) + np.cos(v * wave))


def inked(rng: np.random.Generator, art: np.ndarray, kind: str) -> np.ndarray:
    """`art` (RGB bytes) printed in one way on paper: float32 RGB 0..255 of the same size."""
    height, width = art.shape[:2]
    paper = np.float32([1, rng.uniform(0.97, 1), rng.uniform(0.88, 1)]) * rng.uniform(0.82, 0.98)
    deep = rng.uniform(0.72, 0.96)
    tone = 1 - art.astype(np.float32) / 255
    if kind == "grey":
        tone = tone.mean(2, keepdims=True).repeat(3, 2)
    mean = tone.mean(2, keepdims=True)
    tone = np.clip(mean + (tone - mean) * rng.uniform(0.6, 1.05), 0, 1) ** rng.uniform(0.75, 1.25)
    if kind == "photo":
        return (1 - tone * deep) * paper * 255
    pitch, turn, sharp = np.exp(rng.uniform(np.log(1.3), np.log(7))), rng.uniform(0, 90), rng.uniform(4, 14)
    if kind == "grey":
        t = _threshold(rng, str(rng.choice(["dots", "dither"])), (height, width), pitch, turn)
        ink = 1 / (1 + np.exp(np.clip((t[..., None] - tone[..., :1]) * sharp, -30, 30)))
        return (1 - ink.repeat(3, 2) * deep) * paper * 255
    black = tone.min(2) * rng.uniform(0.3, 1)
    inks = [tone[..., i] - black for i in range(3)] + [black]
    out = np.ones((height, width, 3), np.float32) * paper
    for i, c in enumerate(inks):
        t = _threshold(rng, kind, (height, width), pitch, turn + ANGLES[i])
        ink = deep / (1 + np.exp(np.clip((t - c) * sharp, -30, 30)))
        if i == 3:
            out *= 1 - ink[..., None]
        else:
            # Real inks swallow a little of the other colours, too.
            for channel in range(3):
                out[..., channel] *= 1 - ink * (1.0 if channel == i else 0.08)
    return out * 255


def paper(rng: np.random.Generator, art: np.ndarray, kind: str, margin: float) -> np.ndarray:
    """A sheet with `art` printed on it: RGBA bytes; `margin` is the share of the side left white around it."""
    height, width = art.shape[:2]
    rim = int(margin * min(height, width))
    if rim:
        art = cv2.copyMakeBorder(cv2.resize(art, (width - 2 * rim, height - 2 * rim), interpolation=cv2.INTER_AREA), rim, rim, rim, rim, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    sheet = inked(rng, art, kind)
    if rng.random() < 0.6:
        grain = rng.standard_normal((height // 2 + 1, width // 2 + 1)).astype(np.float32)
        sheet += cv2.resize(grain, (width, height))[..., None] * rng.uniform(0.5, 5)
    if rng.random() < 0.3:
        period = rng.uniform(6, 40)
        band = np.sin(np.arange(height, dtype=np.float32) * (2 * np.pi / period) + rng.uniform(0, 6))
        sheet *= 1 + rng.uniform(0.01, 0.06) * band[:, None, None]
    sheet *= _bend(rng, height, width)[..., None]
    if rng.random() < 0.35:
        u, _ = _grid(height, width, rng.uniform(0, 180))
        middle, wide = rng.uniform(u.min(), u.max()), rng.uniform(0.03, 0.25) * width
        sheet += (np.exp(-(((u - middle) / wide) ** 2)) * rng.uniform(15, 110))[..., None]
    return _opaque(sheet)


def _bend(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Light on a sheet that curls, and perhaps a crease."""
    u, _ = _grid(height, width, rng.uniform(0, 180))
    across = (u - u.mean()) / max(1.0, float(np.ptp(u)))
    light = 1 + rng.normal(0, 0.25) * across + rng.normal(0, 0.35) * (across**2 - 0.08)
    if rng.random() < 0.25:
        crease, _ = _grid(height, width, float(rng.choice([0, 90])) + rng.normal(0, 3))
        at = rng.uniform(crease.min(), crease.max())
        light *= 1 + rng.uniform(-0.2, 0.2) * np.exp(-(((crease - at) / rng.uniform(1, 4)) ** 2))
        light *= np.where(crease > at, 1 + rng.normal(0, 0.06), 1)
    if rng.random() < 0.3:
        light *= 1 + smooth_noise(rng, height, width, int(rng.integers(2, 5))) * 0.08
    return light.astype(np.float32)


def _opaque(rgb: np.ndarray) -> np.ndarray:
    out = np.empty((*rgb.shape[:2], 4), np.uint8)
    out[..., :3] = np.clip(rgb, 0, 255)
    out[..., 3] = 255
    return out


def page(rng: np.random.Generator, art: np.ndarray) -> np.ndarray:
    """`art` on a shop's or a gallery's page, as phones and laptops show it: RGB bytes of the same size."""
    height, width = art.shape[:2]
    dark = rng.random() < 0.35
    out = np.empty_like(art)
    out[:] = rng.integers(8, 40) if dark else rng.integers(225, 256)
    ink, accent = (230, 230, 230) if dark else (35, 35, 38), colour(rng)
    top = int(height * rng.uniform(0.0, 0.16))
    if rng.random() < 0.6:
        out[:top] = accent
    share = rng.uniform(0.55, 1.0)
    w, h = int(width * share), int(min(height - top, height * rng.uniform(0.5, 0.85)))
    left = int((width - w) * rng.choice([0.0, 0.5, 1.0]))
    out[top : top + h, left : left + w] = cv2.resize(art, (w, h), interpolation=cv2.INTER_AREA)
    y = top + h
    while y < height - 8:
        y += int(rng.uniform(0.05, 0.1) * height)
        if rng.random() < 0.2:
            cv2.rectangle(out, (int(width * 0.06), y - 8), (int(width * rng.uniform(0.25, 0.6)), y + 8), accent, -1)
        else:
            cv2.putText(out, " ".join(word(rng) for _ in range(int(rng.integers(1, 4)))), (int(width * 0.06), y), cv2.FONT_HERSHEY_SIMPLEX, height / 360 * rng.uniform(0.35, 0.8), ink, 1, cv2.LINE_AA)
    return out


def _raster(rng: np.random.Generator, lit: np.ndarray, layout: str) -> np.ndarray:
    """The pixels of the screen: stripes of red, green and blue with dark gaps, or a diamond layout (`pentile`)."""
    height, width = lit.shape[:2]
    side = np.exp(rng.uniform(np.log(0.7), np.log(4.5)))
    small = cv2.resize(lit, (max(8, int(width / side)), max(8, int(height / side))), interpolation=cv2.INTER_AREA) if side > 1.2 else lit
    shown = cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(side)
    mask = np.empty_like(shown)
    depth = rng.uniform(0.25, 0.95)
    for channel in range(3):
        if layout == "pentile":
            row = np.float32(np.pi) * (ys + 0.5 * (channel == 1))
            wave = np.cos(np.float32(np.pi) * (xs + (channel == 2))) * np.cos(row)
            mask[..., channel] = np.clip(0.5 + wave, 0, 1.5)
        else:
            stripe = 0.5 + 0.5 * np.cos(2 * np.pi * (xs - channel / 3))
            mask[..., channel] = stripe * (0.75 + 0.25 * np.cos(2 * np.pi * ys))
    mask = 1 - depth + depth * mask / mask.mean((0, 1))
    return shown * mask


def _moire(rng: np.random.Generator, height: int, width: int) -> np.ndarray:
    """Slow coloured waves, where the grid of the camera beats with the one of the screen: factors around 1."""
    u, v = _grid(height, width, rng.uniform(0, 180))
    bent = u + rng.normal(0, 0.15) * v * v / width + smooth_noise(rng, height, width, 2) * rng.uniform(0, 12)
    period, shift, strength = np.exp(rng.uniform(np.log(5), np.log(70))), rng.uniform(0, 2.5), np.exp(rng.uniform(np.log(0.012), np.log(0.18)))
    return np.stack([1 + strength * np.sin(bent * (2 * np.pi / period) + shift * c) for c in range(3)], 2).astype(np.float32)


def screen(rng: np.random.Generator, art: np.ndarray, layout: str, frame: float) -> np.ndarray:
    """A lit screen that shows `art`: RGBA bytes; `frame` is the share of the side that its dark rim takes."""
    height, width = art.shape[:2]
    lit = (art.astype(np.float32) / 255) ** rng.uniform(0.8, 1.3) * 255
    lit = lit * np.float32([1, 1, 1 + rng.normal(0.05, 0.06)]) * rng.uniform(0.75, 1.35) + rng.uniform(0, 34)
    if rng.random() < 0.75:
        lit = _raster(rng, lit, layout)
    if rng.random() < 0.55:
        lit *= _moire(rng, height, width)
    if rng.random() < 0.3:
        wave = np.arange(height, dtype=np.float32) * (2 * np.pi / rng.uniform(20, 200)) + rng.uniform(0, 6)
        lit *= (1 - rng.uniform(0.04, 0.3) * np.clip(np.sin(wave), 0, 1))[:, None, None]
    if rng.random() < 0.5:
        u, _ = _grid(height, width, rng.uniform(0, 360))
        lit *= (1 - rng.uniform(0, 0.35) * (u - u.min()) / max(1.0, float(np.ptp(u))))[..., None]
    out = _opaque(_reflected(rng, lit))
    rim = int(frame * min(height, width))
    if rim:
        dark = int(rng.integers(3, 45))
        out[:rim, :, :3] = out[-rim:, :, :3] = out[:, :rim, :3] = out[:, -rim:, :3] = dark
        corner = int(rim * rng.uniform(0.5, 2.2))
        alpha = np.zeros((height, width), np.uint8)
        cv2.rectangle(alpha, (corner, 0), (width - corner, height), 255, -1)
        cv2.rectangle(alpha, (0, corner), (width, height - corner), 255, -1)
        for x in (corner, width - corner - 1):
            for y in (corner, height - corner - 1):
                cv2.circle(alpha, (x, y), corner, 255, -1, cv2.LINE_AA)
        out[..., 3] = alpha
    return out


def _reflected(rng: np.random.Generator, lit: np.ndarray) -> np.ndarray:
    """Lamps and windows in the glass, and the haze that fingers leave."""
    height, width = lit.shape[:2]
    for _ in range(int(rng.choice([0, 1, 2], p=[0.5, 0.35, 0.15]))):
        spot = np.zeros((height, width), np.float32)
        x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
        box = cv2.boxPoints(((x, y), (width * rng.uniform(0.1, 0.5), height * rng.uniform(0.03, 0.3)), float(rng.uniform(0, 180))))
        cv2.fillPoly(spot, [np.int32(box)], 1.0)
        lit = lit + cv2.GaussianBlur(spot, (0, 0), rng.uniform(1, 10))[..., None] * rng.uniform(15, 130)
    if rng.random() < 0.3:
        lit = lit + np.clip(smooth_noise(rng, height, width, 6), 0, 1)[..., None] * rng.uniform(2, 18)
    return lit
