-- The everyday tasks of a biologist, spec/tasks: each by what the documentation says, in few lines.

local shell = require "spec.support.shell"

local expected = {
  ["01_time_course.sh"] = "^$",
  ["02_many_runs.sh"] = "^time,protein mean,protein sd\r?\n0,0,0\r?\n10000,9%d%d%.%d+,%d+%.%d+\r?\n$",
  ["03_scan.sh"] = "^point,k_tx,replicate,protein\n1,0,1,0\n.*\n5,1,1,9999%.%d+\n$",
  ["04_steady_state.sh"] = "^mRNA\t20\nprotein\t1000\n\tk_tx\td_p\nmRNA\t1\t%-?0\nprotein\t1\t%-1\n",
  ["05_fit.sh"] = "\nd_p +0%.00101%d* +0%.0009%d+ +0%.0010%d+\nk_tx +0%.101%d* +0%.09%d+ +0%.10%d+\n",
  ["06_fluxes.lua"] = "^34\n$",
  ["07_own_model.lua"] = "^A 96, B 4\n$",
  ["08_knock_outs.lua"] = "^b0720\tgltA\t0%.0\n.*b1779\tgapA\t0%.0\n",
  ["09_dose.lua"] = "^1%.45, 0%.82 per hour\n$",
  ["10_share.sh"] = "^A 96, B 4\nA 96, B 4\nThe same: 1 file%.\n$",
}
local leaves = { ["01_time_course.sh"] = { "course.csv", "course.png" }, ["03_scan.sh"] = { "scan.svg" },
  ["05_fit.sh"] = { "fit.svg" },
  ["07_own_model.lua"] = { "out/switch.png" }, ["10_share.sh"] = { "record/manifest.json" } }

-- Those that are neither empty nor a comment.
local function lines_of(path)
  local count = 0
  for line in io.lines(path) do
    if line:find "%S" and not line:find "^%s*#" and not line:find "^%s*%-%-" then count = count + 1 end
  end
  return count
end

-- The script of the same task.
local function own_of(peer)
  for name in pairs(expected) do
    if name:sub(1, 2) == peer:sub(1, 2) then return name end
  end
end

describe("the task", function()
  local sh
  setup(function()
    sh = shell.open()
    os.execute(("cp spec/tasks/*.* %s"):format(sh.scratch))
  end)
  teardown(function() sh:close() end)

  for name, pattern in pairs(expected) do
    it(name .. " is done", function()
      local run = name:find "%.sh$" and "bash -e" or sh.program
      local status, out, err = sh(("cd %s && PATH=$(dirname %s):$PATH %s %s"):format(sh.scratch, sh.program, run, name))
      assert.are.equal(0, status, err)
      assert.matches(pattern, out)
      for _, file in ipairs(leaves[name] or {}) do assert.truthy(shell.read(sh.scratch .. "/" .. file)) end
    end)
  end

  it("takes no more lines than a script of Tellurium, basico or cobrapy, in peers/", function()
    local _, listed = sh "ls spec/tasks/peers"
    local count = 0
    for peer in listed:gmatch "%S+" do
      local theirs = lines_of("spec/tasks/peers/" .. peer)
      local ours = lines_of("spec/tasks/" .. own_of(peer))
      if peer:find "^10" then ours = ours + lines_of "spec/tasks/07_own_model.lua" end -- which it shares
      assert.is_true(ours <= theirs, ("%s: %d lines, %d here"):format(peer, theirs, ours))
      count = count + 1
    end
    assert.are.equal(15, count)
  end)
end)
