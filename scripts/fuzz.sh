#!/usr/bin/env bash
# Fuzzes what reads hostile bytes: scripts/fuzz.sh [SECONDS] [TARGET...], 60 seconds each by default;
# scripts/test.sh does it for a few.
# What it finds is left in build-fuzz/fuzz. The corpora grow in build-fuzz/corpus.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

seconds=60
if [[ ${1:-} =~ ^[0-9]+$ ]]; then
    seconds=$1
    shift
fi

install_missing "${build_packages[@]}" clang 'libclang-rt-dev|libclang-rt-14-dev|libclang-rt-19-dev'
folder=$(own_folder build-fuzz)
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
    for source in "$root"/spec/fuzz/*_fuzz.c; do
        targets+=("$(basename "${source%.c}")")
    done
fi
CC=clang CXX=clang++ cmake -S "$root" -B "$folder" -DBIOXEN_FUZZ=ON -DBIOXEN_SANITIZE=ON >"$folder/configure.log"
cmake --build "$folder" --parallel "$(nproc)" --target "${targets[@]}" >"$folder/build.log" 2>&1 || {
    tail -n 30 "$folder/build.log" >&2
    fail "The build failed: see $folder/build.log"
}
cd -- "$folder/fuzz"
for target in "${targets[@]}"; do
    corpora=("../corpus/$target")
    mkdir -p "${corpora[0]}"
    [ ! -d "$root/spec/fuzz/seeds/$target" ] || corpora+=("$root/spec/fuzz/seeds/$target")
    echo "$target, $seconds s"
    leaks=1 # looked for after each input, and at the end
    [ ! -f "$root/spec/fuzz/$target.lua" ] || leaks=0 # at the end alone: Lua's garbage is none
    "./$target" -max_total_time="$seconds" -seed=1 -timeout=10 -rss_limit_mb=2048 \
        -detect_leaks="$leaks" -print_final_stats=1 "${corpora[@]}" 2>"$target.log" || {
        tail -n 40 "$target.log" >&2
        fail "$target found something: see $folder/fuzz/$target.log"
    }
    grep -E 'number_of_executed_units|peak_rss' "$target.log"
done
