"""The embedder's last layer, fitted anew to features of the trained network.

Training makes a layer that tells the trained classes apart better than any others. Beside it stands one that
knows only how much each feature varies between pictures of the same item (within-class whitening), which serves
goods never seen as well as known ones. The shipped layer is both, reduced to 256 numbers.
"""

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from . import config, crops, pools, sets
from .detector import held_out_families, stock
from .nets import ROOT_FLOOR, Embedder, Looks


@dataclass
class Group:
    """Features of one kind of pictures, N x 512, the item that each shows, and how much the kind counts."""

    features: np.ndarray
    items: np.ndarray
    weight: float


@dataclass
class Layer:
    """out = [f, sqrt(f)] @ weight.T + bias; weight 256 x 1024."""

    weight: np.ndarray
    bias: np.ndarray

    def __call__(self, features: np.ndarray) -> np.ndarray:
        out = np.concatenate([features, roots(features)], 1) @ self.weight.T + self.bias
        return out / np.linalg.norm(out, axis=1, keepdims=True)


def roots(features: np.ndarray) -> np.ndarray:
    """A few features are large wherever they occur; unrooted they would speak for all others."""
    return np.sqrt(features + ROOT_FLOOR)


def features(settings: dict, net: Embedder, pictures: np.ndarray) -> np.ndarray:
    """What the shipped graph pools of N x S x S x 3, before its last layer: N x 512."""
    size = settings["embedder"]["exportSize"]
    with tempfile.TemporaryDirectory(dir=config.cache()) as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = str(Path(folder) / "looks.onnx")
        axes = {"image": {0: "n"}, "features": {0: "n"}}
        torch.onnx.export(Looks(net, settings["embedder"]["turns"]).eval(), torch.rand(2, 3, size, size), path, input_names=["image"], output_names=["features"], dynamic_axes=axes, opset_version=13)
        return pools.run_onnx(path, "image", sets.shrunk(pictures, size), 0.0, 1 / 255)


def _photos(settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Every photograph of the trained classes twice: as it is, and cut, lit and covered at random."""
    photos, labels, packaged, held = sets.grocery_set(settings)
    rows = np.flatnonzero(~np.isin(labels, held))

    def make() -> np.ndarray:
        rng, around = config.random(settings, 91), stock(settings, "train")
        plain = sets.shrunk(photos[rows], sets.CROP)
        return np.concatenate([plain, np.stack([crops.photo_crop(rng, photos[r], around, sets.CROP, bool(packaged[r])) for r in rows])])

    return pools._cached(f"head-photos{config.suffix(settings)}", make), np.tile(labels[rows], 2)


def _tray(settings: dict, name: str, items: list[list[np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Tray crops of each item, half of them undisturbed."""
    views, size = settings["embedder"]["head"]["views"], settings["pools"]["cutout"]

    def make() -> np.ndarray:
        rng, around = config.random(settings, 92), stock(settings, "train")
        shown = (np.ascontiguousarray(item[n % len(item)]).reshape(size, size, 4) for item in items for n in range(views))
        return np.stack([crops.tray_crop(rng, cut, around, sets.CROP, clean=n % views < views // 2, padded=1.0) for n, cut in enumerate(shown)])

    return pools._cached(name, make), np.repeat(np.arange(len(items)), views)


def groups(settings: dict, net: Embedder) -> list[Group]:
    """Features of trained photographs, emoji and synthetic goods: nothing that is held out."""
    own, rng = settings["embedder"]["head"], config.random(settings, 93)
    emoji = pools.emoji_pool(settings, "train")
    goods, first = pools.goods_pool(settings), held_out_families(settings)
    chosen = rng.choice(len(emoji), own["emoji"], replace=False)
    families = rng.choice(np.arange(first, len(goods)), own["families"], replace=False)
    pictures = [
        (_photos(settings), 1.0),
        (_tray(settings, "head-emoji", [[emoji[e]] for e in chosen]), own["trayWeight"]),
        (_tray(settings, "head-goods", [list(goods[f, v]) for f in families for v in range(goods.shape[1])]), own["trayWeight"]),
    ]
    return [Group(features(settings, net, shown), items, weight) for (shown, items), weight in pictures]


def within(group: Group) -> tuple[np.ndarray, np.ndarray]:
    """Covariance of the roots around their item's mean, every item counting alike: 512 x 512; and the mean of the means."""
    values = roots(group.features)
    means, total = [], np.zeros((values.shape[1],) * 2)
    for item in np.unique(group.items):
        mine = values[group.items == item]
        means.append(mine.mean(0))
        apart = mine - means[-1]
        total += apart.T @ apart / max(1, len(mine) - 1)
    return total / len(means), np.mean(means, 0)


def whitening(fitted: list[Group], shrink: float) -> tuple[np.ndarray, np.ndarray]:
    """Matrix 512 x 512 and middle: (roots - middle) @ matrix varies alike in all directions within an item.

    shrink: share, 0..1, of the covariance that is replaced by its diagonal: few items say little of 512 x 512 numbers.
    """
    share = np.array([g.weight for g in fitted]) / sum(g.weight for g in fitted)
    parts = [within(g) for g in fitted]
    covariance = sum(s * c for s, (c, _) in zip(share, parts))
    middle = sum(s * m for s, (_, m) in zip(share, parts))
    covariance = (1 - shrink) * covariance + shrink * np.diag(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance)
    return vectors / np.sqrt(values), middle


def trained(net: Embedder) -> tuple[np.ndarray, np.ndarray]:
    """The layer of training, its normalisation folded in: weight 256 x 512 and bias."""
    with torch.no_grad():
        scale = net.norm.weight / torch.sqrt(net.norm.running_var + net.norm.eps)
        weight, bias = net.fc.weight * scale[:, None], net.norm.bias - net.norm.running_mean * scale
    return weight.numpy().astype(np.float64), bias.numpy().astype(np.float64)


def fit(fitted: list[Group], net: Embedder, keep: float, shrink: float) -> Layer:
    """keep: weight, 0..1, of the layer of training beside the whitening; both count by their mean length."""
    weight, bias = trained(net)
    matrix, middle = whitening(fitted, shrink)
    shown = np.concatenate([g.features for g in fitted]).astype(np.float64)
    old, new = shown @ weight.T + bias, (roots(shown) - middle) @ matrix
    old_scale = np.sqrt(keep / np.mean((old**2).sum(1)))
    new_scale = np.sqrt((1 - keep) / np.mean((new**2).sum(1)))
    both = np.concatenate([old * old_scale, new * new_scale], 1)
    # The directions, of all that both layers give, in which pictures differ most.
    main = np.linalg.eigh(both.T @ both)[1][:, -len(weight) :]
    first, second = main[: len(weight)] * old_scale, main[len(weight) :] * new_scale
    return Layer(np.concatenate([weight.T @ first, matrix @ second]).T, bias @ first - middle @ matrix @ second)
