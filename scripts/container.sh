#!/usr/bin/env bash
# Makes the image of Containerfile and runs VMs in containers that have ever fewer privileges. TAP: a line a container.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/container.sh [BASE]
As root, with Debian's podman: builds the image localhost/bioxen on BASE, or on one of this Debian that debootstrap
makes (localhost/bioxen-base), and runs it by podman's defaults, without a capability or a file that can be
written, as root, in a user namespace, and as root without capabilities, where no VM may start."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-*) echo "$usage" >&2 && exit 2 ;;
esac
[ "$(id -u)" -eq 0 ] || fail "This script makes a root of Debian, and has to be root."

# crun refuses two versions of cgroups side by side, so it is shown one.
if [ -d /sys/fs/cgroup/unified ]; then
    # shellcheck disable=SC2016
    exec unshare --mount bash -c \
        'umount -R /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"' - "$0" "$@"
fi
install_missing podman crun debootstrap >&2
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
base=${1:-localhost/bioxen-base}
if [ $# -eq 0 ] && ! podman image exists "$base"; then
    debootstrap --variant=minbase "$(. /etc/os-release && echo "$VERSION_CODENAME")" "$scratch/root" \
        http://deb.debian.org/debian >&2
    tar -C "$scratch/root" -c . | podman import - "$base" >&2
fi
# Its steps need the network and no more than a chroot; the containers below have neither.
podman build --isolation chroot --network host --build-arg BASE="$base" -t localhost/bioxen "$root" >&2

cat >"$scratch/first.lua" <<'END'
local bioxen = require "bioxen"
local vm <close> = assert(bioxen.create_bio_vm("my_cell", "minimal_cell"))
assert(vm:start())
assert(vm:run [[ cell:set_medium "rich" cell:run { duration = 60*3600 } ]])
print(("it doubles every %.1f minutes"):format(vm:get_biological_metrics().doubling_time))
local copy <close> = assert(vm:fork "copy")
print(copy:get_status().state)
END
chmod 644 "$scratch/first.lua"

# in_container OPTION... -- ARGUMENT...: of bioxen there.
in_container() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    podman run --rm --network none --cgroups disabled --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 \
        --volume "$scratch/first.lua:/first.lua:ro" "${options[@]}" localhost/bioxen "${@:2}" 2>&1
}

number=0 failures=0
# report WORD NAME TEXT
report() {
    number=$((number + 1))
    if [ "$1" != ok ]; then
        failures=$((failures + 1))
        echo "# ${3//$'\n'/$'\n'# }"
    fi
    echo "$1 $number - $2"
}

# works NAME OPTION...: a VM starts, runs, and is forked; nothing that is needed is missing.
works() {
    local name=$1 said word=ok
    shift
    said=$(in_container "$@" -- /first.lua && in_container "$@" -- doctor) || word="not ok"
    [[ $said = *"it doubles every 13.4 minutes"*running*"A VM runs here, jailed."* ]] || word="not ok"
    report "$word" "$name" "$said"
}

refuses() {
    local name=$1 said word=ok
    shift
    said=$(in_container "$@" -- doctor) && word="not ok"
    [[ $said = *"cannot give up the user root"* ]] || word="not ok"
    report "$word" "$name" "$said"
}

works "by the defaults, nobody's privileges"
works "without capabilities, new privileges or files to write" --cap-drop all --security-opt no-new-privileges \
    --read-only
works "as any user" --user 12345:12345
works "as root" --user root
works "in a user namespace" --uidmap 0:100000:65536
works "in a user namespace, as its root" --uidmap 0:100000:65536 --user root
refuses "as root that cannot give that up, no VM starts" --cap-drop all --user root
echo "1..$number"
exit $((failures > 0))
