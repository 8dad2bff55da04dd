#!/usr/bin/env bash
# Installs what is missing, builds BioXen, and runs every test, several side by side. The last line counts them.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/test.sh [--spec] [--lint] [--sanitize] [--valgrind] [--fuzz] [--deep] [--more] [FILE...]
  --spec      the C tests, the specs and the experiments of scripts/
  --lint      luacheck, cppcheck and clang-tidy: one test each
  --sanitize  C tests, specs and the fuzzers' seeds on a build with AddressSanitizer and UndefinedBehaviorSanitizer
  --valgrind  specs with the host under valgrind, which sees what was never written
  --fuzz      two seconds of each fuzzer (scripts/fuzz.sh does more): one test
  --deep      clang-tidy once more, its analysis of paths to their full depth: one test
  --more      specs with what needs 3 GB of packages: clients of XAPI that others wrote, Prometheus, Slurm, Jupyter,
              a browser; the build for aarch64 under qemu, the RPM and, as root, the container
Without a job: the first four. Files, spec/*_spec.lua or spec/c/*_test.c, limit the tests to those."

test_packages=(lua5.4 lua-busted lua-check lua-luv lua-cqueues python3-h5py ccache cppcheck clang-tidy valgrind
    libc6-dbg locales luarocks openssh-server openssh-client openssl python3 dpkg-dev file)

# What takes longest begins first.
long=(xcpng_pool_faults_spec.lua rockspec_spec.lua sbml_suite_spec.lua xcpng_patience_spec.lua
    xapi_emulator_spec.lua ecoli_lac_spec.lua minimal_cell_spec.lua)
# In these, code that is told to end has 25 ms, or 150 in a guest: they have the machine to themselves, but for a build.
alone=(sandbox_spec.lua xcpng_sandbox_spec.lua)
# In these, milliseconds matter: they run one after another, and go before all else.
timed=(xcpng_vm_spec.lua xcpng_state_faults_spec.lua xcpng_guest_faults_spec.lua xcpng_guest_spec.lua
    cli_progress_spec.lua sandbox_spec.lua vm_spec.lua hostile_frames_spec.lua
    flux_spec.lua ecoli_metabolism_spec.lua organism_calls_spec.lua courier_relay_test.c courier_ssh_test.c
    worker_stdio_test.c repl_spec.lua)
# Not sanitized: their subject is another program, or the C that they reach is reached by sanitized tests.
plain_only=(build_spec.lua checkpoints_spec.lua cli_help_spec.lua cli_models_spec.lua cli_pool_spec.lua
    cli_progress_spec.lua cli_run_spec.lua cli_simulate_spec.lua cli_steady_spec.lua docs_spec.lua
    ecoli_annotation_spec.lua ecoli_facts_spec.lua ecoli_growth_spec.lua ecoli_lac_spec.lua ecoli_operons_spec.lua
    global_sensitivity_spec.lua layers_spec.lua minimal_cell_spec.lua organism_contract_spec.lua
    organism_mutations_spec.lua python_names_spec.lua read_table_spec.lua report_spec.lua rockspec_spec.lua
    scripts_spec.lua sweep_spec.lua syn3a_facts_spec.lua syn3a_spec.lua syn3a_whole_spec.lua tasks_spec.lua
    xapi_emulator_spec.lua xcpng_sandbox_spec.lua)
# What sanitizers do not see is memory that was never written. These reach all that the host has of C.
under_valgrind=(create_spec.lua ensemble_spec.lua genome_spec.lua host_spec.lua hostile_frames_spec.lua
    hypervisor_spec.lua loop_spec.lua organism_calls_spec.lua plot_spec.lua process_spec.lua resources_spec.lua vm_spec.lua
    xcpng_config_spec.lua xcpng_guest_spec.lua xcpng_guest_faults_spec.lua xcpng_process_faults_spec.lua
    xcpng_session_faults_spec.lua xcpng_state_faults_spec.lua xcpng_vm_spec.lua)

# ---- one test program ----

# count NAME FOLDER PASSED FAILED SKIPPED
count() {
    local name=$1 wall user system
    read -r wall user system < <(tail -n 1 "$2/time")
    printf '%s %s %s %s %s %s\t%s\n' "$3" "$4" "$5" "$wall" "$user" "$system" "$name" >>"$scratch/counts"
    printf '%s: %d passed, %d failed, %d skipped (%.0f s)\n' "$name" "$3" "$4" "$5" "$wall"
}

# report_tap NAME FOLDER STATUS: what a test program that ended so wrote into FOLDER/log, TAP.
report_tap() {
    local name=$1 log=$2/log status=$3 good bad pending plan
    good=$(grep -c '^ok ' "$log") || true
    bad=$(grep -c '^not ok ' "$log") || true
    pending=$(grep -c '^ok .*# SKIP' "$log") || true
    plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log" | tail -n 1)
    # Comments stand before a result in the C tests and after it in busted's.
    awk '/^(not )?ok / {
            show = /^not/ || /# SKIP/
            if (show) printf "%s%s\n", before, $0
            before = ""
            next
        }
        /^1\.\./ { show = 0 }
        show { print; next }
        { before = before $0 "\n" }' "$log"
    if [ "$status" -ne 0 ] && [ "$bad" -eq 0 ]; then
        bad=1
        echo "not ok - $name ended with status $status:"
        tail -n 30 "$log"
    elif [ "${plan:--1}" -ne $((good + bad)) ]; then
        bad=$((bad + 1))
        echo "not ok - $name planned ${plan:-nothing} and ran $((good + bad - 1)):"
        tail -n 30 "$log"
    fi
    count "$name" "$2" $((good - pending)) "$bad" "$pending"
}

# The same of a command that is one test, which passes when its status is 0.
report_check() {
    local name=$1 folder=$2 status=$3
    if [ "$status" -ne 0 ]; then
        echo "not ok - $name:"
        tail -n 100 "$folder/log"
    fi
    count "$name" "$folder" $((status == 0)) $((status != 0)) 0
}

# run KIND NAME command...: a program whose output is TAP, or a check; then its report.
run() {
    local kind=$1 name=$2 status=0 folder TIMEFORMAT='%R %U %S'
    shift 2
    folder=$(mktemp -d -- "$scratch/XXXX")
    chmod 711 "$folder" # some tests become another user
    if [ "$kind" = tap ]; then # files of its own, and signals as they are in the foreground
        mkdir -- "$folder/home" "$folder/tmp"
        set -- env -u XDG_STATE_HOME HOME="$folder/home" TMPDIR="$folder/tmp" --default-signal=INT,QUIT \
            timeout --foreground -k 10 "${patience:-900}" "$@"
    fi
    # Through a pipe: a worker may not write to files, not even a sanitizer's last words. What fails without end has
    # said enough after 16 MB.
    { time "$@" 2>&1 </dev/null | { head -c 16M && cat >/dev/null; } >"$folder/log" || status=$?; } 2>"$folder/time"
    {
        flock 9
        "report_$kind" "$name" "$folder" "$status"
    } 9>>"$scratch/lock"
    rm -rf -- "$folder"
}

# test_program KIND FILE: a C test or a spec.
test_program() {
    local kind=$1 file=$2 name label='' folder=$build around=() lua=lua5.4
    name=$(basename "$file")
    [ "$kind" = plain ] || label=" ($kind)"
    case $kind in
    sanitized)
        folder=$sanitized lua=$sanitized/bin/lua5.4-apicheck
        around=(UBSAN_OPTIONS=print_stacktrace=1)
        [ "${name##*.}" = c ] || around+=(BIOXEN_SLOW=5
            LD_PRELOAD="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)")
        ;;
    valgrind)
        around=(BIOXEN_SLOW=20 LD_PRELOAD="$build/spec/valgrind_pidfd.so" valgrind --quiet --error-exitcode=99
            --leak-check=full --errors-for-leak-kinds=definite,indirect --child-silent-after-fork=yes)
        ;;
    esac
    case $name in
    *.c) run tap "${name%.c}$label" env "${around[@]}" "$folder/spec/${name%.c}" ;;
    *) run tap "$file$label" env BIOXEN_BUILD="$folder" "${around[@]}" "$lua" "$busted" --ignore-lua -o TAP "$file" ;;
    esac
}

# ---- many, side by side ----

# is_in FILE NAMES...
is_in() {
    local name=${1##*/}
    shift
    [[ " $* " = *" $name "* ]]
}

# belongs FILE KIND: whether it has a part in that kind of run.
belongs() {
    case $2 in
    plain) ;;
    sanitized) ! is_in "$1" "${plain_only[@]}" ;;
    valgrind) is_in "$1" "${under_valgrind[@]}" ;;
    esac
}

# end_process PID...: and all below it.
end_process() {
    local pid
    for pid in "$@"; do
        # shellcheck disable=SC2046
        end_process $(cat "/proc/$pid/task/$pid/children" 2>/dev/null)
        kill "$pid" 2>/dev/null || true
    done
}

# What is lost when a lane breaks counts as failed.
lane_ends() {
    if [ "$1" -ne 0 ]; then
        echo "not ok - this lane broke: ${*:2}"
        printf '0 1 0 0 0 0\t%s\n' "${*:2}" >>"$scratch/counts"
    fi
}

# behind NICENESS command...: in the background.
behind() {
    {
        trap 'lane_ends $? "${@:2}"' EXIT
        renice -n "$1" "$BASHPID" >/dev/null
        "${@:2}"
    } &
}

# The same, as soon as a lane is free. There are more lanes than processors, as most tests wait most of the time;
# two more, the timed one and that of what only computes, are not for this.
beside() {
    while [ "$(jobs -rp | wc -l)" -ge $((2 * $(nproc) + 2)) ]; do wait -n || true; done
    behind "$@"
}

build_sanitized() {
    build "$sanitized" -DBIOXEN_SANITIZE=ON && touch "$scratch/sanitized_is_built"
}

# Wait for the build that a kind of run needs: whether it is there.
is_built() {
    [ "$1" = sanitized ] || return 0
    tail --pid="$sanitized_build" -f /dev/null
    [ -e "$scratch/sanitized_is_built" ]
}

# Plain alone: sanitizers and valgrind are slow by themselves, and their tests know it.
first() {
    local file
    is_in plain "${kinds[@]}" || return 0
    for file in "${files[@]}"; do
        if is_in "$file" "${alone[@]}"; then test_program plain "$file"; fi
    done
}

timed_lane() {
    local kind file
    for kind in "${kinds[@]}"; do
        is_built "$kind" || continue
        for file in "${files[@]}"; do
            if [ "$kind" = plain ] && is_in "$file" "${alone[@]}"; then continue; fi
            if is_in "$file" "${timed[@]}" && belongs "$file" "$kind"; then test_program "$kind" "$file"; fi
        done
    done
}

other_lanes() {
    local kind file
    for kind in "${kinds[@]}"; do
        is_built "$kind" || continue
        for file in "${files[@]}"; do
            if ! is_in "$file" "${timed[@]}" "${alone[@]}" && belongs "$file" "$kind"; then
                beside 10 test_program "$kind" "$file"
            fi
        done
        if [ "$kind" = sanitized ] && [ "$all" = yes ]; then beside 10 run check "the fuzzers' seeds" replay_seeds; fi
    done
}

# tidy DEPTH: of the analysis of paths. The deep one looks at ten times as many states and takes four times as long.
tidy() {
    local analysis=()
    [ "$1" = deep ] || analysis=(--extra-arg=-Xclang --extra-arg=-analyzer-config --extra-arg=-Xclang
        --extra-arg=max-nodes=20000)
    find src -name '*.c' -print0 | sort -z |
        xargs -0 -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet "${analysis[@]}" 2>&1 |
        sed '/warnings* generated\.$/d'
}

replay_seeds() {
    local target seeds
    for target in "$sanitized"/fuzz/*_fuzz; do
        seeds=("spec/fuzz/seeds/${target##*/}"/*)
        [ -e "${seeds[0]}" ] || seeds=()
        UBSAN_OPTIONS=print_stacktrace=1 "$target" "${seeds[@]}" || return
    done
}

# What only computes, in the time that all else leaves. Newer releases of cppcheck do not see that after
# bx_fail_memory nothing goes on.
computing_lane() {
    if is_in fuzz "${jobs[@]}"; then run check fuzz scripts/fuzz.sh 2; fi
    if is_in deep "${jobs[@]}"; then run check "clang-tidy, deep" tidy deep; fi
    is_in lint "${jobs[@]}" || return 0
    run check luacheck luacheck --quiet lua scripts spec docs .busted
    run check cppcheck cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
        --inline-suppr --suppress=ctuuninitvar --suppress=normalCheckLevelMaxBranches \
        --suppress=nullPointerOutOfMemory --suppress=nullPointerArithmeticOutOfMemory --std=c11 -D_GNU_SOURCE \
        -DBIOXEN_VERSION='""' -DLIBSBML_CPP_NAMESPACE_USE= -Isrc -j "$(nproc)" src
    run check clang-tidy tidy shallow
}

# ---- all of it ----

jobs=() files=()
for word in "$@"; do
    case $word in
    --spec | --lint | --sanitize | --valgrind | --fuzz | --deep | --more) jobs+=("${word#--}") ;;
    --help | -h) echo "$usage" && exit ;;
    -*) echo "$usage" >&2 && exit 2 ;;
    *) files+=("$(realpath --relative-to="$root" -- "$word")") ;;
    esac
done
[ "${#jobs[@]}" -gt 0 ] || jobs=(spec lint sanitize valgrind)
kinds=() # the sanitized last: they wait for their build
! is_in spec "${jobs[@]}" || kinds+=(plain)
! is_in valgrind "${jobs[@]}" || kinds+=(valgrind)
! is_in sanitize "${jobs[@]}" || kinds+=(sanitized)

install_missing "${build_packages[@]}" "${test_packages[@]}"
! is_in more "${jobs[@]}" || install_missing prometheus slurmctld slurmd slurm-client munge # for prometheus' promtool
scratch=$(mktemp -d)
chmod 711 "$scratch"
trap 'end_process $(jobs -rp); rm -rf -- "$scratch"' EXIT
export HOME="${HOME:-$scratch}" LC_ALL=C.UTF-8
# The same source is compiled once: rocks are made of it twice, below $scratch, and a tree may be tested again.
CCACHE_DIR=$(own_folder build-ccache)
export CCACHE_DIR CMAKE_C_COMPILER_LAUNCHER=ccache CMAKE_CXX_COMPILER_LAUNCHER=ccache
build=$(own_folder build)
CCACHE_BASEDIR=$root build "$build"
export CCACHE_BASEDIR=$scratch
busted=$(command -v busted)
cd -- "$root"
all=no # tests
if [ "${#files[@]}" -eq 0 ]; then
    all=yes
    mapfile -t files < <(printf '%s\n' "${long[@]/#/spec/}" spec/*_spec.lua spec/c/*_test.c | awk '!seen[$0]++')
fi

if is_in sanitize "${jobs[@]}"; then
    sanitized=$(own_folder build-sanitize)
    behind 5 run check "the sanitized build" build_sanitized # what waits for it takes longest
    sanitized_build=$!
fi
first
behind 0 timed_lane
behind 19 computing_lane
if is_in more "${jobs[@]}"; then
    beside 10 run tap "clients of XAPI" scripts/xapi_clients.sh
    beside 10 run tap "reports in a browser" env BIOXEN_BUILD="$build" scripts/browser.sh
    beside 10 run tap "sweeps on Slurm" env BIOXEN_MORE=yes BIOXEN_BUILD="$build" lua5.4 "$busted" --ignore-lua -o TAP \
        --filter 'on a real Slurm' spec/sweep_spec.lua
    patience=3600 beside 10 run tap aarch64 env BIOXEN_BUILD="$build" scripts/aarch64.sh
    beside 10 run check "the RPM" env BIOXEN_BUILD="$build" scripts/rpm.sh "$scratch/rpm"
    [ "$(id -u)" -ne 0 ] || patience=3600 beside 10 run tap "containers" scripts/container.sh
    beside 10 run tap "notebooks" env BIOXEN_BUILD="$build" scripts/notebooks.sh
fi
other_lanes
wait

echo "The slowest twenty, in seconds, and seconds of a processor:"
# All lines are read: a sort whose reader has gone would end this script before its last line.
sort -k 4,4 -rn "$scratch/counts" |
    awk -F '\t' 'NR <= 20 { split($1, n, " "); printf "%5.0f %5.0f  %s\n", n[4], n[5] + n[6], $2 }'
awk '{ passed += $1; failed += $2; skipped += $3 }
    END { printf "%d passed, %d failed, %d skipped\n", passed, failed, skipped; exit failed > 0 }' "$scratch/counts"
