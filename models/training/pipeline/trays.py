"""Composed overhead trays with exact boxes, for the detector."""

from dataclasses import dataclass

import cv2
import numpy as np

from . import belongings, clutter, photo, pocket
from .labels import colour
from .layout import fresh
from .place import paste, turned

# Share of an item's whole outline that must stay in sight for it to count as an item, and the least that is seen at all.
VISIBLE, TRACE = 0.3, 0.04
# Longer than this share of the picture's side no item is drawn, before its spread.
MOST_SPAN = 0.85
# Share of goods with leaves, a stalk, a tag or foam at one end.
CROWNED = 0.18
# In maps of whose pixel it is: part of goods of which too little is in sight to say.
UNSURE = 255
# Alpha above which a pixel is an item's own.
SOLID = 60


@dataclass
class Stock:
    """Arrays the composer draws from: RGBA cut-outs of goods, of hands and of what is not for sale, RGB surfaces."""

    goods: np.ndarray
    hands: list[np.ndarray]
    surfaces: np.ndarray
    things: list[np.ndarray]
    # Where another kind of goods begins in `goods`, and how often each kind is drawn; default: every cut-out alike.
    kinds: tuple[tuple[int, float], ...] = ()

    def draw(self, rng: np.random.Generator) -> int:
        """Index of a cut-out of a kind drawn by its share."""
        if not self.kinds:
            return int(rng.integers(0, len(self.goods)))
        chosen = int(rng.choice(len(self.kinds), p=[share for _, share in self.kinds]))
        ends = [first for first, _ in self.kinds[1:]] + [len(self.goods)]
        return int(rng.integers(self.kinds[chosen][0], ends[chosen]))


def ground(rng: np.random.Generator, stock: Stock, size: int) -> np.ndarray:
    def patch() -> np.ndarray:
        source = stock.surfaces[rng.integers(0, len(stock.surfaces))]
        part = int(rng.integers(source.shape[0] // 3, source.shape[0] + 1))
        x, y = rng.integers(0, source.shape[0] - part + 1, 2)
        return cv2.resize(source[y : y + part, x : x + part], (size, size), interpolation=cv2.INTER_AREA)

    picture = patch()
    border = rng.random()
    if border < 0.3:
        clutter.edge(rng, picture, patch())
    elif border < 0.55:
        clutter.basin(rng, picture, patch())
    if rng.random() < 0.2:
        clutter.slip(rng, picture)
    return picture


def _amount(rng: np.random.Generator, scale: float, size: int) -> int:
    if rng.random() < 0.15:
        return 0
    most = max(2, int(1.2 * (size / scale) ** 2))
    return int(min(15, rng.integers(1 if rng.random() < 0.5 else (most + 1) // 2, most + 1)))


def _tinted(rng: np.random.Generator, item: np.ndarray, ground: np.ndarray) -> np.ndarray:
    """The item in other light, now and then as pale, as dark or as grey as what it lies on, or seen through."""
    draw = rng.random()
    if draw < 0.3:
        item[..., :3] = photo.light(rng, item[..., :3], 0.6, 1.3)
    elif draw < 0.38:
        item[..., :3] = (item[..., :3] * 0.45 + ground * 0.55).astype(np.uint8)
    elif draw < 0.42:
        item[..., 3] = (item[..., 3] * rng.uniform(0.5, 0.85)).astype(np.uint8)
    return item


def _items(rng: np.random.Generator, stock: Stock, picture: np.ndarray, owner: np.ndarray, spans: tuple[float, float], count: int | None) -> list[float]:
    """Draws goods, numbers their pixels in `owner` and gives each one's whole outline in pixels."""
    size = picture.shape[0]
    scale = np.exp(rng.uniform(np.log(spans[0]), np.log(min(spans[1], size * MOST_SPAN))))
    layout, mean = fresh(rng, size), picture.mean((0, 1))
    fall = (int(rng.integers(-7, 8)), int(rng.integers(-7, 8)), rng.uniform(1.5, 6), rng.uniform(0.1, 0.55)) if rng.random() < 0.85 else None
    alike = layout.kind == "rows" or rng.random() < 0.2
    same, turn = stock.draw(rng), rng.uniform(0, 360)
    areas: list[float] = []
    amount = _amount(rng, scale, size) if count is None else count
    # Places run out on a full tray: where a number is asked for, another try may find one.
    for _ in range(amount if count is None else 4 * count):
        if len(areas) == amount:
            break
        index = same if alike and rng.random() < 0.75 else stock.draw(rng)
        ordered = layout.kind == "rows" and rng.random() < 0.8
        long_side = scale * (rng.uniform(0.95, 1.05) if ordered else rng.uniform(0.75, 1.3))
        cutout = _crowned(rng, np.asarray(stock.goods[index])) if rng.random() < CROWNED else stock.goods[index]
        item = turned(cutout, long_side, turn + rng.normal(0, 3) if ordered else rng.uniform(0, 360), rng.uniform(0.85, 1.15))
        item = _tinted(rng, item, mean)
        h, w = item.shape[:2]
        at = layout.place(rng, w, h)
        if at is None:
            continue
        paste(picture, item, *at, fall)
        layout.boxes.append((at[0], at[1], at[0] + w, at[1] + h))
        solid = item[..., 3] > SOLID
        areas.append(float(solid.sum()))
        _number(owner, solid, at, len(areas))
    return areas


def _crowned(rng: np.random.Generator, cutout: np.ndarray) -> np.ndarray:
    """The cut-out with leaves, a stalk, a tag or foam at one end: goods of two parts are one item."""
    size = cutout.shape[0]
    out = cv2.copyMakeBorder(cv2.resize(cutout, (size * 3 // 4,) * 2, interpolation=cv2.INTER_AREA), size // 8, size - size * 3 // 4 - size // 8, size // 8, size - size * 3 // 4 - size // 8, cv2.BORDER_CONSTANT, value=0)
    rows = np.flatnonzero((out[..., 3] > SOLID).any(1))
    if len(rows) < 8:
        return cutout
    middle = int(np.mean(np.flatnonzero(out[min(rows[0] + 3, size - 1), :, 3] > SOLID) if (out[min(rows[0] + 3, size - 1), :, 3] > SOLID).any() else [size // 2]))
    root, crown = np.array([middle, rows[0] + 4]), np.zeros_like(out)
    ink = np.array([rng.uniform(40, 130), rng.uniform(110, 200), rng.uniform(20, 90)]) if rng.random() < 0.6 else np.array(colour(rng))
    for _ in range(int(rng.integers(1, 8))):
        lean, long = rng.normal(0, 0.7), size * rng.uniform(0.08, 0.24)
        tip = root + np.array([np.sin(lean), -np.cos(lean)]) * long
        tone = np.clip(ink * rng.uniform(0.75, 1.25), 0, 255).astype(int).tolist()
        axes = (int(long * rng.uniform(0.45, 0.65)) + 1, int(long * rng.uniform(0.12, 0.4)) + 1)
        centre = (int((root + tip)[0] / 2), int((root + tip)[1] / 2))
        cv2.ellipse(crown, centre, axes, float(np.degrees(lean) - 90), 0, 360, (*tone, 255), -1, cv2.LINE_AA)
    return np.where(out[..., 3:] > SOLID, out, crown)


def _number(owner: np.ndarray, solid: np.ndarray, at: tuple[int, int], number: int) -> None:
    (left, top), (h, w), size = at, solid.shape, owner.shape[0]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(size, left + w), min(size, top + h)
    if x0 < x1 and y0 < y1:
        owner[y0:y1, x0:x1][solid[y0 - top : y1 - top, x0 - left : x1 - left]] = number


def _seen(owner: np.ndarray, areas: list[float]) -> np.ndarray:
    """Boxes of what is still in sight, K x 4 of left, top, right, bottom; `owner` is numbered anew to match.

    An item of which less than VISIBLE is in sight is no item; where more than a trace of it is, its pixels become
    UNSURE: training says nothing about them.
    """
    kept, names = [], np.zeros(256, np.uint8)
    for number, area in enumerate(areas, 1):
        mine = owner == number
        share = mine.sum() / max(area, 1)
        if share >= VISIBLE:
            rows, columns = np.flatnonzero(mine.any(1)), np.flatnonzero(mine.any(0))
            kept.append((columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
            names[number] = len(kept)
        elif share > TRACE:
            names[number] = UNSURE
    owner[:] = names[owner]
    return np.float32(kept).reshape(-1, 4)


# What people lay down that is not for sale: how often, and its size as a share of the picture.
THINGS = (
    (belongings.phone, 0.08, 0.25, 0.6), (pocket.paper, 0.08, 0.2, 0.6), (belongings.keys, 0.07, 0.12, 0.4),
    (pocket.card, 0.05, 0.12, 0.35), (pocket.coins, 0.03, 0.12, 0.3), (pocket.banknotes, 0.03, 0.2, 0.45),
    (pocket.glasses, 0.03, 0.2, 0.45), (pocket.purse, 0.05, 0.2, 0.5), (pocket.cable, 0.02, 0.2, 0.5), (pocket.watch, 0.02, 0.2, 0.45),
)  # fmt: skip
# Of those, how many are a cut-out in place of a drawn one; how many more of the things that lie alone are phones or keys.
CUT_OUT, COMMON = 0.15, 0.4


def _clutter(rng: np.random.Generator, stock: Stock, picture: np.ndarray, things: float | None) -> None:
    size, only = picture.shape[0], None
    if things is not None and rng.random() < things:
        only = int(rng.choice([0, 2])) if rng.random() < COMMON else int(rng.integers(0, len(THINGS)))
    for n, (make, share, least, most) in enumerate(THINGS):
        if n == only or (things is None and rng.random() < share):
            cut = stock.things and rng.random() < CUT_OUT
            shape = stock.things[rng.integers(0, len(stock.things))] if cut else make(rng, 160)
            # Alone they are met at any distance.
            span = size * rng.uniform(least, most) * (rng.uniform(0.5, 1.5) if n == only else 1)
            thing = turned(shape, span, rng.uniform(0, 360), rng.uniform(0.85, 1.15))
            shadow = (int(rng.integers(-5, 6)), int(rng.integers(-5, 6)), rng.uniform(1, 5), rng.uniform(0, 0.5))
            paste(picture, _tinted(rng, thing, picture.mean((0, 1))), int(rng.uniform(-0.2, 0.8) * size), int(rng.uniform(-0.2, 0.8) * size), shadow)


def tray(
    rng: np.random.Generator, stock: Stock, size: int, hand_share: float = 0.3, bars: bool = True,
    empty: bool = False, spans: tuple[float, float] = (30, 150), items: int | None = None, things: float | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """RGB picture size x size x 3, the boxes of the goods in sight, K x 4 (left, top, right, bottom), and a map
    size x size of whose pixel it is: 0 nobody's, 1.. the box of that number, UNSURE.

    hand_share: 0..1 of pictures with an arm; bars: allow grey bars as letterboxing leaves them; empty: no goods;
    spans: least and most pixels of an item's longer side, before a spread of x0.75 to x1.3; items: so many goods
    are laid down, where there is room; things: 0..1 of pictures with a phone, paper, keys or a card (default: about a quarter).
    """
    picture = ground(rng, stock, size)
    owner = np.zeros((size, size), np.uint8)
    _clutter(rng, stock, picture, things)
    areas = [] if empty else _items(rng, stock, picture, owner, spans, items)
    if rng.random() < hand_share:
        owner[clutter.hand_over(rng, picture, stock.hands) > 100] = 0
    picture = photo.light(rng, picture)
    if rng.random() < 0.15:
        picture = photo.glare(rng, picture)
    picture = photo.lens(rng, picture, 0.5)
    if bars and rng.random() < 0.2:
        top, bottom = int(rng.uniform(0, 0.25) * size), int(rng.uniform(0.75, 1) * size)
        picture[:top], picture[bottom:] = 114, 114
        owner[:top], owner[bottom:] = 0, 0
    return picture, _seen(owner, areas), owner
