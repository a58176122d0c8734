"""What a lane does to a picture that a reference does not show: something in front, less light, any side up."""

import numpy as np

from . import retrieval

# Share of the picture's area that is covered, and of the light that is left.
COVERED, LIGHT = 0.3, 0.5


def _covered(rng: np.random.Generator, pictures: np.ndarray) -> np.ndarray:
    out, side = pictures.copy(), pictures.shape[1]
    for picture in out:
        width = np.sqrt(COVERED) * side * rng.uniform(0.8, 1.25)
        height = COVERED * side * side / width
        left, top = rng.integers(0, side - int(width) + 1), rng.integers(0, side - int(height) + 1)
        picture[top : top + int(height), left : left + int(width)] = rng.integers(0, 256, 3)
    return out


def disturbances(rng: np.random.Generator, pictures: np.ndarray) -> dict[str, np.ndarray]:
    """N x S x S x 3 bytes, disturbed in each of the ways that the lane's figures name."""
    return {
        "occluded30": _covered(rng, pictures),
        "light0.5": (pictures * LIGHT).astype(np.uint8),
        "turned180": np.ascontiguousarray(pictures[:, ::-1, ::-1]),
    }


def recall(clean: np.ndarray, disturbed: np.ndarray, labels: np.ndarray, references: int, seed: int, draws: int = 5) -> float:
    """recall@1 of disturbed pictures among references that are clean."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        refs, queries = retrieval.split(labels, references, rng)
        scores, classes = retrieval.class_scores(np.where(np.isin(np.arange(len(labels)), refs)[:, None], clean, disturbed), labels, refs, queries)
        found.append(np.mean(classes[scores.argmax(1)] == labels[queries]))
    return float(np.mean(found))
