-- `bioxen xcpng gc CONFIG`: what couriers that died have left on a pool.

local xapi = require "bioxen.xapi"

local command = {}

local usage = [[
usage: bioxen xcpng gc CONFIG [--yes] [--without-journal]
  CONFIG             a JSON file with the keys of xcpng_config that reach the pool
  --yes              remove what is listed as abandoned, VMs with their disks
  --without-journal  count as abandoned what no journal here knows of, too: other machines, users and
                     journal folders have made that, and whether it is in use cannot be seen here]]

local LISTING, REMOVING = 300, 3600 -- seconds

local function parse(arguments)
  local options = {}
  for _, word in ipairs(arguments) do
    if word == "--yes" then options.yes = true
    elseif word == "--without-journal" then options.others = true
    elseif word:find "^%-" or options.config then return nil
    else options.config = word end
  end
  return options.config and options
end

local function verdict(row, options)
  if row.alive then return "in use" end
  if row.expected then return "may still appear" end
  if not row.here and not options.others then return "not in this journal, made by " .. row.machine end
  return "abandoned"
end

local function print_rows(rows, options)
  local keys, abandoned = {}, 0
  for _, row in ipairs(rows) do
    local what = verdict(row, options)
    print(("%-8s %-36s %-36s %s"):format(row.kind, row.uuid, row.name, what))
    if what == "abandoned" then
      abandoned = abandoned + 1
      keys[#keys + 1] = row.key
    end
  end
  return keys, abandoned
end

local function remove(session, keys)
  local answer, problem = session:send("collect", { keys = keys }, REMOVING):wait()
  if not answer then
    io.stderr:write("bioxen: ", tostring(problem), "\n")
    return false
  end
  for _, failed in ipairs(answer.failed) do
    io.stderr:write(("bioxen: %s (%s) is left: %s\n"):format(failed.name, failed.uuid, failed.message))
  end
  print(("%d removed, %d left."):format(answer.removed, #answer.failed))
  return #answer.failed == 0
end

local function collect(options)
  local session, problem = xapi.connect(options.config)
  local rows
  if session then rows, problem = session:send("list", true, LISTING):wait() end
  if not rows then
    io.stderr:write("bioxen: ", tostring(problem), "\n")
    return false
  end
  local keys, abandoned = print_rows(rows, options)
  local good = true
  if abandoned == 0 then
    print "Nothing is abandoned."
  elseif options.yes then
    good = remove(session, keys)
  else
    print(("%d abandoned: --yes removes them."):format(abandoned))
  end
  session:close()
  return good
end

--- Do what the words behind `bioxen xcpng` say: the exit status.
function command.main(...)
  local words = { ... }
  local options = table.remove(words, 1) == "gc" and parse(words)
  if not options then
    io.stderr:write(usage, "\n")
    return 2
  end
  return collect(options) and 0 or 1
end

return command
