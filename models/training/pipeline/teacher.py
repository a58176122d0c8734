"""Features of the reference network for crops of the training photographs, computed once."""

import cv2
import numpy as np

from . import config, pools

SIDE = 224


def crops(settings: dict) -> tuple[np.ndarray, np.ndarray]:
    """Crops of training photographs (count x 128 x 128 x 3) and the teacher's features of them (count x 1280).

    Held-out classes are left out: what the student is measured on, the teacher never showed it.
    """
    held = pools.grocery_held_out(settings)
    photos = pools.grocery_pool(settings)
    rows = [i for i, (_, fine, _) in enumerate(pools.grocery_list(settings)) if fine not in held]
    views, fold = settings["pools"]["teacherCrops"], config.suffix(settings)

    def make() -> np.ndarray:
        rng = config.random(settings, 31)
        out = np.empty((len(rows) * views, SIDE, SIDE, 3), np.uint8)
        for n, row in enumerate(rows):
            for view in range(views):
                part = 256 if view == 0 else int(256 * rng.uniform(0.3, 0.95))
                x, y = rng.integers(0, 256 - part + 1, 2)
                cut = cv2.resize(photos[row][y : y + part, x : x + part], (SIDE, SIDE), interpolation=cv2.INTER_AREA)
                out[n * views + view] = np.rot90(cut, int(rng.integers(0, 4)) if view % 2 else 0)
        return out

    made: list[np.ndarray] = []

    def small() -> np.ndarray:
        made.append(make())
        return np.stack([cv2.resize(p, (128, 128), interpolation=cv2.INTER_AREA) for p in made[0]])

    pictures = pools._cached(f"teacher-crops{fold}", small)

    def features() -> np.ndarray:
        full = made[0] if made else make()
        return pools.run_onnx(settings["teacher"], "input", full, 127.0, 0.00784314).astype(np.float16)

    return pictures, pools._cached(f"teacher-features{fold}", features)
