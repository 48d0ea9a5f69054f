#!/bin/sh
# clang's static analyzer over the C++ of the project.
#   scripts/analyze.sh BUILD [FOLDER...]    BUILD has compile_commands.json; folders of sources:
#                                           without any, sw systemc tb
# Environment: JOBS. Exit status: 0 nothing found; 1 something, as printed.
set -eu
cd "$(dirname "$0")/.."
build=$1
shift
[ $# -gt 0 ] || set -- sw systemc tb
out=build/analyze
mkdir -p "$out"
python3 - "$build/compile_commands.json" "$PWD" "$@" >"$out/files" <<'PY'
import json
import sys

commands, root, *folders = sys.argv[1:]
files = {entry["file"] for entry in json.load(open(commands, encoding="utf-8"))}
prefixes = tuple(f"{root}/{folder}/" for folder in folders)
print("\n".join(sorted(name for name in files if name.startswith(prefixes))))
PY
if ! xargs -r -n 1 -P "${JOBS:-$(nproc)}" clang-tidy --quiet -p "$build" \
  '--checks=-*,clang-analyzer-*' '--warnings-as-errors=*' <"$out/files" >"$out/log" 2>"$out/errors"
then
  cat "$out/log"
  grep -v 'warnings generated\|^Suppressed\|^Use -header' "$out/errors" >&2 || true
  exit 1
fi
echo "analyze: $(wc -l <"$out/files") files, nothing found"
