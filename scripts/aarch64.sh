#!/usr/bin/env bash
# Builds for aarch64 and runs what qemu can run of the tests. TAP: a line a test program.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/aarch64.sh
Into build-aarch64: a sysroot of Debian's packages for arm64, and all programs and tests, cross-compiled. Under
qemu-user then run the C tests, but for those that need more of a kernel than it has, and the worker, whose
digits are compared with spec/support/digests_aarch64.txt. BIOXEN_BUILD names the build for this machine that
starts that worker (build)."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
?*) echo "$usage" >&2 && exit 2 ;;
esac

# There is no seccomp in qemu, and it cannot start another program of its architecture.
skipped=(courier_confine_test courier_relay_test vm_faults_test worker_gate_test worker_jail_test
    worker_stdio_test worker_zygote_test)

# download FOLDER PACKAGE...: Debian's packages for arm64 and what they need, by an apt of their own.
download() {
    local folder=$1 suite
    shift
    suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
    mkdir -p -- "$folder/lists/partial" "$folder/archives/partial"
    touch -- "$folder/status"
    echo "deb http://deb.debian.org/debian $suite main" >"$folder/sources.list"
    cat >"$folder/apt.conf" <<END
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
Acquire::Retries "3";
Dir::State "$folder";
Dir::State::status "$folder/status";
Dir::Cache "$folder";
Dir::Etc::sourcelist "$folder/sources.list";
Dir::Etc::sourceparts "-";
END
    APT_CONFIG=$folder/apt.conf apt-get -qq update
    APT_CONFIG=$folder/apt.conf apt-get -qq --yes --no-install-recommends --download-only install "$@"
}

# unpack FOLDER ROOT
unpack() {
    local package link
    for link in bin lib sbin; do
        mkdir -p -- "$2/usr/$link"
        ln -s "usr/$link" "$2/$link"
    done
    for package in "$1"/archives/*.deb; do
        dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$2"
    done
    # Links to the root would lead out of it.
    find "$2" -type l -lname '/*' | while read -r link; do
        ln -sfrT -- "$2$(readlink -- "$link")" "$link"
    done
}

# make_sysroot FOLDER: once, and again when the list of packages has changed.
make_sysroot() {
    local packages=(libc6-dev) name
    for name in "${build_packages[@]}"; do
        case $name in *-dev | lua-*) packages+=("$name") ;; esac
    done
    if [ "$(cat -- "$1/sysroot.made" 2>/dev/null)" != "${packages[*]}" ]; then
        rm -rf -- "$1/sysroot" "$1/packages" "$1/sysroot.made"
        download "$1/packages" "${packages[@]}"
        unpack "$1/packages" "$1/sysroot"
        rm -r -- "$1/packages"
        echo "${packages[*]}" >"$1/sysroot.made"
    fi
}

# run_test FOLDER PROGRAM LOG
run_test() {
    local status=0
    qemu-aarch64 -L "$1/sysroot" "$1/spec/$2" >"$3" 2>&1 </dev/null || status=$?
    echo "status $status" >>"$3"
}

# report_test PROGRAM LOG
report_test() {
    number=$((number + 1))
    if [[ " ${skipped[*]} " = *" $1 "* ]]; then
        echo "ok $number - $1 # SKIP needs seccomp, or starts another program"
    elif [ "$(tail -n 1 -- "$2")" = "status 0" ]; then
        echo "ok $number - $1: $(grep -c '^ok ' "$2")"
    else
        sed 's/^/# /' "$2"
        echo "not ok $number - $1"
    fi
}

# compare_digits FOLDER LOG: a host for this machine, a worker for the other.
compare_digits() {
    local status=0
    printf '#!/bin/sh\nexec qemu-aarch64 -L %q %q "$@"\n' "$1/sysroot" "$1/bin/bioxen-worker" >"$1/worker"
    chmod +x "$1/worker"
    BIOXEN_BUILD=$native BIOXEN_WORKER=$1/worker BIOXEN_EMULATED=aarch64 BIOXEN_SLOW=20 \
        lua5.4 "$(command -v busted)" --ignore-lua -o TAP spec/digests_spec.lua >"$2" 2>&1 </dev/null || status=$?
    echo "status $status" >>"$2"
}

install_missing "${build_packages[@]}" gcc-aarch64-linux-gnu g++-aarch64-linux-gnu qemu-user lua5.4 lua-busted >&2
folder=$(own_folder build-aarch64)
make_sysroot "$folder" >&2
build "$folder" -DCMAKE_TOOLCHAIN_FILE="$root/scripts/aarch64.cmake" -DBIOXEN_SYSROOT="$folder/sysroot" >&2
native=${BIOXEN_BUILD:-$(own_folder build)}
[ -n "${BIOXEN_BUILD:-}" ] || build "$native" >&2
native=$(realpath -- "$native")

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
cd -- "$root"
tests=()
for source in spec/c/*_test.c; do
    name=${source##*/}
    tests+=("${name%.c}")
    [[ " ${skipped[*]} " = *" ${name%.c} "* ]] || echo "${name%.c}"
done >"$scratch/list"
export -f run_test
xargs -P "$(nproc)" -I{} bash -c 'run_test "$@"' run_test "$folder" {} "$scratch/{}" <"$scratch/list"
compare_digits "$folder" "$scratch/digests_spec"

number=0
for name in "${tests[@]}" digests_spec; do
    report_test "$name" "$scratch/$name"
done | tee "$scratch/report"
echo "1..$((${#tests[@]} + 1))"
! grep -q '^not ok' "$scratch/report"
