---@meta bioxen
-- The API of BioXen, for editors and for readers. spec/types_spec.lua holds it against what the
-- classes really have.

-- Times are in seconds, simulated or real as stated. Functions that depend on the machine, a file
-- or a VM's state return nil and an Error; wrong arguments raise.

---What went wrong. tostring gives the message with its code and the VM.
---@class bioxen.Error
---@field code string "EDEADLINE", "ESCRIPT"...; bioxen.error_codes() tells what each means
---@field class "vm"|"script"|"wire"|"hypervisor"|"xcpng"|"system"
---@field message string what happened, to what, and what to do
---@field usable boolean whether errors of this code leave the VM able to take another call
---@field vm_id string?
---@field traceback string? of the code in the VM
---@field value any? what the code raised, where it is no text: `error { code = 7 }` arrives as a table, as results travel. Its text, by `__tostring` or its field `message`, is in `message`, and there stands why it did not travel: for a function in it, or more than 4 MiB
---@field finished bioxen.Trajectory|bioxen.Ensemble|nil of a run that a deadline, a cancel or ^C has ended: the rows recorded until then; the runs that were complete, which `merge` takes. At most 4 MiB
---@field stdout string? what the code printed before
---@field elapsed number? real seconds
---@field step string? of an xcpng VM's start: what was being done
---@field xapi bioxen.XapiError? what the pool said
---@field left { name: string, uuid: string?, key: string }? of the pool: what could not be undone; `bioxen xcpng gc` finds it

---An error of a pool, in XAPI's words.
---@class bioxen.XapiError
---@field code string "SR_FULL", "HANDLE_INVALID"…; HTTP_500 and the like for answers that are no answers
---@field params string[] without secrets
---@field method string
---@field retryable boolean whether trying again makes sense

---What a call came to.
---@class bioxen.Result
---@field success true
---@field result any the first value that the code returned: nil, booleans, 64-bit integers, floats, strings, nested tables of these, and trajectories travel exactly; tables to a depth of 100
---@field stdout string what the code printed
---@field elapsed number real seconds
---@field sim_time number simulated seconds of the cell at the end
---@field steps integer? of work with a checkpoint

---What a VM may hold of its chassis. Absent: nothing is reserved, and nothing capped.
---@class bioxen.Resources
---@field ribosomes number? molecules; caps the ribosomes that translate
---@field rna_polymerase number? molecules; caps the polymerases that transcribe
---@field atp_percentage number? of the chassis' ATP supply, 0 to 100; scales the cell's supply
---@field memory_kb number? genome memory in kilobases of DNA: the genome must fit into it, and copies beyond the first as far as there is room. What an organism needs must fit into its chassis in any case

---@class bioxen.Config
---@field memory integer? bytes of memory of the VM, at least 4 MiB (default 256 MiB)
---@field max_output integer? bytes that one call may print (default 1 MiB)
---@field timeout number? seconds that a call may take (default: as long as it takes); for code that you do not trust
---@field seed integer? of the VM's random numbers (default: drawn; trajectories tell theirs)
---@field allow_unconfined boolean? start a VM even where the kernel cannot confine it (default false)
---@field resources bioxen.Resources?
---@field restart bioxen.RestartPolicy? start the VM again when it has failed (default: never)
---@field organism table<string, number|string>? options of the organism, listed in its manifest
---@field model string? path of a model in SBML, compressed by gzip or not, for organisms that take one in the place of their own (ecoli)
---@field xcpng_config (bioxen.XcpngConfig|string)? required by the VM type "xcpng": a table, or the path of a JSON file with the same keys
---@field guest bioxen.XCPngBiologicalVM? in its place: run in the guest of that VM, over the same connection

---A VM whose state turns to "error", or that fails to come up again, is stopped and started anew: with the same
---configuration and shares, a cell at its beginning, and no packages. That is done while something is waited for or asked,
---and in bioxen.step. After too many it stays as it is. Your own start, stop, restart or destroy ends it for that time.
---@class bioxen.RestartPolicy
---@field limit integer? so many restarts (default 3)
---@field within number? in so many seconds (default 60)
---@field delay number? seconds to each (default 0)

---How a VM of type "xcpng" reaches its pool and makes its guest. One of password, password_file and
---password_env is needed; one of template_name and template_uuid; ssh_key_path or ssh_agent. A file with a
---secret is refused unless it is nobody else's to read (mode 0600).
---@class bioxen.XcpngConfig
---@field xapi_url string "https://host" or "https://host:port"; any member of the pool: its master is followed
---@field username string
---@field password string?
---@field password_file string? its first line
---@field password_env string? the variable's name
---@field ca_file string? PEM; without it and `fingerprint`, the system's authorities are trusted
---@field fingerprint string? SHA-256 of the server's certificate, 64 hexadecimal digits with or without colons
---@field insecure boolean? trust any certificate (default false)
---@field allow_http boolean? http on this machine's loopback (default false)
---@field proxy string? of HTTP; none unless given, whatever the environment says
---@field pool_uuid string? refuse any other pool
---@field pool_members string[]? addresses of its other members: asked where `xapi_url` cannot be reached, and the only ones that may be named as its master (default: any); a `fingerprint` is that of all
---@field connect_timeout number? seconds (default 10)
---@field max_response integer? bytes of one answer of the pool (default 16 MiB for a VM, 64 MiB for a session)
---@field journal string? folder of what is being made (default ~/.local/state/bioxen/xcpng)
---@field log string? a file that couriers append to: each request, call of the pool and connection, what came of it and how long it took; no secrets
---@field template_name string?
---@field template_uuid string?
---@field vm_name_prefix string? (default "bioxen-")
---@field network_uuid string? uuid or name: the first interface is put there (default: as the template)
---@field storage_repository string? uuid or name: the disks are copied there unless they are there already
---@field full_copy boolean? copy the disks rather than share them on write (default false)
---@field host string? uuid or name: start there
---@field vm_memory (string|integer)? "1GB", "512MiB" or bytes; units count by 1,024 (default: as the template)
---@field vm_vcpus integer? (default: as the template)
---@field tags string[]?
---@field xenstore_data table<string, string>? the guest reads them under vm-data/
---@field network_device integer? take the address of this interface alone
---@field address_family ("ipv4"|"ipv6")?
---@field address_cidr string? "10.0.0.0/8": take an address within
---@field guest_tools_timeout number? seconds for the guest's tools to report anything (default 120)
---@field shutdown_grace number? seconds for a clean shutdown before a hard one (default 60)
---@field ssh_user string
---@field ssh_port integer? (default 22)
---@field ssh_key_path string? a private key file, mode 0600
---@field ssh_agent boolean? ask the agent of SSH_AUTH_SOCK (default false)
---@field ssh_passphrase (string|fun(): string)? of the key; or ssh_passphrase_file, ssh_passphrase_env
---@field ssh_passphrase_file string?
---@field ssh_passphrase_env string?
---@field ssh_known_hosts string? a file; without it and what follows, ~/.ssh/known_hosts. Nothing unknown is trusted
---@field ssh_host_name string? what known_hosts calls the guest (default: its address)
---@field ssh_fingerprint string? "SHA256:…" of the guest's host key
---@field ssh_fingerprint_from_guest boolean? trust what the guest publishes in its xenstore as data/service/ssh/fingerprint, which the pool passes on (default false)
---@field cloud_init boolean? give the guest a drive with the public half of `ssh_key_path`, which cloud-init lets in at the first boot as `ssh_user`: for templates without your key (default false). The host keys of the template stay
---@field install_worker boolean? copy the worker program into a guest that has none of this version (default false)
---@field keepalive number? seconds between pings; a guest that answers none for three of them is lost (default 5)

---@class bioxen.CallOptions
---@field args any? becomes the global `args` of the code
---@field timeout number? seconds; overrides the VM's
---@field name string? the code's name in error messages (default "process")
---@field checkpoint string? of execute_biological_process: a file that work in steps is saved to
---@field every number? seconds between two savings (default 60)

---@class bioxen.StartOptions
---@field wait boolean? false returns a Job at once (default true)
---@field timeout number? seconds (default 10; of an xcpng VM 300, undoing included)

---@class bioxen.StopOptions
---@field wait boolean? false returns a Job at once (default true)
---@field timeout number? seconds to wait, with wait = true; then ETIMEOUT, and what was begun goes on (default: as long as it takes)

---@class bioxen.Status
---@field vm_id string
---@field vm_type string
---@field biological_type string
---@field state bioxen.State
---@field reason string? of the state "error"
---@field busy boolean whether a job runs
---@field calls integer finished
---@field starts integer times that it has become running
---@field memory_limit integer bytes
---@field sim_time number? simulated seconds, when last heard of
---@field pid integer? of the worker, where it is on this machine
---@field pool string? of an xcpng VM, as what follows, when last heard of: the pool's URL
---@field name string? of its guest
---@field uuid string?
---@field address string?
---@field host string? that it runs on
---@field power_state ("Halted"|"Paused"|"Running"|"Suspended")?
---@field uptime_seconds number? since the start
---@field processor_seconds number? of its worker since then, where it is on this machine
---@field resources bioxen.Resources
---@field genome_kb number? that a loaded genome takes of the genome memory

---What vm:top() tells. What is of a process is there while a worker on this machine runs.
---@class bioxen.Top
---@field time number bioxen.clock()
---@field vm_id string
---@field state bioxen.State
---@field busy boolean
---@field calls integer finished
---@field starts integer times that it has become running
---@field pid integer?
---@field uptime_seconds number?
---@field processor_seconds number? since the start
---@field processor number? part of a processor that it had
---@field memory integer? bytes that it holds, those that it shares with its zygote too
---@field memory_limit integer
---@field sim_time number? of the cell, also while it runs, as it reports progress
---@field rate number? simulated seconds a second; nil where the cell's time went back
---@field resources bioxen.Resources held

---@alias bioxen.State "created"|"starting"|"running"|"pausing"|"paused"|"resuming"|"stopping"|"stopped"|"error"|"destroyed"

---A VM: one simulated cell and one Lua state, walled off. Abstract: create_bio_vm makes one of a
---class that inherits from it. Closing it (`local vm <close>`) or losing it ends it.
---@class bioxen.BiologicalVM
local BiologicalVM = {}

---Start the worker and set up the cell. From "created" or "stopped".
---@param options bioxen.StartOptions?
---@return true|bioxen.Job? done, or with wait = false the job
---@return bioxen.Error?
function BiologicalVM:start(options) end

---The VM uses no CPU until it is resumed; a call that runs is halted, and so is its deadline. A guest is
---paused once all VMs in it are.
---@param options bioxen.StopOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BiologicalVM:pause(options) end

---@param options bioxen.StopOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BiologicalVM:resume(options) end

---End the worker; the cell's state is gone. A call that runs ends with EDESTROYED. A guest is shut down
---once no VM runs in it: cleanly, or hard after its grace.
---@param options bioxen.StopOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BiologicalVM:stop(options) end

---Stop if need be, then start afresh. A timeout is one for both: where the stop takes longer it goes on, and
---ETIMEOUT says so; a start that takes longer is undone, EDEADLINE.
---@param options { timeout: number? }? seconds (default: as long as the stop takes, and the start's own)
---@return true?
---@return bioxen.Error?
function BiologicalVM:restart(options) end

---Copy a living VM: its cell and its Lua state as they are now, while it goes on. The memory is shared until one of the
---two writes to it. The copy is a VM like any other of the same hypervisor, with the same shares, which have to fit into
---the chassis, the same configuration, limits and packages. It runs, and outlives its origin. Its random numbers are its
---own, by its id: those of runs that name no seed, and math.random. A copy of the same id, made at the same point, draws
---the same ones, whatever other copies there are. A restart begins a new cell, as one of its origin does. The VM must be
---running and have no call (ESTATE, EBUSY). Where several are asked for, all are made or none. Where the kernel
---cannot copy a worker (bioxen doctor), and in guests, it is saved and restored, and what cannot be saved is an error.
---docs/forks.md has an example.
---@param what string|{ n: integer, id: string? } the new id; or how many, which are called ID.1, ID.2, … (default: the VM's own id)
---@return bioxen.BiologicalVM|bioxen.BiologicalVM[]|nil
---@return bioxen.Error?
function BiologicalVM:fork(what) end

---End the VM for good; its worker is reaped and its share given back before this returns, and its guest is
---gone from the pool, with its own disks and snapshots. Twice is fine.
---@param options { timeout: number? }? seconds: how long to wait; then ETIMEOUT, its end goes on, and it can be destroyed again (default: as long as it takes)
---@return true?
---@return bioxen.Error? what is left on the pool, and why: the VM can be destroyed again
function BiologicalVM:destroy(options) end

---Wait until the VM is in a state in which it can rest, whatever leads there.
---@param state "created"|"running"|"paused"|"stopped"|"error"|"destroyed"
---@param timeout number? seconds (default: as long as it takes)
---@return true?
---@return bioxen.Error? ETIMEOUT; ESTATE where the VM is destroyed
function BiologicalVM:wait_for(state, timeout) end

---Put all of the VM into a file: its cell, and what its code holds. While it is running or paused, and not busy. The file
---is written whole or not at all, and is on the disk then.
---@param path string
---@return true?
---@return bioxen.Error? ERESULT names the path of what cannot be saved, as a coroutine; ESTATE; EBUSY; EFILE
function BiologicalVM:save(path) end

---Costs no round trip, also while the VM is busy.
---@return bioxen.Status
function BiologicalVM:get_status() end

---@return bioxen.State? nil of a daemon's VM where the daemon does not answer
---@return bioxen.Error? EDAEMON
function BiologicalVM:get_state() end

---@return "basic"|"xcpng"
function BiologicalVM:get_vm_type() end

---@return string
function BiologicalVM:get_biological_type() end

---Run Lua code in the VM and wait. Globals stay for the next call.
---
---With a `checkpoint` the code is one step of long work: it is called again and again until it returns something, and
---between two steps the VM is saved to that file, as by vm:save, when `every` seconds have passed. Where the file is there
---already, left by such a call of the same code and args that was cut off, in this process or another, the VM becomes what
---it holds and the steps go on from there; a VM whose restart policy starts it again goes on by itself. The file is gone at the
---end, and the result has `steps`.
---@param code string
---@param options bioxen.CallOptions?
---@return bioxen.Result?
---@return bioxen.Error? EFILE: the checkpoint is of another call
function BiologicalVM:execute_biological_process(code, options) end

---Short for execute_biological_process.
---@param code string
---@param options bioxen.CallOptions?
---@return bioxen.Result?
---@return bioxen.Error?
function BiologicalVM:run(code, options) end

---The same with the code of a file.
---@param path string
---@param options bioxen.CallOptions?
---@return bioxen.Result?
---@return bioxen.Error?
function BiologicalVM:execute_file(path, options) end

---The same without waiting. One job a VM at a time.
---@param code string
---@param options bioxen.CallOptions?
---@return bioxen.Job?
---@return bioxen.Error?
function BiologicalVM:submit(code, options) end

---Load a model in SBML (levels 1 to 3) into the cell, from a file or from text, which begins with
---"<". The file may be compressed (.gz, .bz2), or an archive (.zip, .omex) with one model. External model
---definitions are read from the file's own folder, and nowhere else. What breaks SBML's form alone is read
---all the same, and stands in the model's warnings.
---@param model string a path, or the text itself
---@param options bioxen.SBMLOptions?
---@return bioxen.SBMLModel?
---@return bioxen.Error? EMODEL names what is not supported and where, as algebraic rules that find nothing to determine
function BiologicalVM:load_sbml(model, options) end

---What the organism measures of its cell, with units as its manifest states.
---@return table<string, number>?
---@return bioxen.Error?
function BiologicalVM:get_biological_metrics() end

---What the cell uses now of each resource of its chassis, as its organism counts it.
---@return table<string, number>? ribosomes, rna_polymerase, atp_percentage, memory_kb, as far as this is known
---@return bioxen.Error? EUNSUPPORTED where the organism does not know
function BiologicalVM:get_resource_usage() end

---What follows asks the organism's module, in the VM. An organism that lacks a capability gives
---EUNSUPPORTED and says which it has; `bioxen organisms` lists them.

---Transcribe these genes from now on, each at its promoter's own rate.
---@param gene_ids string|string[]
---@return any what the organism says of it
---@return bioxen.Error?
function BiologicalVM:start_transcription(gene_ids) end

---The genes without which this cell is known not to live; its manifest has the source.
---@return string[]?
---@return bioxen.Error?
function BiologicalVM:get_essential_genes() end

---@param operon_ids string|string[] an organism may take the id of any gene in an operon, too
---@param action string "activate", "repress", and what else the organism offers
---@return table<string, string>? the state of each
---@return bioxen.Error?
function BiologicalVM:manage_operons(operon_ids, action) end

---Copies of plasmids in the cell now.
---@return number?
---@return bioxen.Error?
function BiologicalVM:get_plasmid_count() end

---Put a package into the VM, after those that its manifest.lua asks for: its code can be required there, and its
---`install` adds to the cell. Gone, as all that a VM holds, when the worker ends. docs/organisms.md has the manifest. A
---module in C is refused. So are archives with names that lead elsewhere, links, or more than 64 MiB of files.
---@param package_name string a path: a folder with an init.lua and no links; one Lua file; an archive of such a folder (.zip, .tar, .tar.gz, .tgz); a rock (.rock); or the name of one in bioxen/packages on package.path
---@param options { sha256: string? }? refuse another than this: the hash of a file, or of a folder's manifest.lua, which then must have those of all its files
---@return any what its install returns, or true
---@return bioxen.Error?
function BiologicalVM:install_biological_package(package_name, options) end

---Load a genome: FASTA, GenBank, EMBL, GFF3, GTF or `.genome`, compressed or not. Code in the VM has it as cell:genome().
---It takes genome memory, its length in kb, until the worker ends: of what the VM holds, or, where it holds none,
---of the chassis, which refuses what does not fit. The cell is not capped by that.
---@param source string|bioxen.Genome a path, or a genome that is loaded
---@param options bioxen.GenomeOptions?
---@return bioxen.Genome?
---@return bioxen.Error? EGENOME names file and line, ECAPACITY the kilobases
function BiologicalVM:load_genome(source, options) end

---Change what the VM holds of its chassis, and what caps its cell, between calls: the cell's state stays. What
---is not named stays; false gives a share back. If the chassis or the cell refuses, nothing has changed.
---@param resources table<string, number|false> as bioxen.Resources
---@return true?
---@return bioxen.Error?
function BiologicalVM:allocate_resources(resources) end

---What the VM costs and how its cell gets on, by the kernel's counters and the cell's own. No round trip. Rates are
---since the last call of top for the same worker, or since its start.
---@return bioxen.Top
function BiologicalVM:top() end

---A VM in a jailed worker process on this machine.
---@class bioxen.BasicBiologicalVM: bioxen.BiologicalVM

---A VM whose worker runs in a virtual machine of an XCP-ng pool. Its `start` makes that guest from a
---template, boots it and starts the worker in it, by one deadline; whatever fails is undone.
---@class bioxen.XCPngBiologicalVM: bioxen.BiologicalVM
local XCPngBiologicalVM = {}

---Snapshot the guest's disks; the cell, which is in memory, is not on them.
---@param name string
---@return string? uuid
---@return bioxen.Error?
function XCPngBiologicalVM:snapshot(name) end

---Put the disks back. The worker ends, the guest is halted: start the VM again.
---@param name string of the snapshot, or its uuid
---@return true?
---@return bioxen.Error?
function XCPngBiologicalVM:revert(name) end

---A session of an XCP-ng pool. It logs out when it is closed (`local session <close>`) or lost.
---@class bioxen.XapiSession
local XapiSession = {}

---Call a method of XAPI; the session is its first parameter by itself. Reads, and what may be repeated, are
---tried again where the connection broke, and after one new login where the session had ended. Integers
---are exact to 64 bits.
---@param method string "VM.get_record"
---@param ... any tables with keys 1 to n are lists; an empty one is a map unless bioxen.xapi.array made it
---@return any? result what is void is ""
---@return bioxen.Error? with `code`, `params`, `method` and `retryable` as the pool said; `class` is "xapi"
function XapiSession:call(method, ...) end

---The same as a task of the pool: a Job that tells its progress. Cancelling it cancels the task.
---@param method string
---@return bioxen.Job? its result is the task's: a reference, or ""
---@return bioxen.Error?
function XapiSession:async(method, ...) end

---Iterate over events: for event, token in session:events{ classes = { "vm" } }. Raises an Error where
---the pool fails.
---@param options { classes: string[], token: string?, timeout: number? } the token of an earlier event goes on behind it; with a timeout it ends once nothing has come for so many seconds
---@return fun(): { id: integer, class: string, operation: "add"|"mod"|"del", ref: string, snapshot: table? }?, string?
function XapiSession:events(options) end

---Log out. Twice is fine.
---@return true
function XapiSession:close() end

---Where it is connected.
---@return { pool: string? }
function XapiSession:notes() end

---@return boolean
function XapiSession:is_open() end

---@class bioxen.xapi
local xapi = {}

---Log in to a pool.
---@param config bioxen.XcpngConfig|string the keys that reach a pool are enough; or the path of a JSON file
---@return bioxen.XapiSession?
---@return bioxen.Error?
function xapi.connect(config) end

---A list for XAPI that stays one when it is empty.
---@param list any[]
---@return table
function xapi.array(list) end

---A start, a call or a stop that goes on while the script does other things.
---@class bioxen.Job
local Job = {}

---Wait for the end. A timeout leaves the job running (ETIMEOUT).
---@param timeout number? seconds
---@return bioxen.Result|true|nil
---@return bioxen.Error?
function Job:wait(timeout) end

---Whether it has ended; looks, but does not wait.
---@return boolean
function Job:done() end

---Interrupt it. It ends with ECANCELLED; code that does not stop costs the VM its worker.
---@return true
function Job:cancel() end

---@return number? fraction as last reported by progress(fraction, text) in the VM; runs report theirs
---@return string text "120 of 3600 s", "37 of 500 runs": so much of so much of what, which the command line shows with a rate
function Job:progress() end

---What wait gives, without waiting.
---@return bioxen.Result|true|nil
---@return bioxen.Error?
function Job:result() end

---What the code prints, in pieces as they come, until the job ends.
---@return fun(): string?
function Job:output() end

---The next piece of that, as far as output() has not given it.
---@param timeout number? seconds to wait for some (default: as long as it takes)
---@return string? "" if there was none in time; nil once the job has ended and all is read
function Job:read(timeout) end

---What a medium is made of. All other keys are the names of pools, each a concentration in mM, or { concentration = mM,
---feed = mM, decay = 1/h }; `feed`, by default the concentration, is that of what flows in.
---@class bioxen.MediumOptions
---@field volume number? litres (default 1)
---@field inflow number? L/h (default 0)
---@field outflow number? L/h (default 0)

---@class bioxen.WorldOptions
---@field duration number seconds of the cells' time
---@field quantum number? seconds, of which the duration is made whole (default: the duration)
---@field every integer? quanta between two rows of the result (default 1)
---@field workers integer? so many VMs compute at a time (default: all)
---@field timeout number? seconds that a VM may take for a quantum (default: that of its configuration)
---@field method ("ode"|"ssa"|"tau"|"hybrid")? of the cells (default "ode")
---@field tolerance number? of the cells
---@field code string? runs in each VM at the end of each quantum; see cell:medium, cell:send, cell:messages
---@field priorities table<string, number>? weights by VM id, for VMs that compete for the chassis (default 1)
---@field policy (boolean|fun(requests: bioxen.ChassisRequest[], capacity: table<string, number>): table<string, table<string, number>>)? how the chassis is shared out each quantum (default: by weight and demand); false: VMs hold what they hold
---@field population (boolean|{ most: integer?, seed: integer?, on_division: fun(mother: bioxen.BiologicalVM, daughter: bioxen.BiologicalVM, time: number)? })? members of media that were added with divides = true are cells: they divide into VMs, are washed out by chance, and are `most` (default 1000) in each medium at most
---@field progress (fun(time: number, duration: number): boolean?)? called after each quantum; false ends the run

---What a VM that competes for the chassis wants in the next quantum. What it lacks a demand for it does not take part in.
---@class bioxen.ChassisRequest
---@field vm_id string
---@field priority number
---@field demand table<string, number> by resource; math.huge where it used all that it had
---@field held table<string, number>
---@field used table<string, number> in the last quantum

---Columns of numbers, a row each `every` quanta and one at the beginning; NaN where there was nothing to tell.
---@class bioxen.WorldResult
---@field time number[] seconds since the run began
---@field media { volume: number[], pools: table<string, number[]> }[] of each medium; concentrations in mM
---@field biomass table<string, number[]> gDW, by VM in a medium
---@field growth_rate table<string, number[]> 1/h, mean of the last quantum
---@field populations { number: number[], biomass: number[], growth_rate: number[] }[]? of each medium, where the run has a population: how many VMs it is, gDW, and the mean growth rate of that biomass
---@field lineage { vm_id: string, mother: integer?, born: number, ended: number?, fate: "divided"|"washed out"|"died"|"left out"|nil, growth_rate: number? }[]? the cells; a mother is the number of another, times are seconds of the run, rates 1/h
---@field seed integer? of the population's chances
---@field shares table<string, table<string, number[]>> by VM that competes for the chassis and resource

---What VMs live in together.
---@class bioxen.Medium
local Medium = {}

---Let a running VM live in it: as biomass in gDW, or as a number of cells (2.8e-13 gDW each). With divides = true the
---VM is so many cells alike that divide together, and grows in number by divisions only.
---@param vm bioxen.BiologicalVM
---@param options { biomass: number?, cells: number?, divides: boolean?, death_rate: number? } death_rate: 1/h, while flux balance finds nothing feasible
---@return string[]? names of the pools that it exchanges
---@return bioxen.Error?
function Medium:add(vm, options) end

---Take a VM out of it.
---@param vm bioxen.BiologicalVM
---@return boolean whether it was there
function Medium:remove(vm) end

---@return table<string, { biomass: number, cells: number }> by VM id
function Medium:members() end

---@param name string
---@return number mM
function Medium:concentration(name) end

---@return table<string, number> mM, by pool
function Medium:concentrations() end

---What has become of a pool, in mmol: now = began + entered + given - taken - left - decayed.
---@param name string
---@return { began: number, now: number, entered: number, given: number, taken: number, left: number, decayed: number }
function Medium:balance(name) end

---Put in `amount` mmol.
---@param name string
---@param amount number
function Medium:dose(name, amount) end

---@return { volume: number, inflow: number, outflow: number } litres, L/h
function Medium:flow() end

---From now on it flows otherwise. What is absent stays.
---@param options { inflow: number?, outflow: number?, feed: table<string, number>? }
function Medium:set_flow(options) end

---VMs by their ids, on one chassis.
---@class bioxen.BioXenHypervisor
local BioXenHypervisor = {}

---As bioxen.create_bio_vm; the hypervisor keeps the VM alive until it is destroyed.
---@param vm_id string
---@param biological_type string
---@param vm_type ("basic"|"xcpng")?
---@param config bioxen.Config?
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function BioXenHypervisor:create_vm(vm_id, biological_type, vm_type, config) end

---@param vm_id string
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function BioXenHypervisor:get_vm(vm_id) end

---@param vm_id string
---@param options bioxen.StartOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BioXenHypervisor:start_vm(vm_id, options) end

---@param vm_id string
---@param options bioxen.StopOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BioXenHypervisor:pause_vm(vm_id, options) end

---@param vm_id string
---@param options bioxen.StopOptions?
---@return true|bioxen.Job?
---@return bioxen.Error?
function BioXenHypervisor:resume_vm(vm_id, options) end

---@param vm_id string
---@param options { timeout: number? }?
---@return true?
---@return bioxen.Error?
function BioXenHypervisor:destroy_vm(vm_id, options) end

---@param vm_id string
---@return bioxen.Status?
---@return bioxen.Error?
function BioXenHypervisor:get_vm_status(vm_id) end

---The statuses of all VMs, in order of creation.
---@return bioxen.Status[]
function BioXenHypervisor:list_vms() end

---A VM of the hypervisor went from one state to another.
---@class bioxen.Change
---@field vm_id string
---@field from bioxen.State
---@field to bioxen.State
---@field reason string? of the state "error"

---Be told of the changes of VMs' states: while something is waited for or asked, and in bioxen.step, in order, each
---once. States that a VM goes through at once are left out. The function may do whatever a script may; an error in it
---is raised where it was called from, as ^C would be: what was waited for goes on.
---@param event "state"|bioxen.State every change, or those that lead to one state
---@param f fun(change: bioxen.Change)
---@return fun() ends it
function BioXenHypervisor:on(event, f) end

---Make a VM like one that there is: of the same organism and type, configuration and present shares. Where that one has
---a worker the clone is started, and gets the packages that were installed in it. What happened in it since then, in
---its globals and in its cell, is not copied.
---@param vm_id string
---@param new_id string
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function BioXenHypervisor:clone_vm(vm_id, new_id) end

---As bioxen.restore, but the hypervisor keeps the VM alive until it is destroyed.
---@param path string
---@param new_id string
---@param vm_type ("basic"|"xcpng")?
---@param config bioxen.Config?
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function BioXenHypervisor:restore_vm(path, new_id, vm_type, config) end

---A medium that VMs of this hypervisor live in together: a batch, or with inflow and outflow a chemostat. docs/worlds.md
---tells more.
---@param options bioxen.MediumOptions
---@return bioxen.Medium
function BioXenHypervisor:medium(options) end

---Let all running VMs advance together by `duration` seconds of their cells' time, in quanta: side by side, and with the
---same result whatever the number of processors. Those that live in a medium take from it and give to it; the others
---compete for the chassis. nil and an error where one fails: the media are then as before that quantum (err.time says
---when it began, err.world has what was recorded), and some cells have lived through it already. A hypervisor has one run
---at a time: EBUSY.
---@param options bioxen.WorldOptions
---@return bioxen.WorldResult?
---@return bioxen.Error?
function BioXenHypervisor:run(options) end

---Send a value (nil, booleans, numbers, strings, tables of these; 64 KiB at most) to a VM: cell:messages() gives it from
---the next quantum of `run` on, at most 1024 of them.
---@param vm_id string
---@param value any
---@return true?
---@return bioxen.Error?
function BioXenHypervisor:send_message(vm_id, value) end

---For each resource its capacity, what is allocated and what is free.
---@return table<string, { capacity: number, allocated: number, free: number }>
function BioXenHypervisor:get_system_resources() end

---@return { name: string, description: string, source: string, capacity: table<string, number> }
function BioXenHypervisor:get_chassis_info() end

---What `process "name" { … }` in a VM takes. Formulas are described in src/model/parser.h. In them
---delay(x, s) is what x, a formula too, was s seconds ago; before time 0, what it was at the beginning.
---@class bioxen.Process
---@field species (string|number)[]? names (from 0 on), or values by name
---@field parameters table<string, number>?
---@field initial table<string, string|number>? formulas of what species and parameters begin with, see Cell:set
---@field rules table<string, string|number>? names that always equal a formula
---@field constraints table<string, string|number|table>? names whose values make a formula 0: { y = "y^2 - x" }, or { y = { "y^2 - x", start = -1 } }, where the search begins (default 1). From then on it begins at the last value, so that y stays on its root; to set y chooses another. y.start is that beginning
---@field concentrations table<string, string[]>? { name = { amount, size } }: always amount / size; to set it sets the amount
---@field rates table<string, string|number>? the rate of change of a species, beside reactions; for ODEs
---@field reactions table[]? { "2 A + B -> C", k = 1 } by mass action, or { "A ->", rate = "k*A" }; with a name; with fast = true it is at rest whenever anything else happens, for ODEs: its species, of this process, are then rules, and A.slow what slow reactions leave of A
---@field events bioxen.Event[]?
---@field exchange bioxen.ExchangeSteps? what is done at each exchange of a hybrid run with the option exchange; other runs are refused then

---What each interval of a hybrid run does beside its two parts: steps { name, formula }, in order, which set a species
---or a parameter to what the formula gives. Each sees what those before it set, so formulas name species and parameters
---alone, no rules; they may draw random numbers. Steps of several processes are done in the order of the processes. So
---a cell has amounts that both parts change, as molecules and as mM, costs and debts, and rate constants that hold for
---an interval. A row at the time of an exchange shows what its steps set.
---@class bioxen.ExchangeSteps
---@field before table[]? after the stochastic part, before the solver's
---@field after table[]? after the solver's

---@class bioxen.Event
---@field when string? a condition: fires when it turns true; either this
---@field at (string|number)? a time in seconds; or this
---@field set table<string, string|number> formulas by what they set, all computed before any is set
---@field delay (string|number)? seconds from the condition to the setting
---@field priority (string|number)? of those due together the highest comes first; equals by chance
---@field persistent boolean? false: dropped if the condition turns false before it is due (default true)
---@field initial boolean? false: a condition that is true at the beginning counts as turning true then
---@field values ("trigger"|"firing")? when the formulas are computed (default "firing")
---@field name string?

---What `cell:run` in a VM takes. Tau-leaping: Cao, Gillespie and Petzold, J. Chem. Phys. 124,
---044109 (2006) and 126, 224101 (2007).
---@class bioxen.RunOptions
---@field duration number? simulated seconds, more than 0; may be left out where there are times
---@field times number[]? of the rows, in place of every: simulated seconds, ascending, from the present on
---@field start number? simulated seconds: the first row comes then (default: at the present)
---@field every (number|"step")? seconds between rows; 0 records the first and the last state alone (default 0). "step": a row at each reaction of "ssa", at each step of the solver or leap of "tau"
---@field method ("ode"|"ssa"|"tau"|"hybrid")? solver, exact stochastic simulation, approximate tau-leaping, or some reactions stochastic and the others by the solver (default "ode"). With exchange, rates of stochastic reactions may change with time at known times alone, as by if(time > 5, k, 0); where they do so all along, "ssa" and "tau" follow them by the solver
---@field solver ("bdf"|"adams")? Adams suits what is not stiff (default "bdf")
---@field stochastic string[]? of "hybrid": reactions; species, for all reactions that change them; processes, for all of theirs (default: reactions that change or take a species of few molecules)
---@field threshold number? of "hybrid" without a list: a species below half of it turns to few molecules, at it to many (default 100)
---@field exchange number? of "hybrid": seconds after which the stochastic reactions, which run while continuous species are held, charge these for what they took and gave; a shortage is carried over. The error is of first order in it. Processes may say what else is done then. (default 0: stochastic reactions at their exact times, each of which restarts the solver)
---@field seed integer? of a stochastic method (default: drawn; the trajectory tells it)
---@field record string[]? species, parameters and rules (default: all species and rules)
---@field tolerance { relative: number?, absolute: (number|table<string, number>)? }? of the solver: by how much of itself each variable may be wrong (default 3e-10), and by how much at all, in the unit in which it is written: one number, or some by name (default: by the scale of each)
---@field epsilon number? of "tau": by how much of itself a propensity may change in a leap, 0 to 1 (default 0.03)
---@field max_steps integer? bound on solver steps, reactions or leaps (default: none)
---@field run integer? repeats this run of an ensemble of the seed
---@field stream fun(time: number, row: table<string, number>)? takes each row as it comes, while the run goes on; the rows are not kept, and cell:run returns their number. The function may read the cell, print and report progress; its error ends the run
---@field events fun(time: number, name: string)? told of each event that fires, once it has set its values: by its name, or else as messages call it. It may do what stream may

---What `cell:sensitivities` in a VM takes, beside duration, times, start, every, record, tolerance, solver, max_steps
---and seed as in a run by "ode".
---@class bioxen.SensitivityOptions: bioxen.RunOptions
---@field parameters string[] what derivatives are by: parameters, compartments among them; species and concentrations, for their initial values
---@field scaled boolean? d log(value)/d log(parameter) in place of d value/d parameter; NaN where the value is 0 (default false)

---@class bioxen.Sensitivities
---@field trajectory bioxen.Trajectory the run itself
---@field by table<string, bioxen.Trajectory> for each parameter the derivatives by it, with the same rows and columns
---@field scaled boolean

---What `cell:ensemble` in a VM takes, beside duration, times, start, every, method, seed, record,
---epsilon and max_steps as in a run (the method is "ssa" unless given). Run i draws from stream i of the seed:
---VMs that share the work (runs = 500 and first = 501) give parts that merge to what one VM gives.
---The cell stands where it stood afterwards.
---@class bioxen.EnsembleOptions: bioxen.RunOptions
---@field runs integer
---@field first integer? the number of the first run (default 1)
---@field quantiles number[]? 0 to 1: keep distributions, and have these in tables
---@field histogram (boolean|{ bins: integer })? keep distributions, of at most so many bins (default 1024). Counts that span fewer numbers are kept one by one; else bins are 2, 4, 8... numbers wide

---What a run recorded, as columns.
---@class bioxen.Trajectory
---@field method string as the run's option
---@field seed integer of a stochastic run
local Trajectory = {}

---@param name string
---@return number
function Trajectory:first(name) end

---@param name string
---@return number
function Trajectory:last(name) end

---The arithmetic mean of the recorded values.
---@param name string
---@return number
function Trajectory:mean(name) end

---The value at a time: linear between rows of an ODE run, the row before for others.
---@param name string
---@param time number simulated seconds
---@return number
function Trajectory:at(name, time) end

---@param name string
---@return number[]
function Trajectory:column(name) end

---@return number[]
function Trajectory:times() end

---@return string[]
function Trajectory:names() end

---Row by row: the time, and the values by name.
---@return fun(): number?, table<string, number>?
function Trajectory:rows() end

---The table as CSV (RFC 4180), with a line of names; or written to a file.
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Trajectory:to_csv(path) end

---The table as JSON (RFC 8259): { "method", "seed", "time": [...], "columns": { name: [...] } }. Numbers read
---back to the same doubles; what is not finite is null, for JSON has no number for it. The seed, of a stochastic
---run, is a string, for it may have more digits than readers keep of a number. Or written to a file.
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Trajectory:to_json(path) end

---Written to a file in HDF5: the dataset "trajectory", whose rows are the times and the columns, in the layout of
---BioSimulators' reports (docs/hdf5.md). Not in a VM.
---@param path string
---@return true?
---@return bioxen.Error?
function Trajectory:to_hdf5(path) end

---A chart of what was recorded: a picture, or text on the terminal. Lines of an ODE run, steps of others. Not in
---a VM: return the trajectory and plot it on the host.
---@param options bioxen.TrajectoryPlot?
---@return true|string|nil done, or with text = true the text
---@return bioxen.Error? EFILE, or ESYSTEM where gnuplot failed or is not installed
function Trajectory:plot(options) end

---The same picture in HTML, static, and a table of its first and last rows: a fragment for a page or a notebook
---of yours, which is bounded, needs no network and runs no script. Names that may be anyone's are shown as text.
---@param options bioxen.TrajectoryHtml?
---@return string|true|nil the fragment, or done
---@return bioxen.Error? EFILE
function Trajectory:html(options) end

---What all charts take: where they go, and the words and axes of a panel. Wrong options raise.
---@class bioxen.PlotOptions
---@field file string? a picture, by its ending .png, .svg or .pdf, drawn by gnuplot, or .html, a page to look into (docs/reports.md); it appears whole or not at all. Without: text, on standard output, as wide as the terminal
---@field text boolean? return the text instead (default false)
---@field ascii boolean? text in ASCII (default: unless the locale is UTF-8)
---@field size { [1]: number, [2]: number }? width and height: pixels of a picture, columns and lines of text
---@field title string?
---@field x_label string? what it is, and its unit
---@field y_label string?
---@field log ("x"|"y"|"xy")? logarithmic axes, which leave out what is not positive
---@field x_range { [1]: number, [2]: number }? (default: what there is)
---@field y_range { [1]: number, [2]: number }?
---@field legend boolean? the series' names beside the chart, or above it where panels stand side by side (default: where they stand nowhere else)

---What html takes: what plot takes otherwise, but for text and ascii.
---@class bioxen.Html: bioxen.PlotOptions
---@field file string? a page that stands alone, by its ending .html, with pictures to look into and longer tables (docs/reports.md); without: the fragment is given
---@field rows integer? of a table, at most 10000; 0: no table (default 20, in a page 1000)

---@class bioxen.TrajectoryHtml: bioxen.TrajectoryPlot, bioxen.Html
---@class bioxen.EnsembleHtml: bioxen.EnsemblePlot, bioxen.Html
---@class bioxen.SweepHtml: bioxen.SweepPlot, bioxen.Html
---@class bioxen.GlobalSensitivityHtml: bioxen.GlobalSensitivityPlot, bioxen.Html

---@class bioxen.TrajectoryPlot: bioxen.PlotOptions
---@field names string[]? columns in one panel (default: all up to six, else the six whose values change most)
---@field panels table[]? panels above each other, each a list of names, with a title, y_label, log… of its own if need be: { { "A", "B" }, { "C", y_label = "mM" } }
---@field x string? a column in the place of time
---@field time_unit ("s"|"min"|"h"|"d")? (default: by the time that the run took)

---@class bioxen.SweepPlot: bioxen.PlotOptions
---@field names string[]? results (default: all up to six, else the six whose values change most)
---@field x string? the parameter to draw along: lines then, one for each value of another parameter
---@field log ("x"|"y"|"xy"|"z"|"xz"|"yz"|"xyz")? (default: axes along which a grid is spaced so)
---@field z_label string? of a heat map's colours
---@field z_range { [1]: number, [2]: number }?

---@class bioxen.EnsemblePlot: bioxen.PlotOptions
---@field names string[]? as of a trajectory
---@field panels table[]?
---@field time_unit ("s"|"min"|"h"|"d")?
---@field band ("sd"|"range"|"quantiles"|{ [1]: number, [2]: number }|false)? around the mean: a standard deviation on either side; least to greatest; between the outermost quantiles it was run with, or two others (default: quantiles if it has two, else sd)
---@field histogram string? a column whose distribution is drawn instead
---@field time number? of the histogram, simulated seconds (default: the end)

---@class bioxen.Plot: bioxen.PlotOptions
---@field series bioxen.PlotSeries[]? one panel
---@field panels bioxen.PlotPanel[]? or several
---@field world bioxen.WorldResult? or those of what hypervisor:run gave: media, members, population and shares over time
---@field lineage table[]? or, by itself or after these, the tree of a WorldResult's lineage
---@field z_label string? of a heat map's colours
---@field z_range { [1]: number, [2]: number }?
---@field log ("x"|"y"|"xy"|"z"|"xz"|"yz"|"xyz")? z: the colours of a heat map
---@field across integer? panels side by side (default 1); text has them above each other
---@field branches bioxen.Branches? what cell:continuation gave: stable parts as lines, others dashed, special points
---@field names string[]? of branches: the species and rules to draw
---@field remark string? a line beneath the title

---@class bioxen.PlotPanel
---@field series bioxen.PlotSeries[]
---@field title string? as what follows: of this panel alone
---@field x_label string?
---@field y_label string?
---@field z_label string?
---@field log ("x"|"y"|"xy"|"z"|"xz"|"yz"|"xyz")?
---@field x_range { [1]: number, [2]: number }?
---@field y_range { [1]: number, [2]: number }?
---@field z_range { [1]: number, [2]: number }?
---@field legend boolean?

---@class bioxen.PlotSeries
---@field y number[] values that are not finite are gaps
---@field x (number[]|string[])? (default 1, 2, 3…); names, for bars
---@field name string?
---@field style ("lines"|"points"|"steps"|"bars"|"heat")? (default "lines")
---@field z number[]? of a heat map: the value at each x and y, whose cells reach halfway to their neighbours; alone in its panel
---@field low number[]? with high: a band around lines, error bars on points and bars
---@field high number[]?
---@field from number[]? with to: where bars begin and end along x (default: side by side around x)
---@field to number[]?
---@field colour integer? 1 to 7 of the palette; from 8 on it begins again, lines dashed and points of other shapes (default: each name its own)

---Files in HDF5, for Python, R, Julia and others: `local hdf5 = require "bioxen.hdf5"`, a module of its own, on the host
---alone. It needs libhdf5.
---@class bioxen.hdf5
---@field version string the library's
local hdf5 = {}

---A file that is to be: it is made in memory, and appears under its name, whole, when it is closed. The same content
---is the same bytes.
---@param path string
---@return bioxen.Hdf5File?
---@return bioxen.Error? EFILE: it cannot be written there
function hdf5.create(path) end

---@class bioxen.Hdf5File
local Hdf5File = {}

---Make a dataset, of 64-bit floats compressed with gzip, or of texts. Raises for values of mixed types, whole numbers
---beyond 2^53, and a shape of other length.
---@param name string with groups before it, "a/b/report", which are made where they are missing
---@param values number[]|string[]|bioxen.Trajectory|string a list, the last axis fastest; a trajectory, whose times and columns are rows; or numbers that string.pack has packed, "ddd…"
---@param shape integer[]? {} of one value (default: the list's length)
---@param attributes table<string, string|number|string[]|number[]>? as of attributes
---@return true?
---@return bioxen.Error? EFILE: the name is taken, or leads through a dataset
function Hdf5File:write(name, values, shape, attributes) end

---Give a dataset or a group attributes: texts of variable length, numbers, whole ones as 64-bit integers, and lists of
---either; an empty one is of texts.
---@param name string a group that is not there is made; "/" is the file
---@param attributes table<string, string|number|string[]|number[]>
---@return true?
---@return bioxen.Error?
function Hdf5File:attributes(name, attributes) end

---Write the file. One that is not closed leaves nothing.
---@return true?
---@return bioxen.Error?
function Hdf5File:close() end

---How a genome is read. The format is told from the text unless it is named.
---@class bioxen.GenomeOptions
---@field format ("fasta"|"genbank"|"embl"|"gff3"|"gtf"|"genome")?
---@field code integer? genetic code of its sequences, by NCBI's numbers (default: as the file says, else 11)
---@field circular boolean? whether its sequences are (default: as the file says)
---@field fasta string? path of the bases, where a GFF3, GTF or `.genome` file has none
---@field strict boolean? what would be a warning is an error

---Coordinates are 1-based and inclusive. Across the origin of a circular sequence, start > stop.
---@class bioxen.Gene
---@field id string locus tag, distinct in a genome
---@field name string? gene symbol
---@field type string "CDS", "tRNA", "rRNA", "pseudogene"…
---@field product string?
---@field sequence string id of the sequence that it is on
---@field start integer first base along the sequence, whatever the strand
---@field stop integer last base
---@field strand "+"|"-"|"."
---@field spans integer[][] { start, stop } of each exon, in the direction of transcription; strand, where it is the other one
---@field length integer bases of these together
---@field code integer genetic code
---@field phase integer? bases before the first whole codon, unless 0
---@field incomplete boolean? an end is outside the sequence, or not known
---@field missing_end ("5'"|"3'")? which, if it is one alone
---@field [string] string attributes: what else is known of it, "essentiality"…

---A coding sequence whose protein is not the one that its file has.
---@class bioxen.ProteinDifference
---@field id string
---@field stated string the file's `/translation`
---@field protein string? as it is translated from the bases
---@field position integer? first residue that differs
---@field message string? why it could not be translated, instead of protein and position

---Sequences of bases and the genes on them. It does not change, and travels between host and VM. Ids that
---are not there, and coordinates outside, raise; so does what needs bases where none are known.
---@class bioxen.Genome
local Genome = {}

---Bases of one sequence, or of all.
---@param sequence string?
---@return integer
function Genome:length(sequence) end

---@return { id: string, description: string?, length: integer, circular: boolean, code: integer, known: boolean }[] known: its bases are there
function Genome:sequences() end

---Ids in the order of position: of genes and what they make, unless the filter names a type, as "promoter". A filter
---has values by key: type, strand, name, product, sequence or any attribute. With from or to: those with a base in
---that region; from > to goes across the origin.
---@param filter { type: string?, sequence: string?, from: integer?, to: integer?, [string]: string }?
---@return string[]
function Genome:genes(filter) end

---The same of all features: promoters, terminators, origins, repeats, too.
---@param filter { type: string?, sequence: string?, from: integer?, to: integer?, [string]: string }?
---@return string[]
function Genome:features(filter) end

---By id, or by a name that no other gene has; nil if there is none.
---@param id string
---@return bioxen.Gene?
function Genome:gene(id) end

---Bases in upper case, the whole sequence unless a region is given. Of several sequences one must be named. On
---strand "-" reversed and complemented.
---@param from integer?
---@param to integer? less than `from`: across the origin of a circular sequence
---@param options { sequence: string?, strand: ("+"|"-")? }?
---@return string
function Genome:bases(from, to, options) end

---A gene's bases as they are transcribed, exons alone.
---@param id string
---@return string
function Genome:dna(id) end

---A gene's protein: from a start codon M, if the 5' end is there, without the stop codon at the end. Codons that
---`transl_except` names are read as that says, selenocysteine as U. At a missing 3' end two bases are translated if
---any third gives the same. Raises where a stop codon lies within, and for what codes for no protein. Codes are those
---of NCBI's gc.prt; the rules the INSDC feature table's.
---@param id string
---@return string
function Genome:protein(id) end

---Fraction of G and C among A, C, G and T: of all sequences, or of a region.
---@param from integer?
---@param to integer?
---@param options { sequence: string? }?
---@return number
function Genome:gc(from, to, options) end

---Coding sequences whose protein is not the one that their file has (the attribute `translation`), and how many
---have one. Editing of RNA is the usual reason; the attribute `exception` tells.
---@return bioxen.ProteinDifference[]
---@return integer
function Genome:check() end

---How often each of the 64 codons is in a gene, or in all coding sequences together; stop codons are counted,
---codons with ambiguous bases are not.
---@param id string?
---@return table<string, integer> by codon, as "ATG"
function Genome:codon_usage(id) end

---What the reader of its file found wrong: "left_out" features, "repeated" ones, and what else it went on from, with
---file and line. Empty for a genome that has travelled.
---@return bioxen.Warning[]
function Genome:warnings() end

---How many features there are of each type, or with each value of an attribute.
---@param attribute string?
---@return table<string, integer>
function Genome:categories(attribute) end

---As FASTA; or written to a file (not in a VM). "genes" are as they are transcribed; "proteins" those of type
---CDS, with "*" for a stop codon within.
---@param path string?
---@param of ("sequences"|"genes"|"proteins")? (default "sequences")
---@return string|true|nil
---@return bioxen.Error?
function Genome:to_fasta(path, of) end

---As a GenBank flat file, with the bases where they are known; or written to a file (not in a VM). Strand "." is "+"
---there, and a sequence without genes has no genetic code.
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Genome:to_genbank(path) end

---As GFF3, with the bases where they are known; or written to a file (not in a VM).
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Genome:to_gff3(path) end

---As a `.genome` table, which has start, length, end, strand, type, id and description of each gene; or written
---to a file (not in a VM).
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Genome:to_genome(path) end

---Making genomes: bioxen.genome, and the global `genome` in a VM, which has no load, and whose parse raises
---instead of returning an error.
---@class bioxen.genome
local genome = {}

---Read a FASTA, GenBank, EMBL, GFF3, GTF or `.genome` file, compressed with gzip or not. A feature with a mistake is
---left out, and stands in g:warnings(); a file of which nothing is left is refused. Of GenBank's and EMBL's features
---genes, RNAs, coding sequences, origins and what regulates are read, others not. Of the transcripts of a gene the
---coding sequences tell, if it has any.
---@param path string
---@param options bioxen.GenomeOptions?
---@return bioxen.Genome?
---@return bioxen.Error? EGENOME names file and line
function genome.load(path, options) end

---The same from text.
---@param text string
---@param options bioxen.GenomeOptions?
---@return bioxen.Genome?
---@return bioxen.Error?
function genome.parse(text, options) end

---Make one from tables. A sequence has an id and its bases or its length; a gene an id, start and stop or spans, and
---may have what g:gene(id) gives (default: type "gene", strand "+", the only sequence); other keys are attributes.
---Raises where there is a mistake.
---@param definition { sequences: { id: string, bases: string?, length: integer?, circular: boolean?, code: integer?, description: string? }[], genes: table[]? }
---@return bioxen.Genome
function genome.new(definition) end

---All whole codons of DNA or RNA, "*" for stops, "X" for what is ambiguous.
---@param dna string
---@param code integer? (default 11)
---@return string
function genome.translate(dna, code) end

---Flux balance, inside a VM: the global `flux`. Fluxes are in mmol/gDW/h by the field's convention.
---@class bioxen.flux
local flux = {}

---A model from tables. A reaction is { "A + 2 B -> C", name = "R" } or { name = "R", stoichiometry =
---{ A = -1, B = -2, C = 1 } }; it may have lower (default 0), upper (default math.huge), objective (a
---coefficient, default 0) and genes (a rule of "and", "or" and parentheses). `boundary` lists the
---metabolites that are not balanced; `metabolites`, if there, lists all others; an item of either is a
---name or a table as add_metabolites takes it. Equations and what else may be said of a reaction:
---see add_reactions.
---@param definition { reactions: table[], metabolites: (string|table)[]?, boundary: (string|table)[]?, objective: (string|table<string, number>)?, sense: ("maximise"|"minimise")? }
---@return bioxen.FluxModel
function flux.model(definition) end

---A model in SBML with the package fbc (versions 1 and 2), or with bounds in kinetic laws as before
---it. Ids are SBML's; genes go by their labels. Second: the id of its objective, the active one
---unless another is asked for.
---@param text string or the bytes of a file as vm:load_sbml takes it
---@param options { objective: string?, strict: boolean? }? strict: a warning is an error
---@return bioxen.FluxModel
---@return string? objective
function flux.load_sbml(text, options) end

---A model in cobrapy's JSON, with its ids; also compressed by gzip or bzip2. The objective is maximised, as cobrapy does.
---@param text string
---@param options { strict: boolean? }? strict: a warning is an error
---@return bioxen.FluxModel
function flux.load_json(text, options) end

---The same in YAML. Anchors may stand in it, aliases not.
---@param text string
---@param options { strict: boolean? }?
---@return bioxen.FluxModel
function flux.load_yaml(text, options) end

---What `sample` gives as `diagnostics`, of chains that were put together.
---@param samples table<string, number[][]> chains of one length, 10 numbers or more
---@return table<string, bioxen.Convergence>
function flux.sample_diagnostics(samples) end

---Whether chains have come to agree on a number. Of one that is always the same only the first two are there.
---@class bioxen.Convergence
---@field mean number
---@field deviation number
---@field r_hat number? of the halves of all chains, 1 in the end (Gelman et al., Bayesian Data Analysis, 11.4)
---@field effective_size number? how many points drawn apart would say as much (the same, 11.5)
---@field geweke number? |z| of the first tenth beside the last half of a chain, the greatest

---What an optimisation came to. Only `status` is there unless that is "optimal".
---@class bioxen.FluxSolution
---@field status "optimal"|"infeasible"|"unbounded"
---@field objective number?
---@field fluxes table<string, number>? by reaction
---@field reduced_costs table<string, number>? by reaction: the objective's change per unit of its flux forced
---@field shadow_prices table<string, number>? by metabolite: the objective's change per unit of its net production forced
---@field total_flux number? of parsimonious(): the sum of absolute fluxes

---Metabolites, reactions with bounds and gene rules, an objective. Solved by CLP; every optimum is
---checked against the model and by its own shadow prices. Each solution starts from the last.
---@class bioxen.FluxModel
---@field warnings bioxen.Warning[] of what read it
local FluxModel = {}

---@return bioxen.FluxSolution
function FluxModel:optimise() end

---The objective alone; nil and the status where there is none.
---@return number?
---@return string? status
function FluxModel:optimum() end

---Why there is no optimum. "infeasible": `bounds` and the balances of `metabolites` cannot all hold, and could all
---without any one of them (each is checked), `constraints` among them where the model has some. "unbounded": `fluxes` that may be added any number of times, each time
---with a gain of 1. A model that has an optimum has its status alone.
---@return { status: string, bounds: { reaction: string, bound: "lower"|"upper", value: number }[]?, metabolites: string[]?, constraints: string[]?, fluxes: table<string, number>? }
function FluxModel:diagnose() end

---From now on without these genes and reactions, in all that is computed: a reaction is stopped while it is disabled,
---or its rule fails for the genes that are. Its bounds are kept.
---@param what { genes: string[]?, reactions: string[]? }
function FluxModel:disable(what) end

---Undo that, for these or for all.
---@param what { genes: string[]?, reactions: string[]? }?
function FluxModel:enable(what) end

---The genes that are disabled, and all reactions that are stopped.
---@return { genes: string[], reactions: string[] }
function FluxModel:disabled() end

---All of the model is again as now when what this returns is closed: `local as_before <close> = model:context()` undoes
---at the end of a block what is changed in it, be it bounds, objective, what is disabled, or parts that are added,
---changed and removed. The first such change in a block makes a copy of the model (some milliseconds for a genome's).
---@return userdata
function FluxModel:context() end

---Bounds of one reaction, or of many as { name = { lower, upper } }; math.huge for none.
---@param reaction string|table<string, number[]>
---@param lower number?
---@param upper number?
function FluxModel:set_bounds(reaction, lower, upper) end

---@param reaction string
---@return number lower
---@return number upper
function FluxModel:bounds(reaction) end

---A reaction, or coefficients by reaction.
---@param objective string|table<string, number>
---@param sense ("maximise"|"minimise")?
function FluxModel:set_objective(objective, sense) end

---@return table<string, number> coefficients by reaction
---@return "maximise"|"minimise"
function FluxModel:objective() end

---The solution without these genes and reactions; the model is unchanged.
---@param without { genes: string[]?, reactions: string[]? }
---@return bioxen.FluxSolution
function FluxModel:knock_out(without) end

---All (true) or the listed ones, each alone; with `pairs` each pair too, after those. An entry is
---{ "b0008", status = "optimal", objective = 0.87 } or { "b0008", "b0114", … }. With `sets`, lists of any length, those
---alone: `genes` or `reactions` is then true and says what they are of.
---@param what { genes: (true|string[])?, reactions: (true|string[])?, pairs: boolean?, sets: string[][]? }
---@return table[]
function FluxModel:knock_outs(what) end

---Those without which the optimum is below `fraction` (default 0.01) of the whole model's.
---@param options { fraction: number? }?
---@return string[]
function FluxModel:essential_genes(options) end

---@param options { fraction: number? }?
---@return string[]
function FluxModel:essential_reactions(options) end

---The reactions of another model that this one lacks: the set with the least sum of penalties (1 each, unless
---`penalties` says otherwise) with which the objective reaches `objective` (default 0.05). By branch and bound; or
---`relaxed`, by a linear program that makes the sum of penalty times flux least, which is quick and may find more. Either
---is checked by a program with these reactions alone, and what that does not need is dropped. Candidates are those whose
---ids the model does not have; none may have to run, and each runs at most at 1000 where nothing bounds it. With
---`alternatives` (up to 1000) as many further answers, the cheapest first, or fewer if there are no more: none of them has
---all reactions of another. The model is unchanged. nil and the status where it cannot be reached with all of them.
---@param universal bioxen.FluxModel
---@param options { objective: number?, penalties: table<string, number>?, relaxed: boolean?, alternatives: integer? }?
---@return { reactions: string[], objective: number, penalty: number, alternatives: table[]? }?
---@return string? status
function FluxModel:gapfill(universal, options) end

---Of all fluxes that are best by the first objective those that are best by the second, and so on. An objective is a
---reaction to maximise, or { fluxes = { reaction = coefficient }, sense }; the model's own has no part in it. What one has
---reached is held exactly, by its reduced costs and shadow prices. Where the status is not "optimal" there are the values
---of those before, and no fluxes.
---@param objectives (string|{ fluxes: table<string, number>, sense: ("maximise"|"minimise")? })[]
---@return { status: "optimal"|"infeasible"|"unbounded", objectives: number[], fluxes: table<string, number>? }
function FluxModel:lexicographic(objectives) end

---The range of each flux among all solutions with at least `fraction` (default 1) of the optimum; nil
---and the status where there is no optimum. `loopless`: among those without loops inside the system, exactly
---(Schellenberger et al., Biophys. J. 100:544, 2011), by branches at the loops themselves. `pfba_factor`, 1 or more: among
---those whose absolute fluxes add up to at most so many times the least sum that `fraction` allows.
---@param options { fraction: number?, reactions: string[]?, loopless: boolean?, pfba_factor: number? }?
---@return table<string, { minimum: number, maximum: number }>?
---@return string? status
function FluxModel:variability(options) end

---The reactions that can carry no flux of more than `tolerance` (default 1e-7) within the bounds, whatever the
---objective: those that FASTCC takes out (Vlassis et al., PLoS Comput. Biol. 10:e1003424, 2014), but exactly, whatever
---its threshold would be. nil and the status where nothing is feasible.
---@param options { tolerance: number? }?
---@return string[]?
---@return string? status
function FluxModel:blocked(options) end

---The metabolites that no reaction can make and another one use, by their bounds.
---@return string[]
function FluxModel:dead_ends() end

---The solution with the least sum of absolute fluxes, at `fraction` (default 1) of the optimum or
---more.
---@param options { fraction: number? }?
---@return bioxen.FluxSolution
function FluxModel:parsimonious(options) end

---Of all optima one that does not hang on the solver: among those with the least sum of absolute fluxes, those with the
---least sum of absolute distances from the middles of the fluxes' ranges, again and again until no range is wider than a
---millionth (Smallbone & Simeonidis, J. Theor. Biol. 258:311, 2009). An error where ranges stay wide.
---@return { status: string, objective: number?, fluxes: table<string, number>? }
function FluxModel:geometric() end

---The reactions of one balanced metabolite. Exchanges are those of the compartment `outside`: the one whose name
---says so, or else with most of them; "" in a model without compartments, where all are exchanges. Of others sinks
---may run either way, demands may not.
---@return { exchanges: string[], demands: string[], sinks: string[], outside: string }
function FluxModel:boundaries() end

---What each exchange may take up, by reaction; those that may not are left out.
---@return table<string, number>
function FluxModel:medium() end

---What exchanges may take up; those that are not named nothing. Secretion stays as it is. Changes all or, with an
---error, none.
---@param medium table<string, number>
function FluxModel:set_medium(medium) end

---The least that has to be taken up for an objective of `min_objective_value` (default 0.1): in total, or with
---`minimise_components` the least number of exchanges, found by branch and bound (CBC) and verified: with these alone
---a linear program of our own reaches the objective, and `medium` is the least total of that. That no fewer will do
---rests on CBC, whose whole numbers are so within 1e-9. `open_exchanges`: all exchanges are first opened to so much
---either way. `exports`: secretion is there too, below 0. nil and "infeasible" where it cannot be reached.
---@param options { min_objective_value: number?, minimise_components: boolean?, open_exchanges: number?, exports: boolean? }?
---@return { medium: table<string, number>, total: number, components: integer }?
---@return string? status
function FluxModel:minimal_medium(options) end

---@class bioxen.FluxShare
---@field reaction string
---@field metabolite string? what crosses the boundary
---@field flux number of the metabolite, > 0
---@field percent number? of all that makes or uses the metabolite
---@field minimum number? of the flux, at a fraction of the optimum
---@field maximum number?

---What crosses the boundary, the greatest first: of the parsimonious optimum, or of `fluxes`, in which absent ones
---are 0. `fraction` adds the range of each at that part of the optimum.
---@param options { fluxes: table<string, number>?, fraction: number? }?
---@return { status: string, objective: number?, uptake: bioxen.FluxShare[]?, secretion: bioxen.FluxShare[]? }
function FluxModel:summary(options) end

---Which reactions make a metabolite, and which use it.
---@param metabolite string
---@param options { fluxes: table<string, number>? }?
---@return { status: string, objective: number?, producing: bioxen.FluxShare[]?, consuming: bioxen.FluxShare[]? }
function FluxModel:metabolite_summary(metabolite, options) end

---The least and the greatest objective where the fluxes of one to three reactions are held at `points` (default 20)
---values each, evenly over what they can be; the last reaction's values change fastest. `minimum` and `maximum` are
---absent where these fluxes cannot be together. Of one reaction a production envelope, of two a phenotype phase plane,
---whose phases are where `shadow_prices`, what the maximum changes by per unit of each flux, are the same. Where the two
---sides differ, between phases and at the edge of what can be, they are one of the two or between them.
---@param options { reactions: string[], points: integer?, objective: (string|table<string, number>)? }
---@return { fluxes: table<string, number>, minimum: number?, maximum: number?, shadow_prices: table<string, number> }[]?
---@return string? status
function FluxModel:production_envelope(options) end

---The fluxes nearest to `reference` (by reaction, absent ones 0; default: the parsimonious optimum) that the model can
---have without these genes and reactions: by the sum of squares (Segrè et al., PNAS 99:15112, 2002), which is one
---point, or `linear` by that of absolute differences, which may be many. `distance` is that sum, `objective` the
---model's own there. The squares are solved by an interior point method and checked by the bound that its prices give.
---@param options { reference: table<string, number>?, genes: string[]?, reactions: string[]?, linear: boolean? }?
---@return { status: string, objective: number?, fluxes: table<string, number>?, distance: number? }
function FluxModel:moma(options) end

---The same by how few fluxes leave `delta` (default 0.03) of the reference and `epsilon` (0.001) beside it (Shlomi et
---al., PNAS 102:7695, 2005): whole switches, by branch and bound (CBC), each answer verified with them fixed; a model
---of hundreds of reactions may take hours. `linear`: switches between 0 and 1, delta and epsilon 0 by default.
---@param options { reference: table<string, number>?, genes: string[]?, reactions: string[]?, linear: boolean?, delta: number?, epsilon: number? }?
---@return { status: string, objective: number?, fluxes: table<string, number>?, changes: number? }
function FluxModel:room(options) end

---Fluxes drawn evenly from all that the model allows, or with `fraction` from those at that part of the optimum, by hit
---and run in directions between known points, as in OptGP (Megchelenbrink et al., PLoS One 9:e86587, 2014), which are
---settled once a chain has burnt in (`burn_in` steps, by default 50 for each of two points a reaction). `chains`
---(default 4) of `n` points (100) each, `thinning` (100) steps apart. A chain follows from the seed (1) and its number
---alone: chains `first_chain` (1) on can be drawn in VMs side by side and put together. `samples` has a list of chains
---for each of `reactions` (default: all); every point is checked against the model. Chains of ten points or more have
---`diagnostics`; a large model takes millions of steps until `r_hat` is near 1.
---@param options { n: integer?, chains: integer?, first_chain: integer?, thinning: integer?, burn_in: integer?, seed: integer?, fraction: number?, reactions: string[]? }?
---@return { status: string, samples: table<string, number[][]>?, diagnostics: table<string, bioxen.Convergence>? }
function FluxModel:sample(options) end

---The optimum among fluxes that have no loop inside the system, exactly, and the least internal fluxes for its
---exchanges; or the loops taken out of `fluxes`, whose exchanges and objective stay (CycleFreeFlux, Desouki et al.,
---Bioinformatics 31:2159, 2015).
---@param options { fluxes: table<string, number>? }?
---@return { status: string, objective: number?, fluxes: table<string, number>? }
function FluxModel:loopless(options) end

---A culture grows in a medium, closed or with a dilution (1/h) a chemostat, in hours, gDW/L and mM (src/flux/dynamic.h has the method).
---`medium` gives by exchange reaction a concentration, or { concentration =, maximum =, half = } for
---Michaelis-Menten uptake, or { concentration =, uptake = function(concentration, time, biomass) }; each may have a feed,
---mM of what flows in (default 0), a decay, 1/h, and a crowding, by how much less of it there is than of a litre.
---Columns: biomass, growth_rate, feasible (0: dead), and each metabolite of the medium. What the bounds
---of an exchange demand, uptake or secretion, is kept to: where it cannot be met the culture is dead,
---as where no fluxes are feasible, and `death` says when that was first, in hours, and why.
---The digits are the model's alone; with `warm` fluxes are looked for from the last optimum on, whatever that was of:
---quicker for many short runs.
---@param options { duration: number, biomass: number, medium: table<string, number|table>, step: number?, every: number?, growth: string?, death_rate: number?, dilution: number?, warm: boolean? }
---@return bioxen.Trajectory
---@return { time: number, reason: string }? death
---@return table<string, number> exchanged by exchange reaction, what was given, mmol per litre, negative what was taken
function FluxModel:dynamic(options) end

---@return string[]
function FluxModel:reactions() end

---@return string[]
function FluxModel:metabolites() end

---@return string[]
function FluxModel:genes() end

---The model as it is computed, in SBML level 3 version 1 with fbc version 2 and groups: what is disabled has bounds of 0.
---Ids that are not SBML's get M_, R_ or G_ in front, and other characters as __46__, as cobrapy does it. Second: what
---had to be left out. What is not kept of a file in SBML is in docs/cobrapy.md.
---@return string
---@return bioxen.Warning[]
function FluxModel:to_sbml() end

---The model as it is computed, in cobrapy's JSON; ids of SBML are as cobrapy has them.
---@return string
---@return bioxen.Warning[]
function FluxModel:to_json() end

---The same in YAML.
---@return string
---@return bioxen.Warning[]
function FluxModel:to_yaml() end

---What is said of parts, where something is: `title` (cobrapy's name), `subsystem`, `notes` by key, `annotation` by
---provider: a list of identifiers, or of { qualifier, identifier } where the qualifier is not "is"; under "uri" those
---that are not at identifiers.org; `sbo` is one text.
---@class bioxen.FluxReaction
---@field name string its id
---@field lower number
---@field upper number
---@field objective number
---@field genes string
---@field stoichiometry table<string, number>
---@field title string?
---@field subsystem string?
---@field notes table<string, string>?
---@field annotation table<string, string|table>?

---@param name string
---@return bioxen.FluxReaction
function FluxModel:reaction(name) end

---@param name string
---@return { name: string, boundary: boolean, reactions: string[], title: string?, formula: string?, charge: number?, compartment: string?, notes: table?, annotation: table? }
function FluxModel:metabolite(name) end

---@param name string
---@return { name: string, reactions: string[], title: string?, notes: table?, annotation: table? }
function FluxModel:gene(name) end

---Groups of the package of that name in SBML; members by their ids in SBML.
---@return { name: string?, kind: string?, members: string[], title: string? }[]
function FluxModel:groups() end

---What is said of the model itself.
---@return { name: string?, title: string?, compartments: table<string, string>, notes: table?, annotation: table? }
function FluxModel:info() end

---Change that; what is not in the table stays.
---@param what { name: string?, title: string?, compartments: table<string, string>?, notes: table?, annotation: table? }
function FluxModel:set_info(what) end

---The equation of a reaction: "a + 2 b --> c", "<=>" where its bounds let it run both ways, "<--" backwards alone.
---@param reaction string
---@return string
function FluxModel:equation(reaction) end

---Add reactions, all or none: as in flux.model, with title, subsystem, notes and annotation if wanted. A metabolite that
---the model does not have is added, and so are genes. In an equation "-->" and "=>" mean bounds of 0 and math.huge, "<=>"
---and "<->" none, "<--" -math.huge and 0, unless lower or upper say something else; words are apart by spaces, and ids may
---have any character. With "->" bounds are those of flux.model, and "2B" is 2 B unless the model has a metabolite "2B".
---Many in one call are much quicker than many calls.
---@param reactions table[]
function FluxModel:add_reactions(reactions) end

---Change a reaction: bounds, objective, genes, an equation or stoichiometry, title, subsystem, notes, annotation; what is
---not in the table stays. An arrow that says something else than the bounds is an error unless bounds are given too.
---@param name string
---@param what table
function FluxModel:set_reaction(name, what) end

---Remove reactions; with `orphans` also the metabolites and genes that no other reaction has.
---@param names string[]
---@param options { orphans: boolean? }?
function FluxModel:remove_reactions(names, options) end

---Give parts other ids, by old ones, all or none: rules, groups, constraints and objectives follow. Ids may change places.
---Texts of rules with a gene that is called otherwise lose parentheses that they do not need.
---@param ids { reactions: table<string, string>?, metabolites: table<string, string>?, genes: table<string, string>? }
function FluxModel:rename(ids) end

---Add metabolites, all or none: names, or { name, title, formula, charge, compartment, boundary, notes, annotation }.
---@param metabolites (string|table)[]
function FluxModel:add_metabolites(metabolites) end

---@param name string
---@param what { title: string?, formula: string?, charge: number?, compartment: string?, boundary: boolean?, notes: table?, annotation: table? }
function FluxModel:set_metabolite(name, what) end

---Remove metabolites from the model and from its reactions; with `destructive` these reactions too.
---@param names string[]
---@param options { destructive: boolean? }?
function FluxModel:remove_metabolites(names, options) end

---@param name string
---@param what { title: string?, notes: table?, annotation: table? }
function FluxModel:set_gene(name, what) end

---Remove genes: rules do without them, and reactions that cannot run then are removed, unless remove_reactions = false:
---then they need no gene any more.
---@param names string[]
---@param options { remove_reactions: boolean? }?
function FluxModel:remove_genes(names, options) end

---What products have more than reactants of each symbol of the formulas, and of charge, for each reaction where that is
---not 0 (sums of terms in decimal, to a part of 1e-9). Not looked at: reactions with metabolites on one side alone, and
---those that an SBO term calls exchange, demand, biomass, pseudoreaction or sink. Second: reactions for which it cannot be
---told, and why; nothing is guessed of a formula as "(CH2)n". Third: the metabolites with rests such as R and X, which are
---counted like elements.
---@return table<string, table<string, number>> unbalanced by reaction: amounts by symbol, and charge
---@return table<string, string> unknown
---@return table<string, string[]> generic
function FluxModel:check_mass_balance() end

---Parts that no other uses; the metabolites of dead_ends(); and the reactions that can run in loops: those with a flux
---of more than `tolerance` (default 1e-7) while exchanges, demands and sinks are closed and nothing has to run. No
---`loops` where one's own constraints do not let all rest.
---@param options { tolerance: number? }?
---@return { orphans: { metabolites: string[], reactions: string[], genes: string[] }, dead_ends: string[], loops: table<string, { minimum: number, maximum: number }>? }
function FluxModel:consistency(options) end

---A variable of one's own beside the fluxes, for constraints and objectives, in which it stands like a reaction, by its
---name; set_bounds and bounds take it too. A binary one is 0 or 1; others have no bounds unless these are given. Solutions
---have `variables`; with whole numbers they have no reduced costs and shadow prices. optimise, optimum, knock_out,
---knock_outs and what is essential take all; variability, parsimonious, production_envelope and lexicographic none that
---has to be whole; other methods refuse them.
---@param variable { name: string, kind: ("continuous"|"integer"|"binary")?, lower: number?, upper: number? }
function FluxModel:add_variable(variable) end

---@return { name: string, kind: "continuous"|"integer"|"binary", lower: number, upper: number }[]
function FluxModel:variables() end

---Remove it, from constraints and objectives too.
---@param name string
function FluxModel:remove_variable(name) end

---A constraint of one's own: lower <= sum of coefficient times flux or variable <= upper. It holds in all that is computed
---of the model.
---@param constraint { name: string, fluxes: table<string, number>, lower: number?, upper: number? }
function FluxModel:add_constraint(constraint) end

---@return { name: string, fluxes: table<string, number>, lower: number, upper: number }[]
function FluxModel:constraints() end

---@param name string
function FluxModel:remove_constraint(name) end

---An objective beside the one at work, which set_objective sets: kept with the model, and written with it in SBML.
---@param objective { name: string, fluxes: table<string, number>, sense: ("maximise"|"minimise")? }
function FluxModel:add_objective(objective) end

---@return { name: string, fluxes: table<string, number>, sense: "maximise"|"minimise" }[]
function FluxModel:objectives() end

---@param name string
function FluxModel:remove_objective(name) end
---@class bioxen.SBMLOptions
---@field name string? of the process (default: the model's id)
---@field share boolean? variables that another process has too become one (default: refused)
---@field externals table<string, string>? text by file name of external model definitions; without it, those beside the file are read, but no links
---@field strict boolean? what the reader would warn of is an error (EMODEL)
---@field stochastic boolean? for stochastic runs: amounts in moles are counted in molecules, reversible laws are taken for two reactions, and laws of mass action for that; warnings say what was done
---@field timeout number? seconds; of vm:load_sbml alone

---What a text has that is not as it should be, where its meaning is certain all the same.
---@class bioxen.Warning
---@field code "boundary"|"encoding"|"end"|"fast"|"form"|"gene_rule"|"left_out"|"locus"|"mass_action"|"more"|"objective"|"package"|"phase"|"repeated"|"reversible"|"rounding"|"second_gene"|"second_id"|"size"|"units"|"value"|"version" of what kind it is
---@field message string
---@field element string? the id of what it is about

---What was loaded: a process whose variables bear the ids of the model, and mean what these mean
---in SBML. The time unit is the cell's second.
---
---A species whose id means a concentration, "S", has its amount in "S.amount"; one whose id means
---an amount (hasOnlySubstanceUnits, or a compartment without dimensions) has its concentration in
---"S.concentration". The tables `amount` and `concentration` have either name for every species:
---record, get and set take these names. To set a concentration sets the amount. The id of a
---reaction is its rate; a local parameter "k" of reaction "R" is "R.k". An id that formulas keep,
---such as "time", is "time.value".
---
---For stochastic runs a species that reactions change has its state, the number of molecules, in "S.molecules" where
---its amount is in moles or parts of them: "S" and "S.amount" stay what they are, in the model's units, by every method.
---"U.in_molecules" is how many a unit U has, by N_A = 6.02214076e23 per mole (SI brochure, 9th edition, 2.3.1). A
---reversible reaction "R" that became two has "R.reverse" for the other.
---
---Values that formulas give at the beginning follow what is set before the first run, see Cell:set
---and Cell:reset. A model that draws random numbers in events draws them from the run's seed.
---@class bioxen.SBMLModel
---@field name string of the process
---@field species string[] ids
---@field amount table<string, string> by id
---@field concentration table<string, string> by id
---@field renamed table<string, string> by id
---@field compartments integer
---@field parameters integer
---@field reactions integer
---@field rules integer
---@field events integer
---@field warnings bioxen.Warning[]

---@class bioxen.SteadyOptions
---@field method "newton"|"integration"? Newton's method from the present state alone, which may lead to a state that the cell would never come to; or the course alone (default: both, as said at Cell:steady_state)
---@field tolerance number? the largest net change of a species beside its turnover (default 1e-9)
---@field horizon number? seconds that the course may take (default: 5e21 times the fastest time)
---@field max_steps integer? of the solver while the course gets a thousand times as long (default 90000)
---@field starts integer? the present state and random ones with the same conserved totals (default 1). Newton's method searches from each of the others; models with events, or rates that follow the time, have but the first
---@field seed integer? of these (default 0)
---@field set boolean? the cell's species, and parameters that events set on the way, take the values of the state; its time stays, and events begin anew
---@field jacobian boolean? false leaves it out

---@class bioxen.SteadyState
---@field state table<string, number> species and rules
---@field fluxes table<string, number> per second, by a reaction's name or else its equation
---@field species string[]? that reactions change, in the order of the Jacobian
---@field jacobian number[][]? of their derivatives: row i, column j is d(species i per second)/d(species j)
---@field eigenvalues { real: number, imaginary: number }[] of the Jacobian within the conservation laws, by falling real part; empty where they did not converge
---@field stability "stable"|"unstable"|"neutral"|"unknown" neutral: the largest real part is 0 within rounding
---@field stable boolean
---@field residual number the largest net change of a species beside its turnover
---@field method string what led there: "newton", "integration", or "integration and newton"
---@field reached boolean the course from the cell's state comes to rest there
---@field time number? of the course: seconds from the present to where it was left
---@field note string?
---@field others bioxen.SteadyState[]? found from other starts

---As bioxen.SteadyOptions, but for starts, set and jacobian.
---@class bioxen.ControlOptions
---@field parameters string[]? also species that no reaction changes (default: all parameters)

---Tables by two names: of a row, then of a column. Scaled: d ln(row)/d ln(column); unscaled: d(row)/d(column).
---@class bioxen.Control
---@field elasticities table<string, table<string, number>> rate by species
---@field parameter_elasticities table<string, table<string, number>> rate by parameter, the species constant
---@field flux_control table<string, table<string, number>> flux by the rate of a reaction
---@field concentration_control table<string, table<string, number>> species by the rate of a reaction
---@field flux_response table<string, table<string, number>> flux by parameter
---@field concentration_response table<string, table<string, number>> species by parameter
---@field unscaled table these six, unscaled
---@field reactions string[]
---@field species string[] that reactions change
---@field parameters string[]
---@field steady_state bioxen.SteadyState

---@class bioxen.Conservation
---@field laws { species: table<string, number>, total: number }[] the sums that stay, with as few coefficients below 0 as are found, and their present values
---@field independent string[]
---@field dependent string[] the species that follow from these and the laws
---@field stoichiometry table<string, table<string, number>> by species and reaction, without zeros
---@field reduced table<string, table<string, number>> that of independent species
---@field link table<string, table<string, number>> how each species changes with the independent ones
---@field reactions string[]
---@field exact boolean

---As bioxen.SteadyOptions, but for set and jacobian.
---@class bioxen.ContinuationOptions
---@field parameter string or a species that no reaction changes
---@field from number
---@field to number
---@field step number? the largest, as a part of the range and of each species' value (default 0.02)
---@field max_points integer? of each branch and way (default 2000)

---@class bioxen.Branches
---@field parameter string
---@field branches bioxen.Branch[]

---@class bioxen.Branch
---@field parameter number[] along the branch
---@field state table<string, number[]> species and rules
---@field stable boolean[]
---@field unstable integer[] how many eigenvalues have a real part above 0
---@field points { kind: "fold"|"hopf"|"branch", parameter: number, state: table<string, number>, index: integer, period: number? }[] the period, in seconds, is that of small oscillations at a Hopf point
---@field ends string[] why it ends where it begins, and where it ends

---@class bioxen.ModelCheck
---@field reactions { name: string, changes: table<string, number>, depends: string[], never: boolean, rate: number?, zero: boolean?, because: string? }[] `depends` are names that the rate reads; `because` is a value of 0 in a rate that is `zero`
---@field rules table<string, string[]> names that a rule reads
---@field unreachable string[] species
---@field unused string[] parameters
---@field laws integer? of conservation; nil, as rates and times, with delays and fast reactions
---@field fastest number? seconds
---@field slowest number?
---@field units { kind: "model"|"compartment"|"species"|"parameter"|"reaction"|"fault"|"undeclared", id: string, words: string }[]? of a fault, and of a formula with numbers or names that have no unit, `id` is the line

---As bioxen.SteadyOptions, but for starts, set and jacobian.
---@class bioxen.NoiseOptions
---@field times number[]? seconds from the present, ascending

---@class bioxen.Noise
---@field covariance table<string, table<string, number|number[]>> of two species; of one with itself, its variance. In time a list, a number for each time
---@field species string[] that reactions change
---@field steady_state bioxen.SteadyState? without times
---@field times number[]? with times, as given
---@field mean table<string, number[]>? with times: by the differential equations

---The global `cell` in a VM. An organism adds methods of its own. Names that the cell does not have raise.
---@class bioxen.Cell
local Cell = {}

---Live for a while, from the present state on, which is then the one at the end.
---@param options bioxen.RunOptions
---@return bioxen.Trajectory|integer what was recorded; with `stream`, the number of rows
function Cell:run(options) end

---Live for a while, by the solver, and tell how all that is recorded changes with parameters and initial values: forward
---sensitivities, solved for with the state by exact derivatives of all formulas (Maly and Petzold, Appl. Numer. Math. 20,
---57, 1996), with their jumps at events and where rates change at once (Rozenvasser, Automation and Remote Control 28, 400,
---1967). Derivatives are those of a run before which the parameter is set to another value: at time 0 initial values by
---formulas follow; later the state is taken as given. The tolerance holds for derivatives, too.
---Delays, fast reactions, random numbers in events, and points at which there is no derivative are refused.
---@param options bioxen.SensitivityOptions
---@return bioxen.Sensitivities
function Cell:sensitivities(options) end

---The value of a species, parameter or rule now.
---@param name string
---@return number
function Cell:get(name) end

---Set one, or many as { name = value }. Before the first run, at time 0, initial values by formulas
---follow what they are computed from, but those that were set themselves.
---@param name string|table<string, number>
---@param value number?
function Cell:set(name, value) end

---Simulated seconds.
---@return number
function Cell:time() end

---Back to what the processes declare, at time 0. Parameters from which formulas compute initial values
---keep what cell:set last gave them, and the initial values follow.
function Cell:reset() end

---Round every species to whole molecules, which a stochastic run wants after one by differential equations.
function Cell:whole_molecules() end

---The rate of a reaction that has a name, per second, now.
---@param name string
---@return number
function Cell:rate(name) end

---What a species owes after a run with `exchange`: charged, and not there.
---@param name string
---@return number
function Cell:shortage(name) end

---@return string[]
function Cell:species() end

---@return string[]
function Cell:parameters() end

---@return string[]
function Cell:rules() end

---Run many times from the present state, which stays as it is, and keep what is common to the runs.
---@param options bioxen.EnsembleOptions
---@return bioxen.Ensemble
function Cell:ensemble(options) end

---A steady state: where all species that reactions change come to rest. The cell is followed from its present state
---until Newton's method takes over; where that course does not come to rest, Newton's method searches alone, and `note`
---says what the course does instead. The cell stays as it is, unless `set` is true. (The organisms minimal_cell and ecoli
---have a steady_state of their own, which goes before this one: models have room in `empty`.)
---nil and an error where none is found: its message says why so far as that can be seen, as of growth or a cycle. Delays,
---fast reactions, chance in events, and more than 2,000 species that change are refused.
---@param options bioxen.SteadyOptions?
---@return bioxen.SteadyState?
---@return bioxen.Error?
function Cell:steady_state(options) end

---Metabolic control analysis at the steady state that cell:steady_state finds: how rates answer to species and
---parameters (elasticities), and how fluxes and species at rest answer to rates (control coefficients) and to parameters
---(response coefficients, by the implicit function theorem), at constant conserved totals. By exact derivatives. Of what
---is scaled by a flux of 0 (within the rounding of its rate), or is not finite, there is none. nil and an error as of cell:steady_state, and where the
---state is one of a continuum. Method: C. Reder, J. Theor. Biol. 135, 175 (1988).
---@param options bioxen.ControlOptions?
---@return bioxen.Control?
---@return bioxen.Error?
function Cell:control(options) end

---The conservation laws of the cell's reactions, and what follows of the stoichiometry: found in whole numbers where
---stoichiometries are fractions with denominators up to 10,000 (`exact`), else by rounding. Rates of change, and
---species that no reaction changes, have no part in them.
---@return bioxen.Conservation?
---@return bioxen.Error?
function Cell:conservation() end

---Branches of steady states along a parameter, by pseudo-arclength, with the folds, Hopf points and branch points on
---them, from each state that cell:steady_state finds at the parameter's present value, or at `from` where that is not
---within the range. Conserved totals stay. Models with events, and rates that follow the time, are refused.
---@param options bioxen.ContinuationOptions
---@return bioxen.Branches?
---@return bioxen.Error?
function Cell:continuation(options) end

---What can be said of the cell's processes without a run: species that are 0 and that nothing makes, reactions that never
---happen, rates that are 0 whatever the species (at nine states), parameters that nothing reads, who depends on what, and
---the fastest and slowest times of the linearised equations at present. With the text of a model in SBML also units: in
---words, as "millimole per litre", and what libSBML's check of units says.
---@param sbml string? or the bytes of a file as vm:load_sbml takes it
---@return bioxen.ModelCheck
function Cell:check(sbml) end

---The linear noise approximation: how counts of molecules spread around what the differential equations give, where each
---reaction happens by chance; at the steady state that cell:steady_state finds, which must be stable, or with `times` in
---time, from the present state, of which everything is known then. Species are counts of molecules; a reaction that goes
---both ways is to be two. In time for up to 40 species that change, without events. Exact where all rates are linear.
---Method: N. G. van Kampen, Stochastic Processes in Physics and Chemistry, chapter X.
---@param options bioxen.NoiseOptions?
---@return bioxen.Noise?
---@return bioxen.Error?
function Cell:noise(options) end

---The genome that the cell holds: what vm:load_genome gave, or else the organism's own.
---@return bioxen.Genome
function Cell:genome() end

---Add the model as a process, or replace the process of its name.
---@param text string or the bytes of a file as vm:load_sbml takes it
---@param options bioxen.SBMLOptions?
---@return bioxen.SBMLModel
function Cell:load_sbml(text, options) end

---The cell as SBML, from its present values on. A model that was loaded and is alone is its own document again, in its
---level: names, units, annotations, notes and terms stay. Any other cell is of level 3 version 2, which libSBML finds
---valid: mass action becomes k times the reactants, as in ODEs; a "." in names becomes "__"; parts of loaded models have
---their names, annotations and, where these are certain, units. Random numbers and events that wait for the end of
---their delay cannot be written, nor formulas with delay() once time has passed; fast reactions only as they were read.
---@param options { name: string? }? id of the model (default: that which was loaded, or the organism)
---@return string
function Cell:to_sbml(options) end

---Remove every process; the time is 0.
function Cell:clear() end

---How well the cell agrees with measurements: experiments in which values are set at times, observables computed from
---what the cell does, what was measured of them, and parameters. It is of the cell as it is now, at time 0, until
---processes are defined or removed.
---@param definition bioxen.ObjectiveDefinition
---@return bioxen.Objective
function Cell:objective(definition) end

---@class bioxen.ObjectiveDefinition
---@field parameters bioxen.FitParameter[]
---@field observables bioxen.FitObservable[]
---@field experiments bioxen.FitExperiment[]
---@field measurements bioxen.FitMeasurement[]
---@field aliases table<string, string>? an id in formulas = a name of the cell's
---@field language ("cell"|"petab")? of formulas: the cell's own, or PEtab's (default "cell")
---@field events_afresh boolean? what triggers were before is forgotten when the clock is set after a steady state

---One that the cell has too is set there at the beginning, and initial values follow.
---@class bioxen.FitParameter
---@field id string
---@field value number? where nothing else is said
---@field lower number? (default -math.huge)
---@field upper number? (default math.huge)
---@field scale ("linear"|"log"|"log10")? on which it is estimated (default "linear")
---@field estimated boolean? (default false)
---@field prior { kind: "uniform"|"normal"|"laplace"|"log-normal"|"log-laplace"|"log-uniform"|"cauchy"|"gamma"|"exponential"|"chisquare"|"rayleigh", a: number, b: number?, scaled: boolean?, truncated: boolean? }? of the value, or `scaled`, on its scale; `start`, likewise, is where starts are drawn from; a and b: low and high, mean and standard deviation, location and scale, shape and scale, degrees of freedom

---@class bioxen.FitObservable
---@field id string
---@field formula string of the cell's variables, parameters, placeholders and the time
---@field deviation string likewise: of a normal distribution the standard deviation, of Laplace's the scale
---@field noise ("normal"|"laplace")? (default "normal")
---@field scale ("linear"|"log"|"log10")? on which noise is added (default "linear")
---@field placeholders string[]? names that each measurement fills

---Its list: periods, by time. That of the first sets values before the cell begins; it may be at -math.huge, and lasts
---until nothing changes then. A pair is a name and a formula, or false for what the cell has at the beginning.
---@class bioxen.FitExperiment
---@field id string
---@field [integer] { time: number, set: { [1]: string, [2]: string|false }[] }

---@class bioxen.FitMeasurement
---@field experiment string
---@field observable string
---@field time number math.huge: when nothing changes any more
---@field value number
---@field fills (string|number)[]? of the placeholders: parameters or numbers
---@field where string? what messages call it

---@class bioxen.Objective
local Objective = {}

---The log-likelihood of the measurements with constants and Jacobians, the sum of squared residuals over their
---deviations, and the logarithm of the priors' densities; what is simulated for each measurement, and its deviation.
---`impossible`: the first measurement with likelihood 0.
---@param values table<string, number>? of parameters; others have those of the definition
---@return { llh: number, chi2: number, log_prior: number, simulations: number[], deviations: number[], impossible: integer? }
function Objective:evaluate(values) end

---How fast llh + log_prior rises with each parameter that is estimated, on its scale, and Fisher's information of the
---measurements, by pairs. The derivatives are followed along with the experiments ("forward"); where that can't be, as
---with delays, they are central differences. "adjoint": they are carried back along each experiment (Cao, Li, Petzold and
---Serban, SIAM J. Sci. Comput. 24, 1076, 2003), which takes little longer for many parameters than for one, and gives no
---information; where that can't be, they are followed. `by` says which way it was.
---@param values table<string, number>?
---@param options { by: ("forward"|"adjoint"|"differences")?, solver: number? }? solver: its relative tolerance (default 3e-10)
---@return { llh: number, log_prior: number, by: "forward"|"adjoint"|"differences", gradient: table<string, number>, information: table<string, table<string, number>>? }
function Objective:gradient(values, options) end

---The parameters at which llh + log_prior is highest, from a start downhill; "global": controlled random search first.
---An interruption leaves the best so far.
---@param options bioxen.FitOptions
---@return { values: table<string, number>, log_posterior: number, evaluations: integer, failures: integer, stopped: "converged"|"evaluations"|"interrupted", gradient: string }
function Objective:fit(options) end

---What the last fit came to, also one that was interrupted; nil before the first.
---@return { values: table<string, number>, log_posterior: number, evaluations: integer, failures: integer, stopped: string, gradient: string }?
function Objective:last() end

---@class bioxen.FitOptions
---@field values table<string, number>? to start from, where `start` is 0
---@field start integer? the number of a start of its own, by the seed, within the bounds (default 0)
---@field seed integer? (default 1)
---@field method ("local"|"global")? (default "local")
---@field evaluations integer? the most of each search (default: no bound)
---@field tolerance number? a search ends where a step gains less (default 1e-9, relative)
---@field solver number? relative tolerance of the solver (default 3e-10)
---@field held string[]? parameters that keep their values
---@field gradient ("forward"|"adjoint"|"differences")? adjoints go without Fisher's scoring (default: forward up to 50 parameters, adjoint beyond)

---Parts of PEtab's files, in a VM: the global `petab`.
---@class bioxen.petab
local petab = {}

---The names in a formula of PEtab's, a line each; or nil and what is wrong with it.
---@param formula string
---@return string?
---@return string?
function petab.names(formula) end

---What a text in YAML holds. Aliases and unknown tags raise.
---@param text string
---@return any
function petab.yaml(text) end

---What the cell sees of the medium that it lives in, at the beginning of the quantum of hypervisor:run: mM, by pool, or
---of one pool; nil for a cell in none.
---@param name string?
---@return table<string, number>|number?
function Cell:medium(name) end

---How many cells the VM stands for in its medium; nil for one in none.
---@return number?
function Cell:cells() end

---Give so many mmol to a pool of the medium, all cells of the VM together, in this quantum.
---@param name string
---@param amount number
function Cell:send(name, amount) end

---Send a value to another VM, which has it from the next quantum on: plain values of 64 KiB at most, 256 a quantum. For
---one that does not run it is lost.
---@param vm_id string
---@param value any
function Cell:post(vm_id, value) end

---What other VMs and hypervisor:send_message have sent, in order; it is gone then. Of more than 1024 the oldest are lost.
---@return { from: string?, value: any }[]
function Cell:messages() end

---Divide at the end of this quantum of hypervisor:run, where that has a population.
function Cell:divide() end

---Die at the end of this quantum, where the run has a population.
function Cell:die() end

---What many runs came to, over the runs and by row. Without a time, lists by row; with one, the
---value of the last row at or before it.
---@class bioxen.Ensemble
---@field method string
---@field seed integer
---@field runs integer
---@field first_run integer
---@field steps integer reactions or leaps of all runs
local Ensemble = {}

---@param name string
---@param time number?
---@return number[]|number
function Ensemble:mean(name, time) end

---The standard deviation, of n - 1.
---@param name string
---@param time number?
---@return number[]|number
function Ensemble:sd(name, time) end

---@param name string
---@param time number?
---@return number[]|number
function Ensemble:min(name, time) end

---@param name string
---@param time number?
---@return number[]|number
function Ensemble:max(name, time) end

---The least value that a part p of the runs do not pass: exact where counts were kept one by one,
---else in proportion within its bin. The ensemble must have kept distributions.
---@param name string
---@param p number 0 to 1
---@param time number?
---@return number[]|number
function Ensemble:quantile(name, p, time) end

---The bins that are not empty, at the last row or at a time: low <= value < high, or low = high for
---one value alone.
---@param name string
---@param time number?
---@return { low: number, high: number, count: integer }[]
function Ensemble:histogram(name, time) end

---The ensemble of the runs of both, of which one's begin where the other's end.
---@param other bioxen.Ensemble
---@return bioxen.Ensemble
function Ensemble:merge(other) end

---@return number[]
function Ensemble:times() end

---@return string[]
function Ensemble:names() end

---Those it was run with.
---@return number[]
function Ensemble:quantiles() end

---Means, standard deviations and quantiles as CSV; or written to a file.
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Ensemble:to_csv(path) end

---As of a trajectory, with "runs" and "first_run"; a column has lists "mean", "sd", "min", "max" and
---"quantiles": { "0.05": [...] }.
---@param path string?
---@return string|true|nil
---@return bioxen.Error?
function Ensemble:to_json(path) end

---As of a trajectory: the dataset "ensemble", whose rows are "time", "A mean", "A sd", "A min", "A max" and quantiles,
---"A 0.05".
---@param path string
---@return true?
---@return bioxen.Error?
function Ensemble:to_hdf5(path) end

---A chart of the means with a band around them, or of a distribution. As of a trajectory otherwise.
---@param options bioxen.EnsemblePlot?
---@return true|string|nil
---@return bioxen.Error?
function Ensemble:plot(options) end

---The same picture in HTML, static, and a table of what it was at the end, or of bins: a fragment for a page or a notebook
---of yours, which is bounded, needs no network and runs no script. Names that may be anyone's are shown as text.
---@param options bioxen.EnsembleHtml?
---@return string|true|nil the fragment, or done
---@return bioxen.Error? EFILE
function Ensemble:html(options) end

---What one VM holds of its chassis and uses of it: bioxen.BioResourceManager(vm).
---@class bioxen.BioResourceManager
local BioResourceManager = {}

---As vm:allocate_resources.
---@param percentage number of the chassis' ATP supply, 0 to 100
---@return true?
---@return bioxen.Error?
function BioResourceManager:allocate_atp(percentage) end

---@param count number molecules
---@return true?
---@return bioxen.Error?
function BioResourceManager:allocate_ribosomes(count) end

---What is measured now. A cell that stands still is asked what it uses.
---@return bioxen.ResourceUsage
function BioResourceManager:get_resource_usage() end

---By resource what the VM holds, what is free in its chassis, and the most that it could be given.
---@return table<string, { held: number, free: number, most: number }>
function BioResourceManager:get_available_resources() end

---Hold what the cell was measured to use, at most in the history and now, with a tenth of headroom. What the chassis has
---too little of for that stays as it is, and so does ATP where the cell spends all that it is given.
---@return bioxen.Resources? what is held now
---@return bioxen.Error?
function BioResourceManager:optimize_resources_for_biological_type() end

---Measure now, and then every so many seconds whenever the host waits: there is no thread, and what a script computes by
---itself holds it up. Begins a new history. Ends with the VM, and with the manager.
---@param interval number? seconds (default 30)
---@param options bioxen.Monitoring?
---@return true?
---@return bioxen.Error?
function BioResourceManager:start_monitoring(interval, options) end

---The history stays.
---@return boolean whether there was something to stop
function BioResourceManager:stop_monitoring() end

---The samples of the monitoring, the oldest first; `alerts` has what was told with each.
---@return bioxen.ResourceUsage[]
function BioResourceManager:get_resource_history() end

---By what was used at most, in the history and now: of each share that is nearly used up, or mostly idle, and of the
---limit of memory, what is held, what was used, and what to hold. No `suggested`: the chassis has no more.
---@return { resource: string, held: number, used: number, suggested: number?, message: string }[]?
---@return bioxen.Error?
function BioResourceManager:get_optimization_recommendations() end

---What is held, used and could be had now: data that JSON can say.
---@return bioxen.ResourceSnapshot
function BioResourceManager:create_resource_snapshot() end

---Hold exactly what was held then.
---@param snapshot bioxen.ResourceSnapshot
---@return true?
---@return bioxen.Error? ECAPACITY where the chassis has too little by now; nothing has changed then
function BioResourceManager:restore_from_snapshot(snapshot) end

---What vm:top() tells but `resources`, and this.
---@class bioxen.ResourceUsage: bioxen.Top
---@field allocated bioxen.Resources held
---@field used table<string, number>? what the cell uses of each, as its organism counts it
---@field unknown string? why the cell was not asked, or did not say
---@field alerts { time: number, vm_id: string, resource: string, message: string }[]? of a history

---@class bioxen.Monitoring
---@field keep integer? samples (default 100)
---@field alerts table<string, number>? parts of what is held, or for "memory" of the limit, from which on an alert is told (default { memory = 0.9, ribosomes = 0.95, rna_polymerase = 0.95 }). That the VM has failed always is
---@field on_alert fun(alert: { time: number, vm_id: string, resource: string, message: string })? called when one begins. Its error is raised where the script waits

---@class bioxen.ResourceSnapshot
---@field vm_id string
---@field biological_type string
---@field vm_type "basic"|"xcpng"
---@field timestamp integer of os.time()
---@field allocated bioxen.Resources
---@field resource_usage bioxen.ResourceUsage
---@field available_resources table<string, { held: number, free: number, most: number }>

---Configurations as create_bio_vm takes them, from defaults and files: bioxen.ConfigManager. What a file says
---is data. Functions that give a configuration give the origin of each value after it: { ["organism.quality"] =
---"./bioxen.json" }, where what a script has set is "argument 2" of merge_configs.
---@class bioxen.ConfigManager
local ConfigManager = {}

---What a VM of this organism is made with where its configuration says nothing.
---@param biological_type string
---@return bioxen.Config?
---@return table<string, string>|bioxen.Error origins
function ConfigManager.load_defaults(biological_type) end

---Read a file: JSON, or Lua that returns a table and has nothing in reach, as its name ends in .json or .lua. A
---file with a password in it must be nobody else's to read. Whole numbers are exact: those from 2^53 on are
---refused in JSON, and read in Lua.
---@param path string? without it, all files that auto_discover_config finds, merged: the nearest has the last word
---@return bioxen.Config? not validated
---@return table<string, string>|bioxen.Error origins
function ConfigManager.load_from_file(path) end

---Write a configuration, whole or not at all, with the folder where there is none. What may be a secret (password,
---ssh_passphrase, xenstore_data) is refused, and in JSON numbers that it has no word for.
---@param config bioxen.Config
---@param path string that ends in .json or .lua
---@param format ("json"|"lua")? (default: as the path ends)
---@return true?
---@return bioxen.Error?
function ConfigManager.save_to_file(config, path, format) end

---Whether create_bio_vm would take it: each mistake with its path, "config.organism.quality: …". Nothing is
---contacted.
---@param config bioxen.Config
---@param vm_type ("basic"|"xcpng")? (default "basic")
---@param biological_type string? without it, the organism's own options and its model are not looked at
---@return boolean valid
---@return string[] problems
function ConfigManager.validate_config(config, vm_type, biological_type) end

---Merge any number into a new one: tables key by key, lists and single values whole, and of what several say the
---last word counts.
---@param ... bioxen.Config
---@return bioxen.Config
---@return table<string, string> origins
function ConfigManager.merge_configs(...) end

---A configuration to begin with: the defaults and, for a pool, what most pools need, to be filled in.
---@param biological_type string
---@param vm_type ("basic"|"xcpng")? (default "basic")
---@return bioxen.Config?
---@return table<string, string>|bioxen.Error origins
function ConfigManager.generate_template_config(biological_type, vm_type) end

---The nearest of ./bioxen.json, bioxen.json or bioxen.lua in $XDG_CONFIG_HOME/bioxen (else ~/.config/bioxen), and
---those in /etc/bioxen. In the working folder a link, or another user's file or folder, is refused.
---@return string? path
---@return string[]|bioxen.Error paths all that there are, the nearest first
function ConfigManager.auto_discover_config() end

---The VMs of a hypervisor by their ids, each with an interactive session where one is wanted. The names are those of
---the Python library pylua_bioxen_vm_lib.
---@class bioxen.VMManager
local VMManager = {}

---Make a VM and start it.
---@param vm_id string
---@param biological_type string
---@param vm_type ("basic"|"xcpng")? default "basic"
---@param config bioxen.Config?
---@return bioxen.BiologicalVM?
---@return bioxen.Error? nothing is left of the VM
function VMManager:create_vm(vm_id, biological_type, vm_type, config) end

---@param vm_id string
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function VMManager:get_vm(vm_id) end

---The ids of all VMs of the hypervisor, in order of creation.
---@return string[]
function VMManager:list_vms() end

---Destroy a VM, whatever it does, and close its session.
---@param vm_id string
---@return true?
---@return bioxen.Error?
function VMManager:remove_vm(vm_id) end

---The VM's status, with `session`, what list_sessions says of it, where it has one.
---@param vm_id string
---@return bioxen.Status?
---@return bioxen.Error?
function VMManager:get_vm_info(vm_id) end

---Run code in a VM and wait.
---@param vm_id string
---@param code string
---@param options bioxen.CallOptions?
---@return bioxen.Result?
---@return bioxen.Error?
function VMManager:execute_vm_sync(vm_id, code, options) end

---The same without waiting.
---@param vm_id string
---@param code string
---@param options bioxen.CallOptions?
---@return bioxen.Job?
---@return bioxen.Error?
function VMManager:execute_vm_async(vm_id, code, options) end

---Make a VM, start it and attach to its session.
---@param vm_id string
---@param biological_type string
---@param vm_type ("basic"|"xcpng")?
---@param config bioxen.Config?
---@return bioxen.InteractiveSession?
---@return bioxen.Error?
function VMManager:create_interactive_vm(vm_id, biological_type, vm_type, config) end

---The session with a VM, made where there is none. From here on read_output gives what comes from it.
---@param vm_id string
---@return bioxen.InteractiveSession?
---@return bioxen.Error?
function VMManager:attach_to_vm(vm_id) end

---The session goes on; nothing is kept for read_output any more.
---@param vm_id string
---@return true?
---@return bioxen.Error? ESTATE where nobody is attached
function VMManager:detach_from_vm(vm_id) end

---As session:send_input.
---@param vm_id string
---@param text string
---@return true?
---@return bioxen.Error?
function VMManager:send_input(vm_id, text) end

---What has come since the last time: when all that was sent has been evaluated, or the timeout passed.
---@param vm_id string
---@param timeout number? seconds (default: as long as it takes)
---@return string?
---@return (integer|bioxen.Error)? how many bytes were lost, if any were: they came faster than they were read
function VMManager:read_output(vm_id, timeout) end

---What get_status says of each session, with `attached`, and `running`, of its VM; by the VM's id.
---@return table<string, bioxen.SessionStatus>
function VMManager:list_sessions() end

---Close the session with a VM, and stop the VM.
---@param vm_id string
---@return true?
---@return bioxen.Error?
function VMManager:terminate_vm_session(vm_id) end

---A session with a VM that is cloned as by hypervisor:clone_vm.
---@param source_vm_id string
---@param target_vm_id string
---@return bioxen.InteractiveSession?
---@return bioxen.Error?
function VMManager:clone_vm_session(source_vm_id, target_vm_id) end

---So many VMs at once, each with a session: all of them, or none. Their ids are "CLUSTER_000" and so on.
---@param cluster_id string
---@param vm_count integer
---@param biological_type string
---@param vm_type ("basic"|"xcpng")?
---@param config bioxen.Config?
---@return table<string, bioxen.InteractiveSession>? by id
---@return bioxen.Error?
function VMManager:bulk_create_interactive_cluster(cluster_id, vm_count, biological_type, vm_type, config) end

---Send a text to every session whose VM's id is like a pattern, all at once, and wait for what it comes to.
---@param vm_pattern string as the shell has it: "cluster_*", "vm?", "vm_[1-3]"
---@param text string
---@param timeout number? seconds for all of them together (default: as long as it takes)
---@return table<string, string|bioxen.Error>? the output by id; ETIMEOUT of a session that is not done, whose output can still be read
---@return bioxen.Error? ENOTFOUND where there is none such
function VMManager:broadcast_to_interactive_sessions(vm_pattern, text, timeout) end

---Lines that are evaluated in a VM as at the prompt of `bioxen`, one after another: an expression gives its value,
---statements run, globals stay, and lines that are not whole yet wait for those that follow. What they print, their
---values and errors are one bounded stream for all readers. Text is as it came from the VM: escape what a terminal
---shows.
---@class bioxen.InteractiveSession
---@field vm_id string
local InteractiveSession = {}

---Send a line, or several.
---@param text string
---@param from any? who types: readers of pieces are told
---@return true?
---@return bioxen.Error? ESTATE where the session is closed, ECAPACITY where too much input waits
function InteractiveSession:send_input(text, from) end

---A reader, from here on; with `everything`, from the first byte that is kept.
---@param everything boolean?
---@return bioxen.SessionReader
function InteractiveSession:attach(everything) end

---Hear what has come, and begin what can be begun, until all input has been evaluated or the timeout passed. Readers
---do so when they read.
---@param timeout number? seconds (default 0: what can be done without waiting)
---@return boolean whether all has been evaluated
function InteractiveSession:advance(timeout) end

---Whether an input is being evaluated, or waits for that.
---@return boolean
function InteractiveSession:is_busy() end

---Whether the last line is the beginning of something that more lines must follow.
---@return boolean
function InteractiveSession:is_incomplete() end

---End what is being evaluated, and forget the inputs that wait. The VM keeps its state.
function InteractiveSession:interrupt() end

---@class bioxen.SessionStatus
---@field vm_id string
---@field busy boolean
---@field incomplete boolean
---@field closed boolean
---@field waiting integer bytes of input
---@field readers integer
---@field last_activity number? of the last input, by bioxen.clock()
---@field attached boolean? of a VMManager's list, as what follows
---@field running boolean?

---@return bioxen.SessionStatus
function InteractiveSession:get_status() end

---End the session, not its VM. Readers can read what there is.
function InteractiveSession:close() end

---@class bioxen.SessionReader
local SessionReader = {}

---What has come since the last time, without the inputs. Waits until all input has been evaluated.
---@param timeout number? seconds (default: as long as it takes; 0 does not wait)
---@return string?
---@return (integer|bioxen.Error)? how many bytes were lost, if any were: they came faster than they were read; ESTATE once detached
function SessionReader:read(timeout) end

---The same in order, as pieces of each kind.
---@param timeout number?
---@return { kind: "input"|"output"|"result"|"error", text: string, from: any }[]?
---@return (integer|bioxen.Error)?
function SessionReader:pieces(timeout) end

---Read no more.
---@return true?
---@return bioxen.Error? ESTATE the second time
function SessionReader:detach() end


---@class bioxen
---@field _VERSION string
local bioxen = {}

---Make a VM on the default hypervisor; nothing runs before vm:start(). The VM ends when the script
---closes or loses it.
---@param vm_id string 1 to 64 of letters, digits, '.', '_', '-'
---@param biological_type string an organism, see get_supported_biological_types
---@param vm_type ("basic"|"xcpng")? default "basic"; a configuration in its place is a basic VM's
---@param config bioxen.Config?
---@return bioxen.BiologicalVM?
---@return bioxen.Error?
function bioxen.create_bio_vm(vm_id, biological_type, vm_type, config) end

---A running VM from a file that vm:save wrote, on the default hypervisor, of either type: it goes on where the saved one
---was, to the same digits. Memory, limits and shares are those of the saved one, unless the configuration has others;
---its organism's options and seed it has already.
---@param path string
---@param new_id string
---@param vm_type ("basic"|"xcpng")? default "basic"
---@param config bioxen.Config? without seed, organism and model
---@return bioxen.BiologicalVM?
---@return bioxen.Error? EFILE: no saved cell, or cut, damaged, of a newer form, of an organism with other files than here
function bioxen.restore(path, new_id, vm_type, config) end

---The abstract class: calling it raises.
function bioxen.BiologicalVM() end

---A hypervisor of its own: { chassis = "ecoli"|"yeast"|"orthogonal", capacity = { ribosomes = … } }.
---A capacity that is named replaces the published one; "orthogonal" has none of its own.
---@param options { chassis: string?, capacity: bioxen.Resources? }?
---@return bioxen.BioXenHypervisor
function bioxen.BioXenHypervisor(options) end

---The manager of a VM's resources.
---@param vm bioxen.BiologicalVM
---@return bioxen.BioResourceManager
function bioxen.BioResourceManager(vm) end
---A manager of the VMs of a hypervisor: of create_bio_vm's, unless another is given. Options of its sessions: `buffer`,
---bytes kept for readers (default 1 MiB); `max_input`, bytes of input that may wait (default 64 MiB); `timeout`, seconds
---for one input (default: the VM's); `width`, columns that tables are shown in (default 80).
---@param options { hypervisor: bioxen.BioXenHypervisor?, session: { buffer: integer?, max_input: integer?, timeout: number?, width: integer? }? }?
---@return bioxen.VMManager
function bioxen.VMManager(options) end

---The hypervisor of create_bio_vm, on the ecoli chassis.
---@return bioxen.BioXenHypervisor
function bioxen.hypervisor() end

---@return string[]
function bioxen.get_supported_biological_types() end

---@return string[]
function bioxen.get_supported_vm_types() end

---@param biological_type any
---@return true?
---@return bioxen.Error?
function bioxen.validate_biological_type(biological_type) end

---@param vm_type any
---@return true?
---@return bioxen.Error?
function bioxen.validate_vm_type(vm_type) end

---The parameters at which measurements are likeliest: of a problem of PEtab, or of a model in SBML and a table. Many
---starts are shared out among VMs; the result does not depend on how many there are. An interruption gives the best so far.
---@param options bioxen.FitRequest
---@return bioxen.Fit?
---@return bioxen.Error? ESIMULATION: no start came to anything; EMODEL, ESCRIPT, EFILE
function bioxen.fit(options) end

---@class bioxen.FitRequest
---@field problem string? the file of a problem of PEtab; what it names lies beside or below it
---@field model string? or a model in SBML, a path or its text; with it:
---@field data string? the path of a table, CSV or TSV: time, and columns called as the model's variables; X.sd has the standard deviations of X, which are estimated where they are not given
---@field estimate table<string, string|table>? parameters and their bounds, "0.1:10", "linear:0:5", or { lower, upper, scale = "log10", value = 1, prior = {} }
---@field noise ("normal"|"laplace"|"log-normal"|"log-laplace")? of the data (default "normal")
---@field starts integer? (default 10)
---@field first ("random"|"nominal")? where the first start is: as the others, within the bounds, or at the values there are (default "random")
---@field method ("local"|"global")? (default "local")
---@field gradient ("forward"|"adjoint"|"differences")? adjoints go without Fisher's scoring (default: forward up to 50 parameters, adjoint beyond)
---@field seed integer? of the starts (default 1)
---@field jobs integer? VMs (default: as many as there are cores)
---@field evaluations integer? the most of each search (default 2000)
---@field solver number? relative tolerance of the solver while parameters are sought (default 1e-8)
---@field tolerance number? a search ends where a step gains less (default 1e-9, relative)
---@field profiles boolean? confidence intervals by profiles of the likelihood (default false: by its curvature at the best)
---@field progress (fun(done: integer, all: integer, best: number))? after each start

---@class bioxen.Fit
---@field values table<string, number> of all parameters, at the best
---@field llh number
---@field chi2 number
---@field log_prior number
---@field parameters bioxen.FittedParameter[]
---@field starts { number: integer, log_posterior: number, values: table<string, number>, evaluations: integer, stopped: string }[] the best first
---@field simulations number[] for each measurement
---@field deviations number[]
---@field interrupted boolean?
---@field better number? by how much a profile's log-likelihood was higher than the best: more starts are wanted
local Fit = {}

---Draw what was measured and what is simulated, a panel for each observable.
---@param options bioxen.PlotOptions?
---@return true|string|nil
---@return bioxen.Error?
function Fit:plot(options) end

---The same picture in HTML, static, and the parameters with their intervals: a fragment for a page or a notebook
---of yours, which is bounded, needs no network and runs no script. Names that may be anyone's are shown as text.
---@param options bioxen.Html?
---@return string|true|nil the fragment, or done
---@return bioxen.Error? EFILE
function Fit:html(options) end

---@class bioxen.FittedParameter
---@field id string
---@field value number
---@field low number? of the 95 % confidence interval; nil: there is none within the bounds, or it is not known
---@field high number?
---@field standard_error number? on its scale, by Fisher's information; nil: measurements do not tell it, or it is at a bound
---@field at_bound ("lower"|"upper")?
---@field identifiable boolean? with profiles: the interval ends on both sides
---@field profile { low: table, high: table }? each { limit, open, points = { { value, log_posterior } … } }


---A chart of any numbers, as trajectory:plot draws it.
---@param options bioxen.Plot
---@return true|string|nil done, or with text = true the text
---@return bioxen.Error?
function bioxen.plot(options) end

---A value in HTML, as trajectory:html gives it. Beside what has a method `html`: a FluxSolution (its fluxes, the largest
---first, as bars), a WorldResult, its lineage, Branches; rows of named things, { { id = …, growth = …, lethal = … }, … },
---as of a screen, with bars in the order of a number, and marks at those whose true-or-false column is true; columns by
---name, over `time` where there is such; and what bioxen.plot takes.
---@param value any
---@param options bioxen.HtmlOptions?
---@return string|true|nil the fragment, or done; nil alone where the value is nothing of these
---@return bioxen.Error? EFILE
function bioxen.html(value, options) end

---@class bioxen.HtmlOptions: bioxen.Plot, bioxen.Html
---@field by string? of rows: the column of the bars (default: the first of numbers)
---@field hits (string|string[])? of rows: the column that marks, or the names of those that are marked

---The path of a file among a script's results: in out/ of the working folder, or in the folder of
---`bioxen run --out`. The folder is made if need be.
---@param name string "cells.csv", "screen/b0008.csv"
---@return string?
---@return bioxen.Error?
function bioxen.out(name) end

---Do one piece of work for each of many inputs, in VMs that all cores are kept busy by:
---`for index, answer, err in bioxen.map(inputs, work, options) do … end`. Results come in the order of the inputs,
---each as soon as it may; of an input that failed `answer` is nil, and `err` an Error with `input`, `index` and
---`tries`. The work goes on while results are asked for; leaving the loop ends it. Raises where the arguments are wrong,
---or the function raises.
---
---An input finds a VM as `setup` left it, and random numbers of its own: results depend neither on how many VMs there
---are nor on what they did before. For that a VM's worker is started afresh, and set up, for each input (0.3 ms).
---With `reuse` it stays: globals, the cell and what an organism notes of itself are then as the last input left them.
---@param inputs any[]|fun(): any a list, or a function that gives one input at a time, and nil at the end
---@param work string|fun(vm: bioxen.BiologicalVM, input: any): any code that runs in a VM, with the input as `args`: the answer is its bioxen.Result. Or a function of this script that gives the answer, a Job of that VM, or nil and an error; it waits for a job by `local result, err = coroutine.yield(job)`
---@param options bioxen.MapOptions?
---@return bioxen.Map? callable; the loop's function
---@return bioxen.Error? where its VMs cannot be made
function bioxen.map(inputs, work, options) end

---@class bioxen.MapOptions
---@field vms (integer|bioxen.BiologicalVM[])? how many VMs (default: the cores that this process may run on); or VMs that are running, which are used as they are, as by `reuse`, and left so
---@field biological_type string? of its own VMs (default "minimal_cell")
---@field config bioxen.Config? of its own VMs
---@field setup (string|fun(vm: bioxen.BiologicalVM): any)? code, or a function as `work`, for a VM before its first input
---@field reuse boolean? keep a VM's worker from input to input (default false); after a failure it is started afresh all the same
---@field ordered boolean? false: results as they come (default true)
---@field ahead integer? how many inputs may be taken whose results have not been given (default 16 for each VM)
---@field retries integer? how often a failed input is tried again (default 0)
---@field timeout number? seconds for code on one input (default: the VM's)
---@field seed integer? of all inputs' random numbers (default: drawn)
---@field progress fun(done: integer, total: integer?, failed: integer)? called when an input is done with; total is nil where nobody knows
---@field budget number? seconds after which no input is begun (default: none); what runs then comes to its end
---@field pool (string|bioxen.XcpngConfig)? in place of `vms`: guests are made on this pool, by a configuration or its file, and removed at the end. What was in a guest that is lost is done in others, and the guest is made anew; work that three guests were lost with fails with EGUEST
---@field guests integer? how many guests (default 1)
---@field vms_per_guest integer? how many VMs in each (default 1)
---@field notice fun(words: string)? told of guests that are lost, could not be made, or are left on the pool

---A model that is loaded in a VM, looked at in copies of that VM, so that it is loaded once: `for item, answer in
---bioxen.flux_scan(vm, { genes = true }) do … end`. What there is comes as it is ready, in any order, and is to the last
---digit the same for any number of VMs. The VM is left as it is; leaving the loop ends the work. Raises where the
---arguments are wrong, and an Error where a VM fails. Where VMs cannot be copied (bioxen doctor), the VM does it alone.
---@param vm bioxen.BiologicalVM that is running and has no call
---@param options bioxen.FluxScanOptions one of variability, genes, reactions and mutants
---@return function? of the loop: a name (of pairs a list of two, of mutants what was given), and a range { minimum, maximum }, or { status, objective }
---@return bioxen.Error? where the VM cannot be asked or copied
function bioxen.flux_scan(vm, options) end

---@class bioxen.FluxScanOptions
---@field model string? the global of the VM that is a FluxModel (default "model")
---@field variability (true|string[])? ranges of all reactions, or of these, as FluxModel:variability
---@field genes (true|string[])? mutants without each of them, as FluxModel:knock_outs
---@field reactions (true|string[])?
---@field pairs boolean? without each pair of them instead
---@field mutants { genes: string[]?, reactions: string[]? }[]? without these, as FluxModel:knock_out
---@field fraction number? of variability
---@field vms integer? how many copies (default: the cores that this process may run on)

---What bioxen.map gives: a function of no arguments, for `for`.
---@class bioxen.Map
---@field seed integer
local Map = {}

---End it: VMs of its own are destroyed, what runs in others is cancelled. Leaving the loop does the same.
function Map:close() end

---Run code at many points of its parameters: all combinations, points drawn at random or as a Latin hypercube (McKay,
---Beckman and Conover 1979), or the rows of a table, each as often as there are replicates. It stands on bioxen.map:
---all cores are kept busy, and results depend neither on how many VMs there are nor on the order. A point has random
---numbers of its own, by its number and the seed.
---
---With `record` results go to a file as they come. The same call with the same file goes on where it was left, by a
---crash, too: only what is missing is done, and what failed where `retry` says so. Two at once must not have one file.
---Raises where the options are wrong, or a function of yours raises.
---@param options bioxen.SweepOptions
---@return bioxen.SweepTable? also where points failed
---@return bioxen.Error? the record is another sweep's, or cannot be written; results of one name are of different types; no VM is left for the points that are missing
function bioxen.sweep(options) end

---How a result depends on parameters over whole ranges of them, by a sweep at a design of points (bioxen.sweep, of which
---it takes what is not told here).
---"sobol": which part of the result's variance each parameter accounts for, alone (`first`) and with all its interactions
---(`total`): n samples of d + 2 points, in a Latin hypercube, with the estimators of Saltelli et al. (Comput. Phys. Commun.
---181, 259, 2010) and Jansen (117, 35, 1999). Parameters are independent and even in their ranges, or in the logarithm.
---"morris": n paths of d + 1 points, each parameter moved alone by the same part of its range; `mu` and `sigma` are the
---mean and the standard deviation of the effects, by the whole range, `mu_star` the mean of their sizes (Morris,
---Technometrics 33, 161, 1991; Campolongo et al., Environ. Model. Softw. 22, 1509, 2007).
---Samples with a point that failed, or came to no finite number, are left out. Raises for mistakes.
---@param options bioxen.GlobalSensitivityOptions
---@return bioxen.GlobalSensitivity?
---@return bioxen.Error? fewer than two samples are whole; or as of bioxen.sweep
function bioxen.global_sensitivity(options) end

---@class bioxen.GlobalSensitivityOptions
---@field run string|fun(vm: bioxen.BiologicalVM, at: table): any as of bioxen.sweep: it gives a number, or numbers by name
---@field parameters table<string, { from: number, to: number, log: boolean? }>
---@field samples integer n
---@field method ("sobol"|"morris")? (default "sobol")
---@field levels integer? of "morris": an even number of values in each range (default 4)
---@field resamples integer? of the bootstrap that gives intervals (default 500)
---@field confidence number? of these, 0 to 1 (default 0.95)
---@field seed integer? of what is drawn, and of the points' random numbers (default 0)
---@field record string? as of bioxen.sweep, as are those that follow
---@field retry boolean?
---@field progress fun(done: integer, total: integer, failed: integer)?
---@field vms (integer|bioxen.BiologicalVM[])?
---@field biological_type string?
---@field config bioxen.Config?
---@field setup (string|fun(vm: bioxen.BiologicalVM): any)?
---@field reuse boolean?
---@field retries integer?
---@field timeout number?
---@field pool (string|bioxen.XcpngConfig)?
---@field guests integer?
---@field vms_per_guest integer?
---@field notice fun(words: string)?

---@class bioxen.GlobalSensitivity
---@field method "sobol"|"morris"
---@field parameters string[]
---@field results table<string, { by: table<string, table<string, any>>, samples: integer, mean: number?, variance: number? }> by the results' names ("value" for a number alone): for each parameter `first` and `total`, or `mu`, `mu_star` and `sigma`, each with an interval `first_range` = { low, high } and so on; how many samples are whole; of "sobol" the result's mean and variance
---@field runs integer
---@field failed integer
---@field confidence number of the intervals
local GlobalSensitivity = {}

---Bars with their intervals, by falling total or mu_star; a panel a result, of six at most.
---@param options bioxen.GlobalSensitivityPlot?
---@return string|true|nil
---@return bioxen.Error?
function GlobalSensitivity:plot(options) end

---The same picture in HTML, static, and the indices: a fragment for a page or a notebook
---of yours, which is bounded, needs no network and runs no script. Names that may be anyone's are shown as text.
---@param options bioxen.GlobalSensitivityHtml?
---@return string|true|nil the fragment, or done
---@return bioxen.Error? EFILE
function GlobalSensitivity:html(options) end

---@class bioxen.GlobalSensitivityPlot: bioxen.PlotOptions
---@field result string? this one alone

---@class bioxen.SweepOptions
---@field run string|fun(vm: bioxen.BiologicalVM, at: table): any as bioxen.map's work: code that runs in a VM, with the point as `args`, or a function. It gives a number, a text or a boolean, the result `value`, or a table of such by name. `at` has the parameters by name, and `replicate`
---@field parameters table<string, bioxen.SweepParameter>? by name: letters, digits and "_"
---@field rows table<string, number|string|boolean>[]? in place of `parameters`: the points, one by one
---@field design ("grid"|"random"|"latin_hypercube")? what is made of the parameters (default "grid": all combinations)
---@field points integer? how many, of the other two designs
---@field replicates integer? of each point (default 1)
---@field seed integer? of what is drawn, and of the points' random numbers (default 0)
---@field record string? a file of results, a line of JSON for each point; once all are done they are in order
---@field retry boolean? try points again that failed, by the record (default false)
---@field shard string? "I/N": the I-th of N parts alone, I of 1 to N
---@field progress fun(done: integer, total: integer, failed: integer)? called when a point is done with
---@field vms (integer|bioxen.BiologicalVM[])? as of bioxen.map, as are those that follow
---@field biological_type string?
---@field config bioxen.Config?
---@field setup (string|fun(vm: bioxen.BiologicalVM): any)?
---@field reuse boolean?
---@field retries integer?
---@field timeout number?
---@field budget number? no point is begun after it
---@field pool (string|bioxen.XcpngConfig)?
---@field guests integer?
---@field vms_per_guest integer?
---@field notice fun(words: string)?

---A list of numbers, texts or booleans; or a range `{ from, to }`, of which a grid needs the `count` of values, both ends
---among them, and `random` and `latin_hypercube` draw. `log = true` spaces it evenly in the logarithm, `integer = true`
---draws whole numbers.
---@alias bioxen.SweepParameter (number|string|boolean)[]|{ from: number, to: number, count: integer?, log: boolean?, integer: boolean? }

---What bioxen.sweep comes to: a row for each point that has been done, in the order of the points.
---@class bioxen.SweepTable
---@field columns { name: string, type: "integer"|"number"|"string"|"boolean" }[] `point`, the parameters, `replicate`, the results, and where points failed `error`
---@field parameters string[] names of columns
---@field rows table<string, any>[] each by the columns' names
---@field failed integer points
---@field missing integer points, of other shards, or for which there was no time
---@field out_of_time true? the budget was over before all points were begun
local SweepTable = {}

---@param name string
---@return any[] values by row; nil where a row has none. A column of numbers has floats alone
---@return "integer"|"number"|"string"|"boolean"
function SweepTable:column(name) end

---@return string CSV: a line of names, then the rows. An empty field: no value
function SweepTable:csv() end

---@return string JSON: { "names", "types", "columns": { name: [...] }, "failed", "missing" }. null: no value, or none that is finite
function SweepTable:json() end

---Write the table to a file: as JSON where its name ends in .json, in HDF5 where it ends in .h5 or .hdf5
---(docs/hdf5.md), else as CSV, with tabs in .tsv; a name that says another thing, as .pdf, is refused.
---@param path string
---@return true? written
---@return bioxen.Error? EFILE; ERESULT where HDF5 is to hold a whole number beyond 2^53
function SweepTable:save(path) end

---A chart of the results: lines along a parameter; a heat map where two were varied in a grid; points, a panel for each
---parameter, where there are more, or they were drawn at random. Replicates become means, with their standard deviation.
---@param options bioxen.SweepPlot?
---@return true|string|nil done, or with text = true the text
---@return bioxen.Error? EFILE, or ESYSTEM where gnuplot failed or is not installed
function SweepTable:plot(options) end

---The same picture in HTML, static, and a table of its first and last rows: a fragment for a page or a notebook
---of yours, which is bounded, needs no network and runs no script. Names that may be anyone's are shown as text.
---@param options bioxen.SweepHtml?
---@return string|true|nil the fragment, or done
---@return bioxen.Error? EFILE
function SweepTable:html(options) end

---Make the records of a sweep's shards one, the same to the byte as that of the whole sweep.
---@param path string to write
---@param shards string[] the files of records, in any order
---@return bioxen.SweepTable?
---@return bioxen.Error? they are of different sweeps, do not agree, or cannot be read
function bioxen.merge_sweeps(path, shards) end

---Read a table from a file in CSV or TSV, whose first line has the names: columns by name, of numbers where all of one
---are such (what is empty, NA or NaN is NaN), else of texts.
---@param path string
---@return table<string, number[]|string[]>?
---@return string[]|bioxen.Error names in order; EFILE
function bioxen.read_table(path) end

---Wait until all jobs have ended, well or not.
---@param jobs bioxen.Job[]
---@param timeout number? seconds
---@return true?
---@return bioxen.Error?
function bioxen.wait_all(jobs, timeout) end

---Wait until one of the jobs has ended.
---@param jobs bioxen.Job[]
---@param timeout number? seconds
---@return bioxen.Job?
---@return integer|bioxen.Error index of the job
function bioxen.wait_any(jobs, timeout) end

---The class of an object of BioXen ("BasicBiologicalVM", "Job"…), or Lua's type.
---@param value any
---@return string
function bioxen.type(value) end

---A control group (cgroup v2) of all workers of this process: what they use is bounded by the kernel, and not what they
---may use. It takes a subtree that is delegated, with the controllers memory, cpu and pids: `systemd-run --user --scope -p
---Delegate=yes bioxen run script.lua`, a service with Delegate=yes, or a container's own. `bioxen doctor` tells whether
---there is one.
---@class bioxen.Cgroup
---@field folder string? of that subtree (default: the group that this process is in)
---@field memory integer? bytes, at least 1 MiB; beyond it the kernel kills a worker, whose VM fails
---@field processors number? that they may take together, 0.5 for half of one
---@field weight integer? 1 to 10000: their share beside other groups where all want the processor (the kernel's default 100)

---What holds for all VMs of this process together, those in pools left out.
---@class bioxen.Limits
---@field memory integer? bytes that the memory limits of VMs with a worker may come to; a start beyond gives ECAPACITY (default 0: any)
---@field vms integer? so many VMs with a worker at once; a start beyond gives ECAPACITY (default 0: any)
---@field cgroup bioxen.Cgroup? put the workers into a control group, for good. Not there: there is none
---@field first_user integer? where this process is root: each worker is a user of its own, from this number on (default 2000000000, which no system gives to others)
---@field user_count integer? so many users (default 65536; 0: all workers are nobody). In a container without such users, they are nobody too

---Set limits for the VMs that start from now on, all of them or none.
---@param limits bioxen.Limits? what is absent stays
---@return bioxen.Limits? all that holds now
---@return bioxen.Error|{ path: string, memory: integer?, processor_seconds: number?, killed: integer? }|nil of the control group: what its processes have used by the kernel's count, and how many it has killed for memory. Or ESYSTEM: none can be made, and why
function bioxen.limits(limits) end

---Turn the host's loop once: what has come from VMs, and deadlines that have passed, are handled. Every wait does
---that by itself; this is for programs with a loop of their own, which step, look at their jobs, and step again.
---@param timeout number? seconds to wait for something to happen (default 0); it does not wait where something was handled since the last step, as by looking at a job
---@return boolean whether something has been handled
function bioxen.step(timeout) end

---A descriptor for another loop to wait for: when it is readable, deadlines included, bioxen.step() has something to
---handle. Wait for it only after a step that gave false. It stays BioXen's: never read from it, nor close it.
---@return integer?
---@return bioxen.Error?
function bioxen.fd() end

---Seconds of the monotonic clock.
---@return number
function bioxen.clock() end

---Connect to the daemon (bioxen serve) whose socket is at `path`. What comes is its hypervisor, and the VMs that it
---keeps, with the same methods and errors as those of this process; they outlive it. Paths are this process's.
---Closing it (`local hypervisor <close>`) or losing it ends the connection alone. Not connected any more, it gives
---EDAEMON.
---@param path string? (default: $BIOXEN_SOCKET, or this user's own)
---@param options { outlive: boolean? }? outlive: calls that run when this connection ends go on (default: they are cancelled)
---@return bioxen.BioXenHypervisor?
---@return bioxen.Error? EDAEMON: nobody listens there, or of another user, or serves no more
function bioxen.connect(path, options) end

---All error codes: what each means, and whether the VM takes another call afterwards.
---@return table<string, { class: string, meaning: string, usable: boolean }>
function bioxen.error_codes() end

return bioxen
