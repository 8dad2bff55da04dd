--- The kernel of notebooks.

local load_own = require "bioxen.repl.own"

return { main = load_own("bioxen.kernel.requests").main }
