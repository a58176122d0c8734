"""Networks with their batch norms folded into the convolutions, whose weights are kept as 16-bit floats.

The graph casts them to 32 bits; ONNX Runtime folds the casts when it loads the file, so only the file is
smaller, and nothing is slower.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F


class HalfConv(nn.Module):
    """A convolution whose weights are stored as float16 and used as float32."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, stride: tuple[int, ...], padding: tuple[int, ...]):
        super().__init__()
        self.register_buffer("weight", weight.half())
        self.register_buffer("bias", bias)
        self.stride, self.padding = stride, padding

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x, self.weight.float(), self.bias, self.stride, self.padding)


def _folded(conv: nn.Conv2d, norm: nn.BatchNorm2d | None) -> HalfConv:
    weight = conv.weight.detach()
    bias = conv.bias.detach() if conv.bias is not None else torch.zeros(conv.out_channels)
    if norm is not None:
        scale = norm.weight.detach() / torch.sqrt(norm.running_var + norm.eps)
        weight, bias = weight * scale[:, None, None, None], (bias - norm.running_mean) * scale + norm.bias.detach()
    return HalfConv(weight, bias, conv.stride, conv.padding)


def halved(module: nn.Module) -> nn.Module:
    """The same network, changed in place: every convolution, with the batch norm after it, becomes a HalfConv.

    Only convolutions of one group and without dilation are known, which is all that `nets` has.
    """
    children = list(module.named_children())
    for n, (name, child) in enumerate(children):
        if isinstance(child, nn.Conv2d):
            follower = children[n + 1] if n + 1 < len(children) else None
            norm = follower[1] if follower and isinstance(follower[1], nn.BatchNorm2d) else None
            setattr(module, name, _folded(child, norm))
            if norm is not None:
                setattr(module, follower[0], nn.Identity())
        else:
            halved(child)
    return module
