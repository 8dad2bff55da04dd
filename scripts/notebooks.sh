#!/usr/bin/env bash
# Tries the kernel of notebooks with what others wrote: Jupyter's own tests of kernels, nbclient on the notebooks of
# docs/, and JupyterLab in a real browser. Large (some 800 MB with chromium), in a folder outside the tree: the tests
# do without. BIOXEN_SCREENSHOTS names a folder for what the browser showed.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

packages=(libzmq3-dev python3 python3-venv chromium curl)
command -v node >/dev/null || packages+=(nodejs)
command -v npm >/dev/null || packages+=(npm)
install_missing "${packages[@]}"

build=${BIOXEN_BUILD:-$(own_folder build)}
[ -x "$build/bin/bioxen-kernel" ] || fail "bioxen-kernel is not built: run scripts/quickstart.sh again"
folder=${XDG_CACHE_HOME:-$HOME/.cache}/bioxen-notebooks
environment=$folder/python
mkdir -p -- "$folder"
if [ ! -e "$environment/whole" ]; then
    echo "# Installing JupyterLab in $folder"
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check jupyterlab==4.* nbclient nbformat ipykernel \
        jupyter_kernel_test
    touch "$environment/whole"
fi
if [ ! -e "$folder/node_modules/playwright-core/package.json" ]; then
    (cd -- "$folder" && npm install --silent --no-audit --no-fund --no-save playwright-core)
fi

# What is asked at the first start, and cells that are drawn only when they are looked at.
mkdir -p -- "$environment/share/jupyter/lab/settings"
cat >"$environment/share/jupyter/lab/settings/overrides.json" <<'END'
{ "@jupyterlab/apputils-extension:notification": { "fetchNews": "false", "checkForUpdates": false },
  "@jupyterlab/notebook-extension:tracker": { "windowingMode": "none" } }
END
"$build/bin/bioxen" kernel install --prefix "$environment" >/dev/null

scratch=$(mktemp -d)
lab=
trap '[ -z "$lab" ] || kill "$lab" 2>/dev/null || true; rm -rf -- "$scratch"' EXIT
export HOME=$scratch JUPYTER_CONFIG_DIR=$scratch/config JUPYTER_DATA_DIR=$scratch/data
export JUPYTER_RUNTIME_DIR=$scratch/runtime XDG_STATE_HOME=$scratch/state
count=0 failed=0

# report STATUS NAME LOG: a line of TAP.
report() {
    count=$((count + 1))
    if [ "$1" -eq 0 ]; then
        echo "ok $count - $2"
    else
        failed=1
        sed 's/^/# /' "$3"
        echo "not ok $count - $2"
    fi
}

# try NAME command...
try() {
    local name=$1 status=0
    shift
    "$@" >"$scratch/log" 2>&1 || status=$?
    report "$status" "$name" "$scratch/log"
}

try "Jupyter's tests of kernels" "$environment/bin/python" "$root/spec/support/jupyter/suite.py"
for notebook in "$root"/docs/notebooks/*.ipynb; do
    try "${notebook##*/} by nbclient" "$environment/bin/python" "$root/spec/support/jupyter/run_notebooks.py" "$notebook"
done

mkdir -- "$scratch/root"
cp -- "$root"/docs/notebooks/*.ipynb "$scratch/root"
cp -- "$root/spec/support/jupyter/browser.mjs" "$folder"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
"$environment/bin/jupyter-lab" --no-browser --allow-root --ip=127.0.0.1 --port="$port" --ServerApp.port_retries=0 \
    --IdentityProvider.token= --LabApp.expose_app_in_browser=True --ServerApp.root_dir="$scratch/root" \
    >"$scratch/lab.log" 2>&1 &
lab=$!
curl --silent --output /dev/null --retry 60 --retry-delay 1 --retry-connrefused "http://127.0.0.1:$port/api"
screenshots=${BIOXEN_SCREENSHOTS:-$scratch/screenshots}
mkdir -p -- "$screenshots"
try "JupyterLab in a browser" timeout 600 node "$folder/browser.mjs" "http://127.0.0.1:$port" "$(command -v chromium)" \
    tutorial.ipynb "$screenshots"
echo "1..$count"
exit "$failed"
