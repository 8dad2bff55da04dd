--- Errors of the courier's steps: { code, message, details }. `details` travels to the host, where its
-- fields become the error's.

local failure = {}

--- nil and an error, for `return failure.of(…)`.
function failure.of(code, message, details)
  return nil, { code = code, message = message, details = details }
end

--- The same error with what was being done before it.
function failure.during(step, err)
  err.message = step .. ": " .. err.message
  err.details = err.details or {}
  err.details.step = err.details.step or step
  return nil, err
end

--- The request is over in the middle of waiting for something better than `err`: nil and `over`, which says so.
function failure.after(over, err)
  over.message = ("%s, after: %s"):format(over.message, err.message)
  over.details, over.sent = err.details, err.sent
  return nil, over
end

--- The pool's own code of an error, or nil.
function failure.xapi_code(err)
  return err.details and err.details.xapi and err.details.xapi.code
end

--- Whether the request is over: cancelled, or out of time.
function failure.is_over(err)
  return err.code == "ECANCELLED" or err.code == "EDEADLINE"
end

return failure
