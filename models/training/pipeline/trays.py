"""Composed overhead trays with exact boxes, for the detector."""

from dataclasses import dataclass

import cv2
import numpy as np

from . import clutter, photo
from .place import paste, turned

# Share of an item's outline that must stay in sight for it to count as an item.
VISIBLE = 0.3


@dataclass
class Stock:
    """Arrays the composer draws from: RGBA cut-outs of goods and of hands, RGB surfaces."""

    goods: np.ndarray
    hands: list[np.ndarray]
    surfaces: np.ndarray


def ground(rng: np.random.Generator, stock: Stock, size: int) -> np.ndarray:
    def patch() -> np.ndarray:
        source = stock.surfaces[rng.integers(0, len(stock.surfaces))]
        part = int(rng.integers(source.shape[0] // 3, source.shape[0] + 1))
        x, y = rng.integers(0, source.shape[0] - part + 1, 2)
        return cv2.resize(source[y : y + part, x : x + part], (size, size), interpolation=cv2.INTER_AREA)

    picture = patch()
    if rng.random() < 0.4:
        clutter.edge(rng, picture, patch())
    if rng.random() < 0.2:
        clutter.slip(rng, picture)
    return picture


def _position(rng: np.random.Generator, size: int, w: int, h: int, boxes: list, close: bool) -> tuple[int, int] | None:
    """A place that overlaps others by little; `close` tries to touch the item before."""
    for _ in range(12):
        if close and boxes:
            x0, y0, x1, y1 = boxes[rng.integers(0, len(boxes))][:4]
            turn = rng.uniform(0, 2 * np.pi)
            reach_x, reach_y = (x1 - x0 + w) / 2 * rng.uniform(0.75, 1.05), (y1 - y0 + h) / 2 * rng.uniform(0.75, 1.05)
            left, top = (x0 + x1 - w) / 2 + np.cos(turn) * reach_x, (y0 + y1 - h) / 2 + np.sin(turn) * reach_y
        else:
            left, top = rng.uniform(-0.15 * w, size - 0.85 * w), rng.uniform(-0.15 * h, size - 0.85 * h)
        if not (-0.4 * w < left < size - 0.6 * w and -0.4 * h < top < size - 0.6 * h):
            continue
        shared = [max(0, min(x1, left + w) - max(x0, left)) * max(0, min(y1, top + h) - max(y0, top)) for x0, y0, x1, y1 in boxes]
        if all(s < 0.35 * min(w * h, (b[2] - b[0]) * (b[3] - b[1])) for s, b in zip(shared, boxes)):
            return int(left), int(top)
    return None


def _amount(rng: np.random.Generator, scale: float, size: int) -> int:
    if rng.random() < 0.15:
        return 0
    return int(min(15, rng.integers(1, max(2, int(1.2 * (size / scale) ** 2)) + 1)))


def _items(rng: np.random.Generator, stock: Stock, picture: np.ndarray, owner: np.ndarray, spans: tuple[float, float]) -> list[tuple[int, int, int, int]]:
    size = picture.shape[0]
    scale = np.exp(rng.uniform(np.log(spans[0]), np.log(min(spans[1], size * 0.7))))
    close, shadow_on = rng.random() < 0.6, rng.random() < 0.85
    fall = (int(rng.integers(-7, 8)), int(rng.integers(-7, 8)), rng.uniform(1.5, 6), rng.uniform(0.1, 0.55))
    same = rng.integers(0, len(stock.goods)) if rng.random() < 0.2 else None
    boxes: list[tuple[int, int, int, int]] = []
    for _ in range(_amount(rng, scale, size)):
        index = same if same is not None and rng.random() < 0.7 else rng.integers(0, len(stock.goods))
        item = turned(stock.goods[index], scale * rng.uniform(0.75, 1.3), rng.uniform(0, 360), rng.uniform(0.85, 1.15))
        if rng.random() < 0.3:
            item[..., :3] = photo.light(rng, item[..., :3], 0.6, 1.3)
        h, w = item.shape[:2]
        at = _position(rng, size, w, h, boxes, close and rng.random() < 0.7)
        if at is None:
            continue
        left, top = at
        paste(picture, item, left, top, fall if shadow_on else None)
        boxes.append((left, top, left + w, top + h))
        stamp = np.zeros((size, size, 4), np.uint8)
        clutter._copy(stamp, item, left, top)
        owner[stamp[..., 3] > 100] = len(boxes)
    return boxes


def _seen(boxes: list, owner: np.ndarray, areas: list[int]) -> np.ndarray:
    """Boxes of what is still in sight after overlap and hands: K x 4 of left, top, right, bottom."""
    kept = []
    for number, area in enumerate(areas, 1):
        mine = owner == number
        if area and mine.sum() >= VISIBLE * area:
            rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
            kept.append((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    return np.float32(kept).reshape(-1, 4)


def tray(
    rng: np.random.Generator, stock: Stock, size: int, hand_share: float = 0.3, bars: bool = True,
    empty: bool = False, spans: tuple[float, float] = (30, 150)
) -> tuple[np.ndarray, np.ndarray]:
    """RGB picture size x size x 3 and the boxes of the goods in sight, K x 4 (left, top, right, bottom).

    hand_share: 0..1 of pictures with an arm; bars: allow grey bars as letterboxing leaves them; empty: no goods;
    spans: least and most pixels of an item's longer side, before a spread of x0.75 to x1.3.
    """
    picture = ground(rng, stock, size)
    owner = np.zeros((size, size), np.uint8)
    if rng.random() < 0.08:
        slab = turned(clutter.phone(rng, 160), size * rng.uniform(0.25, 0.6), rng.uniform(0, 360))
        paste(picture, slab, int(rng.uniform(-0.2, 0.8) * size), int(rng.uniform(-0.2, 0.8) * size), (3, 3, 3, 0.3))
    boxes = [] if empty else _items(rng, stock, picture, owner, spans)
    # Full outlines: what each item covers inside the picture, overlap by later goods not taken off.
    areas = [max(1, int((owner == n).sum())) for n in range(1, len(boxes) + 1)]
    areas = [max(a, int(0.4 * (b[2] - b[0]) * (b[3] - b[1]))) for a, b in zip(areas, boxes)]
    if rng.random() < hand_share:
        owner[clutter.hand_over(rng, picture, stock.hands) > 100] = 0
    found = _seen(boxes, owner, areas)
    picture = photo.light(rng, picture)
    if rng.random() < 0.15:
        picture = photo.glare(rng, picture)
    picture = photo.lens(rng, picture, 0.5)
    if bars and rng.random() < 0.15:
        picture, found = _bars(rng, picture, found)
    return picture, found


def _bars(rng: np.random.Generator, picture: np.ndarray, boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Grey bars above and below, as letterboxing leaves them; boxes are cut to what remains."""
    size = picture.shape[0]
    top, bottom = int(rng.uniform(0, 0.25) * size), int(rng.uniform(0.75, 1) * size)
    picture[:top], picture[bottom:] = 114, 114
    if not len(boxes):
        return picture, boxes
    cut = boxes.copy()
    cut[:, 1::2] = cut[:, 1::2].clip(top, bottom)
    return picture, cut[(cut[:, 3] - cut[:, 1]) > 0.35 * (boxes[:, 3] - boxes[:, 1])]
