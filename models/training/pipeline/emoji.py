"""Cut-outs of the MIT-licensed Fluent 3D emoji, sorted into what each network may see.

The virtual lane sells the food and household emoji and shows the hands of DEMO_HANDS, so neither is
ever trained on: what is measured on them is measured on goods the networks have not seen.
"""

import hashlib
from pathlib import Path

import cv2
import numpy as np


def _ranges(*spans: tuple[int, int]) -> set[int]:
    return {code for first, last in spans for code in range(first, last + 1)}


FOOD_AND_HOUSEHOLD = _ranges(
    (0x1F32D, 0x1F330), (0x1F336, 0x1F336), (0x1F33D, 0x1F33D), (0x1F345, 0x1F37F), (0x1F950, 0x1F96F),
    (0x1F980, 0x1F980), (0x1F990, 0x1F990), (0x1F99E, 0x1F99E), (0x1F9C0, 0x1F9CB), (0x1FAD0, 0x1FADB),
    (0x2615, 0x2615), (0x1F9F4, 0x1F9F4), (0x1F9F9, 0x1F9FD), (0x1FAA5, 0x1FAA5), (0x1F56F, 0x1F56F),
    (0x1F50B, 0x1F50B), (0x1F4A1, 0x1F4A1),
)
DEMO_HANDS = _ranges((0x1F590, 0x1F590), (0x270B, 0x270B), (0x1FAF3, 0x1FAF4), (0x1F90F, 0x1F90F))
HANDS = _ranges(
    (0x1F446, 0x1F450), (0x261D, 0x261D), (0x270A, 0x270D), (0x1F4AA, 0x1F4AA), (0x1F595, 0x1F596),
    (0x1F64C, 0x1F64C), (0x1F64F, 0x1F64F), (0x1F90C, 0x1F90C), (0x1F918, 0x1F91F), (0x1F932, 0x1F933),
    (0x1FAF0, 0x1FAF8),
)
# What shoppers lay down that is not for sale: phones, cards, keys, slips, money, purses, glasses.
THINGS = _ranges(
    (0x1F4F1, 0x1F4F2), (0x1F4B3, 0x1F4B8), (0x1F511, 0x1F511), (0x1F5DD, 0x1F5DD), (0x1F9FE, 0x1F9FE),
    (0x1F4C3, 0x1F4C4), (0x1F4D1, 0x1F4D1), (0x1FA99, 0x1FA99), (0x1F45B, 0x1F45B), (0x1F453, 0x1F453),
    (0x1F576, 0x1F576),
)
SKIN = _ranges((0x1F3FB, 0x1F3FF))
PEOPLE = SKIN | _ranges(
    (0x1F440, 0x1F445), (0x1F464, 0x1F478), (0x1F47C, 0x1F47C), (0x1F481, 0x1F487), (0x1F48F, 0x1F491),
    (0x1F574, 0x1F575), (0x1F57A, 0x1F57A), (0x1F645, 0x1F647), (0x1F64B, 0x1F64F), (0x1F6A3, 0x1F6A3),
    (0x1F6B4, 0x1F6B6), (0x1F6CC, 0x1F6CC), (0x1F3C2, 0x1F3C4), (0x1F3C7, 0x1F3C7), (0x1F3CA, 0x1F3CC),
    (0x1F385, 0x1F385), (0x1F926, 0x1F926), (0x1F930, 0x1F93E), (0x1F977, 0x1F977), (0x1F9B5, 0x1F9B9),
    (0x1F9BB, 0x1F9BB), (0x1F9CD, 0x1F9DF), (0x1FAC3, 0x1FAC5), (0x200D, 0x200D),
)
SYMBOLS = _ranges(
    (0x00, 0xFF), (0x2000, 0x200C), (0x2010, 0x21FF), (0x2300, 0x23FF), (0x24C2, 0x25FF), (0x2648, 0x2653),
    (0x267B, 0x267F), (0x2695, 0x269F), (0x26A7, 0x26AB), (0x26CE, 0x26CE), (0x2700, 0x2708), (0x270F, 0x2BFF),
    (0x3000, 0x33FF), (0x1F170, 0x1F251), (0x1F1E6, 0x1F1FF), (0x1F3F4, 0x1F3F4), (0x1F500, 0x1F50A),
    (0x1F517, 0x1F524), (0x1F52F, 0x1F53D), (0x1F549, 0x1F54E), (0x1F550, 0x1F567), (0x1F6AB, 0x1F6AD),
    (0x1F6AF, 0x1F6B1), (0x1F6B7, 0x1F6C5), (0x1F7E0, 0x1F7F0), (0x20E3, 0x20E3),
) - {0x231A, 0x231B, 0x2328}


def codes(path: Path) -> set[int]:
    return {int(part, 16) for part in path.stem.split("-")}


def _held_out(path: Path, share: float) -> bool:
    return hashlib.sha256(path.stem.encode()).digest()[0] / 256 < share


def groups(folder: str, share: float) -> dict[str, list[Path]]:
    """Emoji files by use: `train`, `heldOut`, `people`, `hands` (for training), `demo` (never trained on).

    For the detector `goods`: those of `train` that are for sale; the others are `things`, or `thingsHeldOut`.
    """
    names = ("train", "heldOut", "people", "hands", "demo", "goods", "things", "thingsHeldOut")
    found: dict[str, list[Path]] = {key: [] for key in names}
    for path in sorted(Path(folder).glob("*.webp")):
        own = codes(path) - {0xFE0F}
        if own & FOOD_AND_HOUSEHOLD:
            found["demo"].append(path) if len(own) == 1 else None
        elif own & DEMO_HANDS or own & SYMBOLS:
            continue
        elif own & HANDS:
            # Odd code points stay unseen, so that hands are measured on shapes that were not trained on.
            found["hands"].append(path) if min(own) % 2 == 0 else None
        elif own & PEOPLE:
            found["people"].append(path) if not own & SKIN else None
        else:
            held = _held_out(path, share)
            found["heldOut" if held else "train"].append(path)
            if own & THINGS:
                found["thingsHeldOut" if min(own) % 2 else "things"].append(path)
            elif not held:
                found["goods"].append(path)
    return found


def cutout(path: Path, size: int) -> np.ndarray:
    """One emoji as RGBA, size x size x 4."""
    picture = cv2.cvtColor(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), cv2.COLOR_BGRA2RGBA)
    return cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
