"""Writes tray crops of goods that no training saw, for `npm run calibrate:decision`, into the cache folder.

Each set is NAME.u8 (count x side x side x 3 RGB bytes) and NAME.json (side, and the item of each crop).
"""

import json

from pipeline import config, sets

# Views of each item: more than the references that calibration draws, so that enough are left to be asked about.
VIEWS = 14
SETS = {"heldOut": 91, "goods": 92}


def main() -> None:
    settings = config.load()
    folder = config.cache() / "calibration"
    folder.mkdir(exist_ok=True)
    for name, seed in SETS.items():
        pictures, items = sets.crop_set(settings, name, VIEWS, seed)
        pictures.tofile(folder / f"{name}.u8")
        (folder / f"{name}.json").write_text(json.dumps({"side": pictures.shape[1], "items": items.tolist()}))
        print(f"{name}: {len(pictures)} crops of {len(set(items.tolist()))} items in {folder}")


if __name__ == "__main__":
    main()
