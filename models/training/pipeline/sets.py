"""Test sets of goods that no training saw, fixed by the seed, and the shipped files' answers to them."""

import cv2
import numpy as np

from . import config, crops, pools, trays
from .detector import held_out_families, stock


# Side of the tray crops that are measured, whatever the input of the network that looks at them.
CROP = 128


def model(settings: dict, kind: str) -> str:
    return str(config.published(settings, kind)[0])


def tray_set(settings: dict, which: str, count: int, view: tuple[int, int, int], seed: int, **options) -> tuple[np.ndarray, list[np.ndarray]]:
    """`count` trays as the detector's input, in the shape that suits the view, and their boxes in its pixels.

    view: side of the composed square, then width and height of the part that a camera shows of it.
    """
    side, width, height = view
    (across, down), own = config.shape_for(settings, width, height), stock(settings, which)
    pictures, truths = np.full((count, down, across, 3), 114, np.uint8), []
    scale = min(across / width, down / height)
    w, h = int(width * scale), int(height * scale)
    for n in range(count):
        rng = config.random(settings, seed, n)
        picture, boxes, _ = trays.tray(rng, own, side, bars=False, **options)
        cut = np.float32([0, 0, width, height])
        inside = np.concatenate([np.maximum(boxes[:, :2], cut[:2]), np.minimum(boxes[:, 2:], cut[2:])], 1)
        shown = np.prod((inside[:, 2:] - inside[:, :2]).clip(0), 1) / np.prod(boxes[:, 2:] - boxes[:, :2], 1)
        top, left = (down - h) // 2, (across - w) // 2
        pictures[n, top : top + h, left : left + w] = cv2.resize(picture[:height, :width], (w, h), interpolation=cv2.INTER_LINEAR)
        truths.append(inside[shown > 0.4] * scale + np.float32([left, top, left, top]))
    return pictures, truths


def detections(settings: dict, pictures: np.ndarray) -> np.ndarray:
    """count x N x 5 of the shipped detector, before any threshold."""
    return pools.run_onnx(model(settings, "detector"), "image", pictures, 0.0, 1 / 255, 1).reshape(len(pictures), -1, 5)


def shrunk(pictures: np.ndarray, size: int) -> np.ndarray:
    return np.stack([cv2.resize(p, (size, size), interpolation=cv2.INTER_AREA) for p in pictures])


def embeddings(settings: dict, pictures: np.ndarray) -> np.ndarray:
    """Vectors of the published embedder for N x S x S x 3."""
    small = shrunk(pictures, settings["embedder"]["exportSize"])
    return pools.run_onnx(model(settings, "embedder"), "image", small, 0.0, 1 / 255)


def teacher_features(settings: dict, pictures: np.ndarray) -> np.ndarray:
    """Features of the reference network, length 1: what is compared in the same run."""
    large = np.stack([cv2.resize(p, (224, 224), interpolation=cv2.INTER_LINEAR) for p in pictures])
    features = pools.run_onnx(settings["teacher"], "input", large, 127.0, 0.00784314)
    return features / np.linalg.norm(features, axis=1, keepdims=True)


def grocery_set(settings: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Every photograph (256 x 256), its class, whether it is packaged, and the classes held out."""
    listed = pools.grocery_list(settings)
    labels = np.array([fine for _, fine, _ in listed])
    packaged = np.array(["/Packages/" in path for path, _, _ in listed])
    return np.array(pools.grocery_pool(settings)), labels, packaged, np.array(sorted(pools.grocery_held_out(settings)))


def crop_set(settings: dict, which: str, views: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """`views` tray crops of each held-out emoji, demo emoji (`demo`) or held-out synthetic product (`goods`)."""
    size = settings["pools"]["cutout"]
    if which == "goods":
        pool = pools.goods_pool(settings)[: held_out_families(settings)]
        items = [list(pool[f, v]) for f in range(len(pool)) for v in range(pool.shape[1])]
    else:
        items = [[item] for item in pools.emoji_pool(settings, which)]

    def make() -> np.ndarray:
        rng, around = config.random(settings, seed), stock(settings, "heldOut" if which == "goods" else which)
        shown = ((np.ascontiguousarray(item[n % len(item)]).reshape(size, size, 4), n) for item in items for n in range(views))
        return np.stack([crops.tray_crop(rng, cut, around, CROP, clean=n < 5, padded=1.0) for cut, n in shown])

    return pools._cached(f"crops-{which}-{views}-{seed}", make), np.repeat(np.arange(len(items)), views)
