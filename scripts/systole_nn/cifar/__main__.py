"""Command line: python -m systole_nn.cifar COMMAND ... (-h on every command)."""

import argparse
import copy
import os
import sys

from .. import UserError

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def _train(arguments):
    from . import NOTE, data, train

    recipe = train.RECIPES[arguments.recipe]
    images, labels = data.load("train", arguments.data)
    test = data.load("test", arguments.data)
    folder = os.path.join(arguments.work, arguments.recipe, arguments.network)
    net = train.train(arguments.network, recipe, folder, images, labels, test, arguments.quiet)
    share = train.accuracy(net, *test)
    print(f"{arguments.network}: float {share:.2%} of {len(test[1])} test images ({NOTE})")


def _quantize(arguments):
    from . import NOTE, data, export, measure, train
    from ..golden import binary

    systole = binary(arguments.systole)
    folder = os.path.join(arguments.work, arguments.recipe, arguments.network)
    net = train.load(arguments.network, folder)
    each = -(-export.CALIBRATION // len(data.CLASSES))
    first = data.load("train", arguments.data, each)
    proto = export.quantize(net, export.calibration(*first))
    images, labels = data.load("test", arguments.data)
    path = arguments.output or os.path.join(folder, "model.onnx")
    recipe = train.RECIPES[arguments.recipe]
    trained = {"network": arguments.network, "epochs": recipe.epochs, "seed": recipe.seed}
    trained["float_right"] = round(train.accuracy(net, images, labels) * len(labels))
    trained["of"], trained["images"] = len(labels), NOTE
    export.write(proto, path, trained)
    share = measure.kept_accuracy(systole, path, images, labels, arguments.work)
    right = trained["float_right"] / len(labels)
    print(
        f"{arguments.network}: float {right:.2%}, int8 {share:.2%} ({100 * (share - right):+.2f}"
        f" points) of {len(labels)} test images ({NOTE}); {path}, {os.path.getsize(path)} bytes"
    )


def _front(arguments):
    from . import data, front
    from .. import folders
    from ..golden import binary

    systole, test = binary(arguments.systole), data.load("test", arguments.data)
    points = [
        front.point(systole, path, *test, arguments.work) for path in front.models(arguments.models)
    ]
    print("\n".join(front.lines(points)))
    if arguments.svg:
        folders.write_bytes(arguments.svg, front.drawing(points).encode("utf-8"))


def _build(arguments):
    """What models/cifar10 holds, from nothing."""
    from . import train

    for recipe, name in train.STUDY:
        one = copy.copy(arguments)
        one.recipe, one.network = recipe, name
        folder = [arguments.models] if recipe == "long" else [arguments.models, recipe]
        os.makedirs(os.path.join(*folder), exist_ok=True)
        one.output = os.path.join(*folder, f"{name}.onnx")
        _train(one)
        _quantize(one)
    _front(arguments)


def _shapes(arguments):
    from . import shapes
    from ..golden import binary

    getattr(shapes, arguments.network)(binary(arguments.systole))


def _parser():
    from . import train

    parser = argparse.ArgumentParser(prog="systole_nn.cifar", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, run, text):
        added = commands.add_parser(name, help=text, description=text)
        added.set_defaults(run=run)
        added.add_argument("--data", help="folder with cifar10/ (default: $SYSTOLE_DATA)")
        added.add_argument("--work", default=os.path.join(ROOT, "build", "cifar"))
        added.add_argument("--quiet", action="store_true")
        return added

    added = command("train", _train, "train a network, or go on where it was interrupted")
    added.add_argument("network")
    added.add_argument("--recipe", choices=list(train.RECIPES), default="long")
    added = command("quantize", _quantize, "a trained network to int8, and its accuracy")
    added.add_argument("network")
    added.add_argument("--recipe", choices=list(train.RECIPES), default="long")
    added.add_argument("--systole", help="the command line program (default: the build's)")
    added.add_argument("-o", "--output", metavar="FILE", help="ONNX file to write")
    for name, run, text in (
        ("front", _front, "accuracy, energy and cycles of quantized networks"),
        ("build", _build, "train (or go on), quantize and measure all that is shipped"),
    ):
        added = command(name, run, text)
        added.add_argument("--models", default=os.path.join(ROOT, "models", "cifar10"))
        added.add_argument("--svg", metavar="FILE", help="draw the fronts, too")
        added.add_argument("--systole", help="the command line program (default: the build's)")
    added = command("shapes", _shapes, "energy and cycles of a ResNet at many widths, untrained")
    added.add_argument("network", choices=["resnet20", "resnet50"])
    added.add_argument("--systole", help="the command line program (default: the build's)")
    return parser


def main(argv=None):
    arguments = _parser().parse_args(argv)
    arguments.run(arguments)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
