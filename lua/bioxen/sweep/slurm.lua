--- A sweep as an array of jobs of Slurm. Its folder, which all nodes see, holds the plan, the script of a task, and of
-- each attempt at a task a record of points, a log, and a note of how it began and ended. Nothing is asked of Slurm but
-- sbatch, squeue and scancel, and sacct where there is accounting: what has been done stands in the records.

local columns = require "bioxen.sweep.columns"
local core = require "bioxen.core"
local json = require "bioxen.json"
local record = require "bioxen.sweep.record"
local sweep = require "bioxen.sweep"

local slurm = {}

local Array = {}
Array.__index = Array

local FORMAT = 1
local MOST_TASKS = 1000 -- Slurm's own limit, MaxArraySize, is 1001 unless a cluster has another
local LIMIT = 1 << 30 -- bytes of a file
local MEASURED = { points = 20, seconds = 5 }

-- What squeue and sacct call a task that goes on no more.
local ended = { BOOT_FAIL = true, CANCELLED = true, COMPLETED = true, DEADLINE = true, FAILED = true, NODE_FAIL = true,
  OUT_OF_MEMORY = true, PREEMPTED = true, REVOKED = true, TIMEOUT = true }

-- What a user may have set so that squeue shows less.
local HIDING = "SQUEUE_ACCOUNT SQUEUE_ARRAY_UNIQUE SQUEUE_LICENSES SQUEUE_PARTITION SQUEUE_QOS SQUEUE_USERS"

-- ---- Slurm's programs ----

local function quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- What a program wrote; nil and an error.
local function call(...)
  local words = { ... }
  for i, word in ipairs(words) do words[i] = quote(word) end
  local errors = os.tmpname()
  local pipe = io.popen(("unset %s; LC_ALL=C %s </dev/null 2>%s"):format(HIDING, table.concat(words, " "),
    quote(errors)))
  local out = pipe:read "a"
  local good, _, status = pipe:close()
  local said = core.read_file(errors, LIMIT) or ""
  os.remove(errors)
  if good then return out end
  if status == 127 then
    return core.fail("ESLURM", ("%s is not on this machine: Slurm's client programs are needed (Debian's slurm-client)")
      :format((...)))
  end
  return core.fail("ESLURM", ("%s: %s"):format((...), said:match "^%s*(.-)%s*$"))
end

-- The state of each task that Slurm still knows, of its attempts one that goes on, or the last. nil and an error.
local function queue(self)
  local out, err = call("squeue", "--all", "--noheader", "--array", "--states=all", "--sort=i", "--name=" .. self.name,
    "--format=%K %T")
  if not out then return nil, err end
  local states = {}
  for number, state in out:gmatch "(%S+) (%S+)" do
    local task = math.tointeger(tonumber(number))
    if not task and not ended[state] then -- what is taken back before any task began has no numbers
      return core.fail("ESLURM", ("squeue: a task by its number expected, got %s %s"):format(number, state))
    end
    local before = task and states[task]
    if task and (not before or ended[before]) then states[task] = state end
  end
  return states
end

-- How tasks ended, where there is accounting, by number.
local function accounts(self)
  local out = call("sacct", "--noheader", "--parsable2", "--allocations", "--array", "--name=" .. self.name,
    "--starttime=" .. self.begun, "--format=JobID,State")
  local states = {}
  for task, state in (out or ""):gmatch "%d+_(%d+)|([%u_]+)" do
    if ended[state] then states[math.tointeger(tonumber(task))] = state end -- the last of its attempts
  end
  return states
end

-- ---- files ----

local function path(self, name)
  return self.folder .. "/" .. name
end

local function save(self)
  return core.save_file(path(self, "plan.json"), json.line { slurm = FORMAT, name = self.name, begun = self.begun,
    attempts = self.attempts, tasks = self.tasks, total = self.total, digest = self.digest,
    options = json.list(self.options) } .. "\n")
end

-- One task. Attempts have files of their own: one that was given up may still be writing on a node out of reach.
local script = [[
#!/bin/sh
# One task of a sweep, by its number. The word behind the script is the number of the attempt.
set -u
folder=@FOLDER
task=$SLURM_ARRAY_TASK_ID
this=$folder/$task.$1
exec >"$this.log" 2>&1
echo "began in job ${SLURM_ARRAY_JOB_ID}_$task on ${SLURMD_NODENAME:-a node without a name}" >"$this.state"
before=$1
while [ "$before" -gt 1 ]; do
    before=$((before - 1))
    if [ -s "$folder/$task.$before.jsonl" ]; then
        cp -- "$folder/$task.$before.jsonl" "$this.part" && mv -- "$this.part" "$this.jsonl" || exit
        break
    fi
done
shift
cd -- @HERE || exit
@PROGRAM sweep run @WORDS --shard "$task/@TASKS" --record "$this.jsonl" --out /dev/null --quiet "$@"
status=$?
echo "ended with status $status" >>"$this.state"
exit "$status"
]]

local function script_of(self, given)
  local words = {}
  for i, word in ipairs(given.words) do words[i] = quote(word) end
  local values = { FOLDER = quote(self.folder), HERE = quote(core.real_path "."), TASKS = ("%d"):format(self.tasks),
    PROGRAM = quote(core.real_path "/proc/self/exe"), WORDS = table.concat(words, " ") }
  return (script:gsub("@(%u+)", values))
end

-- Numbers as Slurm's "1-3,7".
local function ranges(numbers)
  local parts, i = {}, 1
  while numbers[i] do
    local last = i
    while numbers[last + 1] == numbers[last] + 1 do last = last + 1 end
    parts[#parts + 1] = last == i and ("%d"):format(numbers[i]) or ("%d-%d"):format(numbers[i], numbers[last])
    i = last + 1
  end
  return table.concat(parts, ",")
end

-- Hand tasks in: the job's number; nil and an error. The attempt is written down first: jobs are known by their name.
-- `more` are words for `bioxen sweep run`.
local function submit(self, tasks, more)
  self.attempts = self.attempts + 1
  local saved, err = save(self)
  if not saved then return nil, err end
  local words = { "sbatch", "--parsable", "--no-requeue", "--output=/dev/null", "--job-name=" .. self.name,
    "--array=" .. ranges(tasks) }
  table.move(self.options, 1, #self.options, #words + 1, words)
  table.move({ path(self, "task.sh"), ("%d"):format(self.attempts) }, 1, 2, #words + 1, words)
  table.move(more, 1, #more, #words + 1, words)
  local out, err = call(table.unpack(words))
  if not out then return nil, err end
  return out:match "%d+"
end

-- ---- how many tasks ----

-- Seconds that a point takes, by a few that are done here and now. nil and an error.
local function measure(options)
  local given = {}
  for name, value in pairs(options) do given[name] = value end
  local total = sweep.outline(options).total
  given.vms, given.record = 1, nil
  given.shard = ("1/%d"):format(math.max(1, total//MEASURED.points))
  local enough, began = {}, core.clock()
  local first, last, points
  function given.progress()
    last = core.clock()
    first, points = first or last, (points or -1) + 1 -- the first starts the VM, too
    if last - began > MEASURED.seconds or points >= MEASURED.points then error(enough, 0) end
  end
  local good, result, err = pcall(sweep.sweep, given)
  if not good and result ~= enough then error(result, 0) end
  if good and not result then return nil, err end
  return points > 0 and (last - first)/points or last - began
end

-- ---- an array ----

--- Write the files of an array and submit it. `options` are those of the sweep, `given` { folder, words of `bioxen
-- sweep run`, tasks or seconds that one shall take, vms, options of sbatch }. The array and the job's number; nil and
-- an error.
function slurm.submit(options, given)
  local outline = sweep.outline(options)
  if core.is_file(given.folder .. "/plan.json") then
    return core.fail("EFILE", given.folder .. ": a sweep was submitted there: bioxen sweep resubmit goes on with it")
  end
  local tasks = given.tasks
  if not tasks then
    local each, err = measure(options)
    if not each then return nil, err end
    tasks = math.min(MOST_TASKS, math.ceil(outline.total*each/given.vms/given.seconds))
  end
  local made, err = core.make_folder(given.folder)
  if not made then return nil, err end
  local self = setmetatable({ folder = core.real_path(given.folder), attempts = 0, options = given.options,
    begun = os.date "%Y-%m-%dT%H:%M:%S", total = outline.total, digest = outline.digest,
    tasks = math.max(1, math.min(tasks, outline.total)) }, Array)
  self.name = "bioxen-" .. core.digest(("%s %s %d"):format(self.folder, self.begun, core.process())):sub(1, 16)
  local saved, err = core.save_file(path(self, "task.sh"), script_of(self, given))
  if not saved then return nil, err end
  local all = {}
  for task = 1, self.tasks do all[task] = task end
  local job, err = submit(self, all, {})
  if job then return self, job end
  for _, name in ipairs { "plan.json", "task.sh", "" } do os.remove(path(self, name)) end
  return nil, err
end

--- The array that was submitted in a folder; nil and an error.
function slurm.open(folder)
  local text, err = core.read_file(folder .. "/plan.json", LIMIT)
  if not text then return nil, err end
  local plan = json.decode(text)
  if type(plan) ~= "table" or plan.slurm ~= FORMAT then
    return core.fail("EFILE", folder .. ": this is no folder of bioxen sweep submit")
  end
  for _, name in ipairs { "attempts", "tasks", "total" } do plan[name] = math.tointeger(plan[name]) end
  plan.folder = core.real_path(folder)
  return setmetatable(plan, Array)
end

-- The last file of a task with this ending that says anything: its path and text.
local function latest(self, task, ending)
  for attempt = self.attempts, 1, -1 do
    local at = path(self, ("%d.%d.%s"):format(task, attempt, ending))
    local text = core.is_file(at) and core.read_file(at, LIMIT)
    if text and text:find "\n" then return at, text end
  end
end

-- Whether Slurm says that it ended a task.
local function is_cut(state)
  return state and state ~= "COMPLETED" and state ~= "FAILED"
end

-- The status that a task's run ended with, if it did; and whether the task began.
local function status_of(self, task)
  local _, note = latest(self, task, "state")
  return note and math.tointeger(tonumber(note:match "ended with status (%d+)")), note ~= nil
end

-- Whether points that failed did so by themselves: whoever ends a task may end its workers before the run, which looks
-- like failures of their points.
local function came_to_its_end(self, task, state)
  local status = status_of(self, task)
  return not is_cut(state) and (status == 0 or status == 1)
end

-- How it is with a task that Slurm has nothing more to do for.
local function last_words(self, task, state)
  local status, began = status_of(self, task)
  if is_cut(state) then return "ended by Slurm, " .. state end
  if status then return ("ended with status %d"):format(status) end
  if state and not began then return "ended without a word: does its node see the folder?" end
  return began and "ended without a word: killed, or its node lost" or "never began"
end

-- What is known of a task of which Slurm says nothing, or that it ended in that state.
local function judge(self, task, state, one)
  if one.done == one.points and came_to_its_end(self, task, state) then
    one.state = "done"
  else
    one.state, one.words, one.log = "stopped", last_words(self, task, state), latest(self, task, "log")
  end
end

--- How far it is: { total, done, failed, and tasks, a list of { state "waiting", "running", "done" or "stopped",
-- points, done and failed, and of a stopped one words and log } }; nil and an error.
function Array:status()
  local states, err = queue(self)
  if not states then return nil, err end
  local known
  local all = { total = self.total, done = 0, failed = 0, tasks = {} }
  for task = 1, self.tasks do
    local one = { points = (self.total - task)//self.tasks + 1, done = 0, failed = 0 }
    local at = latest(self, task, "jsonl")
    if at then
      local kept, err = record.merge { at }
      if not kept then return nil, err end
      one.done, one.failed = kept.known, kept.failed
    end
    local state = states[task]
    if state and not ended[state] then
      one.state = state == "PENDING" and "waiting" or "running"
    elseif one.done == one.points and one.failed == 0 then
      one.state = "done"
    else
      known = known or accounts(self)
      judge(self, task, state or known[task], one)
    end
    all.done, all.failed, all.tasks[task] = all.done + one.done, all.failed + one.failed, one
  end
  return all
end

--- Submit the tasks that have stopped, and with `retry` those that have failed points. What failed in them is tried
-- again. The job's number and how many tasks, nil and 0 where there are none; nil and an error.
function Array:resubmit(retry)
  local status, err = self:status()
  if not status then return nil, err end
  local tasks = {}
  for task, one in ipairs(status.tasks) do
    if one.state == "stopped" or retry and one.state == "done" and one.failed > 0 then tasks[#tasks + 1] = task end
  end
  if not tasks[1] then return nil, 0 end
  local job, err = submit(self, tasks, { "--retry" })
  if not job then return nil, err end
  return job, #tasks
end

--- Take back what waits or runs. True; or nil and an error.
function Array:cancel()
  local out, err = call("scancel", "--name=" .. self.name)
  return out and true, err
end

--- The records of the tasks as one, written to a file, and their table. nil and an error.
function Array:collect(to)
  local paths = {}
  for task = 1, self.tasks do paths[#paths + 1] = latest(self, task, "jsonl") end
  if not paths[1] then return core.fail("EFILE", self.folder .. ": no point has been done yet") end
  local kept, err = record.merge(paths)
  if not kept then return nil, err end
  if kept.digest ~= self.digest then
    return core.fail("EFILE", self.folder .. ": the sweep's file was changed after it was submitted")
  end
  local saved, err = kept:save(to)
  if not saved then return nil, err end
  return columns.new(kept)
end

return slurm
