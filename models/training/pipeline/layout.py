"""Where goods lie on a composed tray: strewn, in clusters, in rows and stacks, in piles."""

from dataclasses import dataclass

import numpy as np

# How trays are laid out, with their shares.
KINDS = (("strewn", 0.2), ("cluster", 0.33), ("rows", 0.12), ("pile", 0.35))
# Share of the smaller of two boxes that the other may cover.
MOST_SHARED = {"strewn": 0.15, "cluster": 0.35, "rows": 0.35, "pile": 0.6}


@dataclass
class Layout:
    """Boxes (left, top, right, bottom) so far, and how the next one is placed."""

    kind: str
    size: int
    step: np.ndarray
    boxes: list[tuple[int, int, int, int]]

    def place(self, rng: np.random.Generator, w: int, h: int) -> tuple[int, int] | None:
        """Left and top of a box of w x h pixels, up to 0.4 of it outside the picture; None when nothing is free."""
        for _ in range(12):
            left, top = self._try(rng, w, h)
            if -0.4 * w < left < self.size - 0.6 * w and -0.4 * h < top < self.size - 0.6 * h and self._free(left, top, w, h):
                return int(left), int(top)
        return None

    def _try(self, rng: np.random.Generator, w: int, h: int) -> tuple[float, float]:
        if not self.boxes or self.kind == "strewn" or rng.random() < 0.15:
            # What is larger than the picture lies across it.
            return tuple(rng.uniform(*sorted((-0.15 * side, self.size - 0.85 * side))) for side in (w, h))
        if self.kind == "rows":
            x0, y0, x1, y1 = self.boxes[-1] if rng.random() < 0.8 else self.boxes[rng.integers(0, len(self.boxes))]
            turn = self.step if rng.random() < 0.75 else self.step[::-1] * [-1, 1]
            near = rng.uniform(0.9, 1.06)
            # Beside each other along the row: the boxes touch where their extents along the step add up.
            reach = min((x1 - x0 + w) / 2 / max(abs(turn[0]), 1e-3), (y1 - y0 + h) / 2 / max(abs(turn[1]), 1e-3)) * near
        else:
            x0, y0, x1, y1 = self.boxes[rng.integers(0, len(self.boxes))]
            angle = rng.uniform(0, 2 * np.pi)
            turn = np.array([np.cos(angle), np.sin(angle)])
            least = 0.4 if self.kind == "pile" else 0.72
            near = rng.uniform(least, 1.05)
            return (x0 + x1 - w) / 2 + turn[0] * (x1 - x0 + w) / 2 * near, (y0 + y1 - h) / 2 + turn[1] * (y1 - y0 + h) / 2 * near
        return (x0 + x1 - w) / 2 + turn[0] * reach, (y0 + y1 - h) / 2 + turn[1] * reach

    def _free(self, left: float, top: float, w: int, h: int) -> bool:
        most = MOST_SHARED[self.kind]
        for x0, y0, x1, y1 in self.boxes:
            shared = max(0, min(x1, left + w) - max(x0, left)) * max(0, min(y1, top + h) - max(y0, top))
            if shared >= most * min(w * h, (x1 - x0) * (y1 - y0)):
                return False
        return True


def fresh(rng: np.random.Generator, size: int) -> Layout:
    kind = str(rng.choice([k for k, _ in KINDS], p=[p for _, p in KINDS]))
    angle = rng.integers(0, 4) * np.pi / 2 + (rng.normal(0, 0.05) if rng.random() < 0.7 else rng.uniform(0, np.pi))
    return Layout(kind, size, np.array([np.cos(angle), np.sin(angle)]), [])
