#!/usr/bin/env bash
# Installs packages on machines that have nothing, by the first page's commands, and runs its first program there.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/installed.sh OUT SUITE
OUT is a folder with what scripts/release.sh made on SUITE (bookworm, trixie, ...). Makes two bare roots of
that release in a temporary folder, by scripts/platforms.sh, which needs to be root. Into one goes Debian's package,
by apt alone; into the other the rock of the source, with what it needs to be built. In both the five lines of the
first page have to say what that page says, in the program bioxen and in stock lua5.4. TMPDIR needs some 3 GB."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-* | '') echo "$usage" >&2 && exit 2 ;;
esac
[ "$#" -eq 2 ] || { echo "$usage" >&2 && exit 2; }
out=$(realpath -- "$1") suite=$2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# The code block of the first page that comes first of its language.
first_block() {
    awk -v fence="\`\`\`$1" '$0 == fence { inside = 1; next } /^```/ && inside { exit } inside' "$root/README.md"
}

# in_root NAME commands of the shell: in a bare root of that name.
in_root() {
    "$root/scripts/platforms.sh" "$scratch/$1" "$suite" bash -euc "cd /root; export DEBIAN_FRONTEND=noninteractive; $2"
}

# says NAME command: whether the first program prints there what the first page says.
says() {
    local said
    said=$(in_root "$1" "$2" </dev/null)
    [ "$said" = "$(first_block text)" ] || fail "not ok - $2 says: $said"
    echo "ok - $2: $said"
}

for name in deb rock; do
    in_root "$name" 'apt-get update -qq'
    first_block lua >"$scratch/$name/root/cell.lua"
done

cp -- "$out"/bioxen_*.deb "$scratch/deb/root"
in_root deb 'apt-get install -y -qq --no-install-recommends ./bioxen_*.deb >/dev/null 2>&1'
says deb 'bioxen cell.lua'
says deb 'lua5.4 cell.lua'
in_root deb 'bioxen doctor; man -w bioxen >/dev/null 2>&1 || ls /usr/share/man/man1/bioxen.1.gz >/dev/null'

cp -- "$out"/bioxen-*.src.rock "$scratch/rock/root"
in_root rock "apt-get install -y -qq --no-install-recommends luarocks ${build_packages[*]%%|*} >/dev/null 2>&1"
in_root rock 'luarocks --lua-version 5.4 install --tree ~/.luarocks ./bioxen-*.src.rock >/dev/null'
# shellcheck disable=SC2016
says rock 'eval "$(luarocks --lua-version 5.4 --tree ~/.luarocks path)"; lua5.4 cell.lua'
says rock '.luarocks/bin/bioxen cell.lua'
