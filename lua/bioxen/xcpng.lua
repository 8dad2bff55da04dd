--- VMs inside an XCP-ng guest. Their configuration is checked; running them is not built yet.

local core = require "bioxen.core"

local xcpng = {}

local text = { type = "string" }
local secret = { type = "string", secret = true }
local required_text = { type = "string", required = true }

xcpng.schema = {
  type = "table",
  required = true,
  fields = {
    xapi_url = required_text,
    username = required_text,
    password = secret,
    password_file = text,
    password_env = text,
    template_name = required_text,
    ssh_user = required_text,
    ssh_key_path = required_text,
    pool_uuid = text,
    vm_name_prefix = text,
    network_uuid = text,
    storage_repository = text,
    vm_memory = text,
    vm_vcpus = { type = "number", integer = true, minimum = 1 },
  },
}

function xcpng.create()
  return core.fail("ENOTBUILT", "the configuration is valid, but VMs of type \"xcpng\" are not " ..
    "built in this version: use \"basic\"")
end

return xcpng
