--- Streams of random numbers that belong to one seed: the number of a stream gives its own, whoever asks, and when.

local stream = {}

--- The seed of stream `index`: SplitMix64's mixing (Steele, Lea and Flood, OOPSLA 2014), 63 bits.
function stream.seed(base, index)
  local z = base + index*0x9e3779b97f4a7c15
  z = (z ~ (z >> 30))*0xbf58476d1ce4e5b9
  z = (z ~ (z >> 27))*0x94d049bb133111eb
  return (z ~ (z >> 31)) >> 1
end

--- A number of [0, 1), with 53 bits.
function stream.uniform(base, index)
  return (stream.seed(base, index) >> 10)*2.0^-53
end

return stream
