"""Thresholds from goods that were held out of training. Demo goods play no part: they are measured only."""

import numpy as np

from . import measure_trays, retrieval, sets

# Goods outside the catalog that may be accepted as something in it. Where the strictest limit would leave
# fewer than LEAST_ACCEPTED of the known goods accepted, the next one is taken, and export.py says so.
FALSE_ACCEPTS = (0.005, 0.01, 0.02, 0.05)
LEAST_ACCEPTED = 0.4
# Known goods that may be accepted as another item of the catalog: a wrong line costs far more than a question.
WRONG_ACCEPTS = 0.005


def thresholds(kind: str, settings: dict) -> dict[str, float]:
    return measure_trays.thresholds(settings) if kind == "detector" else _embedder(settings)


def embedder_sets(settings: dict) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Vectors and labels of each kind of held-out goods: shop photographs, tray crops of emoji and of goods."""
    photos, labels, _, held = sets.grocery_set(settings)
    mine = np.isin(labels, held)
    out = {"grocery": (sets.embeddings(settings, photos[mine]), labels[mine])}
    for number, which in enumerate(("heldOut", "goods")):
        crops, own = sets.crop_set(settings, which, 12, 52 + number)
        out[which] = (sets.embeddings(settings, crops), own)
    return out


def _best_point(measured: list[dict[str, np.ndarray]], limit: float) -> tuple[float, float, float]:
    """(correct accepts, match, margin) with the most correct accepts within both limits; all are means over kinds of goods."""
    best = (-1.0, 1.0, 0.0)
    for margin in np.arange(0.0, 0.21, 0.02):
        for match in np.arange(0.3, 0.995, 0.01):
            points = [retrieval.operating_point(m, match, margin) for m in measured]
            false, right, wrong = np.mean(points, 0)
            if false <= limit and wrong <= WRONG_ACCEPTS:
                best = max(best, (float(right), float(match), float(margin)))
                break
    return best


def _embedder(settings: dict) -> dict[str, float]:
    """match, margin: the pair within the limits of false and of wrong accepts that accepts the most known goods.

    ambiguous: 99 % of known goods that are nearest to their own class score above it.
    """
    measured = [retrieval.open_set(v, own, 5, settings["seed"]) for v, own in embedder_sets(settings).values()]
    for limit in FALSE_ACCEPTS:
        accepted, match, margin = _best_point(measured, limit)
        if accepted >= LEAST_ACCEPTED:
            break
    print(f"calibrated at {limit:.1%} false accepts: {accepted:.1%} of known goods accepted as what they are")
    right = np.concatenate([m["known"][m["right"]] for m in measured])
    ambiguous = min(float(np.quantile(right, 0.01)), match)
    return {"match": round(match, 3), "ambiguous": round(ambiguous, 3), "margin": round(margin, 3)}
