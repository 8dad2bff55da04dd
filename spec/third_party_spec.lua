-- What stands under third_party is what its README names, to the byte.
local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

describe("third_party/lua", function()
  it("has the files of SHA256SUMS, unchanged, and no other", function()
    assert.same({}, lines_of "cd third_party/lua && sha256sum --check --quiet --strict SHA256SUMS 2>&1")
    assert.same(lines_of "cd third_party/lua && cut -c 67- SHA256SUMS | LC_ALL=C sort",
      lines_of "cd third_party/lua && find src -type f | LC_ALL=C sort")
  end)
end)
