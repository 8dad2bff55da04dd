#!/usr/bin/env bash
# Installs what is missing, builds BioXen, and grows the first cell.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

install_missing "${build_packages[@]}"
folder=$(own_folder build)
build "$folder"

out=$(own_folder out)
cd -- "$(dirname -- "$out")"
"$folder/bin/bioxen" "$root/scripts/01_first_cell.lua"
echo
echo "The picture is $out/01_first_cell.png"
echo "The program is $folder/bin/bioxen: try '$folder/bin/bioxen --help'"
