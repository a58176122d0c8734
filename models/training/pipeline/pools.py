"""Everything rendered or decoded once and kept in the cache folder as plain arrays."""

import csv
import os
import subprocess
import sys
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
    """Whole classes that no training sees: half packaged, half produce, drawn by the seed."""
    kinds: dict[bool, list[int]] = {True: [], False: []}
    for path, fine, _ in grocery_list(settings):
        packaged = "/Packages/" in path
        if fine not in kinds[packaged]:
            kinds[packaged].append(fine)
    rng, half = config.random(settings, 12), settings["heldOut"]["groceryClasses"] // 2
    return {int(c) for kind in kinds.values() for c in rng.choice(sorted(kind), half, replace=False)}


def grocery_pool(settings: dict) -> np.ndarray:
    """count x 256 x 256 x 3 RGB, in the order of grocery_list."""

    def make() -> np.ndarray:
        root = Path(settings["grocery"])
        read = (cv2.imread(str(root / path))[..., ::-1] for path, _, _ in grocery_list(settings))
        return np.stack([cv2.resize(picture, (256, 256), interpolation=cv2.INTER_AREA) for picture in read])

    return _cached("grocery", make)


def catalogue_pool(settings: dict, held_out: bool) -> np.ndarray:
    """Catalogue pictures of the classes held out, or of all the others: count x size x size x 4, RGBA."""
    held = grocery_held_out(settings)
    classes = held if held_out else {fine for _, fine, _ in grocery_list(settings)} - held
    name = "catalogue-heldOut" if held_out else "catalogue-train"
    return _cached(name, lambda: shopware.catalogue(settings, classes, settings["pools"]["cutout"]))


def pack_pool(settings: dict, held_out: bool) -> np.ndarray:
    """Packs cut from photographs of the classes held out, or of all the others: count x size x size x 4, RGBA."""
    held = grocery_held_out(settings)
    count = settings["pools"]["packs"] // (8 if held_out else 1)

    def make() -> np.ndarray:
        mine = [n for n, (_, fine, _) in enumerate(grocery_list(settings)) if (fine in held) == held_out]
        return shopware.packs(settings, grocery_pool(settings)[mine], count, settings["pools"]["cutout"])

    return _cached("packs-heldOut" if held_out else "packs-train", make)


def run_onnx(model: str, input_name: str, pictures: np.ndarray, mean: float, scale: float, batch: int = 16) -> np.ndarray:
    """Runs an ONNX file through onnxruntime-node on N x H x W x 3 bytes, fed as (v - mean) * scale; rows of float32."""
    folder = config.cache()
    # Named after the process: two that measure at the same time must not read each other's pictures.
    source, result = folder / f"infer-{os.getpid()}.in", folder / f"infer-{os.getpid()}.out"
    np.ascontiguousarray(pictures).tofile(source)
    script = config.ROOT / "infer.mjs"
    count, height, width, _ = pictures.shape
    words = [model, input_name, str(source), str(result), count, height, width, mean, scale, batch]
    subprocess.run(["node", str(script), *map(str, words)], check=True, stdout=sys.stderr)
    rows = np.fromfile(result, np.float32).reshape(count, -1)
    source.unlink()
    result.unlink()
    return rows
