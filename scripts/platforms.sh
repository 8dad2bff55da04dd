#!/usr/bin/env bash
# Builds and tests this tree on another release of Debian or Ubuntu, in a root folder that holds nothing else.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/platforms.sh ROOT SUITE [COMMAND...]
       scripts/platforms.sh --guest ROOT SUITE
Makes a bare root of SUITE (bookworm, trixie, noble, ...) in the folder ROOT by debootstrap, unless it is there;
copies this tree to ROOT/usr/src/bioxen, and runs in it: scripts/quickstart.sh, then scripts/test.sh, or COMMAND.
With --guest, the root stands for a guest that has nothing but SUITE: the worker that was built here, in build,
is copied there alone, and the tests of workers in guests run with it.
Needs to be root; for Ubuntu also its ubuntu-keyring, which Debian 13 has. BIOXEN_MIRROR is an archive to take in
place of the suite's own."

guest=no
[ "${1:-}" != --guest ] || { guest=yes && shift; }
case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-*) echo "$usage" >&2 && exit 2 ;;
esac
if [ "$#" -lt 2 ] || { [ "$guest" = yes ] && [ "$#" -gt 2 ]; }; then echo "$usage" >&2 && exit 2; fi
[ "$(id -u)" -eq 0 ] || fail "Only root can make a root folder and enter it."
place=$(realpath -m -- "$1") suite=$2
shift 2
[ "$#" -gt 0 ] || set -- sh -c 'scripts/quickstart.sh && scripts/test.sh'

tree=$place/usr/src/bioxen # where others than root may read, which some tests become
if [ ! -e "$tree" ]; then
    install_missing debootstrap
    mkdir -p -- "$(dirname -- "$place")"
    # Of a suite that debootstrap does not know, Ubuntu's rules hold, which are the same for all.
    make=(debootstrap --variant=minbase)
    if [ ! -e "/usr/share/debootstrap/scripts/$suite" ] || grep -q ubuntu "/usr/share/debootstrap/scripts/$suite"; then
        keyring=/usr/share/keyrings/ubuntu-archive-keyring.gpg
        [ -e "$keyring" ] || fail "For a suite of Ubuntu, install its ubuntu-keyring: $keyring is not there."
        make+=("--components=main,universe" "--keyring=$keyring" "$suite" "$place"
            "${BIOXEN_MIRROR:-http://archive.ubuntu.com/ubuntu}" gutsy)
    else
        make+=("$suite" "$place" ${BIOXEN_MIRROR:+"$BIOXEN_MIRROR"})
    fi
    "${make[@]}" >"$place.log" 2>&1 || {
        tail -n 20 "$place.log" >&2
        fail "debootstrap failed: see $place.log"
    }
    mkdir -p -- "$tree"
fi

if [ "$guest" = yes ]; then
    build=${BIOXEN_BUILD:-$root/build}
    cp -- "$build/bin/bioxen-worker" "$place/bioxen-worker"
    # shellcheck disable=SC2016
    exec unshare --mount bash -euc '
        mount -t proc proc "$1/proc"
        BIOXEN_GUEST_ROOT=$1 exec "$2/spec/worker_stdio_test"
        ' bash "$place" "$build"
fi

# What was built there before stays; times of files too, so that only what changed is built again.
find "$tree" -mindepth 1 -maxdepth 1 ! -name 'build*' -exec rm -rf -- {} +
tar c -C "$root" --exclude='./build*' --exclude=./out --exclude=./.git . | tar x -C "$tree" --no-same-owner

# In namespaces of its own, so that mounts and processes end with the command; by pivot_root, as who is in a chroot
# may not make namespaces.
# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child bash -euc '
    place=$1
    shift
    mount --rbind "$place" "$place"
    cd -- "$place"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs tmp
    pivot_root . .
    umount -l .
    cd /usr/src/bioxen
    # Without exec: this shell stays, to reap orphans.
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb LC_ALL=C.UTF-8 "$@" ||
        exit
    ' bash "$place" "$@"
