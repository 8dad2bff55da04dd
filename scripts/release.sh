#!/usr/bin/env bash
# Makes what a release consists of and uploads nothing. The version is CMakeLists.txt's.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/release.sh [FOLDER]
Into FOLDER (out): an archive of the source, LuaRocks' rocks of the source and of the programs of this
machine, Debian's package, and one of its debug symbols. BIOXEN_BUILD names a build to take for Debian's. DEBFULLNAME and DEBEMAIL name who makes the latter."

case ${1:-} in
--help | -h) echo "$usage" && exit ;;
-*) echo "$usage" >&2 && exit 2 ;;
esac
install_missing "${build_packages[@]}" luarocks dpkg-dev file
mkdir -p -- "${1:-$root/out}"
out=$(realpath -- "${1:-$root/out}")
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# Print the log of what fails.
quietly() {
    "$@" >"$scratch/log" 2>&1 </dev/null || {
        tail -n 50 "$scratch/log" >&2
        fail "Failed: $*"
    }
}

rocks() {
    quietly env CMAKE_BUILD_PARALLEL_LEVEL="$(nproc)" luarocks --lua-version 5.4 \
        --tree "$scratch/tree" "$@"
}

if [ -n "$(git -C "$root" status --porcelain 2>/dev/null)" ]; then
    echo "The tree has changes that are not committed; they are in this release." >&2
fi
# Times in packages are the commit's, unless who packs says others.
commit_time=$(git -C "$root" log -1 --format=%ct 2>/dev/null) || commit_time=$(date +%s)
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$commit_time}" TZ=UTC
if [ -n "${BIOXEN_BUILD:-}" ]; then
    folder=$BIOXEN_BUILD
    build "$folder"
else
    folder=$(own_folder build-release)
    build "$folder" -DCMAKE_BUILD_TYPE=RelWithDebInfo -DBUILD_TESTING=OFF
fi
version=$(sed -n 's/^CMAKE_PROJECT_VERSION:STATIC=//p' "$folder/CMakeCache.txt")
rock=bioxen-$version-1
quietly cpack --config "$folder/CPackConfig.cmake" -B "$scratch"
quietly cpack --config "$folder/CPackSourceConfig.cmake" -B "$scratch"

# A rock of source is a zip of these two. `luarocks pack` would make the same, if the address in the
# rockspec were one.
cd -- "$scratch"
cp -- "$root/$rock.rockspec" .
touch -d "@$SOURCE_DATE_EPOCH" "$rock.rockspec" "bioxen-$version.tar.gz"
quietly zip -X "$rock.src.rock" "$rock.rockspec" "bioxen-$version.tar.gz"
echo "Building from $rock.src.rock"
rocks install --deps-mode none "$rock.src.rock" # the modules it needs are Debian's here, no rocks
rocks pack bioxen "$version-1"

mv -- "bioxen-$version.tar.gz" "$rock.rockspec" ./*.rock ./*.deb "$out"
cd -- "$out"
ls -l -- "bioxen-$version.tar.gz" "$rock".* bioxen*_"$version"-1_*.deb
