#!/usr/bin/env bash
# What programs need of the machine that they are copied to, as their ELF files say it.
set -euo pipefail

usage="usage: scripts/needs.sh FILE...
Of each program or module a line: the newest version of glibc's symbols that it asks for, or the oldest
kernel that the glibc inside it takes, and the shared libraries that it loads."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-* | '') echo "$usage" >&2 && exit 2 ;;
esac
for path in "$@"; do
    dynamic=$(readelf -dW -- "$path")
    libraries=$(sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' <<<"$dynamic" | tr '\n' ' ')
    glibc=$(readelf -VW -- "$path" | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1 || true)
    kernel=$(readelf -nW -- "$path" | sed -n 's/.*OS: Linux, ABI: //p')
    if [ -n "$libraries" ]; then
        echo "$path: ${glibc:-no glibc}; $libraries"
    else
        echo "$path: static; Linux ${kernel:-of any version}"
    fi
done
