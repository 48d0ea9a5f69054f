#!/bin/sh
# Creates the virtual environment .venv of the repository and installs scripts/requirements.txt into
# it.
# Usage: scripts/setup_venv.sh [PYTHON]      (default: python3; 3.11 or newer with its venv module)
# Where pip finds packages is pip's own configuration (PIP_INDEX_URL, PIP_FIND_LINKS, ...). On Linux
# the default build of PyTorch brings several GB of CUDA libraries; a CPU build by PIP_FIND_LINKS or
# PIP_EXTRA_INDEX_URL is enough.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
python=${1:-python3}
stamp=$root/.venv/requirements.sha256
wanted=$(sha256sum "$root/scripts/requirements.txt" | cut -d' ' -f1)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ]; then
  exit 0
fi
"$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' || {
  echo "setup_venv.sh: $python must be Python 3.11 or newer with venv" \
    "(on Debian: apt install python3-venv)" >&2
  exit 2
}
[ -x "$root/.venv/bin/python" ] || "$python" -m venv "$root/.venv"
"$root/.venv/bin/pip" install --disable-pip-version-check -q -r "$root/scripts/requirements.txt"
echo "$wanted" > "$stamp"
echo "ready: $root/.venv"
