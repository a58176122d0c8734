"""Features of the reference network for crops of the training photographs, computed once."""

import cv2
import numpy as np

from . import config, pools

SIDE = 224
# Pictures that the teacher looks at in one go: 150 KB each.
CHUNK = 6000
# Share of crops that are two photographs, one seen through the other, and of crops with their colours swapped. A
# teacher has more to say of them than of few photographs alone, and the student has to follow it there, too
# (Beyer et al., "Knowledge distillation: A good teacher is patient and consistent", 2022).
MIXED, SWAPPED = 0.4, 0.2


def _cut(rng: np.random.Generator, photo: np.ndarray, whole: bool) -> np.ndarray:
    part = 256 if whole else int(256 * rng.uniform(0.3, 0.95))
    x, y = rng.integers(0, 256 - part + 1, 2)
    cut = cv2.resize(photo[y : y + part, x : x + part], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return cut if whole else np.rot90(cut, int(rng.integers(0, 4)))


def _shown(rng: np.random.Generator, photos: np.ndarray, rows: list[int], row: int, whole: bool) -> np.ndarray:
    cut = _cut(rng, photos[row], whole)
    if whole:
        return cut
    if rng.random() < MIXED:
        other = _cut(rng, photos[rows[rng.integers(0, len(rows))]], False)
        share = rng.uniform(0.3, 0.7)
        cut = (cut * share + other * (1 - share)).astype(np.uint8)
    return cut[..., rng.permutation(3)] if rng.random() < SWAPPED else cut


def crops(settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Crops of training photographs (count x 128 x 128 x 3) and the teacher's features of them (count x 1280).

    Held-out classes are left out: what the student is measured on, the teacher never showed it.
    """
    held = pools.grocery_held_out(settings)
    photos = pools.grocery_pool(settings)
    rows = [i for i, (_, fine, _) in enumerate(pools.grocery_list(settings)) if fine not in held]
    views, fold = settings["pools"]["teacherCrops"], config.suffix(settings)
    wanted = [(row, view) for view in range(views) for row in rows]
    features: list[np.ndarray] = []

    def small() -> np.ndarray:
        rng, out = config.random(settings, 31), []
        for first in range(0, len(wanted), CHUNK):
            full = np.stack([_shown(rng, photos, rows, row, view == 0) for row, view in wanted[first : first + CHUNK]])
            features.append(pools.run_onnx(settings["teacher"], "input", full, 127.0, 0.00784314, keep=False).astype(np.float16))
            out += [cv2.resize(picture, (128, 128), interpolation=cv2.INTER_AREA) for picture in full]
        return np.stack(out)

    names = [f"teacher-{views}-{what}{fold}" for what in ("crops", "features")]
    if not all((config.cache() / f"{name}.npy").exists() for name in names):
        # They belong together: half of them is none.
        (config.cache() / f"{names[0]}.npy").unlink(missing_ok=True)
    return pools._cached(names[0], small), pools._cached(names[1], lambda: np.concatenate(features))
