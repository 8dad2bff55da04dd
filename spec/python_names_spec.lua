-- spec/python_names.tsv: every public name of the two Python libraries that users come from, pylua_bioxen_vm_lib 0.1.22
-- and the packages api, hypervisor, chassis, genome and genetics of BioXen (methods of what is not a part of its API
-- left out), and what answers it here. Each answer is there; where nothing answers the table says why.

local bioxen = require "bioxen"

-- What lua/bioxen/types.lua declares: "Class", "Class:method", "bioxen.function".
local function declared()
  local found = { bioxen = true, ["bioxen._VERSION"] = true }
  for line in io.lines "lua/bioxen/types.lua" do
    local class = line:match "^%-%-%-@class bioxen%.([%w_]+)" or line:match "^%-%-%-@alias bioxen%.([%w_]+)"
    local method = line:match "^function ([%w_]+[:.][%w_]+)%("
    if class then found[class] = true end
    if method then found[method] = true end
  end
  for code in pairs(bioxen.error_codes()) do found[code] = true end
  found["bioxen doctor"] = loadfile "lua/bioxen/cli/doctor.lua" ~= nil
  return found
end

describe("the names of the Python libraries", function()
  local rows = {}
  for line in io.lines "spec/python_names.tsv" do
    local row = {}
    for field in (line .. "\t"):gmatch "([^\t]*)\t" do row[#row + 1] = field end
    rows[#rows + 1] = row
  end
  table.remove(rows, 1)

  it("are each answered, or it says why not", function()
    local found, missing = declared(), {}
    for _, row in ipairs(rows) do
      local answer, why = row[3], row[4]
      if answer == "" then
        if why == "" then missing[#missing + 1] = row[2] .. ": no answer, and no reason" end
      elseif not found[answer] then
        missing[#missing + 1] = ("%s: there is no %s"):format(row[2], answer)
      end
    end
    assert.same({}, missing)
    assert.is_true(#rows > 300)
  end)

  it("stand there once each", function()
    local seen = {}
    for _, row in ipairs(rows) do
      local key = row[1] .. " " .. row[2]
      assert.is_nil(seen[key], key)
      seen[key] = true
    end
  end)

  it("have all of DESIGN's names of VMManager among them", function()
    local answered = {}
    for _, row in ipairs(rows) do answered[row[3]] = true end
    for name in ([[create_vm remove_vm list_vms get_vm_info execute_vm_sync execute_vm_async create_interactive_vm
      attach_to_vm detach_from_vm send_input read_output list_sessions terminate_vm_session clone_vm_session
      bulk_create_interactive_cluster broadcast_to_interactive_sessions]]):gmatch "%S+" do
      assert.is_true(answered["VMManager:" .. name], name)
    end
  end)
end)
