"""Training of the print network: goods against pictures of the same goods."""

import numpy as np
import torch
import torch.nn.functional as F

from . import config, recapture, warm
from .print_net import PrintNet
from .ring import Ring
from .run import Length, Run

CHECK_PAIRS = 40
# Made before the first step.
FIRST_PAIRS = 300
# 98 KB each.
MOST_KEPT = 10_000


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


def _lit(x: torch.Tensor, draw: np.random.Generator) -> torch.Tensor:
    """Another exposure and cast of the lamp for each pair, the same for both of it."""
    gain = np.exp(draw.normal(0, 0.15, (len(x) // 2, 1, 1))) * np.exp(draw.normal(0, 0.05, (len(x) // 2, 1, 3)))
    gain = torch.from_numpy(gain.repeat(2, 1).astype(np.float32)).reshape(len(x), 3, 1, 1)
    return (x * gain.to(x.device)).clamp_(0, 1)


def tensor(pictures: torch.Tensor) -> torch.Tensor:
    """N x size x size x 3 bytes as the network's input."""
    return pictures.permute(0, 3, 1, 2).float().div_(255)


class Kept:
    """Pairs that earlier runs made: making them costs more than learning from them."""

    def __init__(self, resume: bool):
        self.path = config.cache() / "print-pairs.npz"
        self.pairs, self.labels = None, None
        if resume and self.path.exists():
            with np.load(self.path) as kept:
                self.pairs, self.labels = torch.from_numpy(kept["pairs"]), torch.from_numpy(kept["labels"])

    def __len__(self) -> int:
        return 0 if self.pairs is None else len(self.pairs)

    def draw(self, draw: np.random.Generator, ring: Ring, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        """`count` pairs of those kept and those made since, each as likely."""
        index = draw.integers(0, len(self) + ring.ready(), count)
        old, new = torch.from_numpy(index[index < len(self)]), torch.from_numpy(index[index >= len(self)] - len(self))
        if len(self) == 0:
            return ring.arrays[0][new], ring.arrays[1][new]
        return torch.cat([self.pairs[old], ring.arrays[0][new]]), torch.cat([self.labels[old], ring.arrays[1][new]])

    def save(self, ring: Ring) -> None:
        fresh = [array[: ring.ready()] for array in ring.arrays]
        if len(self):
            fresh = [torch.cat([new, old])[:MOST_KEPT] for new, old in zip(fresh, (self.pairs, self.labels))]
        part = self.path.with_name("print-pairs.part.npz")
        np.savez(part, pairs=fresh[0].numpy(), labels=fresh[1].numpy())
        part.rename(self.path)


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


def train(settings: dict, length: Length, resume: bool) -> None:
    own, device = settings["print"], settings["device"]
    torch.manual_seed(settings["seed"])
    shapes = [((2, own["size"], own["size"], 3), torch.uint8), ((2,), torch.int64)]
    ring = Ring(_make(settings), settings["seed"] + 300, shapes, own["ring"], settings["makers"])
    kept = Kept(resume)
    ring.want(FIRST_PAIRS)
    ring.wait(0 if len(kept) else 128)
    net = PrintNet()
    if settings["start"]:
        warm.load(net, settings["start"], "", net, tensor(ring.arrays[0][: ring.ready()].flatten(0, 1)))
        warm.load_linear(net.head, settings["start"], "head")
    net = net.to(device, memory_format=torch.channels_last)
    run = Run("print", net, None, settings, length, resume)
    checks = {kind: recapture.test_set(settings, "heldOut", kind, CHECK_PAIRS, 81) for kind in recapture.KINDS[1:]}
    draw = config.random(settings, 82, run.step)
    loss_mean, right, next_check = 1.0, 0.5, 3.0
    try:
        while not run.done():
            run.set_rate()
            pairs, labels = kept.draw(draw, ring, own["pairs"])
            labels = labels.flatten().to(device)
            x = _lit(_turned(tensor(pairs.flatten(0, 1).to(device)), draw), draw).contiguous(memory_format=torch.channels_last)
            with torch.autocast(device.type, torch.bfloat16):
                logits = net(x)
            loss = F.cross_entropy(logits.float(), labels, label_smoothing=0.02)
            run.advance(loss, len(labels))
            ring.want(FIRST_PAIRS + run.fresh() / (2 * own["reuse"]))
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
        kept.save(ring)
