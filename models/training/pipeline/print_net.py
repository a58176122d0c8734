"""The network that tells goods from pictures of goods."""

import torch
import torch.nn as nn

from .nets import MEAN, STD, conv, stage


class PrintNet(nn.Module):
    """N x 3 x S x S, RGB 0..1 -> N x 4 logits in the order of recapture.KINDS.

    Dots of ink and pixels of a screen are small and all over; rims and frames are large and few. Mean and maximum
    of a fine and of a coarse stage keep both.
    """

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 16, 5, 2)
        self.s4 = stage(16, 32, 1)
        self.s8 = stage(32, 64, 1)
        self.s16 = stage(64, 64, 1)
        self.head = nn.Linear(4 * 64, 4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        fine = self.s8(self.s4(self.stem((x - MEAN) / STD)))
        coarse = self.s16(fine)
        return self.head(torch.cat([part for y in (fine, coarse) for part in (y.mean((2, 3)), y.amax((2, 3)))], 1).float())
