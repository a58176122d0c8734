"""Synthetic goods as RGBA cut-outs: cartons, cans and bottles, bags, produce and trays of produce."""

import cv2
import numpy as np

from .labels import colour, label

SHAPES = ("carton", "carton", "bottle", "can", "bag", "lid", "produce", "punnet")


def smooth_noise(rng: np.random.Generator, height: int, width: int, cells: int) -> np.ndarray:
    """Soft noise of mean 0, about -1..1, with `cells` bumps along a side."""
    coarse = rng.normal(0, 0.6, (cells + 1, cells + 1)).astype(np.float32)
    return cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)


def _shade(rgb: np.ndarray, factor: np.ndarray, gloss: np.ndarray | float = 0.0) -> np.ndarray:
    lit = rgb.astype(np.float32) * factor[..., None] + (np.asarray(gloss, np.float32)[..., None] if np.ndim(gloss) else gloss) * 255
    return np.clip(lit, 0, 255).astype(np.uint8)


def _rotation(tilt_x: float, tilt_y: float) -> np.ndarray:
    cx, sx, cy, sy = np.cos(tilt_x), np.sin(tilt_x), np.cos(tilt_y), np.sin(tilt_y)
    return np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]]) @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])


def _carton(family: np.random.Generator, view: np.random.Generator, art: np.ndarray, side, size: int) -> np.ndarray:
    w, h, d = 1.0, family.uniform(0.9, 2.2), family.uniform(0.15, 0.7)
    corners = np.array([[x, y, z] for x in (-w, w) for y in (-h, h) for z in (-d, d)]) / 2
    turned = corners @ _rotation(view.uniform(-0.45, 0.45), view.uniform(-0.45, 0.45)).T
    flat = turned[:, :2] / (1 - turned[:, 2:] / 6)
    low, high = flat.min(0), flat.max(0)
    flat = (flat - (low + high) / 2) * (size * 0.96 / (high - low).max()) + size / 2
    plain = np.full_like(art, side, np.uint8)
    faces = (((1, 5, 7, 3), art), ((5, 4, 6, 7), plain), ((0, 1, 3, 2), plain), ((0, 4, 5, 1), plain), ((3, 7, 6, 2), plain))
    out = np.zeros((size, size, 4), np.uint8)
    for (a, b, c, e), texture in faces:
        quad = np.float32([flat[a], flat[b], flat[c], flat[e]])
        edge1, edge2 = quad[1] - quad[0], quad[3] - quad[0]
        if edge1[0] * edge2[1] - edge1[1] * edge2[0] <= 1:
            continue
        height, width = texture.shape[:2]
        matrix = cv2.getPerspectiveTransform(np.float32([[0, 0], [width, 0], [width, height], [0, height]]), quad)
        lit = np.clip(texture * view.uniform(0.65, 1.1), 0, 255).astype(np.uint8) if texture is plain else texture
        face = np.dstack([lit, np.full((height, width), 255, np.uint8)])
        drawn = cv2.warpPerspective(face, matrix, (size, size), flags=cv2.INTER_AREA)
        out = np.where(drawn[..., 3:] > 127, drawn, out)
    out[..., 3] = cv2.GaussianBlur(out[..., 3], (3, 3), 0)
    return out


def _profile(family: np.random.Generator, size: int, can: bool) -> tuple[np.ndarray, float]:
    """Half width at each row, 0..1 of the half width of the picture, and where the label starts."""
    if can:
        return np.full(size, family.uniform(0.45, 0.8), np.float32), 0.03
    body = family.uniform(0.3, 0.5)
    neck, shoulder, cap = body * family.uniform(0.3, 0.7), family.uniform(0.25, 0.45), family.uniform(0.06, 0.14)
    at = np.array([0, cap, cap + 0.01, cap + 0.08, shoulder, 1.0])
    half = np.array([neck * 1.15, neck * 1.15, neck, neck, body, body * family.uniform(0.85, 1.05)])
    return np.interp(np.linspace(0, 1, size), at, half).astype(np.float32), shoulder


def _round(family: np.random.Generator, view: np.random.Generator, art: np.ndarray, side, size: int, can: bool) -> np.ndarray:
    half, start = _profile(family, size, can)
    span = size if not can else int(size * family.uniform(0.8, 1.0))
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    across = (xs - size / 2) / (half[:, None] * size / 2)
    inside = np.abs(across) < 1
    angle = np.arcsin(np.clip(across, -1, 1))
    end = family.uniform(0.8, 0.97)
    turn = view.uniform(-0.9, 0.9)
    map_x = ((angle + turn) / np.pi + 0.5) % 1.0 * (art.shape[1] - 1)
    map_y = (ys / span - start) / (end - start) * (art.shape[0] - 1)
    wrapped = cv2.remap(art, map_x.astype(np.float32), map_y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    labelled = (map_y >= 0) & (map_y < art.shape[0])
    rgb = np.where(labelled[..., None], wrapped, np.uint8(side))
    if not can:
        rgb[: int(size * 0.09)] = colour(family)
    light = view.uniform(-0.5, 0.5)
    shade = 0.45 + 0.65 * np.clip(np.cos(angle - light), 0, 1)
    gloss = np.exp(-((angle - light - 0.3) ** 2) / 0.02) * family.uniform(0, 0.6)
    alpha = (inside & (ys < span)).astype(np.uint8) * 255
    return np.dstack([_shade(rgb, shade, gloss), cv2.GaussianBlur(alpha, (3, 3), 0)])


def _bag(family: np.random.Generator, view: np.random.Generator, art: np.ndarray, side, size: int) -> np.ndarray:
    ratio = family.uniform(0.6, 1.0)
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    bend = smooth_noise(view, size, size, 4)
    folds = smooth_noise(view, size, size, int(view.integers(5, 12)))
    u, v = (xs / size - 0.5) / ratio + 0.5 + bend * 0.03, ys / size + folds * 0.02
    waist = 0.04 * np.sin(v * np.pi) - 0.02
    inside = (u > 0.03 - waist) & (u < 0.97 + waist) & (v > 0.03) & (v < 0.97)
    rgb = cv2.remap(art, (u * art.shape[1]).astype(np.float32), (v * art.shape[0]).astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    seam = (v < 0.09) | (v > 0.91)
    rgb = np.where(seam[..., None], np.uint8(side), rgb)
    slope = cv2.Sobel(folds, cv2.CV_32F, 1, 0, ksize=5) * 0.04 + cv2.Sobel(bend, cv2.CV_32F, 0, 1, ksize=5) * 0.03
    puff = 0.7 + 0.4 * np.sin(np.clip(u, 0, 1) * np.pi)
    gloss = np.clip(slope - 0.2, 0, 0.7) * family.uniform(0, 1.2)
    return np.dstack([_shade(rgb, np.clip(puff + slope, 0.3, 1.5), gloss), inside.astype(np.uint8) * 255])


def _blob(family: np.random.Generator, view: np.random.Generator, size: int, base, second) -> np.ndarray:
    """One fruit or vegetable: a lit superellipse with mottled skin and, often, a stalk."""
    long, power = family.uniform(0.35, 1.0), family.uniform(1.7, 2.6)
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    u, v = (xs - size / 2) / (size * 0.47), (ys - size / 2) / (size * 0.47 * long)
    v = v + family.uniform(-0.5, 0.5) * (u**2 - 0.4) * (long < 0.6)
    u = u * (1 + family.uniform(-0.25, 0.25) * v)
    radius = np.abs(u) ** power + np.abs(v) ** power + smooth_noise(view, size, size, 3) * 0.03
    mottle = np.clip(smooth_noise(view, size, size, int(family.integers(2, 9))) * family.uniform(0, 1.2) + family.uniform(-0.2, 0.6) + v * family.uniform(-0.5, 0.5), 0, 1)
    skin = np.float32(base) * (1 - mottle[..., None]) + np.float32(second) * mottle[..., None]
    speck = (view.random((size // 2, size // 2)) < family.uniform(0, 0.06)).astype(np.float32)
    skin *= 1 - 0.35 * cv2.resize(speck, (size, size))[..., None]
    depth = np.sqrt(np.clip(1 - radius, 0, 1))
    lx, ly = view.uniform(-0.5, 0.5, 2)
    shade = 0.45 + 0.6 * np.clip(depth + lx * u + ly * v, 0, 1)
    gloss = np.exp(-((u - lx) ** 2 + (v - ly) ** 2) / 0.03) * family.uniform(0, 0.5)
    rgb = _shade(skin, shade, gloss)
    if family.random() < 0.5:
        at = (int(size * family.uniform(0.3, 0.7)), int(size / 2 - size * 0.2 * long))
        cv2.ellipse(rgb, at, (size // 22, size // 14), 30, 0, 360, colour(family, 30, 110), -1, cv2.LINE_AA)
    return np.dstack([rgb, (radius < 1).astype(np.uint8) * 255])


def _punnet(family: np.random.Generator, view: np.random.Generator, size: int, base, second) -> np.ndarray:
    out = np.zeros((size, size, 4), np.uint8)
    ratio = family.uniform(0.6, 1.0)
    top = int(size * (1 - ratio) / 2) + 3
    cv2.rectangle(out, (3, top), (size - 4, size - top), (*colour(family), 255), -1, cv2.LINE_AA)
    piece = int(size * family.uniform(0.2, 0.42))
    shape = int(family.integers(0, 2**31))
    for y in range(top + 2, size - top - piece // 2, int(piece * 0.8)):
        for x in range(6, size - piece // 2 - 6, int(piece * 0.85)):
            blob = _blob(np.random.default_rng(shape), view, piece, base, second)[: size - y, : size - x]
            spot = out[y : y + piece, x : x + piece]
            spot[..., :3] = np.where(blob[..., 3:] > 0, blob[..., :3], spot[..., :3])
    outside = np.ones((size, size), bool)
    outside[top : size - top, 3 : size - 3] = False
    out[outside] = 0
    return out


def cutout(seed: int, family_id: int, flavour: int, view_id: int, size: int, motifs: np.ndarray | None) -> np.ndarray:
    """RGBA, size x size x 4, of one view of a product; the four numbers fix it wholly."""
    key = [seed, family_id]
    family, view = np.random.default_rng(key), np.random.default_rng([*key, flavour, view_id, 7])
    own = np.random.default_rng([*key, flavour, 3])
    shape = str(family.choice(SHAPES))
    side = colour(family)
    if shape == "produce":
        return _blob(family, view, size, colour(own), colour(own))
    if shape == "punnet":
        return _punnet(family, view, size, colour(own), colour(own))
    art = label([*key, 1], [*key, flavour, 2], 200, int(200 * family.uniform(1.0, 1.6)), motifs)
    if shape == "lid":
        disc = cv2.resize(art, (size, size), interpolation=cv2.INTER_AREA)
        ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) / (size / 2) - 1
        radius = np.hypot(xs, ys)
        rim = (radius > 0.84)[..., None]
        shade = 0.85 + 0.25 * view.uniform(-1, 1) * xs + 0.2 * (radius > 0.9)
        return np.dstack([_shade(np.where(rim, np.uint8(side), disc), shade), (radius < 0.97).astype(np.uint8) * 255])
    if shape == "carton":
        return _carton(family, view, art, side, size)
    if shape == "bag":
        return _bag(family, view, art, side, size)
    return _round(family, view, art, side, size, shape == "can")
