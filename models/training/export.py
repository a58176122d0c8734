"""Writes the ONNX file of a trained network and its manifest, and checks the file against the network.

Thresholds come from goods that were held out of training; evaluate.py measures the written files and
adds the figures.
"""

import argparse
import copy
import hashlib
import json
import sys

import numpy as np
import torch

from pipeline import calibrate, config, halves, head, pools, print_measures, recapture
from pipeline.nets import DecodedDetector, Detector, Embedder, FittedEmbedder
from pipeline.print_net import PrintNet
from pipeline.run import averaged

# Largest difference between the exported file and the network that is let through: pixels of a box; parts of a
# vector of length 1, whose file has 16-bit weights in its convolutions; logits.
TOLERANCE = {"detector": 0.05, "embedder": 1e-3, "print": 1e-3}


def fitted(net: Embedder, settings: dict) -> FittedEmbedder:
    print("fitting the last layer to features of trained goods …", flush=True)
    own = settings["embedder"]["head"]
    layer = head.fit(head.groups(settings, net), net, own["keep"], own["shrink"])
    return FittedEmbedder(net, settings["embedder"]["turns"], torch.from_numpy(layer.weight), torch.from_numpy(layer.bias))


def write_onnx(kind: str, settings: dict) -> tuple[torch.nn.Module, dict, tuple[int, int]]:
    width, height = size = config.export_size(settings, kind)
    example = torch.rand(1, 3, height, width)
    if kind == "detector":
        net, kept = averaged(kind, Detector(), settings)
        net = halves.halved(DecodedDetector(net).eval())
        names, axes = ("image", "boxes"), {"image": {2: "h", 3: "w"}, "boxes": {1: "n"}}
    elif kind == "print":
        net, kept = averaged(kind, PrintNet(), settings)
        names, axes = ("image", "logits"), {"image": {0: "n"}, "logits": {0: "n"}}
    else:
        net, kept = averaged(kind, Embedder(), settings)
        net = fitted(net, settings).eval()
        names, axes = ("image", "embedding"), {"image": {0: "n"}, "embedding": {0: "n"}}
    target = config.published(settings, kind)[0]
    target.parent.mkdir(exist_ok=True)
    stored = halves.halved(copy.deepcopy(net)) if kind == "embedder" else net
    # Constant folding would turn the halves into 32 bits again.
    torch.onnx.export(stored, example, str(target), input_names=[names[0]], output_names=[names[1]], dynamic_axes=axes, opset_version=13, do_constant_folding=kind == "print")
    return net, kept, size


def difference(kind: str, net: torch.nn.Module, size: tuple[int, int], settings: dict) -> float:
    """Largest absolute difference between the file, run by onnxruntime-node, and the network."""
    if kind == "detector":
        return max(_gap(kind, net, shape, settings, 1) for shape in (size, *settings[kind]["exportShapes"]))
    return _gap(kind, net, size, settings, 4)


def _gap(kind: str, net: torch.nn.Module, size: tuple[int, int], settings: dict, batch: int) -> float:
    pictures = config.random(settings, 41).integers(0, 256, (4, size[1], size[0], 3), dtype=np.uint8)
    from_file = pools.run_onnx(str(config.published(settings, kind)[0]), "image", pictures, 0.0, 1 / 255, batch)
    with torch.no_grad():
        x = torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255
        from_net = torch.cat([net(p) for p in x.split(1)]).flatten(1).numpy()
    return float(np.abs(from_file - from_net).max())


def manifest(kind: str, kept: dict, size: tuple[int, int], settings: dict) -> dict:
    target = config.published(settings, kind)[0]
    data, fold = target.read_bytes(), f" --fold {settings['fold']}" if settings["fold"] else ""
    command = f"python3 models/training/train.py {kind} --pictures {kept['seen']}{fold}"
    what = {
        "detector": "composed overhead trays of synthetic goods, Fluent 3D emoji (MIT; no food or household ones) and catalogue pictures and photographs of 49 of 61 classes of GroceryStoreDataset (MIT)",
        "embedder": "synthetic goods, Fluent 3D emoji (MIT; no food or household ones) and 49 of 61 classes of GroceryStoreDataset (MIT), distilled from MobileNetV2 (Apache-2.0)",
        "print": "pictures of goods on simulated paper, screens and labels against the goods themselves: 49 of 61 classes of GroceryStoreDataset (MIT), synthetic goods, Fluent 3D emoji (MIT; no food or household ones)",
    }[kind]
    content = {
        "id": config.network_id(settings, kind),
        "kind": kind,
        "version": settings[kind]["version"],
        "file": target.name,
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "licence": "Apache-2.0",
        "source": f"Trained from nothing on {what}: {command}",
        "input": {"name": "image", "width": size[0], "height": size[1], "layout": "NCHW", "channels": "RGB", "mean": [0, 0, 0], "std": [255, 255, 255], "letterbox": 114},
        "output": {"name": {"detector": "boxes", "embedder": "embedding", "print": "logits"}[kind]},
    }
    if kind == "detector":
        content["input"]["shapes"] = settings[kind]["exportShapes"]
    if kind == "embedder":
        content["embeddingSize"] = 256
    if kind == "print":
        content["margin"] = recapture.MARGIN
        content["calibration"], content["thresholds"] = print_measures.fitted(settings)
    else:
        content["thresholds"] = calibrate.thresholds(kind, settings)
    content["metrics"] = {}
    content["training"] = {"command": command, "data": what, "dataVersions": config.data_versions(settings), "seed": kept["seed"], "minutes": round(kept["minutes"], 1), "stages": kept["stages"], "pictures": kept["seen"]}
    if kind == "embedder":
        held = pools.grocery_held_out(settings)
        content["training"] |= {"head": settings[kind]["head"], "heldOutClasses": sorted(held), "heldOut": pools.grocery_names(settings, held)}
    return content


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=["detector", "embedder", "print"])
    parser.add_argument("--fold", type=int, choices=[0, 1, 2], default=0, help="of the embedder; 0 is what ships")
    options = parser.parse_args()
    kind, settings = options.network, config.load(options.fold)
    net, kept, size = write_onnx(kind, settings)
    gap = difference(kind, net, size, settings)
    print(f"{kind}.onnx differs from the network by at most {gap:.2e}")
    if gap > TOLERANCE[kind]:
        sys.exit(f"more than {TOLERANCE[kind]}: the exported file is not the network; nothing was published")
    content = manifest(kind, kept, size, settings)
    path = config.published(settings, kind)[1]
    path.write_text(json.dumps(content, indent=2) + "\n")
    print(f"wrote {path.name}: thresholds {content['thresholds']}; now run: python3 models/training/evaluate.py {kind}")


if __name__ == "__main__":
    main()
