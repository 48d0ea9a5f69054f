"""Command line: python -m systole_nn COMMAND ... (-h on every command)."""

import argparse
import os
import sys
from dataclasses import replace

from . import UserError


def _network(name):
    from .networks import NETWORKS

    if name not in NETWORKS:
        raise UserError(f"unknown network '{name}' (known: {', '.join(NETWORKS)})")
    return NETWORKS[name]


def _recipe(arguments, network):
    if arguments.recipe not in network.recipes:
        raise UserError(
            f"{network.name} has no recipe '{arguments.recipe}' (known:"
            f" {', '.join(network.recipes)})"
        )
    return network.recipes[arguments.recipe]


def _folder(arguments, network):
    return os.path.join(arguments.work, network.name, arguments.recipe)


def _remove(folder, *names):
    for name in names:
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))


def _options(arguments):
    from .quantize import PRESETS, Options

    preset = PRESETS[arguments.preset]
    chosen = {}
    for name in Options.__dataclass_fields__:
        value = getattr(arguments, name, None)
        if value is not None:
            chosen[name] = value
    return replace(preset, **chosen)


def _train(arguments):
    from . import train

    network = _network(arguments.network)
    folder = _folder(arguments, network)
    if not arguments.resume:
        _remove(folder, "resume.pt", "float.pt")
    net = train.train(
        network, _recipe(arguments, network), folder, arguments.data, quiet=arguments.quiet
    )
    images, labels = train.data.load_for(network, "test", arguments.data)
    share, _ = train.accuracy(net, images, labels)
    print(
        f"{network.name}: float accuracy {share:.4%} on {len(images)} test images; weights in"
        f" {folder}/float.pt"
    )


def _quantize(arguments):
    from . import data, quantize, train

    network = _network(arguments.network)
    net = train.load(network, _folder(arguments, network))
    images, _ = data.load_for(network, "train", arguments.data)
    _report_and_write(
        arguments,
        network,
        net,
        quantize.quantize(net, images, _options(arguments), arguments.quiet),
    )


def _qat(arguments):
    from . import data, qat, train

    network = _network(arguments.network)
    recipe, default = _recipe(arguments, network), arguments.preset
    if arguments.scratch:
        recipe = replace(recipe, epochs=arguments.epochs or recipe.epochs)
        net, default = qat.fresh(network, recipe), f"{default}-scratch"
    else:
        net = train.load(network, _folder(arguments, network))
        recipe = qat.recipe_for(recipe, arguments.epochs or 6)
    folder = os.path.join(_folder(arguments, network), f"qat-{arguments.name or default}")
    if not arguments.resume:
        _remove(folder, "resume.pt", "qat.json")
    images, _ = data.load_for(network, "train", arguments.data)
    follow = 500 if arguments.scratch else 0
    aware = qat.train_aware(
        net, recipe, _options(arguments), images, folder, arguments.data, arguments.quiet, follow
    )
    _report_and_write(arguments, network, net, aware.quantized())


def _report_and_write(arguments, network, net, model):
    """Prints the tensors and the accuracies of `net` in float and of `model` in integers, and
    writes the ONNX file.
    """
    from . import data, evaluate, export_onnx, golden, train

    test_images, test_labels = data.load_for(network, "test", arguments.data)
    reference, _ = train.accuracy(net, test_images, test_labels)
    try:
        systole, by = golden.binary(), "golden reference"
    except UserError:
        systole, by = None, "ONNX Runtime: systole is not built"
    share = evaluate.integer_accuracy(model, test_images, test_labels, systole)
    low, high = evaluate.wilson(round(share * len(test_labels)), len(test_labels))
    for tensor in model.tensors:
        shape = "x".join(map(str, tensor.shape))
        print(
            f"  {tensor.name:8s} {shape:>10s} {tensor.dtype}  scale {tensor.scale:.8g}  zero point"
            f" {tensor.zero_point}"
        )
    print(
        f"{network.name}: float {reference:.4%}, 8 bit {share:.4%} ({by}; 95 % interval"
        f" {low:.2%} to {high:.2%})"
    )
    if arguments.output:
        os.makedirs(os.path.dirname(os.path.abspath(arguments.output)), exist_ok=True)
        form = export_onnx.qlinear if arguments.form == "qlinear" else export_onnx.qdq
        export_onnx.save(form(model), arguments.output)
        print(
            f"wrote {arguments.output} ({os.path.getsize(arguments.output)} bytes,"
            f" {arguments.form} form)"
        )


def _image(arguments, model):
    """The chosen image as the model's quantized input, 1 x C x H x W."""
    from . import explain, idx

    folder = os.path.join(
        os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
        "models/digits",
    )
    images = idx.read(arguments.images or os.path.join(folder, "images.idx3-ubyte.gz"))
    if not 0 <= arguments.image < len(images):
        raise UserError(f"--image {arguments.image}: the file holds images 0 to {len(images) - 1}")
    return explain.quantized_image(model, images, arguments.image)


def _export(arguments):
    from . import export_npy, export_onnx, export_readmemh, export_text, golden, import_onnx

    model = import_onnx.load(arguments.model)
    if arguments.form == "text":
        export_text.save(model, arguments.output)
    elif arguments.form == "readmemh":
        systole = golden.binary(arguments.systole)
        export_readmemh.save(systole, arguments.model, model, arguments.output, arguments.rounding)
    elif arguments.form == "npy":
        systole = golden.binary(arguments.systole)
        image = _image(arguments, model)
        export_npy.save(
            systole, arguments.model, model, image, arguments.output, arguments.rounding
        )
    elif arguments.form == "tflite":
        from . import export_tflite

        export_tflite.save(model, arguments.output)
    else:
        form = export_onnx.qlinear if arguments.form == "qlinear" else export_onnx.qdq
        export_onnx.save(form(model), arguments.output)
    print(f"wrote {arguments.output} ({arguments.form} form)")


def _explain(arguments):
    from . import explain, golden, import_onnx

    model = import_onnx.load(arguments.model)
    image = _image(arguments, model)
    systole = golden.binary(arguments.systole)
    modes = [arguments.rounding] if arguments.rtl else []
    print(explain.explain(systole, arguments.model, model, image, arguments.rounding, modes))


def _build(arguments):
    from . import data, pipeline
    from .networks import NETWORKS

    data.root(arguments.data)
    names = [_network(name).name for name in arguments.networks] or list(NETWORKS)
    where = arguments.models, arguments.work, arguments.data
    pipeline.run(names, *where, arguments.jobs, arguments.force, arguments.quiet)


def _evaluate(arguments):
    from . import golden, variants

    network = _network(arguments.network)
    systole = golden.binary(arguments.systole)
    rows = variants.evaluate_all(
        network, _folder(arguments, network), systole, arguments.data, arguments.quiet
    )
    print(
        f"{network.name}, recipe {arguments.recipe}: accuracy on the test set, 95 % interval,"
        " difference to float"
    )
    variants.print_table(rows)


def _report(arguments):
    from . import golden, report

    network = _network(arguments.network)
    path = arguments.output or os.path.join("build", "report", f"{network.name}.html")
    systole = golden.binary(arguments.systole)
    done = report.write(network, arguments.work, systole, path, arguments.data, arguments.quiet)
    print(f"wrote {done['path']} ({done['bytes']:,} bytes)")


def _images(arguments):
    import numpy as np

    from . import data, folders, idx

    network = _network(arguments.network)
    if arguments.images:
        images = data.pad(idx.read(arguments.images), network.image_pad)
    else:
        images, _ = data.load_for(network, arguments.split, arguments.data)
    if images.shape[1:] != network.input_shape[1:]:
        raise UserError(
            f"{arguments.images}: {images.shape} does not fit {network.name}'s input"
            f" {network.input_shape}"
        )
    images = images[: arguments.first, None]
    os.makedirs(os.path.dirname(os.path.abspath(arguments.output)), exist_ok=True)
    with folders.replaced(arguments.output) as part, open(part, "wb") as file:
        np.save(file, images)
    print(f"wrote {len(images)} images to {arguments.output}")


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
    from .golden import MODES
    from .quantize import PRESETS, RANGES

    parser = argparse.ArgumentParser(prog="systole_nn", description=__doc__.split(":")[0])
    commands = parser.add_subparsers(dest="command", required=True)

    def folders(sub):
        sub.add_argument(
            "--data", help="folder with mnist/ and fashion_mnist/ (default: SYSTOLE_DATA)"
        )
        sub.add_argument(
            "--work",
            default="build/models",
            help="folder of trained weights (default: %(default)s)",
        )

    def command(name, function, text, network=True):
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(function=function)
        sub.add_argument("--quiet", action="store_true", help="no progress")
        if network:
            sub.add_argument("network")
            sub.add_argument("--recipe", default="better", help="better (default) or document")
            folders(sub)
        return sub

    sub = command("train", _train, "train the float network")
    sub.add_argument("--resume", action="store_true", help="continue an interrupted run")

    def options(sub):
        sub.add_argument("-o", "--output", help="ONNX file to write")
        sub.add_argument("--form", choices=("qdq", "qlinear"), default="qdq")
        sub.add_argument(
            "--preset",
            choices=list(PRESETS),
            default="recommended",
            help="the options below change it",
        )
        sub.add_argument("--weights", choices=("symmetric", "asymmetric"))
        sub.add_argument(
            "--per-tensor",
            dest="per_channel",
            action="store_false",
            default=None,
            help="one weight scale a layer",
        )
        sub.add_argument("--weight-range", choices=RANGES)
        sub.add_argument("--activations", choices=("asymmetric", "symmetric"))
        sub.add_argument("--activation-type", choices=("uint8", "int8"))
        sub.add_argument("--activation-range", choices=RANGES)
        sub.add_argument(
            "--scales",
            choices=("real", "power_of_two", "shift"),
            help="power_of_two: every scale; shift: their ratios",
        )
        sub.add_argument("--calibration-images", type=int)

    options(command("quantize", _quantize, "quantize a trained network and write it as ONNX"))

    sub = command("qat", _qat, "train a trained network on under quantization and write it as ONNX")
    sub.add_argument("--epochs", type=int, help="default: 6; with --scratch the recipe's")
    sub.add_argument(
        "--scratch", action="store_true", help="from untrained weights, by the recipe itself"
    )
    sub.add_argument(
        "--name", help="folder of the run (default: the preset, with --scratch -scratch behind it)"
    )
    sub.add_argument("--resume", action="store_true", help="continue an interrupted run")
    options(sub)

    sub = command(
        "build", _build, "train, quantize and export every network, side by side", network=False
    )
    sub.add_argument("networks", nargs="*", help="default: all")
    sub.add_argument(
        "--models", default="models", help="folder of the exported models (default: %(default)s)"
    )
    sub.add_argument("--jobs", type=int, default=2, help="processes (default: %(default)s)")
    sub.add_argument("--force", action="store_true", help="do again what is there")
    folders(sub)

    sub = command(
        "evaluate",
        _evaluate,
        "the table of all quantization variants, integers by the golden reference",
    )
    sub.add_argument(
        "--systole", help="the command line (default: $SYSTOLE, or the one built in build/)"
    )

    sub = commands.add_parser(
        "report", help="one HTML page of a network", description="one HTML page of a network"
    )
    sub.set_defaults(function=_report)
    sub.add_argument("network")
    sub.add_argument("--quiet", action="store_true", help="no progress")
    sub.add_argument("-o", "--output", help="HTML file (default: build/report/NETWORK.html)")
    sub.add_argument(
        "--systole", help="the command line (default: $SYSTOLE, or the one built in build/)"
    )
    folders(sub)

    def image(sub):
        sub.add_argument(
            "--systole", help="the command line (default: $SYSTOLE, or the one built in build/)"
        )
        sub.add_argument("--images", help="IDX file (default: the drawn digits)")
        sub.add_argument(
            "--image", type=int, default=0, help="which image of the file (default: %(default)s)"
        )

    sub = command("export", _export, "write a model file in another form", network=False)
    sub.add_argument("model", help="ONNX file in QDQ form that systole_nn wrote")
    sub.add_argument(
        "-o", "--output", required=True, help="file (qdq, qlinear, tflite) or new folder to write"
    )
    sub.add_argument(
        "--form", required=True, choices=("qdq", "qlinear", "tflite", "text", "readmemh", "npy")
    )
    sub.add_argument(
        "--rounding", choices=MODES, default="float32", help="readmemh, npy (default: %(default)s)"
    )
    image(sub)

    text = "where float, the frameworks, golden and RTL first differ on an image, and why"
    sub = command("explain", _explain, text, network=False)
    sub.add_argument("model", help="ONNX file in QDQ form that systole_nn wrote")
    sub.add_argument(
        "--rounding", choices=MODES, default="float32", help="compared with (default: %(default)s)"
    )
    sub.add_argument(
        "--rtl", action="store_true", help="run the verilated RTL too (make rtl builds it)"
    )
    image(sub)

    text = "a data set's images as the network takes them (padded), its quantized input, uint8 .npy"
    sub = command("images", _images, text, network=False)
    sub.add_argument("network")
    sub.add_argument("-o", "--output", required=True, help=".npy file to write")
    sub.add_argument("--images", help="IDX file instead of the data set")
    sub.add_argument(
        "--split", choices=("test", "train"), default="test", help="default: %(default)s"
    )
    sub.add_argument("--first", type=int, help="only the first N images")
    sub.add_argument("--data", help="folder with mnist/ and fashion_mnist/ (default: SYSTOLE_DATA)")

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
    except OSError as error:  # a file that cannot be written, a full disk
        print(f"systole_nn: {error.filename or 'file'}: {error.strerror}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "systole_nn: interrupted; build, and train and qat with --resume, continue",
            file=sys.stderr,
        )
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
