"""Puts a cut-out on a picture: turned, scaled, with a soft shadow."""

import cv2
import numpy as np


def turned(cutout: np.ndarray, long_side: float, degrees: float, stretch: float = 1.0) -> np.ndarray:
    """RGBA trimmed to its content, whose longer side before turning is `long_side` pixels."""
    size = cutout.shape[0]
    scale = long_side / size
    if scale < 0.6:
        small = max(8, int(size * scale * 1.3))
        cutout = cv2.resize(cutout, (small, small), interpolation=cv2.INTER_AREA)
        size, scale = small, long_side / small
    side = int(np.ceil(long_side * 1.45))
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), degrees, scale)
    matrix[:, 2] += side / 2 - size / 2
    if stretch != 1.0:
        matrix[0] = (matrix[0] - [0, 0, side / 2]) * stretch + [0, 0, side / 2]
    out = cv2.warpAffine(cutout, matrix, (side, side), flags=cv2.INTER_LINEAR)
    solid = out[..., 3] > 60
    rows, columns = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    if len(rows) < 4 or len(columns) < 4:
        return out
    return np.ascontiguousarray(out[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])


def paste(picture: np.ndarray, item: np.ndarray, left: int, top: int, shadow: tuple[int, int, float, float] | None) -> None:
    """Draws `item` at (left, top), which may lie outside; shadow: dx, dy, softness in pixels, darkness 0..1."""
    if shadow:
        dx, dy, soft, dark = shadow
        pad = int(soft * 2) + 1
        mask = cv2.copyMakeBorder(item[..., 3], pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
        mask = cv2.blur(cv2.blur(mask, (pad, pad)), (pad, pad)).astype(np.float32) * (dark / 255)
        _blend(picture, None, mask, left + dx - pad, top + dy - pad)
    _blend(picture, item[..., :3], item[..., 3].astype(np.float32) / 255, left, top)


def _blend(picture: np.ndarray, rgb: np.ndarray | None, alpha: np.ndarray, left: int, top: int) -> None:
    height, width = picture.shape[:2]
    x0, y0, x1, y1 = max(0, left), max(0, top), min(width, left + alpha.shape[1]), min(height, top + alpha.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    own = (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left))
    under = picture[y0:y1, x0:x1]
    weight = alpha[own][..., None]
    over = under * (1 - weight) if rgb is None else under * (1 - weight) + rgb[own] * weight
    under[:] = over.astype(np.uint8)
