--- Where a benchmark ran: the processor, and how many cores it may use.

local core = require "bioxen.core"

local file <close> = io.open "/proc/cpuinfo"
local info = file and file:read "a" or ""
return ("%s, %d cores"):format(info:match "model name%s*:%s*([^\n]*)" or "unknown CPU", core.cores())
