"""Training of the print network: goods against pictures of the same goods."""

import numpy as np
import torch
import torch.nn.functional as F

from . import config, recapture
from .print_net import PrintNet
from .ring import Ring
from .run import Run

CHECK_PAIRS = 60


def _make(settings: dict):
    sources, size = recapture.Sources(settings, "train"), settings["print"]["size"]

    def make(seed: int):
        rng = np.random.default_rng(seed)

        def one():
            kind = int(rng.integers(1, len(recapture.KINDS)))
            return np.stack(recapture.pair(rng, sources, recapture.KINDS[kind], size)), np.int64([0, kind])

        return one

    return make


def _turned(pictures: torch.Tensor, draw: np.random.Generator) -> torch.Tensor:
    """A quarter turn and a flip, drawn anew each time a batch is seen."""
    x = torch.rot90(pictures, int(draw.integers(0, 4)), (2, 3))
    return x.flip(3) if draw.random() < 0.5 else x


def tensor(pictures: torch.Tensor) -> torch.Tensor:
    """N x size x size x 3 bytes as the network's input."""
    return pictures.permute(0, 3, 1, 2).float().div_(255)


def _check(net: torch.nn.Module, device: torch.device, sets: dict[str, np.ndarray]) -> dict[str, float]:
    """Share of held-out pairs in which the picture looks more like one than its goods do, by kind."""
    net.eval()
    out = {}
    with torch.no_grad():
        for kind, pairs in sets.items():
            scores = [torch.logsumexp(y[:, 1:], 1) - y[:, 0] for y in (net(tensor(torch.from_numpy(p)).to(device)) for p in pairs)]
            wins = (scores[1][None] > scores[0][:, None]).float().mean()
            out[kind] = float(wins)
    net.train()
    return out


def train(settings: dict, minutes: float, resume: bool) -> None:
    own, device = settings["print"], settings["device"]
    torch.manual_seed(settings["seed"])
    shapes = [((2, own["size"], own["size"], 3), torch.uint8), ((2,), torch.int64)]
    ring = Ring(_make(settings), settings["seed"] + 300, shapes, own["ring"], settings["makers"])
    net = PrintNet().to(device, memory_format=torch.channels_last)
    run = Run("print", net, None, settings, minutes, resume)
    checks = {kind: recapture.test_set(settings, "heldOut", kind, CHECK_PAIRS, 81) for kind in recapture.KINDS[1:]}
    draw = config.random(settings, 82, run.step)
    loss_mean, right, next_check = 1.0, 0.5, 3.0
    ring.want(300)
    ring.wait(128)
    try:
        while not run.done():
            run.set_rate()
            index = torch.from_numpy(draw.integers(0, ring.ready(), own["pairs"]))
            labels = ring.arrays[1][index].flatten().to(device)
            x = _turned(tensor(ring.arrays[0][index].flatten(0, 1).to(device)), draw).contiguous(memory_format=torch.channels_last)
            with torch.autocast(device.type, torch.bfloat16):
                logits = net(x)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=0.02)
            run.advance(loss, len(labels))
            ring.want(300 + run.fresh() / (2 * own["reuse"]))
            loss_mean = loss_mean * 0.98 + loss.item() * 0.02
            right = right * 0.98 + ((logits.argmax(1) > 0) == (labels > 0)).float().mean().item() * 0.02
            run.report(loss=loss_mean, right=right, made=2 * ring.made(), rate=run.fresh() / max(1e-6, run.elapsed() * 60))
            if run.elapsed() > next_check:
                next_check += 4
                values = _check(net, device, checks)
                print("print  ranked above its goods: " + "  ".join(f"{k} {v:.3f}" for k, v in values.items()), flush=True)
                run.record(**{f"heldOut.{k}": v for k, v in values.items()})
                run.save()
    finally:
        run.save()
        ring.close()
