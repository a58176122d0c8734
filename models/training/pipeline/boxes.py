"""Suppression, matching and average precision of boxes (left, top, right, bottom)."""

import numpy as np


def iou(one: np.ndarray, many: np.ndarray) -> np.ndarray:
    low, high = np.maximum(one[:2], many[:, :2]), np.minimum(one[2:4], many[:, 2:4])
    shared = np.prod((high - low).clip(0), 1)
    areas = np.prod(one[2:4] - one[:2]) + np.prod(many[:, 2:4] - many[:, :2], 1)
    return shared / np.maximum(areas - shared, 1e-6)


def suppress(raw: np.ndarray, score: float, overlap: float) -> np.ndarray:
    """N x 5 of (cx, cy, w, h, score) -> K x 5 of (left, top, right, bottom, score), best first."""
    raw = raw[raw[:, 4] >= score]
    raw = raw[np.argsort(-raw[:, 4])]
    found = np.concatenate([raw[:, :2] - raw[:, 2:4] / 2, raw[:, :2] + raw[:, 2:4] / 2, raw[:, 4:]], 1)
    kept: list[np.ndarray] = []
    while len(found):
        kept.append(found[0])
        found = found[1:][iou(found[0], found[1:]) <= overlap]
    return np.array(kept).reshape(-1, 5)


def matched(found: np.ndarray, truth: np.ndarray, least: float = 0.5) -> np.ndarray:
    """For each found box, best first, whether it is the first to hit a true one."""
    free, hits = np.ones(len(truth), bool), np.zeros(len(found), bool)
    for n, box in enumerate(found):
        overlap = iou(box, truth) * free if len(truth) else np.zeros(0)
        if len(overlap) and overlap.max() >= least:
            hits[n] = True
            free[overlap.argmax()] = False
    return hits


def average_precision(scores: np.ndarray, hits: np.ndarray, total: int) -> float:
    """Area under the precision-recall curve, every point interpolated."""
    order = np.argsort(-scores)
    right = np.cumsum(hits[order])
    precision, recall = right / np.arange(1, len(right) + 1), right / max(1, total)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    return float(np.sum(np.diff(np.concatenate([[0.0], recall])) * precision))


def summary(all_raw: np.ndarray, truths: list[np.ndarray], score: float, overlap: float) -> dict[str, float]:
    """mAP50 over all scores; recall, precision and share of pictures with the right count at the threshold."""
    scores, hits, total, exact, at_right, at_found = [], [], 0, 0, 0, 0
    for raw, truth in zip(all_raw, truths):
        wide = suppress(raw, 0.02, overlap)
        hit = matched(wide, truth)
        scores.append(wide[:, 4])
        hits.append(hit)
        total += len(truth)
        sure = wide[:, 4] >= score
        at_right, at_found = at_right + int((hit & sure).sum()), at_found + int(sure.sum())
        exact += int(sure.sum() == len(truth) and hit[sure].all())
    return {
        "mAP50": average_precision(np.concatenate(scores), np.concatenate(hits), total),
        "recall": at_right / max(1, total),
        "precision": at_right / max(1, at_found),
        "traysExact": exact / len(truths),
    }
