"""Training: seeded, one thread, resumable after every epoch, the same bytes on every run of the
same machine.
"""

import dataclasses
import json
import os
import pickle

import numpy as np
import torch
import torch.nn.functional as functional
from tqdm import tqdm

from . import UserError, data, folders
from .networks import FloatNet, to_real

_VALIDATION = 5000  # the last images of the training set, where a recipe keeps the best epoch


def deterministic(seed):
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)


def _optimizer(recipe, parameters):
    if recipe.optimizer == "adamw":
        return torch.optim.AdamW(
            parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
    return torch.optim.SGD(
        parameters,
        lr=recipe.learning_rate,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
    )


@torch.no_grad()
def accuracy(net, images, labels, batch=1000):
    """Share of images (uint8 N x H x W) whose largest output is their label, and the mean loss."""
    net.eval()
    right, loss = 0, 0.0
    for start in range(0, len(images), batch):
        target = torch.from_numpy(labels[start : start + batch].astype(np.int64))
        output = net(to_real(net.network, data.to_pixels(images[start : start + batch])))
        right += int((output.argmax(1) == target).sum())
        loss += float(functional.cross_entropy(output, target, reduction="sum"))
    return right / len(images), loss / len(images)


def train(network, recipe, folder, data_folder=None, net=None, quiet=False):
    """Trains `network` (or `net`), writes float.pt (of net.deployable()) and train.json in
    `folder`, returns the net.

    An interrupted run continues from folder/resume.pt when the recipe is the same, and ends with
    the same weights.
    """
    deterministic(recipe.seed)
    images, labels = data.load_for(network, "train", data_folder)
    test_images, test_labels = data.load_for(network, "test", data_folder)
    holdout = _VALIDATION if recipe.keep == "best" else 0
    check_images, check_labels = (
        (images[-holdout:], labels[-holdout:]) if holdout else (test_images, test_labels)
    )
    if holdout:
        images, labels = images[:-holdout], labels[:-holdout]
    pixels = data.to_pixels(images)
    targets = torch.from_numpy(labels.astype(np.int64))

    net = net or FloatNet(network, recipe.batch_norm)
    optimizer = _optimizer(recipe, net.parameters())
    steps = -(-len(pixels) // recipe.batch)
    schedule = None
    if recipe.schedule == "one_cycle":
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimizer, recipe.learning_rate, total_steps=steps * recipe.epochs, pct_start=0.2
        )
    generator = torch.Generator().manual_seed(recipe.seed)
    os.makedirs(folder, exist_ok=True)
    resume_path = os.path.join(folder, "resume.pt")
    identity = json.dumps(dataclasses.asdict(recipe), sort_keys=True)
    history, first, best = [], 0, None
    if os.path.exists(resume_path):
        state = _read(resume_path)
        if state["identity"] == identity:
            net.load_state_dict(state["net"])
            optimizer.load_state_dict(state["optimizer"])
            if schedule:
                schedule.load_state_dict(state["schedule"])
            generator.set_state(state["generator"])
            history, first, best = json.loads(state["history"]), state["epoch"], state["best"]

    augmenting = recipe.augmentation != data.Augmentation()
    for epoch in range(first, recipe.epochs):
        if hasattr(net, "start_epoch"):
            net.start_epoch(epoch, recipe.epochs)
        net.train()
        order = torch.randperm(len(pixels), generator=generator)
        right, total_loss = 0, 0.0
        bar = tqdm(
            range(steps),
            f"{network.name} epoch {epoch + 1}/{recipe.epochs}",
            disable=quiet or None,
            leave=False,
        )
        for step in bar:
            chosen = order[step * recipe.batch : (step + 1) * recipe.batch]
            x, target = pixels[chosen], targets[chosen]
            if augmenting:
                x = data.augment(x, recipe.augmentation, generator)
            output = net(to_real(network, x))
            loss = functional.cross_entropy(output, target, label_smoothing=recipe.label_smoothing)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if schedule:
                schedule.step()
            total_loss += float(loss.detach()) * len(chosen)
            right += int((output.argmax(1) == target).sum())
        if not np.isfinite(total_loss):
            raise UserError(
                f"{network.name}: the loss is not finite in epoch {epoch + 1}; lower the learning"
                " rate"
            )
        check_accuracy, check_loss = accuracy(net, check_images, check_labels)
        history.append(
            {
                "epoch": epoch + 1,
                "train_loss": total_loss / len(pixels),
                "train_accuracy": right / len(pixels),
                "check_loss": check_loss,
                "check_accuracy": check_accuracy,
            }
        )
        if not quiet:
            tqdm.write(
                f"{network.name} epoch {epoch + 1:2d}: train"
                f" {history[-1]['train_accuracy']:.4f} loss {history[-1]['train_loss']:.4f}, check"
                f" {check_accuracy:.4f} loss {check_loss:.4f}"
            )
        if recipe.keep == "best" and (best is None or check_accuracy > best["accuracy"]):
            state = {key: value.clone() for key, value in net.state_dict().items()}
            best = {"accuracy": check_accuracy, "epoch": epoch + 1, "net": state}
        _save(
            {
                "identity": identity,
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "schedule": schedule.state_dict() if schedule else None,
                "generator": generator.get_state(),
                "history": json.dumps(history),
                "epoch": epoch + 1,
                "best": best,
            },
            resume_path,
        )
    if best is not None:
        _save(net.deployable().state_dict(), os.path.join(folder, "last.pt"))
        net.load_state_dict(best["net"])
    test_accuracy, _ = accuracy(net, test_images, test_labels)
    summary = {
        "network": network.name,
        "recipe": dataclasses.asdict(recipe),
        "test_accuracy": test_accuracy,
        "kept_epoch": best["epoch"] if best else recipe.epochs,
        "history": history,
    }
    folders.write_json(os.path.join(folder, "train.json"), summary)
    _save(
        net.deployable().state_dict(), os.path.join(folder, "float.pt")
    )  # the last: its presence says that all is done
    return net.eval()


def _save(state, path):
    with folders.replaced(path) as part:
        torch.save(state, part)


def _read(path):
    try:
        return torch.load(path, weights_only=True)
    except (RuntimeError, ValueError, KeyError, EOFError, pickle.UnpicklingError) as error:
        raise UserError(f"{path}: is no file of weights ({str(error).splitlines()[0]})") from error


def load(network, folder, name="float.pt"):
    """The trained network in `folder`; last.pt: the last checkpoint, where a recipe
    keeps the best.
    """
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        raise UserError(
            f"{path}: no such file (python -m systole_nn train {network.name} makes it; --recipe"
            " names another)"
        )
    net = FloatNet(network)
    try:
        net.load_state_dict(_read(path))
    except (RuntimeError, TypeError) as error:
        raise UserError(f"{path}: holds the weights of another network") from error
    net.eval()
    for name, value in net.state_dict().items():
        if not torch.isfinite(value).all():
            raise UserError(f"{path}: {name} holds a value that is not finite")
    return net
