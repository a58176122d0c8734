"""Trains one network for a time or a number of pictures and keeps a checkpoint; export.py makes the shipped file of it."""

import argparse
import signal
import sys
from pathlib import Path

import torch

from pipeline import config
from pipeline.run import Length


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=["detector", "embedder", "print"])
    parser.add_argument("--minutes", type=float, help="time to train for (default: config.json)")
    parser.add_argument("--pictures", type=int, help="train until so many were seen, in place of a time: a busy machine then only takes longer")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument("--from", dest="start", type=Path, metavar="FILE", help="begin with the weights of an exported file (needs python3-onnx)")
    parser.add_argument("--size", type=int, help="side of the training pictures (default: config.json); small ones first save time")
    parser.add_argument("--rate", type=float, help="highest learning rate (default: config.json)")
    parser.add_argument("--threads", type=int, default=2, help="of the trainer; the makers of samples get the other cores, at least one")
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="auto: a CUDA GPU where PyTorch sees one")
    parser.add_argument("--fold", type=int, choices=[0, 1, 2], default=0, help="which photographed classes are held out; 0 is what ships")
    options = parser.parse_args()
    # Ended from outside, it keeps what it learned and stops its makers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    torch.set_num_threads(options.threads)
    settings = config.load(options.fold)
    settings["device"], settings["makers"] = config.device(options.device), config.makers(options.threads)
    settings[options.network]["size"] = options.size or settings[options.network]["size"]
    settings[options.network]["rate"] = options.rate or settings[options.network]["rate"]
    length = Length(options.minutes or settings[options.network]["minutes"], options.pictures)
    if options.network == "detector":
        from pipeline.detector import train
    elif options.network == "print":
        from pipeline.prints import train
    else:
        from pipeline.embedder import train
    if options.start and options.resume:
        parser.error("--from begins a training anew: it does not go with --resume")
    settings["start"] = options.start
    train(settings, length, options.resume)


if __name__ == "__main__":
    main()
