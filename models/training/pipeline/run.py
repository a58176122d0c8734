"""What both trainings share: time budget, learning rate, checkpoint, progress line and metrics log."""

import json
import time
from pathlib import Path
from typing import NamedTuple

import torch

from . import config, warm


# Steps in which only new layers learn, where a network begins with weights from a file.
CALM = 300


def _grown(kept: torch.Tensor, now: torch.Tensor) -> torch.Tensor:
    """`kept` in the shape of `now`: classes that were added behind the others since begin anew."""
    if kept.shape == now.shape:
        return kept
    out = now.clone()
    out[: len(kept)] = kept
    return out


class Length(NamedTuple):
    """How long a run lasts: minutes of the clock, or pictures seen, which a busy machine only stretches."""

    minutes: float
    pictures: int | None


class Run:
    """One training, by the clock or by the pictures it sees. Its state is kept in the cache folder, so `--resume` goes on where it stopped."""

    def __init__(self, name: str, net: torch.nn.Module, extra: torch.nn.Module | None, settings: dict, length: Length, resume: bool):
        own = settings[name]
        self.name, self.net, self.settings, self.length = name, net, settings, length
        self.modules = [m for m in (net, extra) if m is not None]
        parameters = [p for m in self.modules for p in m.parameters()]
        decay = [p for p in parameters if p.ndim > 1]
        plain = [p for p in parameters if p.ndim <= 1]
        self.rate = own["rate"]
        self.optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}], self.rate)
        self.averaged = {k: v.detach().clone() for k, v in net.state_dict().items()}
        self.step, self.seen, self.earlier = 0, 0, 0.0
        self.stages: list[str] = []
        self.calm: list[torch.nn.Parameter] = []
        self.file = config.cache() / f"{name}{config.suffix(settings)}.pt"
        self.log = self.file.with_suffix(".jsonl")
        if resume:
            self._load()
        elif settings.get("start"):
            self._inherit(settings["start"])
        self.first = self.seen
        self.started = self.said = time.monotonic()

    def _load(self) -> None:
        if not self.file.exists():
            raise SystemExit(f"nothing to resume: {self.file} does not exist; run without --resume")
        kept = torch.load(self.file, map_location="cpu")
        for module, state in zip(self.modules, kept["modules"]):
            module.load_state_dict({k: _grown(v, module.state_dict()[k].cpu()) for k, v in state.items()})
        self.optimizer.load_state_dict(kept["optimizer"])
        for parameter, moments in self.optimizer.state.items():
            for key in ("exp_avg", "exp_avg_sq"):
                moments[key] = _grown(moments[key].to(parameter.device), torch.zeros_like(parameter))
        self.averaged = {k: v.to(self.averaged[k].device) for k, v in kept["averaged"].items()}
        self.step, self.seen, self.earlier = kept["step"], kept["seen"], kept["minutes"]
        self.stages = kept["stages"]

    def _inherit(self, file: Path) -> None:
        """The history of the file that this training begins with."""
        manifest = warm.manifest_of(file)
        before = manifest["training"]
        self.stages = [*before["stages"], f"from here on beginning with the weights of {manifest['id']}"]
        self.seen, self.earlier = before["pictures"], before["minutes"]

    def keep_calm(self, learned: list[torch.nn.Parameter]) -> None:
        """Leaves what was learned before as it is for CALM steps, while the layers that are new find their way."""
        self.calm = learned
        for parameter in learned:
            parameter.requires_grad_(False)

    def fresh(self) -> int:
        """Pictures seen since this run began."""
        return self.seen - self.first

    def elapsed(self) -> float:
        """Minutes of this run."""
        return (time.monotonic() - self.started) / 60

    def part(self) -> float:
        """How much of this run is over, 0..1."""
        minutes, pictures = self.length
        return min(1.0, self.fresh() / pictures if pictures else self.elapsed() / minutes)

    def done(self) -> bool:
        return self.part() >= 1

    def set_rate(self) -> None:
        """Short warm-up, then a straight line down to a hundredth at the end."""
        if self.calm and self.step >= CALM:
            for parameter in self.calm:
                parameter.requires_grad_(True)
            self.calm = []
        part = self.part()
        rate = self.rate * min(1.0, (self.step + 1) / 200) * max(0.01, 1 - part)
        for group in self.optimizer.param_groups:
            group["lr"] = rate

    def advance(self, loss: torch.Tensor, count: int) -> None:
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for m in self.modules for p in m.parameters()], 5.0)
        self.optimizer.step()
        self.step += 1
        self.seen += count
        keep = min(0.998, self.step / (self.step + 20))
        with torch.no_grad():
            for key, value in self.net.state_dict().items():
                if value.dtype.is_floating_point:
                    self.averaged[key].mul_(keep).add_(value, alpha=1 - keep)
                else:
                    self.averaged[key].copy_(value)

    def report(self, every: float = 15.0, **values: float) -> None:
        """Prints a line and appends it to the metrics log, at most once in `every` seconds."""
        now = time.monotonic()
        if now - self.said < every:
            return
        self.said = now
        left = self.elapsed() * (1 / max(1e-6, self.part()) - 1)
        shown = "  ".join(f"{k} {v:.4g}" for k, v in values.items())
        print(f"{self.name}  step {self.step}  seen {self.seen}  {shown}  {left:.1f} min left", flush=True)
        self.record(**values)

    def record(self, **values: float) -> None:
        line = {"step": self.step, "seen": self.seen, "minutes": round(self.earlier + self.elapsed(), 2), **values}
        with open(self.log, "a") as file:
            file.write(json.dumps(line) + "\n")

    def save(self) -> Path:
        own = self.settings[self.name]
        kept = {
            "modules": [m.state_dict() for m in self.modules],
            "averaged": self.averaged,
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "seen": self.seen,
            "stages": [*self.stages, f"{self.fresh()} pictures in {self.elapsed():.0f} min at {own['size']} px, rate {own['rate']:g}"],
            "minutes": self.earlier + self.elapsed(),
            "seed": self.settings["seed"],
        }
        part = self.file.with_suffix(".part")
        torch.save(kept, part)
        part.rename(self.file)
        return self.file


def averaged(name: str, net: torch.nn.Module, settings: dict) -> tuple[torch.nn.Module, dict]:
    """`net` with the averaged weights of its checkpoint, ready to use, and the checkpoint."""
    file = config.cache() / f"{name}{config.suffix(settings)}.pt"
    if not file.exists():
        fold = f" --fold {settings['fold']}" if settings["fold"] else ""
        raise SystemExit(f"{file} does not exist; run: python3 models/training/train.py {name}{fold}")
    kept = torch.load(file, map_location="cpu")
    net.load_state_dict(kept["averaged"])
    return net.eval(), kept
