"""Training of the detector on composed trays."""

import numpy as np
import torch
import torch.nn.functional as F

from . import config, pools, trays, warm
from .nets import Detector
from .ring import Ring
from .run import Length, Run

MOST = 16


def held_out_families(settings: dict) -> int:
    """The first this many families of synthetic goods are never trained on."""
    return int(settings["pools"]["families"] * settings["heldOut"]["familyShare"])


def stock(settings: dict, which: str) -> trays.Stock:
    """`train`, `heldOut` (goods, emoji that no training saw), `shop` (catalogue pictures and packs of classes held
    out) or `demo` (food and household emoji only)."""
    goods, first = pools.goods_pool(settings), held_out_families(settings)
    hands, surfaces = list(pools.emoji_pool(settings, "hands")), np.array(pools.surface_pool(settings))
    things = list(pools.emoji_pool(settings, "things" if which == "train" else "thingsHeldOut"))
    around = (hands, surfaces, things)
    size = settings["pools"]["cutout"]
    if which == "demo":
        return trays.Stock(np.array(pools.emoji_pool(settings, "demo")), *around)
    if which == "shop":
        return _mixed([pools.catalogue_pool(settings, True), pools.pack_pool(settings, True)], (0.6, 0.4), around)
    emoji = np.array(pools.emoji_pool(settings, "goods" if which == "train" else "heldOut"))
    if which == "heldOut":
        chosen = goods[:first].reshape(-1, size, size, 4)
        return trays.Stock(np.concatenate([np.repeat(emoji, 6, 0), chosen]), *around)
    chosen = goods[first:, :, 0].reshape(-1, size, size, 4)
    parts = [emoji, chosen, pools.catalogue_pool(settings, False), pools.pack_pool(settings, False)]
    return _mixed(parts, settings["detector"]["shares"], around)


def _mixed(parts: list[np.ndarray], shares: tuple[float, ...], around: tuple) -> trays.Stock:
    firsts = np.cumsum([0, *(len(part) for part in parts[:-1])])
    kinds = tuple((int(first), share) for first, share in zip(firsts, shares))
    return trays.Stock(np.concatenate([np.asarray(part) for part in parts]), *around, kinds)


def scene(rng: np.random.Generator, own: dict) -> dict:
    """What one training picture shows, by the shares in config.json: options of `trays.tray`. The scenes there are
    the lane's tray, a tray under a higher camera, a photo of large goods, a single item, and a tray without goods. Of
    things that lie alone more must be goods than not, or every lone item is doubted."""
    shares = [each["share"] for each in own["scenes"]]
    chosen = dict(own["scenes"][int(rng.choice(len(shares), p=shares))])
    chosen.pop("share")
    if "spans" in chosen:
        chosen["spans"] = tuple(span * own["size"] for span in chosen["spans"])
    return {"hand_share": 1.0 if rng.random() < 0.1 else 0.3, **chosen}


def _maker(settings: dict, stocked: trays.Stock):
    own, step = settings["detector"], Detector.STRIDE

    def make(seed: int):
        rng = np.random.default_rng(seed)

        def sample():
            picture, boxes, owner = trays.tray(rng, stocked, own["size"], **scene(rng, own))
            padded = np.zeros((MOST, 4), np.float32)
            padded[: len(boxes)] = boxes[:MOST]
            return picture, padded, owner[step // 2 :: step, step // 2 :: step]

        return sample

    return make


Sample = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def flipped(pictures: torch.Tensor, boxes: torch.Tensor, owners: torch.Tensor, code: int) -> Sample:
    """One of the eight turns and mirrors of square pictures N x H x W x 3, boxes N x K x 4, owners N x C x C."""
    size = pictures.shape[1]
    empty = boxes[..., 2:3] <= boxes[..., 0:1]
    if code & 1:
        pictures, owners = pictures.flip(2), owners.flip(2)
        boxes = torch.stack([size - boxes[..., 2], boxes[..., 1], size - boxes[..., 0], boxes[..., 3]], -1)
    if code & 2:
        pictures, owners = pictures.flip(1), owners.flip(1)
        boxes = torch.stack([boxes[..., 0], size - boxes[..., 3], boxes[..., 2], size - boxes[..., 1]], -1)
    if code & 4:
        pictures, owners, boxes = pictures.transpose(1, 2), owners.transpose(1, 2), boxes[..., [1, 0, 3, 2]]
    return pictures, boxes.masked_fill(empty, 0), owners


def targets(boxes: torch.Tensor, owners: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    """Boxes N x K x 4 and whose pixel each cell's middle is, N x C x C -> heat N x C x C (1 where a cell speaks for
    an item), edge distances in cells N x 4 x C x C, where those count, and where the heat is unsure.

    The cell that speaks is the one nearest to the middle of the box that lies on the item itself: items that
    overlap never share one.
    """
    b, cells = boxes / Detector.STRIDE, owners.shape[-1]
    valid = (b[..., 2] - b[..., 0] > 0.5) & (b[..., 3] - b[..., 1] > 0.5)
    centre, extent = (b[..., :2] + b[..., 2:]) / 2, b[..., 2:] - b[..., :2]
    grid = torch.arange(cells) + 0.5
    away = ((grid - centre[..., 1:2]) ** 2)[..., :, None] + ((grid - centre[..., 0:1]) ** 2)[..., None, :]
    mine = owners[:, None] == torch.arange(1, boxes.shape[1] + 1)[None, :, None, None]
    # Thin goods may miss every cell's middle: then any cell will do.
    nearest = torch.where(mine, away, away + 1e4).flatten(2).argmin(2)
    peak_x, peak_y = (nearest % cells) + 0.5, torch.div(nearest, cells, rounding_mode="floor") + 0.5
    sigma = (extent * 0.11).clamp(0.5, 3)
    fall_x, fall_y = ((grid - peak_x[..., None]) / sigma[..., 0:1]) ** 2, ((grid - peak_y[..., None]) / sigma[..., 1:2]) ** 2
    heat = torch.exp(-0.5 * (fall_y[..., :, None] + fall_x[..., None, :]))
    # Near the peak but on another item, a cell is as wrong as any.
    heat = heat * (mine | (heat > 0.999)) * valid[..., None, None]
    best, owner = heat.max(1)
    chosen = b.gather(1, owner.flatten(1)[..., None].expand(-1, -1, 4)).view(len(b), cells, cells, 4)
    x, y = grid[None, None, :], grid[None, :, None]
    edges = torch.stack([x - chosen[..., 0], y - chosen[..., 1], chosen[..., 2] - x, chosen[..., 3] - y], 1)
    return best, edges, (best > 0.5) & (edges.min(1)[0] > 0.05), owners == trays.UNSURE


def loss(out: torch.Tensor, heat: torch.Tensor, edges: torch.Tensor, counts: torch.Tensor, unsure: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Penalty-reduced focal loss of centres, and 1 - generalised IoU of boxes near centres."""
    logit = out[:, 0]
    p = torch.sigmoid(logit).clamp(1e-4, 1 - 1e-4)
    positive = heat > 0.999
    hit = torch.log(p) * (1 - p) ** 2 * positive
    miss = torch.log(1 - p) * p**2 * (1 - heat) ** 4 * ~(positive | unsure)
    focal = -(hit + miss).sum() / positive.sum().clamp(min=1)
    if not counts.any():
        return focal, focal * 0
    got = torch.exp(out[:, 1:].clamp(-3, 5)).permute(0, 2, 3, 1)[counts]
    want, weight = edges.permute(0, 2, 3, 1)[counts], heat[counts]
    inner = torch.minimum(got, want)
    outer = torch.maximum(got, want)
    both = (inner[:, 0] + inner[:, 2]) * (inner[:, 1] + inner[:, 3])
    union = (got[:, 0] + got[:, 2]) * (got[:, 1] + got[:, 3]) + (want[:, 0] + want[:, 2]) * (want[:, 1] + want[:, 3]) - both
    hull = (outer[:, 0] + outer[:, 2]) * (outer[:, 1] + outer[:, 3])
    giou = both / union - (hull - union) / hull
    return focal, ((1 - giou) * weight).sum() / weight.sum()


def train(settings: dict, length: Length, resume: bool) -> None:
    own, device = settings["detector"], settings["device"]
    torch.manual_seed(settings["seed"])
    size, batch = own["size"], own["batch"]
    ring = Ring(_maker(settings, stock(settings, "train")), settings["seed"], [((size, size, 3), torch.uint8), ((MOST, 4), torch.float32), ((size // Detector.STRIDE,) * 2, torch.uint8)], 4096, settings["makers"])
    ring.wait(64)
    net = Detector()
    if settings["start"]:
        warm.load(net, settings["start"], "net.", net, ring.arrays[0][:64].permute(0, 3, 1, 2).float() / 255)
    net = net.to(device, memory_format=torch.channels_last)
    run = Run("detector", net, None, settings, length, resume)
    draw = config.random(settings, 21, run.step)
    focal_sum = box_sum = 0.0
    try:
        while not run.done():
            run.set_rate()
            index = torch.from_numpy(draw.choice(ring.ready(), batch, replace=False))
            pictures, boxes, owners = flipped(*(array[index] for array in ring.arrays), int(draw.integers(0, 8)))
            heat, edges, counts, unsure = (t.to(device) for t in targets(boxes, owners))
            x = pictures.to(device).permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)
            with torch.autocast(device.type, torch.bfloat16):
                out = net(x)
            focal, box = loss(out.float(), heat, edges, counts, unsure)
            run.advance(focal + 2 * box, batch)
            ring.want(512 + run.fresh() / own["reuse"])
            focal_sum, box_sum = focal_sum * 0.99 + focal.item() * 0.01, box_sum * 0.99 + box.item() * 0.01
            run.report(focal=focal_sum, box=box_sum, made=ring.made(), rate=run.fresh() / max(1e-6, run.elapsed() * 60))
            if run.step % 1000 == 0:
                run.save()
    finally:
        run.save()
        ring.close()
