--- Bytes that are nearly what they were, the same each time.

local random_bytes = {}

--- Call use(bytes) so many times with some of `whole` changed, cut away or doubled.
function random_bytes.mutations(whole, count, use)
  local state = 12345
  local function below(n)
    state = (state*1103515245 + 12345) % 2^31 // 1 | 0
    return (state >> 8) % n
  end
  for _ = 1, count do
    local bytes = whole
    for _ = 0, below(4) do
      local at, what = below(#bytes) + 1, below(8)
      if what == 0 then
        bytes = bytes:sub(1, at)
      elseif what == 1 then
        bytes = bytes:sub(1, at) .. bytes:sub(math.max(1, at - below(50)))
      else
        bytes = bytes:sub(1, at - 1) .. string.char(below(256)) .. bytes:sub(at + 1)
      end
    end
    use(bytes)
  end
end

return random_bytes
