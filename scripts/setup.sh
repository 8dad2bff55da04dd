# shellcheck shell=bash
# Sourced by quickstart.sh and test.sh: the packages of Debian and Ubuntu, and the build.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
unset "${!LUA_@}" # LUA_PATH and its like would bring other modules in

# What `a|b` names is there when either is.
# shellcheck disable=SC2034
build_packages=(gcc g++ libc6-dev make cmake pkg-config liblua5.4-dev lua-cjson lua-argparse
    libsuitesparse-dev coinor-libclp-dev coinor-libcbc-dev libseccomp-dev libsbml5-dev libxml2-dev
    libicu-dev libbz2-dev zlib1g-dev liblzma-dev libzstd-dev libcurl4-openssl-dev libssh-dev libssl-dev
    libjansson-dev libyaml-dev libhdf5-dev libedit-dev libzmq3-dev
    ca-certificates 'gnuplot-nox|gnuplot-qt|gnuplot-x11')

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

installed() {
    local name
    for name in ${1//|/ }; do
        if dpkg-query -W -f='${db:Status-Status}\n' "$name" 2>/dev/null | grep -qx installed; then
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        fail "Not root, and there is no sudo. As root: $*"
    fi
}

install_missing() {
    local name missing=()
    command -v dpkg-query >/dev/null || fail "This script serves Debian and Ubuntu; elsewhere" \
        "install the equivalents of: $*"
    for name in "$@"; do
        installed "$name" || missing+=("${name%%|*}")
    done
    if [ "${#missing[@]}" -eq 0 ]; then
        echo "All packages are installed."
        return
    fi
    echo "Installing: ${missing[*]}"
    local log apt=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300
        -o Acquire::Retries=3 -o Dpkg::Use-Pty=0)
    log=$(mktemp)
    if ! { as_root "${apt[@]}" update &&
        as_root "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; } \
        </dev/null >"$log" 2>&1; then
        tail -n 30 "$log" >&2
        fail "The packages could not be installed."
    fi
    rm -- "$log"
}

# A real folder that nobody else has put anything into.
ours() {
    [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ -w "$1" ] &&
        [ -z "$(find "$1" ! -user "$(id -u)" -print -quit)" ]
}

# Print a folder to write in: NAME in the tree, unless that or the whole tree is somebody else's.
own_folder() {
    local name=$1 base
    for base in "$root" "$root/build-$(id -u)" "${TMPDIR:-/tmp}/bioxen-$(id -u)"; do
        if mkdir -p -- "$base/$name" 2>/dev/null && ours "$base/$name" &&
            { [ "$base" = "$root" ] || ours "$base"; }; then
            printf '%s\n' "$base/$name"
            return
        fi
    done
    fail "No folder to write in: $root and ${TMPDIR:-/tmp} are both closed."
}

# How far a build is, of what cmake prints, for who looks at a terminal.
show_progress() {
    if [ -t 1 ]; then
        awk '/^\[ *[0-9]+%]/ { printf "\r%s", substr($0, 1, 6); fflush(); any = 1 } END { if (any) print "" }'
    else
        cat >/dev/null
    fi
}

# build FOLDER [cmake options]. A folder that was made for another tree is made anew.
build() {
    local folder=$1 fresh=() home
    shift
    home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null) || true
    [ -z "$home" ] || [ "$home" = "$root" ] || fresh=(--fresh)
    echo "Building in $folder"
    cmake -S "$root" -B "$folder" "${fresh[@]}" "$@" >"$folder/configure.log" ||
        fail "cmake failed: see $folder/configure.log"
    cmake --build "$folder" --parallel "$(nproc)" 2>&1 | tee "$folder/build.log" | show_progress || {
        grep -n -A5 -E 'error:|undefined reference|\*\*\*' "$folder/build.log" | head -n 60 >&2
        fail "The build failed: see $folder/build.log"
    }
}
