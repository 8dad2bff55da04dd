#!/usr/bin/env bash
# Whether what is committed gives the same programs and packages, to the byte, wherever it is built.
set -euo pipefail
shopt -s inherit_errexit
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/reproducible.sh
Builds the last commit twice, in folders of different depth and in different time zones, makes Debian's
packages and the archive of the source of each, and compares. The environment's CFLAGS, CXXFLAGS and
LDFLAGS are taken, and the file names that differ are printed."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
?*) echo "$usage" >&2 && exit 2 ;;
esac
install_missing "${build_packages[@]}" dpkg-dev file git
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
commit=$(git -C "$root" rev-parse HEAD)
SOURCE_DATE_EPOCH=$(git -C "$root" log -1 --format=%ct "$commit")
export SOURCE_DATE_EPOCH

# built TREE TIME_ZONE: the sums of what comes of the commit there.
built() {
    local tree=$1
    export TZ=$2
    mkdir -p -- "$tree/build"
    git -C "$root" archive "$commit" | tar x -C "$tree"
    (
        root=$tree
        build "$tree/build" -DBUILD_TESTING=OFF -DCMAKE_BUILD_TYPE=RelWithDebInfo
        cd -- "$tree/build"
        cpack --config CPackConfig.cmake
        cpack --config CPackSourceConfig.cmake
    ) >&2
    cd -- "$tree/build"
    find bin lib words ./*.deb ./*.tar.gz -type f -print0 | sort -z | xargs -0 sha256sum
}

first=$(built "$scratch/one" UTC)
second=$(built "$scratch/another/deeper" Asia/Tokyo)
echo "$first"
if [ "$first" != "$second" ]; then
    diff <(echo "$first") <(echo "$second") | sed -n 's/^> [^ ]*  /differs: /p' >&2
    fail "The two builds differ."
fi
echo "The two builds are equal to the byte."
