--- A seed drive for cloud-init (its NoCloud source): a small FAT12 volume called CIDATA with user-data and meta-data,
-- on a disk of the guest's own.

local native = require "native"
local disks = require "disks"
local failure = require "failure"
local ownership = require "ownership"
local session = require "session"

local seed = {}

local DISK = 8 << 20 -- bytes
local UPLOADING = 60 -- seconds
local SECTOR, SECTORS, FAT_SECTORS, ROOT_ENTRIES = 512, 2880, 9, 224 -- of a floppy disk of 1.44 MB
local DATE = 1 << 5 | 1 -- 1980-01-01
local LAST = 0xFFF -- cluster of a file

-- ---- the volume ----

local function filled(bytes, length)
  return bytes .. ("\0"):rep(length - #bytes)
end

local function boot_sector()
  local parameters = ("<c3c8I2I1I2I1I2I2I1I2I2I2I4I4I1I1I1I4c11c8"):pack("\xEB\x3C\x90", "BIOXEN  ", SECTOR, 1, 1, 2,
    ROOT_ENTRIES, SECTORS, 0xF0, FAT_SECTORS, 18, 2, 0, 0, 0, 0, 0x29, 0x42696F58, "CIDATA     ", "FAT12   ")
  return filled(parameters, SECTOR - 2) .. "\x55\xAA"
end

local function entry(short, attributes, cluster, size)
  return ("<c11I1I1I1I2I2I2I2I2I2I2I4"):pack(short, attributes, 0, 0, 0, DATE, DATE, 0, 0, DATE, cluster, size)
end

-- The long name, 13 characters at most, in an entry of its own before that of the short one.
local function long_entry(name, short)
  local sum = 0
  for i = 1, #short do sum = ((sum & 1) << 7) + (sum >> 1) + short:byte(i) & 0xFF end
  local units = {}
  for i = 1, 13 do units[i] = ("<I2"):pack(name:byte(i) or i == #name + 1 and 0 or 0xFFFF) end
  return "\x41" .. table.concat(units, "", 1, 5) .. "\x0F\0" .. string.char(sum) .. table.concat(units, "", 6, 11)
    .. "\0\0" .. table.concat(units, "", 12, 13)
end

-- Numbers of 12 bits, two in three bytes.
local function fat(clusters)
  local pairs_of = {}
  for i = 0, FAT_SECTORS*SECTOR*2//3 - 1, 2 do
    pairs_of[#pairs_of + 1] = ("<I3"):pack((clusters[i] or 0) | (clusters[i + 1] or 0) << 12)
  end
  return table.concat(pairs_of)
end

--- The volume with these files: { { name, short name, text }, … }.
function seed.volume(files)
  local clusters, root, data = { [0] = 0xFF0, LAST }, { entry("CIDATA     ", 0x08, 0, 0) }, {}
  local next_cluster = 2
  for _, file in ipairs(files) do
    local name, short, text = table.unpack(file)
    local count = math.max(1, (#text + SECTOR - 1)//SECTOR)
    root[#root + 1] = long_entry(name, short) .. entry(short, 0x20, next_cluster, #text)
    data[#data + 1] = filled(text, count*SECTOR)
    for i = 1, count do clusters[next_cluster + i - 1] = i < count and next_cluster + i or LAST end
    next_cluster = next_cluster + count
  end
  local table_of_clusters, directory = fat(clusters), table.concat(root)
  local volume = boot_sector() .. table_of_clusters .. table_of_clusters
    .. filled(directory, 32*ROOT_ENTRIES) .. table.concat(data)
  return filled(volume, SECTOR*SECTORS)
end

-- ---- what is on it ----

-- JSON is YAML, too. The host keys of the template stay: they are those that are known.
local function user_data(self, key)
  return "#cloud-config\n" .. native.encode { disable_root = false, ssh_deletekeys = false,
    ssh_authorized_keys = native.array { key },
    users = native.array { "default", { name = self.config.ssh_user, lock_passwd = false,
      ssh_authorized_keys = native.array { key } } } } .. "\n"
end

local function make_volume(self)
  local key, err = native.public_key(self.config.ssh_key_path, self.config.ssh_passphrase)
  if not key then return nil, err end
  local host = self.name:gsub("[^%w-]", "-"):sub(1, 60)
  local meta_data = native.encode { ["instance-id"] = self.key, ["local-hostname"] = host } .. "\n"
  return seed.volume { { "meta-data", "META-D~1   ", meta_data }, { "user-data", "USER-D~1   ", user_data(self, key) } }
end

-- ---- its disk ----

-- A call that makes something, of which look() finds what an attempt has made whose answer was lost.
local function make_once(pool, method, record, look)
  local ref, err = pool:call(method, record)
  if ref or not err.sent then return ref, err end
  local found, problem = look()
  if found ~= false then return found, problem end
  return pool:call(method, record)
end

local function make_disk(self, sr)
  local name = self.name .. " seed"
  local record = { name_label = name, name_description = "what cloud-init reads at the first boot", SR = sr,
    virtual_size = DISK, type = "user", sharable = false, read_only = false, other_config = {}, xenstore_data = {},
    sm_config = {}, tags = native.array {} }
  return make_once(self.pool, "VDI.create", record, function()
    local found, err = self.pool:call("VDI.get_by_name_label", name)
    if not found then return nil, err end
    return found[1] or false
  end)
end

-- As one of the guest's own disks, which go with it.
local function attach(self, disk)
  local free, err = self.pool:call("VM.get_allowed_VBD_devices", self.ref)
  if not free then return nil, err end
  local record = { VM = self.ref, VDI = disk, userdevice = free[1], bootable = false, mode = "RW", type = "Disk",
    unpluggable = true, empty = false, other_config = { owner = "" }, qos_algorithm_type = "",
    qos_algorithm_params = {} }
  return make_once(self.pool, "VBD.create", record, function()
    local vdi, problem = disks.record_of(self.pool, "VDI", disk)
    if not vdi then return nil, problem end
    return vdi.VBDs[1] or false
  end)
end

-- The repository of the guest's other disks, or the pool's default.
local function repository(self)
  local record, err = self:record()
  if not record then return nil, err end
  for ref in pairs(disks.owned(self.pool, record, {}) or {}) do
    local vdi = disks.record_of(self.pool, "VDI", ref)
    if vdi then return vdi.SR end
  end
  local pools, err = self.pool:call "pool.get_all_records"
  if not pools then return nil, err end
  local _, pool = next(pools)
  if pool.default_SR == session.NULL then
    return failure.of("EGUEST", "the pool has no default storage repository for a seed drive: give storage_repository")
  end
  return pool.default_SR
end

--- Give the guest, which is halted, a drive with the user's key. `sr` may be nil.
function seed.add(self, sr)
  native.progress(0.38, "making the seed drive")
  local volume, err = make_volume(self)
  if not volume then return nil, err end
  if not sr then sr, err = repository(self) end
  if not sr then return nil, err end
  local disk, err = make_disk(self, sr)
  if not disk then return nil, err end
  local attached, err = attach(self, disk)
  if not attached then
    disks.destroy(self.pool, { [disk] = true }) -- nothing else leads to it
    return nil, err
  end
  local record, err = self.pool:call("VDI.get_record", disk)
  local marked = false
  if record then marked, err = ownership.mark(self.pool, "VDI", disk, record, self.key) end
  if not marked then return nil, err end
  return self.pool:upload(disk, volume, UPLOADING)
end

return seed
