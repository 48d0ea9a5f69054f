# Sourced by the provers: [-r RTL_DIR] [-o WORK_DIR] NAME ... -> here, rtl, work, $@, proved.
here=$(cd "$(dirname "$0")" && pwd)
rtl=$here/../rtl
work=build/formal
while getopts r:o: option; do
  case $option in
    r) rtl=$OPTARG ;;
    o) work=$OPTARG ;;
    *) exit 2 ;;
  esac
done
shift $((OPTIND - 1))
mkdir -p "$work" || exit 2

# proved ID SECONDS [NAME]: says so, with the sentence of NAME (ID) in proofs.txt.
proved() {
  echo "proved   $1 ($2 s): $(sed -n "s/^${3:-$1} | //p" "$here/proofs.txt")"
}
