"""Command line: python -m systole_nn COMMAND ... (-h on every command)."""

import argparse
import os
import sys

from . import UserError


def _network(name):
    from .networks import NETWORKS

    if name not in NETWORKS:
        raise UserError(f"unknown network '{name}' (known: {', '.join(NETWORKS)})")
    return NETWORKS[name]


def _folder(arguments, network):
    return os.path.join(arguments.work, network.name)


def _options(arguments):
    from .quantize import Options

    chosen = {}
    for name in Options.__dataclass_fields__:
        value = getattr(arguments, name, None)
        if value is not None:
            chosen[name] = value
    return Options(**chosen)


def _train(arguments):
    from . import train

    network = _network(arguments.network)
    folder = _folder(arguments, network)
    if not arguments.resume:
        for name in ("resume.pt", "float.pt"):
            if os.path.exists(os.path.join(folder, name)):
                os.remove(os.path.join(folder, name))
    net = train.train(network, folder, arguments.data, quiet=arguments.quiet)
    images, labels = train.data.load(network.dataset, "test", arguments.data)
    share, _ = train.accuracy(net, images, labels)
    print(f"{network.name}: float accuracy {share:.4%} on {len(images)} test images; weights in {folder}/float.pt")


def _quantize(arguments):
    from . import data, evaluate, export_onnx, quantize, train

    network = _network(arguments.network)
    net = train.load(network, _folder(arguments, network))
    images, _ = data.load(network.dataset, "train", arguments.data)
    model = quantize.quantize(net, images, _options(arguments), arguments.quiet)
    test_images, test_labels = data.load(network.dataset, "test", arguments.data)
    reference, _ = train.accuracy(net, test_images, test_labels)
    share = evaluate.integer_accuracy(model, test_images, test_labels)
    low, high = evaluate.wilson(round(share * len(test_labels)), len(test_labels))
    for tensor in model.tensors:
        shape = "x".join(map(str, tensor.shape))
        print(f"  {tensor.name:8s} {shape:>10s} {tensor.dtype}  scale {tensor.scale:.8g}  zero point {tensor.zero_point}")
    print(f"{network.name}: float {reference:.4%}, 8 bit {share:.4%} (95 % interval {low:.2%} to {high:.2%})")
    if arguments.output:
        os.makedirs(os.path.dirname(os.path.abspath(arguments.output)), exist_ok=True)
        form = export_onnx.qlinear if arguments.form == "qlinear" else export_onnx.qdq
        export_onnx.save(form(model), arguments.output)
        print(f"wrote {arguments.output} ({os.path.getsize(arguments.output)} bytes, {arguments.form} form)")


def _digits(arguments):
    from . import digits, idx

    if arguments.count <= 0:
        raise UserError(f"--count {arguments.count}: must be positive")
    os.makedirs(arguments.output, exist_ok=True)
    images, labels = digits.draw_set(arguments.count, arguments.seed)
    idx.write(os.path.join(arguments.output, "images.idx3-ubyte.gz"), images)
    idx.write(os.path.join(arguments.output, "labels.idx1-ubyte"), labels)
    print(f"wrote {arguments.count} digits to {arguments.output}")


def _parser():
    from .quantize import RANGES

    parser = argparse.ArgumentParser(prog="systole_nn", description=__doc__.split(":")[0])
    commands = parser.add_subparsers(dest="command", required=True)

    def command(name, function, text, network=True):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        sub.add_argument("--quiet", action="store_true", help="no progress")
        if network:
            sub.add_argument("network")
            sub.add_argument("--data", help="folder with mnist/ and fashion_mnist/ (default: SYSTOLE_DATA)")
            sub.add_argument("--work", default="build/models", help="folder of trained weights (default: %(default)s)")
        return sub

    sub = command("train", _train, "train the float network")
    sub.add_argument("--resume", action="store_true", help="continue an interrupted run")

    sub = command("quantize", _quantize, "quantize a trained network and write it as ONNX")
    sub.add_argument("-o", "--output", help="ONNX file to write")
    sub.add_argument("--form", choices=("qdq", "qlinear"), default="qdq")
    sub.add_argument("--weights", choices=("symmetric", "asymmetric"))
    sub.add_argument("--per-tensor", dest="per_channel", action="store_false", default=None, help="one weight scale per layer")
    sub.add_argument("--weight-range", choices=RANGES)
    sub.add_argument("--activations", choices=("asymmetric", "symmetric"))
    sub.add_argument("--activation-type", choices=("uint8", "int8"))
    sub.add_argument("--activation-range", choices=RANGES)
    sub.add_argument("--power-of-two", action="store_true", default=None, help="scales that make requantization a shift")
    sub.add_argument("--calibration-images", type=int)

    sub = command("digits", _digits, "draw the synthetic digits as IDX files", network=False)
    sub.add_argument("-o", "--output", default="models/digits")
    sub.add_argument("--count", type=int, default=640)
    sub.add_argument("--seed", type=int, default=1)
    return parser


def main(argv=None):
    arguments = _parser().parse_args(argv)
    try:
        arguments.function(arguments)
    except UserError as error:
        print(f"systole_nn: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
