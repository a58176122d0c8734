"""Pairs of crops for the print network: goods, and a picture of the same goods, seen by the same camera.

Both halves of a pair show the same thing at the same size through the same lens, light, noise and compression,
so that nothing but paper, ink and screen tells them apart.
"""

import cv2
import numpy as np

from . import config, media, photo, pools
from .detector import held_out_families
from .labels import colour, word
from .place import paste, turned

# What the network tells apart, in the order of its outputs.
KINDS = ("real", "print", "screen", "label")
# Share of an item's longer side that is left around it: more than the embedder has, so that rims and frames show.
MARGIN = 0.15


class Sources:
    """Goods and photographs that one part of the work may see: `train`, `heldOut` or `demo` (emoji of the virtual lane)."""

    def __init__(self, settings: dict, which: str, photos: float = 0.5):
        """photos: share of what is shown that comes from photographs of shops; the rest is synthetic goods and emoji."""
        first = held_out_families(settings)
        goods = pools.goods_pool(settings)
        goods = goods[first:] if which == "train" else goods[:first]
        self.goods = goods.reshape(-1, *goods.shape[-3:]) if which != "demo" else goods[:0, 0, 0]
        self.emoji = pools.emoji_pool(settings, which)
        self.surfaces = pools.surface_pool(settings)
        held = pools.grocery_held_out(settings)
        rows = [i for i, (_, fine, _) in enumerate(pools.grocery_list(settings)) if (fine in held) != (which == "train")]
        self.photos, self.rows = pools.grocery_pool(settings), rows if which != "demo" and photos > 0 else []
        self.share = photos

    def cutout(self, rng: np.random.Generator) -> np.ndarray:
        """RGBA of one item."""
        if len(self.goods) and rng.random() < 0.6:
            return np.ascontiguousarray(self.goods[rng.integers(0, len(self.goods))])
        return np.ascontiguousarray(self.emoji[rng.integers(0, len(self.emoji))])

    def photo(self, rng: np.random.Generator) -> np.ndarray:
        return self.photos[self.rows[rng.integers(0, len(self.rows))]]

    def ground(self, rng: np.random.Generator, side: int) -> np.ndarray:
        surface = self.surfaces[rng.integers(0, len(self.surfaces))]
        part = int(rng.uniform(0.4, 1.0) * surface.shape[0])
        y, x = rng.integers(0, surface.shape[0] - part + 1, 2)
        return cv2.resize(surface[y : y + part, x : x + part], (side, side), interpolation=cv2.INTER_LINEAR)


class Subject:
    """What both halves of a pair show: a photograph's part, or an item."""

    def __init__(self, rng: np.random.Generator, sources: Sources, close: bool):
        self.close = close
        from_photo = bool(sources.rows) and (close or rng.random() < sources.share)
        self.picture = sources.photo(rng) if from_photo else None
        self.item = None if from_photo else sources.cutout(rng)
        self.part = rng.uniform(0.25, 0.5) if close else rng.uniform(0.45, 1.0)
        self.at = rng.uniform(-0.5, 0.5, 2)
        self.degrees = rng.uniform(0, 360) if rng.random() < 0.4 else rng.normal(0, 10)

    def seen(self, rng: np.random.Generator, sources: Sources, side: int) -> np.ndarray:
        """As a camera sees the thing itself: RGB, side x side."""
        if self.picture is not None:
            return self._window(side)
        view = sources.ground(rng, side)
        for _ in range(int(rng.choice([0, 1, 2], p=[0.5, 0.3, 0.2]))):
            turn, reach = rng.uniform(0, 2 * np.pi), side * rng.uniform(0.6, 0.75)
            _lay(rng, view, turned(sources.cutout(rng), side * 0.7, rng.uniform(0, 360)), np.array([np.cos(turn), np.sin(turn)]) * reach)
        _lay(rng, view, turned(self.item, side * rng.uniform(0.62, 0.85), self.degrees), rng.normal(0, 0.03, 2) * side)
        return view

    def shown(self, rng: np.random.Generator, sources: Sources, width: int, height: int) -> np.ndarray:
        """As a leaflet, a label or a page shows it: RGB of this size."""
        side = max(width, height)
        if self.picture is not None:
            art = self._window(side, turn=False)
        elif rng.random() < 0.5:
            art = np.empty((side, side, 3), np.uint8)
            art[:] = (255, 255, 255) if rng.random() < 0.5 else colour(rng)
            _lay(rng, art, turned(self.item, side * rng.uniform(0.6, 0.9), rng.normal(0, 8)), np.zeros(2))
        else:
            art = self.seen(rng, sources, side)
        top, left = (side - height) // 2, (side - width) // 2
        return np.ascontiguousarray(art[top : top + height, left : left + width])

    def _window(self, side: int, turn: bool = True) -> np.ndarray:
        size = self.picture.shape[0]
        middle = size / 2 + self.at * (1 - self.part) * size
        matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), self.degrees if turn else 0, side / (self.part * size))
        matrix[:, 2] += side / 2 - middle
        return cv2.warpAffine(np.ascontiguousarray(self.picture), matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)


def _lay(rng: np.random.Generator, view: np.ndarray, item: np.ndarray, off: np.ndarray, flat: bool = False) -> None:
    """Pastes with its middle `off` pixels from the view's; what is flat throws hardly a shadow."""
    side = view.shape[0]
    height, width = item.shape[:2]
    reach = 0.01 if flat else 0.03
    shadow = (int(rng.normal(0, reach) * side), int(rng.normal(0, reach) * side), max(1.0, side * rng.uniform(0.003, reach)), rng.uniform(0.1, 0.5))
    paste(view, item, int(side / 2 + off[0] - width / 2), int(side / 2 + off[1] - height / 2), shadow)


def _tilted(rng: np.random.Generator, sheet: np.ndarray, degrees: float) -> np.ndarray:
    """A flat sheet as it lies: turned, and seen a little from the side."""
    height, width = sheet.shape[:2]
    corners = np.float32([[0, 0], [width, 0], [width, height], [0, height]])
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    lying = (corners - [width / 2, height / 2]) @ np.float32([[c, s], [-s, c]]) + rng.normal(0, 0.025, (4, 2)) * min(height, width)
    lying -= lying.min(0)
    across, down = np.ceil(lying.max(0)).astype(int)
    matrix = cv2.getPerspectiveTransform(corners, np.float32(lying))
    return cv2.warpPerspective(sheet, matrix, (max(4, int(across)), max(4, int(down))), flags=cv2.INTER_LINEAR)


def _sheet(rng: np.random.Generator, subject: Subject, sources: Sources, kind: str, long_side: int, medium: str | None) -> np.ndarray:
    """RGBA of what carries the picture, its longer side that many pixels."""
    short = int(long_side * rng.uniform(0.5, 1.0))
    width, height = (long_side, short) if rng.random() < 0.4 else (short, long_side)
    art = subject.shown(rng, sources, width, height)
    if kind == "screen":
        if rng.random() < 0.45:
            art = media.page(rng, art)
        return media.screen(rng, art, medium or "stripes", rng.uniform(0.02, 0.12) if rng.random() < 0.65 else 0.0)
    ink = medium or str(rng.choice(media.INKS))
    margin = rng.uniform(0.02, 0.16) if rng.random() < 0.6 else 0.0
    return media.paper(rng, art, ink, margin)


def pictured(rng: np.random.Generator, subject: Subject, sources: Sources, kind: str, side: int, medium: str | None = None) -> np.ndarray:
    """As a camera sees a picture of the subject: RGB, side x side."""
    degrees = rng.uniform(0, 360) if rng.random() < 0.3 else rng.normal(0, 8)
    if kind == "label":
        other = Subject(rng, sources, subject.close)
        view = other.seen(rng, sources, side)
        sheet = _sheet(rng, subject, sources, "print", int(side * rng.uniform(0.3, 0.62)), medium)
        _lay(rng, view, _tilted(rng, sheet, degrees), rng.normal(0, 0.08, 2) * side, flat=True)
        return view
    if kind == "screen" and not subject.close and medium is None and rng.random() < 0.1:
        # A screenshot that was sent, rather than a screen that was photographed.
        return media.page(rng, subject.shown(rng, sources, side, side))
    filling = subject.close or rng.random() < 0.4
    if filling:
        sheet = _sheet(rng, subject, sources, kind, int(side * rng.uniform(1.25, 1.6)), medium)
        lying = _tilted(rng, sheet, rng.normal(0, 6) + 90 * int(rng.integers(0, 4)))
        view = np.zeros((side, side, 3), np.uint8)
        view[:] = sources.ground(rng, side)
        paste(view, lying, (side - lying.shape[1]) // 2, (side - lying.shape[0]) // 2, None)
        return view
    view = sources.ground(rng, side)
    sheet = _sheet(rng, subject, sources, kind, int(side * rng.uniform(0.68, 1.0)), medium)
    _lay(rng, view, _tilted(rng, sheet, degrees), rng.normal(0, 0.04, 2) * side, flat=kind == "print")
    return view


def stickered(rng: np.random.Generator, view: np.ndarray) -> np.ndarray:
    """Honest goods carry stickers, too: a variety's on a fruit, the scale's price label on a bag."""
    side = view.shape[0]
    if rng.random() < 0.5:
        size = max(12, int(side * rng.uniform(0.06, 0.14)))
        label = np.zeros((size, int(size * rng.uniform(1, 1.4)), 4), np.uint8)
        middle = (label.shape[1] // 2, size // 2)
        cv2.ellipse(label, middle, (middle[0] - 1, middle[1] - 1), 0, 0, 360, (*colour(rng), 255), -1, cv2.LINE_AA)
        cv2.putText(label, word(rng), (2, middle[1] + 3), cv2.FONT_HERSHEY_SIMPLEX, size / 70, (250, 250, 250, 255), 1, cv2.LINE_AA)
    else:
        width = int(side * rng.uniform(0.2, 0.4))
        label = np.full((int(width * rng.uniform(0.5, 0.9)), width, 4), 245, np.uint8)
        label[..., 3] = 255
        for x in range(4, width - 4, 3):
            if rng.random() < 0.55:
                label[label.shape[0] // 2 : -5, x : x + 2, :3] = 25
        cv2.putText(label, f"{rng.uniform(0.5, 20):.2f}", (4, label.shape[0] // 3), cv2.FONT_HERSHEY_SIMPLEX, width / 120, (20, 20, 20, 255), 1, cv2.LINE_AA)
    _lay(rng, view, _tilted(rng, label, rng.uniform(0, 360)), rng.normal(0, 0.1, 2) * side, flat=True)
    return view


def camera(rng: np.random.Generator, view: np.ndarray, side: int, size: int) -> np.ndarray:
    """A scene of twice `side` pixels as the lane's crop of it: size x size x 3. Alike for equal `rng`."""
    lens, light, noise = rng.uniform(0, 1.5), rng.random(), rng.uniform(0.3, 7)
    sharpening, quality, bars, coarse = rng.random(4)
    view = cv2.GaussianBlur(view, (0, 0), 0.3 + lens)
    crop = cv2.resize(view, (side, side), interpolation=cv2.INTER_AREA)
    crop = photo.light(rng, crop, 0.5, 1.6) if light < 0.8 else crop
    if rng.random() < 0.12:
        crop = photo.glare(rng, crop)
    grain = np.random.default_rng(int(rng.integers(0, 2**31))).standard_normal(crop.shape, dtype=np.float32) * noise
    exact = crop.astype(np.float32) + grain * np.sqrt(0.3 + crop / 255.0, dtype=np.float32)
    if sharpening < 0.5:
        exact += (exact - cv2.GaussianBlur(exact, (0, 0), 1.0)) * (sharpening * 2.4)
    crop = np.clip(exact, 0, 255).astype(np.uint8)
    if coarse < 0.15:
        less = int(side * (0.6 + 2 * coarse))
        crop = cv2.resize(cv2.resize(crop, (less, less), interpolation=cv2.INTER_AREA), (side, side), interpolation=cv2.INTER_LINEAR)
    if quality < 0.7:
        _, packed = cv2.imencode(".jpg", crop[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(40 + quality * 80)])
        crop = cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1]
    return _letterboxed(rng, crop, size, bars)


def _letterboxed(rng: np.random.Generator, crop: np.ndarray, size: int, bars: float) -> np.ndarray:
    """Cut as oblong items are, and laid on the network's grey."""
    side = crop.shape[0]
    short = 1.0 if bars < 0.5 else float(rng.uniform(0.5, 1.0))
    cut = int((side - side * short) / 2)
    out = np.full((size, size, 3), 114, np.uint8)
    kept = max(8, int(size * short))
    at = (size - kept) // 2
    if bars < 0.75:
        crop = crop[:, cut : side - cut]
        shape, place = (kept, size), (slice(None), slice(at, at + kept))
    else:
        crop = crop[cut : side - cut]
        shape, place = (size, kept), (slice(at, at + kept), slice(None))
    out[place] = cv2.resize(crop, shape, interpolation=cv2.INTER_AREA if side > size else cv2.INTER_LINEAR)
    return out


def pair(rng: np.random.Generator, sources: Sources, kind: str, size: int, medium: str | None = None) -> tuple[np.ndarray, np.ndarray]:
    """(goods, a picture of them), each size x size x 3.

    `medium` fixes the ink or the screen's layout (see `media`). One pair in five is a window of the camera's own pixels, as large crops are looked at besides the whole.
    """
    close = bool(sources.rows) and rng.random() < 0.2
    side = size if close else int(np.exp(rng.uniform(np.log(90), np.log(220))))
    subject = Subject(rng, sources, close)
    real = subject.seen(rng, sources, 2 * side)
    if rng.random() < 0.15:
        real = stickered(rng, real)
    fake = pictured(rng, subject, sources, kind, 2 * side, medium)
    seed = int(rng.integers(0, 2**31))
    made = [camera(np.random.default_rng(seed), view, side, size) for view in (real, fake)]
    return made[0], made[1]


def test_set(settings: dict, which: str, kind: str, count: int, seed: int, medium: str | None = None, photos: float = 0.5) -> np.ndarray:
    """2 x count x size x size x 3: goods, and pictures of them of one kind; made once, the same for the same seed."""
    size = settings["print"]["size"]

    def make() -> np.ndarray:
        sources = Sources(settings, which, photos)
        made = [pair(config.random(settings, seed, n), sources, kind, size, medium) for n in range(count)]
        return np.stack([np.stack([p[0] for p in made]), np.stack([p[1] for p in made])])

    return pools._cached(f"print-{which}-{kind}-{medium or 'any'}-{photos:g}-{count}-{seed}", make)
