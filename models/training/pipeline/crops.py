"""Pictures of single goods as the lane's cropper cuts them, for the embedder."""

import cv2
import numpy as np

from . import clutter, photo
from .place import paste, turned
from .trays import Stock, ground

WORK = 144


def tray_crop(
    rng: np.random.Generator, item: np.ndarray, stock: Stock, size: int, clean: bool = False, padded: float = 0.75
) -> np.ndarray:
    """One cut-out on a tray, turned by any angle, with neighbours, hands and lamps of any kind: size x size x 3.

    `clean` leaves out occlusion, strong light and blur: what an enrolment picture looks like.
    `padded`: share of crops that keep to the item's box and are letterboxed, as the lane's cropper does it.
    """
    picture = ground(rng, stock, WORK)
    fall = (int(rng.integers(-6, 7)), int(rng.integers(-6, 7)), rng.uniform(2, 6), rng.uniform(0.1, 0.5))
    own = turned(item, WORK * 0.7, rng.uniform(0, 360), rng.uniform(0.93, 1.07))
    # The cropper leaves 6 % of the longer side around the item's box; the detector's box is not exact.
    fit = WORK * rng.uniform(0.8, 0.97) / max(own.shape[:2])
    own = cv2.resize(own, None, fx=fit, fy=fit, interpolation=cv2.INTER_AREA if fit < 1 else cv2.INTER_LINEAR)
    height, width = own.shape[:2]
    shift = 0.02 if clean else 0.05
    left = int((WORK - width) / 2 + rng.normal(0, shift) * WORK)
    top = int((WORK - height) / 2 + rng.normal(0, shift) * WORK)
    paste(picture, own, left, top, fall)
    if not clean:
        _intrude(rng, picture, stock, fall)
    bars = _centred(picture, left, top, width, height) if rng.random() < padded else None
    done = _finish(rng, picture, size, clean)
    if bars:
        axis, share = bars
        bar = int(round(share * size))
        view = done if axis == 0 else done.swapaxes(0, 1)
        # Painted last: letterboxing comes after the camera, so its grey is always the same.
        view[:bar], view[size - bar :] = 114, 114
    return done


def _intrude(rng: np.random.Generator, picture: np.ndarray, stock: Stock, fall) -> None:
    for _ in range(int(rng.choice([0, 1, 2], p=[0.55, 0.3, 0.15]))):
        other = turned(stock.goods[rng.integers(0, len(stock.goods))], WORK * rng.uniform(0.5, 0.9), rng.uniform(0, 360))
        height, width = other.shape[:2]
        turn, reach = rng.uniform(0, 2 * np.pi), WORK * rng.uniform(0.55, 0.75)
        paste(picture, other, int(WORK / 2 + np.cos(turn) * reach - width / 2), int(WORK / 2 + np.sin(turn) * reach - height / 2), fall)
    draw = rng.random()
    if draw < 0.07:
        clutter.hand_over(rng, picture, stock.hands)
    elif draw < 0.2:
        w, h = (rng.uniform(0.15, 0.5, 2) * WORK).astype(int)
        x, y = int(rng.integers(0, WORK - w)), int(rng.integers(0, WORK - h))
        patch = stock.surfaces[rng.integers(0, len(stock.surfaces))][:h, :w]
        picture[y : y + h, x : x + w] = patch


def _centred(picture: np.ndarray, left: int, top: int, width: int, height: int) -> tuple[int, float]:
    """Rolls an oblong item to the middle; returns the axis and the share of each grey bar beside its box."""
    margin = max(0, (WORK - max(width, height)) // 2)
    axis, short, at = (0, height, top) if width > height else (1, width, left)
    picture[:] = np.roll(picture, WORK // 2 - (at + short // 2), axis=axis)
    return axis, max(0, (WORK - short - 2 * margin) // 2) / WORK


def _finish(rng: np.random.Generator, picture: np.ndarray, size: int, clean: bool) -> np.ndarray:
    if clean:
        return cv2.resize(photo.light(rng, picture, 0.75, 1.25), (size, size), interpolation=cv2.INTER_AREA)
    picture = photo.light(rng, picture)
    if rng.random() < 0.12:
        picture = photo.glare(rng, picture)
    picture = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return photo.lens(rng, picture, 0.6)


def photo_crop(rng: np.random.Generator, picture: np.ndarray, stock: Stock, size: int, packaged: bool) -> np.ndarray:
    """A photograph from a shop, cut, turned and lit at random: size x size x 3."""
    side = picture.shape[0]
    part = rng.uniform(0.62, 1.0) if packaged else rng.uniform(0.4, 1.0)
    shift = rng.uniform(-1, 1, 2) * (1 - part) * side / (3 if packaged else 2)
    degrees = rng.uniform(0, 360) if rng.random() < 0.4 else rng.normal(0, 12)
    matrix = cv2.getRotationMatrix2D((side / 2 + shift[0], side / 2 + shift[1]), degrees, size / (part * side))
    matrix[:, 2] += size / 2 - side / 2 - shift
    matrix[0] = (matrix[0] - [0, 0, size / 2]) * rng.uniform(0.88, 1.12) + [0, 0, size / 2]
    border = (114, 114, 114) if rng.random() < 0.5 else tuple(int(v) for v in rng.integers(0, 255, 3))
    cut = cv2.warpAffine(picture, matrix, (size, size), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_CONSTANT, borderValue=border)
    if rng.random() < 0.5:
        cut = np.ascontiguousarray(cut[:, ::-1]) if not packaged else cut
    if rng.random() < 0.25:
        w, h = (rng.uniform(0.15, 0.5, 2) * size).astype(int)
        x, y = int(rng.integers(0, size - w)), int(rng.integers(0, size - h))
        cut[y : y + h, x : x + w] = stock.surfaces[rng.integers(0, len(stock.surfaces))][:h, :w]
    return photo.lens(rng, photo.light(rng, cut, 0.5, 1.6), 0.8)
