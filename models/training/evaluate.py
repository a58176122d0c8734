"""Measures the shipped ONNX files on goods that no training saw; figures go into manifest and model card."""

import argparse
import json
import os

import numpy as np

from pipeline import calibrate, config, measure_trays, print_measures, retrieval, robust, sets


def _recalls(vectors: np.ndarray, labels: np.ndarray, packaged: np.ndarray, held: np.ndarray, seed: int) -> dict[str, float]:
    mine = np.isin(labels, held)
    out = {}
    for references in (1, 5):
        out[f"recall1.{references}ref.unseen"] = retrieval.recall(vectors[mine], labels[mine], references, seed)
        for name, kind in (("Packaged", packaged), ("Produce", ~packaged)):
            part = mine & kind
            out[f"recall1.{references}ref.unseen{name}"] = retrieval.recall(vectors[part], labels[part], references, seed)
        out[f"recall1.{references}ref.unseenAmong61"] = retrieval.recall(vectors, labels, references, seed, within=held)
    return out


def _robustness(settings: dict, photos: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    """recall@1 with 5 clean references of disturbed photographs of the held-out classes, here and by the reference network."""
    seed, out = settings["seed"], {}
    ways = {"clean": photos, **robust.disturbances(config.random(settings, 72), photos)}
    for name, embed in (("robust", sets.embeddings), ("mobilenetV2.robust", sets.teacher_features)):
        clean = embed(settings, photos)
        for way, shown in ways.items():
            out[f"{name}.{way}"] = robust.recall(clean, embed(settings, shown), labels, 5, seed)
    return out


def _embedder(settings: dict, limits: dict) -> dict[str, float]:
    seed = settings["seed"]
    photos, labels, packaged, held = sets.grocery_set(settings)
    out = {f"grocery.{k}": v for k, v in _recalls(sets.embeddings(settings, photos), labels, packaged, held, seed).items()}
    reference = _recalls(sets.teacher_features(settings, photos), labels, packaged, held, seed)
    out.update({f"mobilenetV2.{k}": v for k, v in reference.items()})
    mine = np.isin(labels, held)
    out.update(_robustness(settings, photos[mine], labels[mine]))
    measured = calibrate.embedder_sets(settings)
    demo, own = sets.crop_set(settings, "demo", 12, 71)
    measured["demo"] = (sets.embeddings(settings, demo), own)
    rival = sets.teacher_features(settings, demo)
    for references in (1, 5):
        out[f"mobilenetV2.demo.recall1.{references}ref"] = retrieval.recall(rival, own, references, seed)
    for name, (vectors, own) in measured.items():
        for references in (1, 5):
            if name != "grocery":
                out[f"{name}.recall1.{references}ref"] = retrieval.recall(vectors, own, references, seed)
        point = retrieval.operating_point(retrieval.open_set(vectors, own, 5, seed + 1), limits["match"], limits["margin"])
        out.update({f"{name}.{key}": value for key, value in zip(("falseAccepts", "correctAccepts", "wrongAccepts"), point)})
    return out


def _speed(kind: str, settings: dict) -> None:
    """Prints milliseconds a picture on one thread; a timing is no property of the weights, so it is not kept."""
    width, height = config.export_size(settings, kind)
    os.environ["TILLSIGHT_THREADS"] = "1"
    pictures = np.random.default_rng(1).integers(0, 256, (64, height, width, 3), dtype=np.uint8)
    sets.pools.run_onnx(sets.model(settings, kind), "image", pictures, 0.0, 1 / 255, 1 if kind == "detector" else 8, keep=False)


def _card(kind: str, figures: dict[str, float]) -> None:
    """Puts the figures between the model card's markers of this network."""
    path = config.WEIGHTS / "MODEL_CARD.md"
    before, rest = path.read_text().split(f"<!-- {kind} -->\n")
    after = rest.split(f"<!-- /{kind} -->")[1]
    rows = "\n".join(f"| {name} | {value:.3f} |" for name, value in figures.items())
    path.write_text(f"{before}<!-- {kind} -->\n| {kind} | |\n|---|---|\n{rows}\n<!-- /{kind} -->{after}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=["detector", "embedder", "print"])
    parser.add_argument("--fold", type=int, choices=[0, 1, 2], default=0, help="of the embedder; 0 is what ships")
    options = parser.parse_args()
    kind, settings = options.network, config.load(options.fold)
    path = config.published(settings, kind)[1]
    content = json.loads(path.read_text())
    if kind == "print":
        figures = print_measures.figures(settings, content["calibration"], content["thresholds"]["notice"])
    else:
        figures = (measure_trays.figures if kind == "detector" else _embedder)(settings, content["thresholds"])
    content["metrics"] = {name: round(value, 4) for name, value in figures.items()}
    path.write_text(json.dumps(content, indent=2) + "\n")
    if not options.fold:
        _card(kind, content["metrics"])
    for name, value in content["metrics"].items():
        print(f"{name:44} {value:.4f}")
    _speed(kind, settings)


if __name__ == "__main__":
    main()
