"""What light, lens and sensor do to a picture. Hue is never shifted as such: a green apple stays green."""

import cv2
import numpy as np


def light(rng: np.random.Generator, picture: np.ndarray, low: float = 0.4, high: float = 1.8) -> np.ndarray:
    """Exposure, a soft gradient over the picture, a colour cast of a lamp and the camera's tone curve."""
    height, width = picture.shape[:2]
    gain = np.exp(rng.uniform(np.log(low), np.log(high))) if rng.random() < 0.7 else 1.0
    warm = rng.normal(0, 0.06)
    cast = np.float32([1 + warm, 1 + rng.normal(0, 0.03), 1 - warm]) * gain
    lit = picture.astype(np.float32) * cast
    if rng.random() < 0.5:
        ramp = np.linspace(-1, 1, width, dtype=np.float32)[None] * rng.uniform(-0.3, 0.3)
        ramp = 1 + ramp + np.linspace(-1, 1, height, dtype=np.float32)[:, None] * rng.uniform(-0.3, 0.3)
        lit *= ramp[..., None]
    if rng.random() < 0.4:
        lit = (lit - 128) * rng.uniform(0.75, 1.2) + 128
    if rng.random() < 0.3:
        grey = lit.mean(2, keepdims=True)
        lit = grey + (lit - grey) * rng.uniform(0.7, 1.25)
    return np.clip(lit, 0, 255).astype(np.uint8)


def glare(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    height, width = picture.shape[:2]
    spot = np.zeros((height, width), np.float32)
    axes = (int(rng.integers(4, max(5, width // 5))), int(rng.integers(4, max(5, height // 8))))
    cv2.ellipse(spot, (int(rng.integers(0, width)), int(rng.integers(0, height))), axes, int(rng.integers(0, 180)), 0, 360, 1.0, -1)
    spot = cv2.GaussianBlur(spot, (0, 0), max(2, min(axes) / 2)) * rng.uniform(60, 200)
    return np.clip(picture + spot[..., None], 0, 255).astype(np.uint8)


def lens(rng: np.random.Generator, picture: np.ndarray, strength: float = 1.0) -> np.ndarray:
    """Defocus, motion blur, low resolution, sensor noise and JPEG."""
    draw = rng.random(5)
    if draw[0] < 0.2 * strength:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    if draw[1] < 0.1 * strength:
        length = int(rng.integers(3, 8))
        kernel = np.zeros((length, length), np.float32)
        turn = rng.uniform(0, np.pi)
        reach = np.array([np.cos(turn), np.sin(turn)]) * length / 2
        middle = np.array([length / 2, length / 2])
        cv2.line(kernel, tuple(int(v) for v in middle - reach), tuple(int(v) for v in middle + reach), 1.0)
        picture = cv2.filter2D(picture, -1, kernel / max(kernel.sum(), 1))
    if draw[2] < 0.15 * strength:
        height, width = picture.shape[:2]
        scale = rng.uniform(0.4, 0.8)
        small = cv2.resize(picture, (int(width * scale), int(height * scale)), interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    if draw[3] < 0.35 * strength:
        noise = rng.standard_normal(picture.shape, dtype=np.float32) * rng.uniform(1, 9)
        picture = np.clip(picture + noise, 0, 255).astype(np.uint8)
    if draw[4] < 0.35 * strength:
        _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 90))])
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return picture
