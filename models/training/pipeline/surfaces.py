"""What lies under the goods: wood, steel, plastic, paper, cloth, stone and patterned mats."""

import cv2
import numpy as np

from .goods import smooth_noise
from .labels import colour


def _wood(rng: np.random.Generator, size: int) -> np.ndarray:
    grain = cv2.resize(rng.normal(0, 1, (size, 6)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC)
    wave = np.sin(grain * 3 + smooth_noise(rng, size, size, 3) * 2)
    base = np.float32(colour(rng)) if rng.random() < 0.3 else np.float32([150, 105, 65]) * rng.uniform(0.5, 1.5)
    return base * (1 + 0.12 * wave[..., None] + 0.05 * grain[..., None])


def _brushed(rng: np.random.Generator, size: int) -> np.ndarray:
    lines = cv2.resize(rng.normal(0, 1, (size, 3)).astype(np.float32), (size, size))
    return np.float32([1, 1, rng.uniform(0.97, 1.05)]) * (rng.uniform(60, 220) + lines[..., None] * rng.uniform(1, 8))


def _plain(rng: np.random.Generator, size: int) -> np.ndarray:
    base = np.float32(colour(rng)) if rng.random() < 0.5 else np.float32([1, 1, 1]) * rng.uniform(12, 245)
    return base + smooth_noise(rng, size, size, int(rng.integers(2, 40)))[..., None] * rng.uniform(0, 8)


def _grainy(rng: np.random.Generator, size: int) -> np.ndarray:
    coarse = int(rng.integers(1, 5))
    noise = cv2.resize(rng.normal(0, 1, (size // coarse, size // coarse, 1)).astype(np.float32), (size, size))
    return np.float32(colour(rng)) + noise[..., None] * rng.uniform(3, 22)


def _woven(rng: np.random.Generator, size: int) -> np.ndarray:
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    step, turn = rng.uniform(6, 40), rng.uniform(0, np.pi)
    wave = np.sin((xs * np.cos(turn) + ys * np.sin(turn)) * 2 * np.pi / step) * np.sin((ys * np.cos(turn) - xs * np.sin(turn)) * 2 * np.pi / step)
    if rng.random() < 0.5:
        wave = np.sign(wave)
    first, second = np.float32(colour(rng)), np.float32(colour(rng))
    mix = 0.5 + 0.5 * wave * rng.uniform(0.1, 1.0)
    return first * mix[..., None] + second * (1 - mix[..., None])


def _stone(rng: np.random.Generator, size: int) -> np.ndarray:
    layers = sum(smooth_noise(rng, size, size, cells) / i for i, cells in enumerate((3, 7, 20, 60), 1))
    first, second = np.float32(colour(rng)), np.float32(colour(rng))
    mix = np.clip(0.5 + layers * rng.uniform(0.1, 0.5), 0, 1)
    return first * mix[..., None] + second * (1 - mix[..., None])


KINDS = (_plain, _plain, _plain, _wood, _brushed, _grainy, _woven, _stone)


def surface(rng: np.random.Generator, size: int) -> np.ndarray:
    """RGB, size x size x 3."""
    picture = np.clip(KINDS[rng.integers(0, len(KINDS))](rng, size), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(picture, int(rng.integers(0, 4))))
