"""What the trainer itself does to a batch, so that a sample drawn again is not the same picture."""

import numpy as np
import torch

# The five orders of red, green and blue besides the true one: each makes another class of a photographed one.
ORDERS = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))
# Share of covers that lie over the middle, where label or fruit are: a hand, a price tag, the item on top.
MIDDLE = 0.5
# Spread of a lamp's gain of one colour, as a logarithm.
CAST = 0.11


def recoloured(pictures: torch.Tensor, labels: torch.Tensor, draw: np.random.Generator, share: float, photos: int, first: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Swaps the colours of whole groups of photographs (labels below `photos`), which then are other classes.

    pictures: groups x kin x views x S x S x 3; labels: groups x kin. The new classes are numbered from `first` on.
    There are few photographed classes; blue apples and green milk are as good to be told apart.
    """
    pictures, labels = pictures.clone(), labels.clone()
    for group in range(len(labels)):
        if int(labels[group, 0]) < photos and draw.random() < share:
            order = int(draw.integers(0, len(ORDERS)))
            pictures[group] = pictures[group][..., list(ORDERS[order])]
            labels[group] += first + order * photos
    return pictures, labels


def _covered(x: torch.Tensor, n: int, draw: np.random.Generator, most: float) -> None:
    """Puts a piece of another picture or one colour in front of picture n: anywhere, or over its middle."""
    side = x.shape[-1]
    height, width = (draw.uniform(0.2, most, 2) * side).astype(int)
    if draw.random() < MIDDLE:
        top, left = (np.clip(draw.normal(0.5, 0.06, 2) * side - np.array([height, width]) / 2, 0, side - np.array([height, width]))).astype(int)
    else:
        top, left = int(draw.integers(0, side - height + 1)), int(draw.integers(0, side - width + 1))
    if draw.random() < 0.5:
        other = x[int(draw.integers(0, len(x)))]
        y, z = int(draw.integers(0, side - height + 1)), int(draw.integers(0, side - width + 1))
        fill = other[:, y : y + height, z : z + width].clone()
    else:
        fill = torch.from_numpy(draw.uniform(0, 1, (3, 1, 1)).astype(np.float32)).to(x.device)
    x[n, :, top : top + height, left : left + width] = fill


def _lamps(draw: np.random.Generator, count: int) -> np.ndarray:
    """Gains of red, green and blue, count x 3: exposure on some, the cast of a lamp or a camera on some.

    A cast goes along any axis: fluorescent tubes and cameras off their white balance are green or magenta as often
    as warm or cold.
    """
    exposure = np.where(draw.random((count, 1)) < 0.4, draw.uniform(np.log(0.4), np.log(1.6), (count, 1)), 0.0)
    cast = np.where(draw.random((count, 1)) < 0.4, draw.normal(0, CAST, (count, 3)), 0.0)
    return np.exp(exposure + cast - cast.mean(1, keepdims=True)).astype(np.float32)


def disturbed(x: torch.Tensor, draw: np.random.Generator, cover: float, most: float = 0.62) -> torch.Tensor:
    """N x 3 x S x S, 0..1: quarter turns, light, and on a share `cover` of them something in front.

    most: longest side of what lies in front, as a share of S.
    """
    x = x.clone()
    for n, turns in enumerate(draw.integers(0, 8, len(x))):
        if turns < 4:
            x[n] = torch.rot90(x[n], int(turns), (1, 2))
    x = (x * torch.from_numpy(_lamps(draw, len(x))).to(x.device)[:, :, None, None]).clamp_(0, 1)
    for n in np.flatnonzero(draw.random(len(x)) < cover):
        _covered(x, int(n), draw, most)
    return x.contiguous(memory_format=torch.channels_last)
