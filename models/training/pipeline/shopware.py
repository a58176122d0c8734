"""Real goods as RGBA cut-outs: catalogue pictures freed of their white ground, and packs of photographed produce."""

from pathlib import Path

import csv

import cv2
import numpy as np

from . import config

WHITE = 244


def freed(picture: np.ndarray, size: int) -> np.ndarray | None:
    """RGB on white -> RGBA, size x size x 4, cut to its content; None where the ground is not white."""
    padded = cv2.copyMakeBorder(picture, 2, 2, 2, 2, cv2.BORDER_CONSTANT, value=(255, 255, 255))
    pale = (padded.min(2) >= WHITE).astype(np.uint8)
    _, parts = cv2.connectedComponents(pale, connectivity=4)
    solid = (parts != parts[0, 0]).astype(np.uint8)
    solid = cv2.morphologyEx(solid, cv2.MORPH_OPEN, np.ones((5, 5), np.uint8))
    share = solid.mean()
    if not 0.08 < share < 0.97:
        return None
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    alpha = cv2.GaussianBlur(cv2.erode(solid, np.ones((3, 3), np.uint8)) * 255, (3, 3), 0)
    cut = np.dstack([padded, alpha])[part]
    scale = size * 0.96 / max(cut.shape[:2])
    cut = cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    out = np.zeros((size, size, 4), np.uint8)
    top, left = (size - cut.shape[0]) // 2, (size - cut.shape[1]) // 2
    out[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return out


def catalogue(settings: dict, classes: set[int], size: int) -> np.ndarray:
    """Cut-outs of the catalogue pictures of these classes, N x size x size x 4."""
    root = Path(settings["grocery"])
    with open(root / "classes.csv", newline="") as file:
        files = [root / row["iconic"] for row in csv.DictReader(file) if int(row["class_id"]) in classes]
    found = (freed(cv2.imread(str(file))[..., ::-1], size) for file in files)
    return np.stack([cut for cut in found if cut is not None])


def _outline(rng: np.random.Generator, size: int) -> np.ndarray:
    mask = np.zeros((size, size), np.uint8)
    w, h = size * 0.48, size * 0.48 * rng.uniform(0.4, 1.0)
    if rng.random() < 0.35:
        cv2.ellipse(mask, (size // 2, size // 2), (int(w), int(h)), 0, 0, 360, 255, -1, cv2.LINE_AA)
        return mask
    radius = int(rng.uniform(0, 0.6) * h)
    x0, y0, x1, y1 = (int(v) for v in (size / 2 - w + radius, size / 2 - h + radius, size / 2 + w - radius, size / 2 + h - radius))
    cv2.rectangle(mask, (x0, y0), (max(x0, x1), max(y0, y1)), 255, -1)
    if radius:
        mask = cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (radius * 2 + 1, radius * 2 + 1)))
    return cv2.GaussianBlur(mask, (3, 3), 0)


def pack(rng: np.random.Generator, photo: np.ndarray, size: int) -> np.ndarray:
    """A part of a shop photograph in the outline of a pack, a bag or one piece, rounded by shade."""
    side = photo.shape[0]
    part = int(rng.uniform(0.25, 0.9) * side)
    x, y = rng.integers(0, side - part + 1, 2)
    rgb = cv2.resize(photo[y : y + part, x : x + part], (size, size), interpolation=cv2.INTER_AREA).astype(np.float32)
    mask = _outline(rng, size)
    depth = cv2.GaussianBlur(mask, (0, 0), size * rng.uniform(0.03, 0.12)).astype(np.float32) / 255
    lit = rgb * (1 - rng.uniform(0, 0.8) * (1 - depth[..., None]))
    if rng.random() < 0.3:
        rim = cv2.subtract(mask, cv2.erode(mask, np.ones((int(rng.integers(5, 17)),) * 2, np.uint8)))
        lit = np.where(rim[..., None] > 127, np.float32(rng.integers(20, 250, 3)), lit)
    return np.dstack([np.clip(lit, 0, 255).astype(np.uint8), mask])


def packs(settings: dict, photos: np.ndarray, count: int, size: int) -> np.ndarray:
    """`count` packs drawn from N x S x S x 3 photographs."""
    rng = config.random(settings, 13)
    return np.stack([pack(rng, photos[rng.integers(0, len(photos))], size) for _ in range(count)])
