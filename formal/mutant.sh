# Sourced by the scripts that show that a proof can fail.
here=$(cd "$(dirname "$0")" && pwd)
failures=0
number=0

# mutant PROVER PROOF SED FILE...: SED changes something in copies of these files of the RTL, and
# PROVER refutes PROOF. `work` is the folder for them.
mutant() {
  number=$((number + 1))
  dir=$work/$number
  prover=$1 proof=$2 change=$3
  shift 3
  rm -rf "$dir"
  same=1
  for file; do
    mkdir -p "$dir/$(dirname "$file")"
    sed "$change" "$here/../rtl/$file" >"$dir/$file"
    cmp -s "$dir/$file" "$here/../rtl/$file" || same=0
  done
  if [ $same -eq 1 ]; then
    echo "mutant $number changes nothing: $change" >&2
    failures=$((failures + 1))
    return
  fi
  sh "$here/$prover" -r "$dir" -o "$dir" "$proof" >"$dir/out" 2>&1
  status=$?
  if [ $status -eq 1 ]; then
    echo "refuted  $proof  $change"
  else
    echo "mutant $number was not refuted (status $status): $proof  $change" >&2
    failures=$((failures + 1))
  fi
}
