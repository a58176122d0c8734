"""What the trainer itself does to a batch, so that a sample drawn again is not the same picture."""

import numpy as np
import torch

# The five orders of red, green and blue besides the true one: each makes another class of a photographed one.
ORDERS = ((0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0))


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
    side = x.shape[-1]
    height, width = (draw.uniform(0.2, most, 2) * side).astype(int)
    top, left = int(draw.integers(0, side - height + 1)), int(draw.integers(0, side - width + 1))
    if draw.random() < 0.5:
        other = x[int(draw.integers(0, len(x)))]
        y, z = int(draw.integers(0, side - height + 1)), int(draw.integers(0, side - width + 1))
        fill = other[:, y : y + height, z : z + width].clone()
    else:
        fill = torch.from_numpy(draw.uniform(0, 1, (3, 1, 1)).astype(np.float32)).to(x.device)
    x[n, :, top : top + height, left : left + width] = fill


def disturbed(x: torch.Tensor, draw: np.random.Generator, cover: float, most: float = 0.62) -> torch.Tensor:
    """N x 3 x S x S, 0..1: quarter turns, exposure, and on a share `cover` of them something in front.

    most: longest side of what lies in front, as a share of S.
    """
    x = x.clone()
    for n, turns in enumerate(draw.integers(0, 8, len(x))):
        if turns < 4:
            x[n] = torch.rot90(x[n], int(turns), (1, 2))
    gains = np.where(draw.random(len(x)) < 0.4, np.exp(draw.uniform(np.log(0.4), np.log(1.6), len(x))), 1.0)
    x = (x * torch.from_numpy(gains.astype(np.float32)).to(x.device)[:, None, None, None]).clamp_(0, 1)
    for n in np.flatnonzero(draw.random(len(x)) < cover):
        _covered(x, int(n), draw, most)
    return x.contiguous(memory_format=torch.channels_last)
