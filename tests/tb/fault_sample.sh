#!/bin/sh
# A small fault campaign: 10,000 faults without a difference, and resets in every cycle of a run; it
# goes on where it was cut; bad options are refused.
#
#   fault_sample.sh FAULT_CAMPAIGN
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
fail() {
  echo "$1" >&2
  exit 1
}
"$1" --shard 3/2 --work "$work" 2>"$work/error"
[ $? -eq 2 ] || fail 'a shard that is none is taken'
grep -q 'error: --shard 3/2: must be I/N' "$work/error" || fail "$(cat "$work/error")"
"$1" --count 1000 --work "$work" >"$work/first" || fail "$(cat "$work/first")"
# A line that was cut in the middle is done again.
head -c 30 "$work/results.jsonl" >"$work/cut"
sed -i '$d' "$work/results.jsonl"
cat "$work/cut" >>"$work/results.jsonl"
echo >>"$work/results.jsonl"
"$1" --count 10000 --work "$work" >"$work/all" 2>"$work/goes_on" || fail "$(cat "$work/all")"
grep -q 'goes on; 3 of 40 blocks are there' "$work/goes_on" || fail "$(cat "$work/goes_on")"
tail -n 1 "$work/all" | grep -qx 'faults: 10000 trials, 0 differences' || fail "$(cat "$work/all")"
# Every way to end is there.
for end in done resets 'soft resets' stalls 'register misuse' watchdog; do
  grep -q "^| $end |" "$work/all" || fail "no '$end': $(cat "$work/all")"
done
cat "$work/all"
"$1" --resets --net chain --work "$work/resets" >"$work/each" || fail "$(cat "$work/each")"
cycles=$(sed -n 's/^| soft resets, each cycle | \([0-9]*\) .*/\1/p' "$work/each")
[ "$cycles" -gt 1000 ] || fail "$cycles cycles: $(cat "$work/each")"
tail -n 1 "$work/each" | grep -qx "faults: $((2 * cycles)) trials, 0 differences" ||
  fail "$(cat "$work/each")"
cat "$work/each"
