"""Training on CIFAR-10's JPEG files: seeded, one thread, resumable after every epoch.

Stochastic gradient descent with Nesterov momentum, one cycle of the learning rate, crops of an
image with a reflected border, mirrored in every other epoch. To save time the first epochs see the
images at half size, the next at three quarters.
"""

import json
import os
import sys
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch.nn import functional

from .. import UserError, folders
from . import NOTE, data, networks


@dataclass(frozen=True)
class Recipe:
    half: int  # epochs at 16 x 16 pixels
    three_quarters: int  # then at 24 x 24
    full: int  # then at 32 x 32
    rise: float  # epochs on the way up of the learning rate
    batch: int = 128
    learning_rate: float = 0.2  # its peak; linear up from and down to 0
    momentum: float = 0.9
    weight_decay: float = 5e-4  # of convolutions' and the last layer's weights
    seed: int = 1
    bfloat16: bool = False  # products in bfloat16, sums and weights in float32

    @property
    def epochs(self):
        return self.half + self.three_quarters + self.full

    def size(self, epoch):
        """Pixels a side in this epoch."""
        if epoch < self.half:
            return data.SIZE // 2
        return data.SIZE * 3 // 4 if epoch < self.half + self.three_quarters else data.SIZE

    def rate(self, step, steps_each):
        """The learning rate of this step of all, of which an epoch has `steps_each`."""
        top, steps = max(1, round(self.rise * steps_each)), self.epochs * steps_each
        return self.learning_rate * min((step + 1) / top, (steps - step) / max(1, steps - top))


# long: for accuracy; short: to compare networks with each other.
RECIPES = {"long": Recipe(6, 8, 46, 6.0, bfloat16=True), "short": Recipe(2, 2, 1, 1.0)}

# What models/cifar10 holds: (recipe, network).
STUDY = (
    ("long", "resnet20"),
    ("short", "resnet20"),
    ("short", "resnet20-8-16-32"),
    ("short", "resnet20-14-14-28"),
    ("short", "resnet20-10-20-40"),
    ("short", "resnet20-12-24-48"),
    ("short", "resnet20-14-28-42"),
)


def to_real(images):
    """uint8 to what the network's input means."""
    return ((images.float() - data.ZERO) * data.SCALE).contiguous(memory_format=torch.channels_last)


def shrunk(images, size):
    """uint8 N x C x H x W at `size` pixels a side, averaging."""
    if images.shape[-1] == size:
        return images
    parts = [
        functional.interpolate(part.float(), (size, size), mode="bilinear", antialias=True)
        for part in images.split(5000)
    ]
    return torch.cat([part.round().clamp(0, 255).to(torch.uint8) for part in parts])


def augmented(images, mirrored, generator):
    """Crops of uint8 images, an eighth moved at most, those of `mirrored` mirrored."""
    size = images.shape[-1]
    border = size // 8
    padded = functional.pad(images.float(), (border,) * 4, mode="reflect")
    places = torch.randint(0, 2 * border + 1, (2, len(images), 1), generator=generator)
    rows, columns = places + torch.arange(size)
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    index = torch.arange(len(images))[:, None, None]
    return padded[index, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


@torch.no_grad()
def accuracy(net, images, labels, batch=500):
    """Share of images (uint8 N x 3 x 32 x 32) whose largest output is their label."""
    net.eval()
    right = 0
    for start in range(0, len(images), batch):
        output = net(to_real(torch.from_numpy(images[start : start + batch])))
        right += int((output.argmax(1).numpy() == labels[start : start + batch]).sum())
    return right / len(images)


def optimizer_of(net, recipe):
    decayed = [p for p in net.parameters() if p.dim() > 1]
    others = [p for p in net.parameters() if p.dim() <= 1]
    return torch.optim.SGD(
        [{"params": decayed, "weight_decay": recipe.weight_decay}, {"params": others}],
        lr=recipe.learning_rate,
        momentum=recipe.momentum,
        nesterov=True,
    )


class Progress:
    """A line each tenth of an epoch, with the time that is left."""

    def __init__(self, name, recipe, first, quiet):
        self.name, self.recipe, self.first, self.quiet = name, recipe, first, quiet
        self.start = time.monotonic()
        # An image costs its pixels.
        self.costs = [recipe.size(epoch) ** 2 for epoch in range(recipe.epochs)]

    def show(self, epoch, share, loss, right):
        if self.quiet:
            return
        done = sum(self.costs[self.first : epoch]) + share * self.costs[epoch]
        left = sum(self.costs[self.first :]) - done
        minutes = (time.monotonic() - self.start) * left / done / 60
        print(
            f"{self.name} epoch {epoch + 1}/{self.recipe.epochs} {share:4.0%} loss {loss:.3f}"
            f" right {right:.1%}, {minutes:.0f} min left",
            file=sys.stderr,
            flush=True,
        )


def train(name, recipe, folder, images, labels, test=None, quiet=False):
    """Trains the network `name` and writes folder/float.pt and train.json; returns the network.

    An interrupted run of the same recipe goes on after its last whole epoch, from resume.pt.
    test: (images, labels) whose accuracy is written down after every epoch; it chooses nothing.
    """
    torch.set_num_threads(1)
    torch.manual_seed(recipe.seed)
    net = networks.build(name).to(memory_format=torch.channels_last)
    optimizer = optimizer_of(net, recipe)
    generator = torch.Generator().manual_seed(recipe.seed)
    labels = torch.from_numpy(labels.astype(np.int64))
    first_mirrored = torch.rand(len(images), generator=generator) < 0.5
    os.makedirs(folder, exist_ok=True)
    resume = os.path.join(folder, "resume.pt")
    identity = json.dumps([name, len(images), asdict(recipe)])
    history, first = [], 0
    if os.path.exists(resume):
        state = torch.load(resume, weights_only=True)
        if state["identity"] == identity:
            net.load_state_dict(state["net"])
            optimizer.load_state_dict(state["optimizer"])
            generator.set_state(state["generator"])
            history = json.loads(state["history"])
            first = len(history)
    steps = -(-len(images) // recipe.batch)
    progress, sized = Progress(name, recipe, first, quiet), None
    for epoch in range(first, recipe.epochs):
        size, began = recipe.size(epoch), time.process_time()
        if sized is None or sized.shape[-1] != size:
            sized = shrunk(torch.from_numpy(images), size)
        net.train()
        order = torch.randperm(len(images), generator=generator)
        total, right, seen = 0.0, 0, 0
        for step in range(steps):
            chosen = order[step * recipe.batch : (step + 1) * recipe.batch]
            mirrored = first_mirrored[chosen] ^ bool(epoch % 2)
            inputs = to_real(augmented(sized[chosen], mirrored, generator))
            with torch.autocast("cpu", torch.bfloat16, enabled=recipe.bfloat16):
                output = net(inputs).float()
            loss = functional.cross_entropy(output, labels[chosen])
            for group in optimizer.param_groups:
                group["lr"] = recipe.rate(epoch * steps + step, steps)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += float(loss.detach()) * len(chosen)
            right += int((output.argmax(1) == labels[chosen]).sum())
            seen += len(chosen)
            if (step + 1) % max(1, steps // 10) == 0:
                progress.show(epoch, (step + 1) / steps, total / seen, right / seen)
        if not np.isfinite(total):
            raise UserError(f"{name}: the loss is not finite in epoch {epoch + 1}; lower the rate")
        history.append({"epoch": epoch + 1, "pixels": size, "loss": total / seen})
        history[-1]["right"] = right / seen
        history[-1]["cpu_seconds"] = round(time.process_time() - began, 1)
        if test is not None and size == data.SIZE:
            history[-1]["test"] = accuracy(net, *test)
        if not quiet:
            print(json.dumps(history[-1]), flush=True)
        state = {"identity": identity, "net": net.state_dict(), "history": json.dumps(history)}
        state.update(optimizer=optimizer.state_dict(), generator=generator.get_state())
        with folders.replaced(resume) as part:
            torch.save(state, part)
    with folders.replaced(os.path.join(folder, "float.pt")) as part:
        torch.save(net.state_dict(), part)
    report = {"network": name, "images": NOTE, "recipe": asdict(recipe), "epochs": history}
    folders.write_json(os.path.join(folder, "train.json"), report)
    return net.eval()


def load(name, folder):
    """The trained network in `folder`, in evaluation."""
    path = os.path.join(folder, "float.pt")
    if not os.path.exists(path):
        raise UserError(f"{path}: no such file (python -m systole_nn.cifar train {name} makes it)")
    net = networks.build(name)
    try:
        net.load_state_dict(torch.load(path, weights_only=True))
    except RuntimeError as error:
        raise UserError(f"{path}: holds the weights of another network") from error
    return net.to(memory_format=torch.channels_last).eval()
