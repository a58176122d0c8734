"""Training of the embedder: goods never seen before are told apart by how the network sees thousands of others."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

from . import config, crops, pools, retrieval, teacher, trays, varied, warm
from .detector import held_out_families
from .detector import stock as detector_stock
from .nets import Embedder
from .ring import Ring
from .run import Length, Run

# Groups of three classes that are alike (flavours of a brand, kinds of an apple) stay together in a batch.
KIN = 3
# Class numbers below this are photographed classes.
PHOTOS = 100
# Groups that look most like one of a batch, of which one joins it.
NEAREST = 10


class Classes:
    """Every class the embedder may learn, with a number each, and samples of them."""

    def __init__(self, settings: dict):
        self.size, self.views = settings["embedder"]["size"], settings["embedder"]["views"]
        self.stock: trays.Stock = detector_stock(settings, "train")
        self.goods, self.first = pools.goods_pool(settings), held_out_families(settings)
        self.emoji = np.concatenate([pools.emoji_pool(settings, "train"), pools.emoji_pool(settings, "people")])
        self.photos = pools.grocery_pool(settings)
        pictures, owners = pools.iconic_pool(settings)
        self.iconic, self.iconic_share = dict(zip(owners, pictures)), settings["embedder"]["iconic"]
        held, kinds = pools.grocery_held_out(settings), {}
        self.rows: dict[int, list[int]] = {}
        for row, (path, fine, coarse) in enumerate(pools.grocery_list(settings)):
            if fine not in held:
                self.rows.setdefault(fine, []).append(row)
                kinds[fine] = (coarse, "/Packages/" in path)
        self.kinds = kinds
        self.shares = settings["embedder"]["shares"]

    def count(self) -> int:
        """How many class numbers there are: recoloured photographs come behind all others."""
        return self.recoloured() + PHOTOS * len(varied.ORDERS)

    def recoloured(self) -> int:
        return PHOTOS + len(self.emoji) + len(self.goods) * self.goods.shape[1]

    def kin(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """KIN x views x size x size x 3, and their KIN class numbers."""
        kind = rng.choice(3, p=self.shares)
        made = (self._goods, self._emoji, self._photos)[kind](rng)
        return np.stack([p for _, p in made]), np.int64([c for c, _ in made])

    def _crops(self, rng, items: list[np.ndarray]) -> np.ndarray:
        return np.stack([crops.tray_crop(rng, item, self.stock, self.size, n == 0) for n, item in enumerate(items)])

    def _goods(self, rng):
        family = int(rng.integers(self.first, len(self.goods)))
        base = PHOTOS + len(self.emoji) + family * self.goods.shape[1]
        views = [rng.permutation(self.goods.shape[2])[np.arange(self.views) % self.goods.shape[2]] for _ in range(KIN)]
        return [(base + f, self._crops(rng, [self.goods[family, f, v] for v in views[f]])) for f in range(KIN)]

    def _emoji(self, rng):
        at = int(rng.integers(0, len(self.emoji) - KIN))
        chosen = range(at, at + KIN) if rng.random() < 0.5 else rng.choice(len(self.emoji), KIN, replace=False)
        return [(PHOTOS + int(e), self._crops(rng, [self.emoji[e]] * self.views)) for e in chosen]

    def _photos(self, rng):
        fine = list(self.rows)
        first = fine[rng.integers(0, len(fine))]
        near = [c for c in fine if c != first and self.kinds[c] == self.kinds[first]]
        if len(near) < KIN - 1:
            near = [c for c in fine if c != first and self.kinds[c][1] == self.kinds[first][1]]
        out = []
        for c in [first, *rng.choice(near, KIN - 1, replace=False)]:
            rows = rng.choice(self.rows[c], self.views, replace=len(self.rows[c]) < self.views)
            shown = [self.photos[r] for r in rows]
            if rng.random() < self.iconic_share:
                shown[0] = self.iconic[int(c)]
            out.append((int(c), np.stack([crops.photo_crop(rng, p, self.stock, self.size, self.kinds[c][1]) for p in shown])))
        return out


class Heads(nn.Module):
    """Used in training only: one proxy a class, and a guess of the teacher's features."""

    def __init__(self, classes: int, size: int, features: int):
        super().__init__()
        self.proxies = nn.Parameter(torch.randn(classes, size) * 0.05)
        self.guess = nn.Linear(512, features)


def contrast(vectors: torch.Tensor, labels: torch.Tensor, temperature: float) -> torch.Tensor:
    """Supervised contrastive loss over the batch."""
    logits = vectors @ vectors.T / temperature
    self_mask = torch.eye(len(labels), dtype=torch.bool, device=labels.device)
    logits = logits.masked_fill(self_mask, -1e4)
    same = (labels[:, None] == labels[None]) & ~self_mask
    log_share = logits - torch.logsumexp(logits, 1, keepdim=True)
    return -((log_share * same).sum(1) / same.sum(1).clamp(min=1)).mean()


def proxy_loss(vectors: torch.Tensor, labels: torch.Tensor, proxies: torch.Tensor, margin: float, scale: float = 20.0) -> torch.Tensor:
    """Cosine softmax over all classes with a margin for the right one."""
    cosine = vectors @ F.normalize(proxies, dim=1).T
    cosine = cosine - margin * F.one_hot(labels, len(proxies)).to(cosine.dtype)
    return F.cross_entropy(cosine * scale, labels)


def hard_batch(draw: np.random.Generator, labels: torch.Tensor, proxies: torch.Tensor, count: int) -> np.ndarray:
    """Rows of `labels` (groups x KIN) for one batch: half of it at random, and for each of those one group of look-alikes.

    Classes drawn at random are told apart by colour alone; a network that never meets a lemon beside a cheese in
    one batch need not learn shape. Which classes look alike is what the proxies say now.
    """
    seeds = draw.choice(len(labels), count // 2, replace=False)
    with torch.no_grad():
        directions = F.normalize(proxies, dim=1).cpu()
        of = directions[labels]
        likeness = torch.einsum("gkd,sd->sgk", of, directions[labels[seeds, draw.integers(0, KIN)]]).amax(2).numpy()
    chosen = list(seeds)
    own = labels.numpy()
    for seed, row in zip(seeds, likeness):
        row = np.where(np.isin(own, own[seed]).any(1), -2.0, row)
        row[chosen] = -2.0
        nearest = np.argpartition(row, -NEAREST)[-NEAREST:]
        chosen.append(int(draw.choice(nearest)))
    return np.int64(chosen)


def _tensor(pictures: torch.Tensor) -> torch.Tensor:
    return pictures.permute(0, 3, 1, 2).float().div_(255).contiguous(memory_format=torch.channels_last)


class Distil:
    """Batches of the teacher's crops, lightly disturbed, with its centred features as the goal."""

    def __init__(self, settings: dict):
        pictures, features = teacher.crops(settings)
        self.pictures = torch.from_numpy(np.array(pictures))
        goal = torch.from_numpy(features.astype(np.float32))
        self.goal = F.normalize((goal - goal.mean(0)) / (goal.std(0) + 0.1), dim=1)
        self.size = settings["embedder"]["size"]

    def batch(self, draw: np.random.Generator, count: int) -> tuple[torch.Tensor, torch.Tensor]:
        index = torch.from_numpy(draw.integers(0, len(self.pictures), count))
        x = F.interpolate(self.pictures[index].permute(0, 3, 1, 2).float().div_(255), size=(self.size, self.size), mode="bilinear", align_corners=False)
        gain = torch.from_numpy(draw.uniform(0.6, 1.4, (count, 1, 1, 1)).astype(np.float32))
        x = (x * gain).clamp(0, 1)
        if draw.random() < 0.5:
            x = x.flip(3)
        return x.contiguous(memory_format=torch.channels_last), self.goal[index]


def quick_recall(net: nn.Module, settings: dict, size: int, device: torch.device) -> float:
    """recall@1 with 5 references among the held-out classes, from the running weights."""
    held = pools.grocery_held_out(settings)
    rows = [(i, fine) for i, (_, fine, _) in enumerate(pools.grocery_list(settings)) if fine in held]
    photos = pools.grocery_pool(settings)
    pictures = torch.from_numpy(np.stack([photos[i] for i, _ in rows])).permute(0, 3, 1, 2).float().div_(255)
    small = F.interpolate(pictures, size=(size, size), mode="area")
    net.eval()
    with torch.no_grad():
        vectors = torch.cat([net(part.to(device)).cpu() for part in small.split(64)]).numpy()
    net.train()
    return retrieval.recall(vectors, np.array([fine for _, fine in rows]), 5, settings["seed"])


def _losses(net: nn.Module, heads: Heads, own: dict, pictures: torch.Tensor, labels: torch.Tensor, copies: torch.Tensor, goal: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Contrast, proxies and distillation of one batch: pictures with labels, then the teacher's with its goal."""
    with torch.autocast(labels.device.type, torch.bfloat16):
        features = net.features(torch.cat([pictures, copies]))
    features = features.float()
    vectors = F.normalize(net.norm(net.fc(features[: len(labels)])), dim=1)
    return (
        contrast(vectors, labels, own["temperature"]),
        proxy_loss(vectors, labels, heads.proxies, own["margin"]),
        1 - F.cosine_similarity(heads.guess(features[len(labels) :]), goal).mean(),
    )


class Batches:
    """Draws from the makers' samples, disturbs them and moves them to the device."""

    def __init__(self, settings: dict, classes: Classes, distil: Distil, ring: Ring, draw: np.random.Generator, device: torch.device):
        self.own, self.classes, self.distil, self.ring, self.draw, self.device = settings["embedder"], classes, distil, ring, draw, device

    def next(self, proxies: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Pictures N x 3 x S x S with labels N; the teacher's pictures with its features."""
        own, draw = self.own, self.draw
        index = torch.from_numpy(hard_batch(draw, self.ring.arrays[1][: self.ring.ready()], proxies, own["classes"] // KIN))
        pictures, labels = self.ring.arrays[0][index], self.ring.arrays[1][index]
        pictures, labels = varied.recoloured(pictures, labels, draw, own["recolour"], PHOTOS, self.classes.recoloured())
        labels = labels.flatten()[:, None].expand(-1, own["views"]).flatten().to(self.device)
        shown = varied.disturbed(_tensor(pictures.flatten(0, 2).to(self.device)), draw, own["cover"])
        copies, goal = self.distil.batch(draw, own["distilBatch"])
        return shown, labels, copies.to(self.device), goal.to(self.device)


def _begun(settings: dict, distil: Distil) -> tuple[Embedder, list[torch.nn.Parameter]]:
    """The network, from nothing or from a file, and what of it came from there."""
    net = Embedder()
    if not settings["start"]:
        return net, []
    held = warm.manifest_of(settings["start"])["training"]["heldOutClasses"]
    if not pools.grocery_held_out(settings) <= set(held):
        raise SystemExit(f"--from {settings['start']}: it was trained on classes that this fold holds out")
    pictures, _ = distil.batch(config.random(settings, 23), 256)
    return net, warm.load(net, settings["start"], "looks.net.", net.features, pictures)


def train(settings: dict, length: Length, resume: bool) -> None:
    own, device = settings["embedder"], settings["device"]
    torch.manual_seed(settings["seed"])
    classes, distil = Classes(settings), Distil(settings)
    shapes = [((KIN, own["views"], own["size"], own["size"], 3), torch.uint8), ((KIN,), torch.int64)]

    def make(seed: int):
        rng = np.random.default_rng(seed)
        return lambda: classes.kin(rng)

    # Before anything touches the device: a process that has used CUDA cannot be forked.
    ring = Ring(make, settings["seed"] + 100, shapes, own["ring"], settings["makers"])
    net, learned = _begun(settings, distil)
    net = net.to(device, memory_format=torch.channels_last)
    heads = Heads(classes.count(), 256, distil.goal.shape[1]).to(device)
    run = Run("embedder", net, heads, settings, length, resume)
    run.keep_calm(learned)
    batches = Batches(settings, classes, distil, ring, config.random(settings, 22, run.step), device)
    ring.wait(64)
    sums, next_check, views = np.zeros(3), 3.0, KIN * own["views"]
    try:
        while not run.done():
            run.set_rate()
            pictures, labels, copies, goal = batches.next(heads.proxies)
            parts = _losses(net, heads, own, pictures, labels, copies, goal)
            run.advance(parts[0] + own["proxy"] * parts[1] + own["distil"] * parts[2], len(labels))
            ring.want(200 + run.fresh() / (views * own["reuse"]))
            sums = sums * 0.98 + np.array([p.item() for p in parts]) * 0.02
            run.report(contrast=sums[0], proxy=sums[1], distil=sums[2], made=ring.made() * views, rate=run.fresh() / max(1e-6, run.elapsed() * 60))
            if run.elapsed() > next_check:
                next_check += own["checkMinutes"]
                value = quick_recall(net, settings, own["exportSize"], device)
                print(f"embedder  recall@1 with 5 references, held-out grocery classes: {value:.3f}", flush=True)
                run.record(heldOutRecall=value)
                run.save()
    finally:
        run.save()
        ring.close()
