"""Settings of one training: config.json, the cache folder and seeded random sources."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
WEIGHTS = ROOT.parent / "weights"
# Embedders that are only measured, each with other classes of photographs held out; see README.md.
FOLDS = ROOT / "folds"


def load(fold: int = 0) -> dict:
    """The settings, with `emoji`, `grocery` and `teacher` as absolute paths.

    fold: which photographed classes are held out; 0 is what ships.
    """
    settings = json.loads((ROOT / "config.json").read_text())
    settings["fold"] = fold
    for key in ("emoji", "grocery", "teacher"):
        settings[key] = str((ROOT / settings[key]).resolve())
    return settings


def cache() -> Path:
    """Folder for pools and checkpoints, outside the repository: TILLSIGHT_TRAINING_CACHE or the user's cache."""
    default = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "tillsight" / "training"
    folder = Path(os.environ.get("TILLSIGHT_TRAINING_CACHE", default))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def suffix(settings: dict) -> str:
    """What tells a fold's files in the cache folder from the shipped network's."""
    return f"-fold{settings['fold']}" if settings["fold"] else ""


def network_id(settings: dict, kind: str) -> str:
    return f"{settings[kind]['id']}{suffix(settings)}"


def published(settings: dict, kind: str) -> tuple[Path, Path]:
    """ONNX file and manifest: among the shipped weights, or, of a fold, beside the other folds."""
    folder = FOLDS if settings["fold"] else WEIGHTS
    return folder / f"{kind}{suffix(settings)}.onnx", folder / f"{network_id(settings, kind)}.json"


def data_versions(settings: dict) -> dict[str, str]:
    """What was trained on, by version: the photographs' lists and the reference network by checksum, the emoji by release."""

    def digest(*files: Path) -> str:
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]

    grocery, package = Path(settings["grocery"]), Path(settings["emoji"]).parent / "package.json"
    return {
        "grocery": digest(grocery / "pictures.csv", grocery / "classes.csv"),
        "emoji": json.loads(package.read_text())["version"],
        "teacher": digest(Path(settings["teacher"])),
        "goods": f"seed {settings['seed']}, {json.dumps(settings['pools'])}",
    }


def device(choice: str) -> torch.device:
    """`auto` takes a CUDA device where there is one. SystemExit where `cuda` is asked for and there is none."""
    if choice == "cuda" and not torch.cuda.is_available():
        raise SystemExit("--device cuda: PyTorch sees no CUDA device; install its driver and a CUDA build of PyTorch, or use --device cpu")
    return torch.device("cuda" if choice == "cuda" or (choice == "auto" and torch.cuda.is_available()) else "cpu")


def makers(threads: int) -> int:
    """Processes that make samples: the cores that the trainer leaves, at least one."""
    return max(1, len(os.sched_getaffinity(0)) - threads)


def export_size(settings: dict, kind: str) -> tuple[int, int]:
    """Width and height of the exported network's input, in pixels."""
    size = settings[kind]["exportSize"]
    return (size[0], size[1]) if isinstance(size, list) else (size, size)


def shape_for(settings: dict, width: int, height: int) -> tuple[int, int]:
    """Width and height of the detector's input in which a picture is seen largest, as the product chooses it."""
    shapes = [export_size(settings, "detector"), *map(tuple, settings["detector"]["exportShapes"])]
    return max(shapes, key=lambda s: (min(s[0] / width, s[1] / height), -s[0] * s[1]))


def random(settings: dict, *parts: int) -> np.random.Generator:
    """A random source fixed by the seed and `parts`, whatever ran before it."""
    return np.random.default_rng([settings["seed"], *parts])
