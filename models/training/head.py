"""Measures variants of the embedder's last layer, input size and looks on its checkpoint; config.json keeps what export.py makes.

Chosen on emoji and product families that were held out of training; the later columns, of photographed
classes held out and of the virtual lane's goods, are shown and play no part in the choice.
"""

import argparse
from dataclasses import replace

import numpy as np

from pipeline import config, head, retrieval, sets
from pipeline.nets import Embedder
from pipeline.run import averaged

# Share of goods outside the catalog that may be accepted; the columns `CA` are the correct accepts there.
FALSE_ACCEPTS = 0.005
# Of each item; the seeds are those of calibrate.py and evaluate.py, so all three look at the same crops.
VIEWS, SEEDS = 12, {"heldOut": 52, "goods": 53, "demo": 71}


def accepts(vectors: np.ndarray, labels: np.ndarray, seed: int) -> float:
    """Share of known goods accepted as what they are where FALSE_ACCEPTS of the strangers are accepted."""
    got = retrieval.open_set(vectors, labels, 5, seed)
    return float(np.mean((got["known"] > np.quantile(got["stranger"], 1 - FALSE_ACCEPTS)) & got["right"]))


class Tests:
    """Features of all that is held out."""

    def __init__(self, settings: dict, net: Embedder):
        self.seed = settings["seed"]
        photos, self.labels, _, self.held = sets.grocery_set(settings)
        self.photos = head.features(settings, net, photos)
        self.crops = {}
        for which, seed in SEEDS.items():
            pictures, own = sets.crop_set(settings, which, VIEWS, seed)
            self.crops[which] = (head.features(settings, net, pictures), own)

    def row(self, layer: head.Layer) -> list[float]:
        out = []
        for shown, own in self.crops.values():
            vectors = layer(shown)
            out += [retrieval.recall(vectors, own, 5, self.seed), accepts(vectors, own, self.seed)]
        vectors, mine = layer(self.photos), np.isin(self.labels, self.held)
        among = retrieval.recall(vectors, self.labels, 5, self.seed, within=self.held)
        out += [retrieval.recall(vectors[mine], self.labels[mine], 5, self.seed), accepts(vectors[mine], self.labels[mine], self.seed), among]
        return [*out[:4], *out[6:], *out[4:6]]


def variants(fitted: list[head.Group], net: Embedder) -> dict[str, head.Layer]:
    """Layers by what they are made of: photographs only or all groups, share of the layer of training, shrinkage."""
    photos = [replace(g, weight=float(n == 0)) for n, g in enumerate(fitted)]
    out = {f"photographs only, keep 0, shrink {s}": head.fit(photos, net, 0.0, s) for s in (0.3, 0.6)}
    out["layer of training alone"] = head.fit(fitted, net, 1.0, 0.3)
    for keep in (0.0, 0.2, 0.4, 0.6):
        for shrink in (0.1, 0.3, 0.6) if keep in (0.0, 0.4) else (0.3,):
            out[f"keep {keep}, shrink {shrink}"] = head.fit(fitted, net, keep, shrink)
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fold", type=int, choices=[0, 1, 2], default=0)
    parser.add_argument("--turns", type=lambda text: [int(t) for t in text.split(",")], help="quarter turns of each look, with commas between (default: config.json)")
    parser.add_argument("--size", type=int, help="side of the input (default: config.json)")
    parser.add_argument("--shipped", action="store_true", help="only the layer that export.py would fit")
    options = parser.parse_args()
    settings = config.load(options.fold)
    own = settings["embedder"]
    own["turns"], own["exportSize"] = options.turns or own["turns"], options.size or own["exportSize"]
    net, _ = averaged("embedder", Embedder(), settings)
    fitted, tests = head.groups(settings, net), Tests(settings, net)
    columns = ("emoji R@1", "CA", "families R@1", "CA", "12 classes R@1", "CA", "among 61 R@1", "demo R@1", "CA")
    print("| layer | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns))
    keep, shrink = own["head"]["keep"], own["head"]["shrink"]
    measured = {f"keep {keep}, shrink {shrink}": head.fit(fitted, net, keep, shrink)} if options.shipped else variants(fitted, net)
    for name, layer in measured.items():
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in tests.row(layer)) + " |", flush=True)


if __name__ == "__main__":
    main()
