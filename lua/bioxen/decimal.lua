--- A number as text with a decimal point, in a host of any locale: string.format writes what the locale has.
return function(format, number)
  return (format:format(number):gsub("[^%w+-]+", "."))
end
