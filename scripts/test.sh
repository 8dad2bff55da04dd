#!/usr/bin/env bash
# Installs what is missing, builds BioXen, and runs every test. The last line counts them.
set -euo pipefail
. "$(dirname -- "${BASH_SOURCE[0]}")/setup.sh"

usage="usage: scripts/test.sh [--spec] [--lint] [--sanitize] [--valgrind] [SPEC_FILE...]
  --spec      the C tests, the specs and the experiments of scripts/
  --lint      luacheck, cppcheck and clang-tidy: one test each
  --sanitize  the same tests on a build with AddressSanitizer and UndefinedBehaviorSanitizer
  --valgrind  the specs with the host under valgrind
  --fuzz      five seconds of each fuzzer (scripts/fuzz.sh does more): one test
Without a job: all of them. Spec files limit the specs to those."

test_packages=(lua5.4 lua-busted lua-check cppcheck clang-tidy valgrind libc6-dbg luarocks
    openssh-server openssh-client openssl python3 dpkg-dev file)

passed=0 failed=0 skipped=0

# Count the TAP in file $2 of the test program called $1, which ended with status $3.
tally() {
    local name=$1 log=$2 status=$3 good bad pending plan
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
    passed=$((passed + good - pending)) failed=$((failed + bad)) skipped=$((skipped + pending))
    printf '%s: %d passed, %d failed, %d skipped (%d s)\n' "$name" $((good - pending)) "$bad" \
        "$pending" $((SECONDS - began))
}

# tap SECONDS NAME command...: one test program, by its TAP.
tap() {
    local limit=$1 name=$2 status=0
    shift 2
    began=$SECONDS
    # Through a pipe: a worker may not write to files, not even a sanitizer's last words.
    timeout --foreground -k 10 "$limit" "$@" 2>&1 </dev/null | cat >"$scratch/log" || status=$?
    tally "$name" "$scratch/log" "$status"
}

# check NAME command...: one test that passes when the command does.
check() {
    local name=$1
    shift
    began=$SECONDS
    if "$@" >"$scratch/log" 2>&1 </dev/null; then
        passed=$((passed + 1))
        echo "$name: passed ($((SECONDS - began)) s)"
    else
        failed=$((failed + 1))
        echo "not ok - $name:"
        tail -n 100 "$scratch/log"
    fi
}

# Specs whose subject is another program, or the same as in another spec: once is enough.
once_only=(rockspec_spec.lua xapi_emulator_spec.lua xcpng_sandbox_spec.lua docs_spec.lua
    cli_help_spec.lua cli_pool_spec.lua cli_progress_spec.lua cli_run_spec.lua)
# Nothing much happens in the process that valgrind watches: these start programs, ask VMs, or try couriers.
elsewhere=(cli_spec.lua cli_models_spec.lua cli_simulate_spec.lua repl_spec.lua scripts_spec.lua
    ecoli_facts_spec.lua ecoli_growth_spec.lua ecoli_lac_spec.lua ecoli_metabolism_spec.lua
    flux_facts_spec.lua flux_sbml_spec.lua flux_spec.lua minimal_cell_spec.lua
    organism_contract_spec.lua sbml_suite_spec.lua syn3a_facts_spec.lua syn3a_spec.lua
    xcpng_patience_spec.lua xcpng_pool_faults_spec.lua)

# is_in NAME LIST...
is_in() {
    local name=$1
    shift
    [[ " $* " = *" $name "* ]]
}

# skips LABEL SPEC: whether the run of that label leaves the spec out.
skips() {
    [ -n "$1" ] || return 1
    is_in "$2" "${once_only[@]}" || { [ "$1" = " (valgrind)" ] && is_in "$2" "${elsewhere[@]}"; }
}

# specs LABEL FOLDER SECONDS command-prefix...: each spec in a process of its own.
specs() {
    local label=$1 folder=$2 limit=$3 spec
    shift 3
    for spec in "${spec_files[@]}"; do
        skips "$label" "$(basename "$spec")" && continue
        BIOXEN_BUILD=$folder tap "$limit" "$spec$label" "$@" lua5.4 "$busted" --ignore-lua -o TAP \
            "$spec"
    done
}

c_tests() {
    local label=$1 folder=$2 program
    for program in "$folder"/spec/*_test; do
        tap 600 "$(basename "$program")$label" "$program"
    done
}

spec_job() {
    c_tests "" "$build"
    specs "" "$build" 600 env
}

tidy() {
    find src -name '*.c' -print0 | sort -z |
        xargs -0 -P "$(nproc)" -n 1 clang-tidy -p "$build" --quiet 2>&1 |
        sed '/warnings* generated\.$/d'
}

lint_job() {
    check luacheck luacheck --quiet lua scripts spec docs .busted
    check cppcheck cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability \
        --inline-suppr --suppress=ctuuninitvar --std=c11 -D_GNU_SOURCE -Isrc -j "$(nproc)" src
    check clang-tidy tidy
}

sanitize_job() {
    local folder preload
    folder=$(own_folder build-sanitize)
    build "$folder" -DBIOXEN_SANITIZE=ON
    preload="$(gcc -print-file-name=libasan.so) $(gcc -print-file-name=libubsan.so)"
    c_tests " (sanitized)" "$folder"
    specs " (sanitized)" "$folder" 900 env LD_PRELOAD="$preload" BIOXEN_SLOW=5 \
        UBSAN_OPTIONS=print_stacktrace=1
}

valgrind_job() {
    specs " (valgrind)" "$build" 900 env BIOXEN_SLOW=20 LD_PRELOAD="$build/spec/valgrind_pidfd.so" \
        valgrind --quiet --error-exitcode=99 --leak-check=full \
        --errors-for-leak-kinds=definite,indirect --child-silent-after-fork=yes
}

fuzz_job() {
    check fuzz "$root/scripts/fuzz.sh" 5
}

jobs=() spec_files=()
for word in "$@"; do
    case $word in
    --spec | --lint | --sanitize | --valgrind | --fuzz) jobs+=("${word#--}") ;;
    --help | -h) echo "$usage" && exit ;;
    -*) echo "$usage" >&2 && exit 2 ;;
    *) spec_files+=("$(realpath -- "$word")") ;;
    esac
done
[ "${#jobs[@]}" -gt 0 ] || jobs=(spec lint sanitize valgrind fuzz)

install_missing "${build_packages[@]}" "${test_packages[@]}"
build=$(own_folder build)
build "$build"
busted=$(command -v busted)
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
export HOME="${HOME:-$scratch}" LC_ALL=C.UTF-8
cd -- "$root"
[ "${#spec_files[@]}" -gt 0 ] || spec_files=(spec/*_spec.lua)

for job in "${jobs[@]}"; do
    "${job}_job"
done
printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
