"""The shipped detector's figures on composed trays, and the thresholds that suit it."""

import numpy as np

from . import boxes, sets

TRAYS = 200
CALIBRATION_TRAYS = 120
# The square composed, and width and height of the part of it that a camera shows: all, or a lane's 1280 x 720, halved.
SQUARE, LANE = (416, 416, 416), (640, 640, 360)
# Each mistake, in trays exactly right: what is missed leaves the shop unpaid, one too many is a question.
MISS_COST, GHOST_COST = 0.25, 0.1
# Doubtful boxes may lie on so many empty trays, and score no less than this.
DOUBT_ALARMS, LEAST_DOUBT = 0.1, 0.15

# Goods, what the camera shows, and what is composed. Items of the virtual lane are 110 to 220 of its camera's pixels.
VIEWS = {
    "heldOut": ("heldOut", SQUARE, {}),
    "shop10": ("shop", SQUARE, {"spans": (66, 100), "hand_share": 0.0, "items": 10}),
    "demo": ("demo", SQUARE, {}),
    "lane": ("demo", LANE, {"spans": (62, 94)}),
}
BARE = {
    "empty": {"empty": True, "hand_share": 0.0, "things": 0.0},
    "hands": {"empty": True, "hand_share": 1.0, "things": 0.0},
    "things": {"empty": True, "hand_share": 0.0, "things": 1.0},
}


def _exact(raw: np.ndarray, truth: np.ndarray, limits: dict) -> bool:
    found = boxes.suppress(raw, limits["score"], limits["nmsIou"])
    return len(found) == len(truth) and bool(boxes.matched(found, truth).all())


def _crowding(truth: np.ndarray) -> float:
    """Largest share of an item's box that another item's box covers."""
    most = 0.0
    for n, box in enumerate(truth):
        others = np.delete(truth, n, 0)
        if len(others):
            low, high = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
            most = max(most, float((np.prod((high - low).clip(0), 1) / np.prod(box[2:] - box[:2])).max()))
    return most


def _breakdown(name: str, raws: np.ndarray, truths: list[np.ndarray], limits: dict) -> dict[str, float]:
    """Share of trays that are exactly right, by how many items lie there and by how much they cover each other."""
    right = np.array([_exact(raw, truth, limits) for raw, truth in zip(raws, truths)])
    counts, crowding = np.array([len(t) for t in truths]), np.array([_crowding(t) for t in truths])
    bands = {
        "1to4items": (counts >= 1) & (counts <= 4), "5to9items": (counts >= 5) & (counts <= 9), "10to15items": counts >= 10,
        "apart": (counts > 0) & (crowding < 0.02), "touching": (crowding >= 0.02) & (crowding < 0.25), "overlapping": crowding >= 0.25,
    }
    return {f"{name}.traysExact.{band}": float(right[mine].mean()) for band, mine in bands.items() if mine.sum() >= 10}


def figures(settings: dict, limits: dict) -> dict[str, float]:
    out: dict[str, float] = {}
    for number, (name, (which, view, options)) in enumerate(VIEWS.items()):
        pictures, truths = sets.tray_set(settings, which, TRAYS, view, 61 + number, **options)
        raws = sets.detections(settings, pictures)
        out.update({f"{name}.{k}": v for k, v in boxes.summary(raws, truths, limits["score"], limits["nmsIou"]).items()})
        out.update(_breakdown(name, raws, truths, limits))
    for name, options in BARE.items():
        raws = _bare(settings, "demo", TRAYS, 65, options)
        for what, limit in (("falseAlarmTrays", limits["score"]), ("doubtedTrays", limits["doubt"])):
            out[f"{name}.{what}"] = float(np.mean([(raw[:, 4] >= limit).any() for raw in raws]))
    return out


def _bare(settings: dict, which: str, count: int, seed: int, options: dict) -> np.ndarray:
    return sets.detections(settings, sets.tray_set(settings, which, count, SQUARE, seed, **options)[0])


def _worth(raws: list[np.ndarray], truths: list[np.ndarray], score: float, overlap: float) -> float:
    """How good a pair of thresholds is: trays that are exactly right, less what each mistake on the others costs."""
    right = cost = 0.0
    for raw, truth in zip(raws, truths):
        found = boxes.suppress(raw, score, overlap)
        hits = int(boxes.matched(found, truth).sum())
        right += hits == len(truth) == len(found)
        cost += MISS_COST * (len(truth) - hits) + GHOST_COST * (len(found) - hits)
    return (right - cost) / len(truths)


def thresholds(settings: dict) -> dict[str, float]:
    """score, nmsIou: the pair that is worth the most on held-out goods.

    doubt: the lowest score that few enough of the empty trays reach. Below `score` a box counts only where the tray
    does not look bare, so what a surface or a rim makes the network see there does no harm, and goods that are
    missed are found again; that is why a miss costs only two and a half ghosts here.
    """
    raws, truths = [], []
    for seed, which, view in ((51, "heldOut", SQUARE), (52, "shop", LANE)):
        pictures, boxed = sets.tray_set(settings, which, CALIBRATION_TRAYS, view, seed, spans=(50, 130))
        raws += list(sets.detections(settings, pictures))
        truths += boxed
    points = [(_worth(raws, truths, s, o), s, o) for s in np.arange(0.2, 0.71, 0.02) for o in (0.4, 0.5, 0.6, 0.7)]
    worth, score, overlap = max(points)
    highest = _bare(settings, "heldOut", CALIBRATION_TRAYS, 53, BARE["empty"])[..., 4].max(1)
    doubt = float(np.quantile(highest, 1 - DOUBT_ALARMS))
    print(f"calibrated: worth {worth:.3f} a tray; {1 - DOUBT_ALARMS:.0%} of empty trays score at most {doubt:.2f}")
    return {"score": round(float(score), 2), "doubt": round(min(max(doubt, LEAST_DOUBT), float(score)), 2), "nmsIou": overlap}
