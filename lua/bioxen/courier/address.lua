--- Addresses of guests: which of those that a guest reports is the one to go to.

local address = {}

-- The bytes of an address, 4 or 16; nil for what is none.
local function v4(text)
  local bytes = { text:match "^(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)%.(%d%d?%d?)$" }
  for i, part in ipairs(bytes) do
    bytes[i] = tonumber(part)
    if bytes[i] > 255 then return nil end
  end
  return #bytes == 4 and bytes or nil
end

-- The groups of one side of "::"; false if one is none.
local function groups(text)
  local found = {}
  if text == "" then return found end
  for part in (text .. ":"):gmatch "([^:]*):" do
    if not part:find "^%x%x?%x?%x?$" then return false end
    found[#found + 1] = tonumber(part, 16)
  end
  return found
end

local function v6(text)
  local left, right = text:match "^(.-)::(.*)$"
  local before = groups(left or text)
  local after = groups(right or "")
  if not before or not after or #before + #after > 8 then return nil end
  if (left and #before + #after == 8) or (not left and #before ~= 8) then return nil end
  local bytes = {}
  local function put(group)
    bytes[#bytes + 1] = group >> 8
    bytes[#bytes + 1] = group & 255
  end
  for _, group in ipairs(before) do put(group) end
  for _ = 1, 8 - #before - #after do put(0) end
  for _, group in ipairs(after) do put(group) end
  return bytes
end

local function parse(text)
  return v4(text) or (text:find ":" and v6(text)) or nil
end

--- "10.0.0.0/8" as { bytes, bits }; nil for what is none.
function address.network(text)
  local base, bits = text:match "^([%x.:]+)/(%d%d?%d?)$"
  local bytes = base and parse(base)
  bits = tonumber(bits)
  if not bytes or bits > 8 * #bytes then return nil end
  return { bytes = bytes, bits = bits }
end

local function is_inside(bytes, network)
  if #bytes ~= #network.bytes then return false end
  local bits = network.bits
  for i, byte in ipairs(bytes) do
    local mask = bits >= 8 and 255 or bits <= 0 and 0 or 255 << (8 - bits) & 255
    if byte & mask ~= network.bytes[i] & mask then return false end
    bits = bits - 8
  end
  return true
end

local LINK_LOCAL = { address.network "169.254.0.0/16", address.network "fe80::/10" }

local function is_usable(bytes, wanted)
  if wanted.network then return is_inside(bytes, wanted.network) end
  for _, network in ipairs(LINK_LOCAL) do
    if is_inside(bytes, network) then return false end
  end
  return true
end

-- Keys of guest metrics: "0/ip", "0/ipv4/0", "0/ipv6/1".
local function parse_key(key)
  local device, kind, index = key:match "^(%d+)/(ip[v46]*)/?(%d*)$"
  if kind ~= "ip" and kind ~= "ipv4" and kind ~= "ipv6" then return nil end
  return tonumber(device), kind, tonumber(index) or 0
end

local function precedes(a, b)
  if a.device ~= b.device then return a.device < b.device end
  if #a.bytes ~= #b.bytes then return #a.bytes < #b.bytes end
  if a.index ~= b.index then return a.index < b.index end
  return a.text < b.text
end

--- The address to go to of those in `networks`, a map as guest metrics have it; nil if none fits. `wanted`
-- is { device, family = "ipv4" or "ipv6", network }, each of which may be nil. Lower devices come first,
-- then IPv4; link-local addresses count only where the network asks for them.
function address.pick(networks, wanted)
  local found = {}
  for key, text in pairs(networks) do
    local device, _, index = parse_key(key)
    local bytes = device and type(text) == "string" and parse(text)
    local family = bytes and (#bytes == 4 and "ipv4" or "ipv6")
    if bytes and (not wanted.device or wanted.device == device)
      and (not wanted.family or wanted.family == family) and is_usable(bytes, wanted) then
      found[#found + 1] = { device = device, index = index, bytes = bytes, text = text }
    end
  end
  table.sort(found, precedes)
  return found[1] and found[1].text
end

--- What a configuration wants, for `pick`.
function address.wanted(config)
  return { device = config.network_device, family = config.address_family,
    network = config.address_cidr and address.network(config.address_cidr) }
end

return address
