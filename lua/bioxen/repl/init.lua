--- The session at the prompt.

local load_own = require "bioxen.repl.own"

return { main = load_own("bioxen.repl.prompt").main }
