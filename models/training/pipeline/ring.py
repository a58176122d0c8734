"""Samples made by other processes into shared memory; the trainer draws from the newest ones.

Making pictures and training run at their own pace: a slow maker means that samples are seen more often
(with other flips), never that the trainer waits; a fast one waits for the trainer to use what it made.
"""

import os
import time

import numpy as np
import torch
import torch.multiprocessing as mp


def _fill(make, seed: int, arrays: list[torch.Tensor], written, wanted, stop, step: int, steps: int) -> None:
    os.nice(5)
    torch.set_num_threads(1)
    import cv2

    cv2.setNumThreads(1)
    produce = make(seed + step)
    slots = len(arrays[0])
    at = step
    while not stop.is_set():
        if written[step] * steps > wanted[0]:
            time.sleep(0.05)
            continue
        for array, value in zip(arrays, produce()):
            array[at % slots].copy_(torch.from_numpy(np.ascontiguousarray(value)))
        written[step] += 1
        at += steps


class Ring:
    """`make(seed)` runs in each process and returns a function that gives one sample: arrays like `shapes`."""

    def __init__(self, make, seed: int, shapes: list[tuple[tuple[int, ...], torch.dtype]], slots: int, processes: int = 1):
        context = mp.get_context("fork")
        slots -= slots % processes
        self.arrays = [torch.zeros((slots, *shape), dtype=kind).share_memory_() for shape, kind in shapes]
        self.written = torch.zeros(processes, dtype=torch.int64).share_memory_()
        self.wanted = torch.full((1,), 64, dtype=torch.int64).share_memory_()
        self.slots, self.stop = slots, context.Event()
        self.processes = [
            context.Process(target=_fill, args=(make, seed, self.arrays, self.written, self.wanted, self.stop, i, processes), daemon=True)
            for i in range(processes)
        ]
        for process in self.processes:
            process.start()

    def ready(self) -> int:
        """Slots that can be drawn from: the first this many."""
        return min(self.slots, int(self.written.min()) * len(self.processes))

    def want(self, count: float) -> None:
        """How many samples may have been made by now; beyond it the makers leave the processor to the trainer.

        RuntimeError where a maker has ended: training would go on with the same samples for ever.
        """
        self._check()
        self.wanted[0] = int(count)

    def made(self) -> int:
        return int(self.written.sum())

    def wait(self, count: int) -> None:
        while self.ready() < min(count, self.slots):
            self._check()
            time.sleep(0.2)

    def _check(self) -> None:
        if not all(process.is_alive() for process in self.processes):
            raise RuntimeError("a process that makes samples has ended; its error is above; --resume goes on from what was learned")

    def close(self) -> None:
        self.stop.set()
        for process in self.processes:
            process.join(5)
