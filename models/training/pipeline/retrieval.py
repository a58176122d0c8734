"""Measures of an embedding: recall@1 with few references, and what is accepted that should not be."""

import numpy as np


def split(labels: np.ndarray, references: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Indices of `references` pictures of each class, and of all the others."""
    chosen = [rng.choice(np.flatnonzero(labels == c), references, replace=False) for c in np.unique(labels)]
    taken = np.zeros(len(labels), bool)
    taken[np.concatenate(chosen)] = True
    return np.flatnonzero(taken), np.flatnonzero(~taken)


def class_scores(vectors: np.ndarray, labels: np.ndarray, refs: np.ndarray, queries: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best cosine of each query to each class's references: Q x C, and the C class labels."""
    similarity = vectors[queries] @ vectors[refs].T
    classes = np.unique(labels[refs])
    return np.stack([similarity[:, labels[refs] == c].max(1) for c in classes], 1), classes


def recall(vectors: np.ndarray, labels: np.ndarray, references: int, seed: int, draws: int = 5, within: np.ndarray | None = None) -> float:
    """recall@1, 0..1, mean over draws of references; `within`: only queries of these classes count."""
    rng, found = np.random.default_rng(seed), []
    for _ in range(draws):
        refs, queries = split(labels, references, rng)
        if within is not None:
            queries = queries[np.isin(labels[queries], within)]
        scores, classes = class_scores(vectors, labels, refs, queries)
        found.append(np.mean(classes[scores.argmax(1)] == labels[queries]))
    return float(np.mean(found))


def open_set(vectors: np.ndarray, labels: np.ndarray, references: int, seed: int, draws: int = 9) -> dict[str, np.ndarray]:
    """A third of the classes is left out of the catalog in each draw.

    Returns, over all draws: `known` best score, `right` whether the best class is the true one, `lead` the
    distance to the runner-up class; `stranger` best score and `strangerLead` of goods outside the catalog.
    """
    rng = np.random.default_rng(seed)
    parts: dict[str, list[np.ndarray]] = {k: [] for k in ("known", "right", "lead", "stranger", "strangerLead")}
    for _ in range(draws):
        classes = rng.permutation(np.unique(labels))
        out = classes[: len(classes) // 3]
        refs, queries = split(labels, references, rng)
        refs = refs[~np.isin(labels[refs], out)]
        scores, names = class_scores(vectors, labels, refs, queries)
        ordered = np.sort(scores, 1)
        best, lead = ordered[:, -1], ordered[:, -1] - ordered[:, -2]
        strange = np.isin(labels[queries], out)
        parts["known"].append(best[~strange])
        parts["right"].append((names[scores.argmax(1)] == labels[queries])[~strange])
        parts["lead"].append(lead[~strange])
        parts["stranger"].append(best[strange])
        parts["strangerLead"].append(lead[strange])
    return {k: np.concatenate(v) for k, v in parts.items()}


def operating_point(measured: dict[str, np.ndarray], match: float, margin: float) -> tuple[float, float, float]:
    """(false accept rate, correct accept rate, share accepted as the wrong class), each 0..1."""
    false = np.mean((measured["stranger"] >= match) & (measured["strangerLead"] >= margin))
    taken = (measured["known"] >= match) & (measured["lead"] >= margin)
    return float(false), float(np.mean(taken & measured["right"])), float(np.mean(taken & ~measured["right"]))
