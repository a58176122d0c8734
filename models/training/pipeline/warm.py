"""A training that begins with the weights of an exported file, so that new lessons build on what was learned.

Exported convolutions have their batch norms folded in. Each norm is put back in the way that leaves the network's
answers as they are: its statistics are measured on pictures, and its scale and shift undo them.
"""

import hashlib
import json
from pathlib import Path

import torch
import torch.nn as nn


def manifest_of(file: Path) -> dict:
    """The manifest beside an exported file. SystemExit where there is none that says how the file was trained."""
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else ""
    for path in file.parent.glob("*.json"):
        manifest = json.loads(path.read_text())
        if manifest.get("sha256") == digest and "training" in manifest:
            return manifest
    raise SystemExit(f"--from {file}: there is no such file, or no manifest beside it that says how it was trained")


def _graph(file: Path):
    # Debian's python3-onnx; Apache-2.0, the format's own library.
    import onnx

    return onnx.load(str(file)).graph


def _weights(file: Path) -> dict[str, torch.Tensor]:
    from onnx import numpy_helper

    return {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()).float() for i in _graph(file).initializer}


def _in_order(file: Path) -> list[tuple[torch.Tensor, torch.Tensor]]:
    """Weights and biases of the convolutions as the graph runs them: an exporter that folds constants renames them."""
    kept = _weights(file)
    return [(kept[node.input[1]], kept[node.input[2]]) for node in _graph(file).node if node.op_type == "Conv" and node.input[1] in kept]


def _pairs(module: nn.Module, prefix: str = "") -> list[tuple[str, nn.Conv2d, nn.BatchNorm2d | None]]:
    """Every convolution with its name and the batch norm right behind it, if there is one."""
    children, out = list(module.named_children()), []
    for n, (name, child) in enumerate(children):
        if isinstance(child, nn.Conv2d):
            follower = children[n + 1][1] if n + 1 < len(children) else None
            out.append((prefix + name, child, follower if isinstance(follower, nn.BatchNorm2d) else None))
        else:
            out += _pairs(child, f"{prefix}{name}.")
    return out


def _measure(norm: nn.BatchNorm2d, shift: torch.Tensor):
    def hook(_: nn.Module, given: tuple[torch.Tensor]) -> None:
        mean, var = given[0].mean((0, 2, 3)), given[0].var((0, 2, 3))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(var)
        norm.weight.copy_(torch.sqrt(var + norm.eps))
        norm.bias.copy_(mean + shift)

    return norm.register_forward_pre_hook(hook)


def load(net: nn.Module, file: Path, prefix: str, forward, pictures: torch.Tensor) -> list[nn.Parameter]:
    """Gives `net` the convolutions of `file` and returns all parameters that were set.

    prefix: of the net's names in the file. forward: runs the convolutions on `pictures` (N x 3 x S x S, 0..1),
    ordinary ones: the norms' statistics come from them. SystemExit where the file is not of this network.
    """
    pairs, kept = _pairs(net), _weights(file)
    named = [(kept.get(f"{prefix}{name}.weight"), kept.get(f"{prefix}{name}.bias")) for name, _, _ in pairs]
    found = named if all(w is not None and b is not None for w, b in named) else _in_order(file)
    if [conv.weight.shape for _, conv, _ in pairs] != [weight.shape for weight, _ in found]:
        raise SystemExit(f"--from {file}: its convolutions are not those of this network, so it is no export of it")
    hooks, given = [], []
    with torch.no_grad():
        for (_, conv, norm), (weight, bias) in zip(pairs, found):
            conv.weight.copy_(weight)
            given.append(conv.weight)
            if norm is not None:
                hooks.append(_measure(norm, bias))
                given += [norm.weight, norm.bias]
            elif conv.bias is not None:
                conv.bias.copy_(bias)
                given.append(conv.bias)
        net.eval()
        forward(pictures)
        net.train()
    for hook in hooks:
        hook.remove()
    return given


def load_linear(layer: nn.Linear, file: Path, name: str) -> None:
    """Gives `layer` the weights that stand in `file` under `name`. SystemExit where there are none of its shape."""
    kept = _weights(file)
    weight, bias = kept.get(f"{name}.weight"), kept.get(f"{name}.bias")
    if weight is None or bias is None or weight.shape != layer.weight.shape:
        raise SystemExit(f"--from {file}: it has no layer {name} of this shape, so it is no export of this network")
    with torch.no_grad():
        layer.weight.copy_(weight)
        layer.bias.copy_(bias)
