"""Everything rendered or decoded once and kept in the cache folder as plain arrays."""

import csv
import hashlib
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np

from . import config, emoji, goods, shopware, surfaces


def _render(job: tuple[int, int, int, int, int, np.ndarray]) -> np.ndarray:
    cv2.setNumThreads(1)
    seed, family, flavours, views, size, motifs = job
    return np.stack([goods.cutout(seed, family, f, v, size, motifs) for f in range(flavours) for v in range(views)])


def _cached(name: str, make) -> np.ndarray:
    path = config.cache() / f"{name}.npy"
    if not path.exists():
        print(f"preparing {name} …", flush=True)
        # Written beside and renamed, so that a run cut short leaves no half pool behind.
        part = path.with_name(f"{name}.part.npy")
        np.save(part, make())
        part.rename(path)
    return np.load(path, mmap_mode="r")


def goods_pool(settings: dict) -> np.ndarray:
    """families x flavours x views x size x size x 4, RGBA."""
    p = settings["pools"]
    motif_files = emoji.groups(settings["emoji"], settings["heldOut"]["emojiShare"])["train"]

    def make() -> np.ndarray:
        motifs = np.stack([emoji.cutout(path, 96) for path in motif_files])
        out = np.empty((p["families"], p["flavours"], p["views"], p["cutout"], p["cutout"], 4), np.uint8)
        jobs = ((settings["seed"], f, p["flavours"], p["views"], p["cutout"], motifs) for f in range(p["families"]))
        with ProcessPoolExecutor(2) as pool:
            for family, views in enumerate(pool.map(_render, jobs, chunksize=8)):
                out[family] = views.reshape(out.shape[1:])
                if family % 200 == 0:
                    print(f"  goods {family}/{p['families']}", flush=True)
        return out

    return _cached("goods", make)


def emoji_pool(settings: dict, group: str) -> np.ndarray:
    """count x size x size x 4, RGBA, in the order of emoji.groups."""
    files = emoji.groups(settings["emoji"], settings["heldOut"]["emojiShare"])[group]
    return _cached(f"emoji-{group}", lambda: np.stack([emoji.cutout(path, settings["pools"]["cutout"]) for path in files]))


def surface_pool(settings: dict) -> np.ndarray:
    """count x 320 x 320 x 3."""
    rng = config.random(settings, 11)
    return _cached("surfaces", lambda: np.stack([surfaces.surface(rng, 320) for _ in range(settings["pools"]["surfaces"])]))


def grocery_list(settings: dict) -> list[tuple[str, int, int]]:
    """(path, fine class, coarse class) of every photograph that can be used for training or, held out, for tests."""
    with open(Path(settings["grocery"]) / "pictures.csv", newline="") as file:
        return [(row["path"], int(row["class_id"]), int(row["coarse_id"])) for row in csv.DictReader(file)]


def grocery_held_out(settings: dict) -> set[int]:
    """Whole classes that no training of `settings["fold"]` sees: half packaged, half produce, drawn by the seed.

    Fold 0 is what ships; no class is held out by two folds.
    """
    kinds: dict[bool, list[int]] = {True: [], False: []}
    for path, fine, _ in grocery_list(settings):
        packaged = "/Packages/" in path
        if fine not in kinds[packaged]:
            kinds[packaged].append(fine)
    rng, half, fold = config.random(settings, 12), settings["heldOut"]["groceryClasses"] // 2, settings["fold"]
    shipped = {packaged: rng.choice(sorted(kind), half, replace=False) for packaged, kind in kinds.items()}
    if fold == 0:
        return {int(c) for kind in shipped.values() for c in kind}
    later = config.random(settings, 13)
    others = {packaged: later.permutation(sorted(set(kind) - set(shipped[packaged]))) for packaged, kind in kinds.items()}
    chosen = {int(c) for kind in others.values() for c in kind[(fold - 1) * half : fold * half]}
    if len(chosen) < 2 * half:
        raise SystemExit(f"fold {fold} does not exist: the photographs have too few classes for it")
    return chosen


def grocery_names(settings: dict, classes: set[int]) -> list[str]:
    """Names of classes, in the order of their numbers."""
    with open(Path(settings["grocery"]) / "classes.csv", newline="") as file:
        return [row["name"] for row in csv.DictReader(file) if int(row["class_id"]) in classes]


def grocery_pool(settings: dict) -> np.ndarray:
    """count x 256 x 256 x 3 RGB, in the order of grocery_list."""

    def make() -> np.ndarray:
        root = Path(settings["grocery"])
        read = (cv2.imread(str(root / path))[..., ::-1] for path, _, _ in grocery_list(settings))
        return np.stack([cv2.resize(picture, (256, 256), interpolation=cv2.INTER_AREA) for picture in read])

    return _cached("grocery", make)


def iconic_pool(settings: dict) -> tuple[np.ndarray, list[int]]:
    """The catalogue picture of every class, count x 256 x 256 x 3 RGB, letterboxed with grey 114, and their classes."""
    with open(Path(settings["grocery"]) / "classes.csv", newline="") as file:
        rows = [(row["iconic"], int(row["class_id"])) for row in csv.DictReader(file)]

    def read(path: str) -> np.ndarray:
        picture = cv2.imread(str(Path(settings["grocery"]) / path))[..., ::-1]
        scale = 256 / max(picture.shape[:2])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)[:256, :256]
        out = np.full((256, 256, 3), 114, np.uint8)
        top, left = (256 - small.shape[0]) // 2, (256 - small.shape[1]) // 2
        out[top : top + small.shape[0], left : left + small.shape[1]] = small
        return out

    return _cached("iconic", lambda: np.stack([read(path) for path, _ in rows])), [fine for _, fine in rows]


def catalogue_pool(settings: dict, held_out: bool) -> np.ndarray:
    """Catalogue pictures of the classes held out, or of all the others: count x size x size x 4, RGBA."""
    held = grocery_held_out(settings)
    classes = held if held_out else {fine for _, fine, _ in grocery_list(settings)} - held
    name = "catalogue-heldOut" if held_out else "catalogue-train"
    return _cached(name + config.suffix(settings), lambda: shopware.catalogue(settings, classes, settings["pools"]["cutout"]))


def pack_pool(settings: dict, held_out: bool) -> np.ndarray:
    """Packs cut from photographs of the classes held out, or of all the others: count x size x size x 4, RGBA."""
    held = grocery_held_out(settings)
    count = settings["pools"]["packs"] // (8 if held_out else 1)

    def make() -> np.ndarray:
        mine = [n for n, (_, fine, _) in enumerate(grocery_list(settings)) if (fine in held) == held_out]
        return shopware.packs(settings, grocery_pool(settings)[mine], count, settings["pools"]["cutout"])

    return _cached(("packs-heldOut" if held_out else "packs-train") + config.suffix(settings), make)


def run_onnx(model: str, input_name: str, pictures: np.ndarray, mean: float, scale: float, batch: int = 16, keep: bool = True) -> np.ndarray:
    """Runs an ONNX file through onnxruntime-node on N x H x W x 3 bytes, fed as (v - mean) * scale; rows of float32.

    keep: answers are kept in the cache folder, by what the file and the pictures hold, and read from there again.
    """
    pictures = np.ascontiguousarray(pictures)
    about = f"{input_name} {pictures.shape} {mean} {scale}".encode()
    key = hashlib.sha256(Path(model).read_bytes() + about)
    key.update(pictures)
    kept = config.cache() / "answers" / f"{key.hexdigest()[:24]}.npy"
    if keep and kept.exists():
        return np.load(kept)
    rows = _infer(model, input_name, pictures, mean, scale, batch)
    if keep:
        kept.parent.mkdir(exist_ok=True)
        part = kept.with_suffix(f".{os.getpid()}.npy")
        np.save(part, rows)
        part.rename(kept)
    return rows


def _infer(model: str, input_name: str, pictures: np.ndarray, mean: float, scale: float, batch: int) -> np.ndarray:
    script = config.ROOT / "infer.mjs"
    count, height, width, _ = pictures.shape
    # A folder of its own: two that measure at the same time must not read each other's pictures.
    with tempfile.TemporaryDirectory(dir=config.cache()) as folder:
        source, result = Path(folder) / "in", Path(folder) / "out"
        pictures.tofile(source)
        words = [model, input_name, str(source), str(result), count, height, width, mean, scale, batch]
        subprocess.run(["node", str(script), *map(str, words)], check=True, stdout=sys.stderr)
        return np.fromfile(result, np.float32).reshape(count, -1)
