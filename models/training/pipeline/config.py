"""Settings of one training: config.json, the cache folder and seeded random sources."""

import json
import os
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT.parent / "weights"


def load() -> dict:
    """The settings, with `emoji`, `grocery` and `teacher` as absolute paths."""
    settings = json.loads((ROOT / "config.json").read_text())
    for key in ("emoji", "grocery", "teacher"):
        settings[key] = str((ROOT / settings[key]).resolve())
    return settings


def cache() -> Path:
    """Folder for pools and checkpoints, outside the repository: TILLSIGHT_TRAINING_CACHE or the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tillsight" / "training"
    folder = Path(os.environ.get("TILLSIGHT_TRAINING_CACHE", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def export_size(settings: dict, kind: str) -> tuple[int, int]:
    """Width and height of the exported network's input, in pixels."""
    size = settings[kind]["exportSize"]
    return (size[0], size[1]) if isinstance(size, list) else (size, size)


def random(settings: dict, *parts: int) -> np.random.Generator:
    """A random source fixed by the seed and `parts`, whatever ran before it."""
    return np.random.default_rng([settings["seed"], *parts])
