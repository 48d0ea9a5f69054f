#!/bin/sh
# Installs what a make target needs, from distribution packages, and nothing that is already there.
#   scripts/setup.sh GROUP...     groups: build, explore, test, lint, synth, ppa, wave, cov, venv,
#                                 slurm, mutate
#                                 ("build" is always included)
#   SETUP=no                      install nothing: only name what is missing (exit 2 if anything is)
# Debian and Ubuntu are served through apt (sudo where not root); other systems get the list of
# names.
set -eu

packages="g++ cmake ninja-build pkg-config verilator libsystemc-dev libonnx-dev libprotobuf-dev
  protobuf-compiler libcli11-dev nlohmann-json3-dev libfmt-dev libgtest-dev libgmock-dev
  libhwy-dev zlib1g-dev libyaml-cpp-dev flatbuffers-compiler libflatbuffers-dev
  libpng-dev libjpeg-dev"
explore="libpagmo-dev libdlib-dev libblas-dev liblapack-dev libmuparser-dev
  libsqlite3-dev libtbb-dev libtomlplusplus-dev libjs-d3"
for group in "$@"; do
  case $group in
    build) ;;
    explore) packages="$packages $explore" ;;
    test) packages="$packages $explore iverilog yosys z3 opensta qflow-tech-osu018 python3
      python3-numpy" ;;
    lint) packages="$packages iverilog yosys clang-format python3" ;;
    synth) packages="$packages yosys" ;;
    ppa) packages="$packages yosys opensta qflow-tech-osu018 python3 python3-numpy" ;;
    wave) packages="$packages gtkwave" ;;
    cov) packages="$packages lcov" ;;
    analyze) packages="$packages clang-tidy python3" ;;
    venv) packages="$packages python3 python3-venv python3-dev iverilog" ;;
    mutate) packages="$packages python3 python3-clang git" ;;
    slurm) packages="$packages slurm-wlm munge" ;;
    *)
      echo "setup.sh: unknown group '$group'" \
        "(build, explore, test, lint, synth, ppa, wave, cov, venv, slurm, mutate)" >&2
      exit 2
      ;;
  esac
done

if ! command -v dpkg-query >/dev/null 2>&1; then
  stamp="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/systole-setup-noted"
  [ -e "$stamp" ] && exit 0
  echo "setup: this is no Debian or Ubuntu system; please see to it" \
    "that these are installed (Debian's names):" >&2
  echo $packages >&2
  mkdir -p "$(dirname "$stamp")" && : > "$stamp"
  exit 0
fi

installed=" $(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' 2>/dev/null |
  sed -n 's/^\([^ :]*\)[^ ]* installed$/\1/p' | tr '\n' ' ') "
missing=""
for p in $packages; do
  case "$installed" in *" $p "*) ;; *) missing="$missing $p" ;; esac
done
[ -z "$missing" ] && exit 0

if [ "${SETUP:-yes}" = no ]; then
  echo "setup: missing packages:$missing" >&2
  echo "setup: install them with: apt-get install$missing" >&2
  exit 2
fi
sudo=""
if [ "$(id -u)" != 0 ]; then
  sudo=sudo
  if ! command -v sudo >/dev/null 2>&1; then
    echo "setup: missing packages, and neither root nor sudo here;" \
      "as root: apt-get install$missing" >&2
    exit 2
  fi
fi
echo "setup: installing with apt:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
# shellcheck disable=SC2086
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
  $missing >/dev/null
echo "setup: done"
