"""How well the shipped print network tells goods from pictures of them; its calibration and its limit."""

import numpy as np

from . import media, recapture, sets

# Honest goods of which people may be told for nothing, share of single looks.
FALSE_NOTICES = 0.005
CALIBRATION_PAIRS = 200
TEST_PAIRS = 120

# Of the figures: which goods, what carries their picture, the ink or screen where it is one only, share of photographs.
TESTS = {
    "photos.print": ("heldOut", "print", None, 1.0),
    "photos.screen": ("heldOut", "screen", None, 1.0),
    "photos.label": ("heldOut", "label", None, 1.0),
    "virtual.print": ("heldOut", "print", None, 0.0),
    "virtual.screen": ("heldOut", "screen", None, 0.0),
    "virtual.label": ("heldOut", "label", None, 0.0),
    "demo.print": ("demo", "print", None, 0.0),
    "demo.screen": ("demo", "screen", None, 0.0),
    "demo.label": ("demo", "label", None, 0.0),
    **{f"ink.{ink}": ("heldOut", "print", ink, 0.5) for ink in sorted(set(media.INKS))},
    "unseenMedia.linePrint": ("heldOut", "print", media.HELD_OUT["print"], 0.5),
    "unseenMedia.pentileScreen": ("heldOut", "screen", media.HELD_OUT["screen"], 0.5),
}


def log_odds(settings: dict, pictures: np.ndarray) -> np.ndarray:
    """Of being a picture, before calibration, as the shipped file gives them."""
    logits = sets.pools.run_onnx(sets.model(settings, "print"), "image", pictures, 0.0, 1 / 255, 8).astype(np.float64)
    most = logits[:, 1:].max(1)
    return most + np.log(np.exp(logits[:, 1:] - most[:, None]).sum(1)) - logits[:, 0]


def _platt(values: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Scale and shift of a logistic fit, both classes weighing the same (Newton's method)."""
    scale, shift = 1.0, 0.0
    weights = np.where(labels == 1, 0.5 / (labels == 1).sum(), 0.5 / (labels == 0).sum())
    for _ in range(50):
        p = 1 / (1 + np.exp(-(scale * values + shift)))
        error, bend = weights * (p - labels), weights * p * (1 - p)
        slope = np.array([(error * values).sum() + 1e-4 * scale, error.sum()])
        curve = np.array([[(bend * values**2).sum() + 1e-4, (bend * values).sum()], [(bend * values).sum(), bend.sum() + 1e-9]])
        step = np.linalg.solve(curve, slope)
        scale, shift = scale - step[0], shift - step[1]
    return float(scale), float(shift)


def fitted(settings: dict) -> tuple[dict[str, float], dict[str, float]]:
    """(calibration, thresholds) from held-out goods: see `PrintManifest`."""
    pairs = [recapture.test_set(settings, "heldOut", kind, CALIBRATION_PAIRS, 90 + i) for i, kind in enumerate(recapture.KINDS[1:])]
    real = log_odds(settings, np.concatenate([p[0] for p in pairs]))
    shown = log_odds(settings, np.concatenate([p[1] for p in pairs]))
    scale, shift = _platt(np.concatenate([real, shown]), np.repeat([0, 1], [len(real), len(shown)]))
    at = float(np.quantile(real, 1 - FALSE_NOTICES, method="higher"))
    notice = 1 / (1 + np.exp(-(scale * at + shift)))
    return {"scale": round(scale, 4), "shift": round(shift, 4)}, {"notice": round(float(np.clip(notice, 0.5, 0.999)) + 5e-4, 3)}


def _area(yes: np.ndarray, no: np.ndarray) -> float:
    """Chance that one of `yes` is above one of `no`."""
    order = np.sort(no)
    return float(((np.searchsorted(order, yes, "left") + np.searchsorted(order, yes, "right")) / 2).mean() / len(no))


def figures(settings: dict, calibration: dict[str, float], notice: float) -> dict[str, float]:
    """Found: share of pictures that reach the limit with a single look. falseNotices: share of goods that do."""
    at = (np.log(notice / (1 - notice)) - calibration["shift"]) / calibration["scale"]
    out, honest = {}, {}
    for number, (name, (which, kind, medium, photos)) in enumerate(TESTS.items()):
        real, shown = recapture.test_set(settings, which, kind, TEST_PAIRS, 110 + number, medium, photos)
        no, yes = log_odds(settings, real), log_odds(settings, shown)
        out[f"{name}.found"], out[f"{name}.area"] = float((yes >= at).mean()), _area(yes, no)
        honest.setdefault(name.split(".")[0], []).append(no)
    for name in ("photos", "virtual", "demo"):
        out[f"{name}.falseNotices"] = float((np.concatenate(honest[name]) >= at).mean())
    return out
