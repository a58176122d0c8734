"""The two networks. Plain convolutions only: fast in ONNX Runtime on a CPU and cheap to train there."""

import torch
import torch.nn as nn
import torch.nn.functional as F

# Middle and spread of ordinary pictures on a 0..1 scale; the graph normalises so that no caller has to.
MEAN, STD = 0.45, 0.25
# Added below the root of a pooled feature.
ROOT_FLOOR = 1e-6


def conv(cin: int, cout: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(cin, cout, size, stride, size // 2, bias=False),
        nn.BatchNorm2d(cout),
        nn.ReLU(inplace=True),
    )


class Block(nn.Module):
    """Residual block: 1x1 to half the channels, 3x3 back."""

    def __init__(self, channels: int):
        super().__init__()
        self.narrow = conv(channels, channels // 2, 1)
        self.widen = conv(channels // 2, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.widen(self.narrow(x))


def stage(cin: int, cout: int, blocks: int) -> nn.Sequential:
    return nn.Sequential(conv(cin, cout, 3, 2), *[Block(cout) for _ in range(blocks)])


class Refine(nn.Module):
    """Two convolutions beside a straight way; begins as the straight way alone."""

    def __init__(self, channels: int):
        super().__init__()
        self.body = nn.Sequential(conv(channels, channels), nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))
        nn.init.zeros_(self.body[2].weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.relu(x + self.body(x))


class Detector(nn.Module):
    """Detector of one class at stride 8: one cell speaks for each item.

    forward: N x 3 x H x W, RGB 0..1 -> N x 5 x H/8 x W/8: logit that this cell speaks for an item, then the
    distances from the cell's middle to the box's left, top, right and bottom edge, as logarithms of pixels / 8.
    """

    STRIDE = 8

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 16, 3, 2), conv(16, 32, 3, 2))
        self.s8 = stage(32, 64, 2)
        self.s16 = stage(64, 128, 3)
        self.s32 = stage(128, 192, 2)
        self.from32 = conv(192, 64, 1)
        self.from16 = conv(128, 64, 1)
        self.mix16 = conv(64, 64)
        self.from8 = conv(64, 64, 1)
        self.mix8 = conv(64, 64)
        # Which cell speaks is settled between neighbours: that takes more than one look around.
        self.refine = Refine(64)
        self.head = nn.Conv2d(64, 5, 1)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.constant_(self.head.bias, 0.8)
        with torch.no_grad():
            # A prior of one centre in a hundred cells keeps the first steps of the focal loss stable.
            self.head.bias[0] = -4.6

    def features(self, x: torch.Tensor) -> torch.Tensor:
        c8 = self.s8(self.stem((x - MEAN) / STD))
        c16 = self.s16(c8)
        c32 = self.s32(c16)
        p16 = self.mix16(self.from16(c16) + F.interpolate(self.from32(c32), scale_factor=2.0, mode="nearest"))
        return self.refine(self.mix8(self.from8(c8) + F.interpolate(p16, scale_factor=2.0, mode="nearest")))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(self.features(x))


class DecodedDetector(nn.Module):
    """What is exported: 1 x 3 x H x W -> 1 x (H/8 * W/8) x 5 of (cx, cy, w, h, score), pixels of the input; H and W
    are any multiples of 32.

    A cell that is not the best of its 3 x 3 neighbourhood scores 0, so little is left for suppression.
    """

    def __init__(self, net: Detector):
        super().__init__()
        self.net = net

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = self.net(x)
        score = torch.sigmoid(out[:, 0])
        peak = F.max_pool2d(score[:, None], 3, 1, 1)[:, 0]
        score = score * (score >= peak).to(score.dtype)
        ys, xs = ((torch.arange(out.shape[side]).to(score.dtype) + 0.5) * Detector.STRIDE for side in (2, 3))
        left, top, right, bottom = (torch.exp(out[:, i].clamp(-3, 5)) * Detector.STRIDE for i in range(1, 5))
        cx, cy = xs[None, None, :] + (right - left) / 2, ys[None, :, None] + (bottom - top) / 2
        boxes = torch.stack([cx, cy, left + right, top + bottom, score], dim=-1)
        return boxes.flatten(1, 2)


class Embedder(nn.Module):
    """N x 3 x S x S, RGB 0..1 -> N x 256 of length 1."""

    def __init__(self, size: int = 256):
        super().__init__()
        self.stem = nn.Sequential(conv(3, 32, 3, 2))
        self.s4 = stage(32, 64, 2)
        self.s8 = stage(64, 128, 3)
        self.s16 = stage(128, 256, 3)
        self.fc = nn.Linear(512, size, bias=False)
        self.norm = nn.BatchNorm1d(size)

    def features(self, x: torch.Tensor) -> torch.Tensor:
        """Mean and maximum over the picture of the last stage, before the projection: N x 512."""
        y = self.s16(self.s8(self.s4(self.stem((x - MEAN) / STD))))
        return torch.cat([y.mean((2, 3)), y.amax((2, 3))], 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.normalize(self.norm(self.fc(self.features(x))), dim=1)


def turned(x: torch.Tensor, quarters: int) -> torch.Tensor:
    """N x C x S x S, turned by so many quarters; as an exported graph: transposed and sliced, no gather."""
    if quarters % 4 == 0:
        return x
    if quarters % 4 == 2:
        return x.flip(2, 3)
    return x.transpose(2, 3).flip(2 if quarters % 4 == 1 else 3)


class Looks(nn.Module):
    """N x 3 x S x S -> N x 512: the mean, over a crop and its quarter turns `turns`, of what the network pools.

    Goods lie on a tray any way round. The mean over all four does not change when the crop is turned by a quarter;
    each look costs as much as the first. `head.py --turns` measures what they are worth.
    """

    def __init__(self, net: Embedder, turns: tuple[int, ...]):
        super().__init__()
        self.net, self.turns = net, turns

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        looks = torch.cat([turned(x, quarters) for quarters in self.turns])
        return self.net.features(looks).reshape(len(self.turns), -1, self.net.fc.in_features).mean(0)


class FittedEmbedder(nn.Module):
    """The embedder as it ships: N x 3 x S x S, RGB 0..1 -> N x 256 of length 1.

    Its last layer, 256 x 1024 with a bias, sees the pooled features and their roots; `pipeline/head.py` fits it
    to the trained network.
    """

    def __init__(self, net: Embedder, turns: tuple[int, ...], weight: torch.Tensor, bias: torch.Tensor):
        super().__init__()
        self.looks = Looks(net, turns)
        self.fc = nn.Linear(weight.shape[1], weight.shape[0])
        with torch.no_grad():
            self.fc.weight.copy_(weight)
            self.fc.bias.copy_(bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        pooled = self.looks(x)
        return F.normalize(self.fc(torch.cat([pooled, torch.sqrt(pooled + ROOT_FLOOR)], 1)), dim=1)
