"""Command line: python -m systole_nn.cifar COMMAND ... (-h on every command)."""

import argparse
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
