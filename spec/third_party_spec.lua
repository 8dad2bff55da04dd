-- What stands under third_party is what its README names, to the byte.
local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

for _, name in ipairs { "lua", "nlopt", "sundials", "uplot" } do
  describe("third_party/" .. name, function()
    local within = "cd third_party/" .. name .. " && "

    it("has the files of SHA256SUMS, unchanged, and no other", function()
      assert.same({}, lines_of(within .. "sha256sum --check --quiet --strict SHA256SUMS 2>&1"))
      assert.same(lines_of(within .. "cut -c 67- SHA256SUMS | LC_ALL=C sort"),
        lines_of(within .. "find . -path './src/*' -type f -o -path './include/*' -type f | cut -c 3- | LC_ALL=C sort"))
    end)

    it("is what its patches made of the origin", function()
      assert.same({}, lines_of(within .. "for p in patches/*.patch; do test ! -e $p || "
        .. "patch --dry-run --reverse --force --silent -p1 <$p 2>&1; done"))
    end)
  end)
end
