#!/bin/sh
# Keeps the output of a command that is too long, or too much a matter of the machine, for a test to
# run: the figures of the docs are held to it (tests/docs/recorded_test.py).
#   scripts/record.sh NAME COMMAND      writes docs/recorded/NAME.txt; COMMAND is one shell line
# The first line is the command, the second says when, of what version and on what processor.
set -eu
cd "$(dirname "$0")/.."
if [ $# -ne 2 ]; then
  echo "error: usage: scripts/record.sh NAME 'COMMAND'" >&2
  exit 2
fi
out=docs/recorded/$1.txt
work=$(mktemp)
trap 'rm -f "$work"' EXIT
bash -c "$2" >"$work" 2>&1 </dev/null || { cat "$work" >&2; exit 1; }
processor=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
{
  echo "\$ $2"
  echo "# $(date -u +%Y-%m-%d), $(git describe --always --dirty), $(nproc) x $processor"
  tr '\r' '\n' <"$work"
} >"$out.new"
mv "$out.new" "$out"
echo "$out"
