--- What is seen of jobs that take longer than a second: a line that is drawn over on a terminal, plain lines a few
-- seconds apart elsewhere. Text that VMs report as "12 of 60 s", a number of how many of what, gives a rate, too.

local core = require "bioxen.core"
local letters = require "bioxen.repl.text"

local progress = {}

local PATIENCE = 1  -- seconds before anything is shown
local APART = 5     -- seconds between lines
local WIDEST = 40   -- columns of the bar
local NARROWEST = 8

--- Show, on standard error or another descriptor, the jobs that are waited for from now on; with { quiet = true },
-- do not.
function progress.begin(options, descriptor)
  if options.quiet then core.watch(nil) else core.watch(progress.line, descriptor) end
end

-- Work that many jobs share, one after another.
local shared

--- From now on jobs are parts of one work: `all` of a unit that they report in. nil: no more.
function progress.share(name, all, unit)
  shared = name and { name = name, all = all, unit = unit, done = 0, began = core.clock() } or nil
end

--- So much of it has been done by jobs that have ended.
function progress.advance(done)
  shared.done = shared.done + done
end

-- ---- words ----

local function duration(seconds)
  local whole = math.floor(seconds + 0.5)
  if whole < 60 then return ("%d s"):format(whole) end
  if whole < 3600 then return ("%d min %02d s"):format(whole//60, whole%60) end
  return ("%d h %02d min"):format(whole//3600, whole%3600//60)
end

local function number(value)
  if value >= 1000 then return ("%.0f"):format(value) end
  return ("%.3g"):format(value)
end

-- What a VM says of itself must not steer the terminal.
local function plain(words)
  return letters.replace(words, function() return "?" end)
end

-- ---- what is known of the jobs ----

local function parse(text)
  local done, all, unit = text:match "^([%d.e+-]+) of ([%d.e+-]+) (%S+)$"
  done, all = tonumber(done), tonumber(all)
  if done and all then return done, all, unit end
end

-- All jobs as one: how much of them is done, in what unit if they have one, how long they run.
local function sum_up(jobs)
  local sum = { fraction = 0, elapsed = 0, count = #jobs, name = jobs[1].vm or "pool", text = jobs[1].text }
  for _, job in ipairs(jobs) do
    sum.elapsed = math.max(sum.elapsed, job.elapsed)
    if sum.fraction then sum.fraction = job.fraction and sum.fraction + job.fraction/#jobs end
    local done, all, unit = parse(job.text)
    if not done or (sum.unit and sum.unit ~= unit) then
      sum.mixed = true
    else
      sum.done, sum.all, sum.unit = (sum.done or 0) + done, (sum.all or 0) + all, unit
    end
  end
  if sum.mixed then sum.done, sum.all, sum.unit = nil, nil, nil end
  if #jobs > 1 then sum.name, sum.text = ("%d VMs"):format(#jobs), "" end
  return sum
end

-- Where it stood when it was first seen, and what that gave. A fraction that falls begins something new.
local first, last

local function begins_anew(sum)
  return not last or first.name ~= sum.name or first.unit ~= sum.unit or sum.fraction < last.fraction
    or sum.elapsed < last.elapsed
end

-- How much a second, and how many seconds are left.
local function estimate(sum, now)
  if begins_anew(sum) then
    first = last and { name = sum.name, unit = sum.unit, fraction = sum.fraction, at = now }
      or { name = sum.name, unit = sum.unit, fraction = 0, at = now - sum.elapsed }
    last = nil
  end
  local took, part = now - first.at, sum.fraction - first.fraction
  if last and last.fraction == sum.fraction then
    last.elapsed = sum.elapsed
  else
    local known = took > 0.5 and part > 0
    last = { fraction = sum.fraction, elapsed = sum.elapsed, left = known and (1 - sum.fraction)*took/part or nil,
      rate = known and sum.all and part*sum.all/took or nil }
  end
  return last.rate, last.left
end

-- What has been done of shared work, with what the jobs that run have done of their parts.
local function sum_up_shared(jobs, now)
  local sum = { name = shared.name, unit = shared.unit, all = shared.all, done = shared.done, text = "",
    elapsed = now - shared.began }
  for _, job in ipairs(jobs) do
    local done, _, unit = parse(job.text)
    if unit == shared.unit then sum.done = sum.done + done end
  end
  sum.fraction = math.min(sum.done/sum.all, 1)
  return sum
end

local function parts_of(sum, now)
  local name = plain(sum.name)
  if not sum.fraction then return { name = name, text = plain(sum.text), left = duration(sum.elapsed) } end
  local rate, left = estimate(sum, now)
  local text = sum.unit and ("%s of %s %s"):format(number(sum.done), number(sum.all), sum.unit) or sum.text
  return {
    name = name, percent = ("%3.0f %%"):format(100*sum.fraction), text = plain(text),
    rate = rate and ("%s %s/s"):format(number(rate), plain(sum.unit)) or nil,
    left = left and duration(left) .. " left" or nil,
  }
end

-- ---- lines ----

local function joined(parts, names, between)
  local words = {}
  for _, name in ipairs(names) do
    if parts[name] and parts[name] ~= "" then words[#words + 1] = parts[name] end
  end
  local line = table.concat(words, between)
  return line, utf8.len(line) or #line
end

local function bar(fraction, width)
  local full = math.floor(fraction*width + 0.5)
  return "[" .. ("#"):rep(full) .. ("."):rep(width - full) .. "]"
end

-- What does not fit is left out, the least important first.
local layouts = {
  { "name", "bar", "percent", "text", "rate", "left" },
  { "name", "bar", "percent", "text", "left" },
  { "bar", "percent", "left" },
  { "percent", "left" },
}

local function drawn(parts, fraction, columns)
  for i, layout in ipairs(layouts) do
    parts.bar = nil
    local line, width = joined(parts, layout, "  ")
    local room = columns - 1 - width - 4
    if not fraction and width < columns then return line end
    if i == #layouts and width < columns then return line end
    if fraction and room >= NARROWEST and i < #layouts then
      parts.bar = bar(fraction, math.min(room, WIDEST))
      return (joined(parts, layout, "  "))
    end
  end
end

local last_line

--- The line for jobs { vm, fraction, text, elapsed } now; nil where there is nothing to show. `columns` is the
-- terminal's width; nil: it is none.
function progress.line(jobs, columns)
  if #jobs == 0 then return nil end
  local now = core.clock()
  local sum = shared and sum_up_shared(jobs, now) or sum_up(jobs)
  if sum.elapsed < PATIENCE then return nil end
  local parts = parts_of(sum, now)
  if columns then return drawn(parts, sum.fraction, columns) end
  if last_line and now - last_line < APART then return nil end
  last_line = now
  parts.percent = parts.percent and parts.percent:gsub("^ +", "")
  return (joined(parts, { "name", "percent", "text", "rate", "left" }, ", "):gsub(", ", ": ", 1))
end

return progress
