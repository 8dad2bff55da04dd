#!/usr/bin/env bash
# Makes the RPM of the worker, for guests of a pool that are no Debian, and looks at it before it is given away.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/rpm.sh [FOLDER]
Into FOLDER (out): bioxen-worker-VERSION-1.ARCHITECTURE.rpm. Its list of files and what it asks for are checked; as
root it is installed into a root that holds nothing else, where it has to run. BIOXEN_BUILD names the build that
the worker is of (build)."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-*) echo "$usage" >&2 && exit 2 ;;
esac
install_missing "${build_packages[@]}" rpm
folder=${BIOXEN_BUILD:-$(own_folder build)}
[ -n "${BIOXEN_BUILD:-}" ] || build "$folder"
mkdir -p -- "${1:-$root/out}"
out=$(realpath -- "${1:-$root/out}")
folder=$(realpath -- "$folder")
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$folder/CMakeCache.txt")
commit_time=$(git -C "$root" log -1 --format=%ct 2>/dev/null) || commit_time=$(date +%s)
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$commit_time}"

rpmbuild -bb --quiet --define "_topdir $scratch" --define "bioxen_version $version" --define "bioxen_root $root" \
    --define "bioxen_build $folder" --define '_buildhost localhost' \
    --define 'use_source_date_epoch_as_buildtime 1' --define 'clamp_mtime_to_source_date_epoch 1' \
    "$root/scripts/worker.spec" >"$scratch/log" 2>&1 || { cat -- "$scratch/log" >&2 && fail "rpmbuild failed."; }
package=$(find "$scratch/RPMS" -name '*.rpm')

files=$(rpm -qpl -- "$package")
[ "$files" = "/usr/bin/bioxen-worker
/usr/share/licenses/bioxen-worker
/usr/share/licenses/bioxen-worker/LICENSE
/usr/share/licenses/bioxen-worker/NOTICE" ] || fail "The package has other files:" "$files"
needs=$(rpm -qp --requires -- "$package" | grep -v '^rpmlib(') || true
[ -z "$needs" ] || fail "The package asks for" "$needs"
if [ "$(id -u)" -eq 0 ]; then
    rpm --force-debian --root "$scratch/root" --dbpath /var/lib/rpm --install -- "$package"
    answer=$(chroot "$scratch/root" /usr/bin/bioxen-worker --version)
    [ "$answer" = "bioxen-worker $version" ] || fail "The worker that was installed says: $answer"
    cat >"$scratch/first.lua" <<'END'
local vm <close> = assert(require "bioxen".create_bio_vm("first", "minimal_cell"))
assert(vm:start())
assert(assert(vm:execute_biological_process "return 6*7").result == 42)
END
    BIOXEN_WORKER=$scratch/root/usr/bin/bioxen-worker "$folder/bin/bioxen" "$scratch/first.lua"
fi
mv -- "$package" "$out"
ls -l -- "$out/${package##*/}"
