-- bioxen report: pages of recorded runs.

local bioxen = require "bioxen"
local core = require "bioxen.core"
local html = require "bioxen.report.html"
local json = require "bioxen.json"
local series = require "bioxen.report.series"
local shell = require "spec.support.shell"

local EVIL = "</script><img src=x onerror=alert(1)>'\"&"

local sh
before_each(function() sh = shell.open() end)
after_each(function() sh:close() end)

-- The folder of a run that left these files and printed this.
local function recorded(name, files, printed, more)
  local folder = sh.scratch .. "/" .. name
  assert(core.make_folder(folder))
  local results = json.list()
  for file, bytes in pairs(files) do
    assert(core.make_folder((folder .. "/" .. file):match "^(.*)/"))
    shell.write(folder .. "/" .. file, bytes)
    results[#results + 1] = { file = file, sha256 = core.digest(bytes), bytes = #bytes }
  end
  table.sort(results, function(a, b) return a.file < b.file end)
  local manifest = { format = 1, bioxen = "0.1.0", lua = "Lua 5.4", libraries = { SUNDIALS = "6" }, machine = {},
    script = { name = "a.lua", path = "/a.lua", sha256 = core.digest "" }, arguments = json.list {},
    working_folder = "/", seed = "7", status = 0, started = "2026-01-01T00:00:00Z", seconds = 1.5, vms = json.list {},
    module_path = json.list {}, files = json.list {}, results = results }
  for key, value in pairs(more or {}) do manifest[key] = value end
  shell.write(folder .. "/manifest.json", json.encode(manifest))
  shell.write(folder .. "/log.txt", printed or "")
  return folder
end

local function page_of(folder)
  local status, out, err = sh("bioxen report " .. folder)
  assert.are.same({ 0, folder .. "/report.html\n", "" }, { status, out, err })
  return shell.read(folder .. "/report.html")
end

-- A table over time of which the row `spike` is the one that is not about 0.
local function spiked(rows, spike)
  local lines = { "time,A,B" }
  for i = 1, rows do lines[i + 1] = ("%d,%g,%g"):format(i, i == spike and 1000 or i % 2, -i % 3) end
  return table.concat(lines, "\n") .. "\n"
end

-- What the page has as its own code and style is taken out.
local function without_own(page)
  return (page:gsub("<style>.-</style>", ""):gsub("<script>.-</script>", ""))
end

describe("a report", function()
  it("shows what was run, its results, VMs, inputs and log", function()
    local folder = recorded("run", { ["a.csv"] = spiked(20, 5), ["b/genes.tsv"] = "gene\teffect\ng1\t0.25\n",
      ["c.png"] = "\137PNG", ["d.h5"] = "x" }, "it said so\n", {
      vms = { { vm_id = "cell", biological_type = "syn3a", organism_version = "1", vm_type = "basic", seed = "3" } },
      files = { { path = "/data/in.csv", sha256 = "ab", bytes = 12 } }, arguments = { "--k", "two words" } })
    local page = page_of(folder)
    for _, shown in ipairs { "<h1>Run of a.lua</h1>", "--k &quot;two words&quot;", "<h2>Log</h2>", "it said so",
      '<a href="./b/genes.tsv">b/genes.tsv</a>', "<td>g1</td><td class=\"number\">0.25</td>", "1 row, 2 columns",
      'src="data:image/png;base64,' .. html.base64 "\137PNG", '<a href="./d.h5">d.h5</a>', "<td>cell</td>", "syn3a 1",
      "/data/in.csv", '<figure class="plot"><svg class="still"', '<th scope="col">gene</th>' } do
      assert.is_truthy(page:find(shown, 1, true), shown)
    end
    assert.are.same({ "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==" }, { html.base64 "", html.base64 "f", html.base64 "fo",
      html.base64 "foo", html.base64 "foob" }) -- RFC 4648
  end)

  it("stands alone: no network, no code but its own", function()
    local page = page_of(recorded("run", { ["a.csv"] = spiked(20, 5), ["x.svg"] = "<svg/>" }))
    local rest = without_own(page)
    assert.is_nil(rest:find "[a-z]+://")
    for _, attribute in ipairs { "src", "href" } do
      for value in rest:gmatch(attribute .. '="(.-)"') do assert.matches("^[d.][a/]", value) end -- data: or ./
    end
    local policy = page:match 'Content%-Security%-Policy" content="(.-)">'
    assert.matches("^default%-src 'none';", policy)
    assert.is_nil(policy:find "unsafe")
    for own in page:gmatch "<script>(.-)</script>" do
      assert.is_truthy(policy:find(html.policy_hash(own), 1, true))
    end
    local style = page:match "<style>(.-)</style>"
    assert.is_truthy(policy:find(html.policy_hash(style), 1, true))
    assert.is_nil(style:find "url%(" or style:find "@import")
  end)

  it("shows hostile names and does nothing", function()
    local name = 'a' .. EVIL:gsub("/", "_") .. ".csv"
    local page = page_of(recorded("run", { [name] = 'time,"' .. EVIL:gsub('"', '""') .. '"\n0,1\n1,2\n' },
      EVIL .. "\27[2J\n", { arguments = { EVIL }, vms = { { vm_id = EVIL, config = { x = EVIL } }, 5, "x" },
        files = { { path = "/" .. EVIL, sha256 = "ab" } }, started = EVIL, libraries = { [EVIL] = EVIL },
        script = { name = EVIL, path = EVIL, sha256 = "ab" }, machine = 5 }))
    local rest = without_own(page)
    assert.is_nil(rest:find "<img")
    assert.is_nil(rest:find "\27")
    assert.are.equal(select(2, rest:gsub("<script", "")), select(2, rest:gsub("</script", "")))
    local data = rest:match '<script type="application/json">(.-)</script>'
    assert.are.equal(EVIL, json.decode(data).series[1].name)
    assert.is_truthy(rest:find("\\x1b[2J", 1, true))
  end)

  it("draws of long tables what the eye sees, the extremes and the ends among it", function()
    local page = page_of(recorded("run", { ["a.csv"] = spiked(60000, 31234) }))
    assert.is_true(#page < 1 << 20)
    local data = json.decode((page:match '<script type="application/json">(.-)</script>'))
    local times, columns = data.groups[1].x, data.groups[1].columns
    assert.is_true(#times < 8000)
    assert.are.same({ 1, 60000 }, { times[1], times[#times] })
    local found
    for i, time in ipairs(times) do found = found or time == 31234 and columns[1][i] end
    assert.are.equal(1000, found)
    assert.is_truthy(page:find("of 60,000 rows are drawn", 1, true))
  end)

  it("knows ensembles, sweeps and lineages by their columns, and screens by their marks", function()
    local genes = { "gene,name,growth,lethal" }
    for i = 1, 30 do genes[i + 1] = ("g%d,n%d,%g,%s"):format(i, i, i == 7 and 0 or 1 + i/100, i == 7) end
    local page = page_of(recorded("run", {
      ["ensemble.csv"] = "time,A mean,A sd,A 0.05,A 0.95\n0,5,1,3,7\n1,6,1,4,8\n",
      ["sweep.csv"] = "point,a,b,replicate,f\n1,1,1,1,1\n2,1,2,1,2\n3,2,1,1,2\n4,2,2,1,4\n",
      ["lineage.csv"] = "cell,mother,born_s,ended_s,fate\n1,,0,60,divided\n2,1,60,,lives\n3,1,60,90,washed out\n",
      ["like.csv"] = "cell,mother,born_s,ended_s\n1,9,0,60\n",
      ["screen.csv"] = table.concat(genes, "\n") .. "\n", ["ranked.csv"] = "rank,gene,x\n1,a,0.5\n2,b,7\n" }))
    for _, shown in ipairs { "mean, 5 % to 95 % of the runs", 'class="fill s1"', 'fill="#440154"', "Lineages",
      ">washed out</text>", 'data-filter data-marked="lethal"', '<tr class="hit"><td>g7</td>' } do
      assert.is_truthy(page:find(shown, 1, true), shown)
    end
    local _, first = page:find('aria-label="Table screen.csv"', 1, true)
    assert.is_truthy(page:find("30 rows, 4 columns, in the order of growth.", 1, true))
    assert.are.equal("g7", page:match("<tbody><tr[^>]*><td>(g%d+)", first))
    _, first = page:find('aria-label="Table ranked.csv"', 1, true)
    assert.are.equal("a", page:match("<td>(%l)</td>", first))
  end)

  it("gives numbers that others would dwarf a panel of their own", function()
    local page = page_of(recorded("run", { ["a.csv"] = "time_h,big,small,as big\n0,1000,0.1,900\n1,900,0.2,800\n" }))
    local names = {}
    for data in page:gmatch '<script type="application/json">(.-)</script>' do
      local panel = {}
      for i, each in ipairs(json.decode(data).series) do panel[i] = each.name end
      names[#names + 1] = panel
    end
    assert.are.same({ { "big", "as big" }, { "small" } }, names)
  end)

  it("stays below 2 MB, and says what it has no room for", function()
    local noise = {}
    for i = 1, 1 << 12 do noise[i] = string.char(i*i % 251):rep(150) end
    local files = {}
    for i = 1, 4 do files[("p%d.png"):format(i)] = table.concat(noise) end
    local page = page_of(recorded("run", files))
    assert.is_true(#page < 2000000)
    assert.is_truthy(page:find("no room for more", 1, true))
    assert.is_truthy(page:find('<a href="./p4.png">', 1, true))
  end)

  it("says which file is no longer what the run left, which cannot be read, and how the run ended", function()
    local folder = recorded("run", { ["a.csv"] = spiked(20, 5), ["b.csv"] = "time,A\n0,1\n", ["c.csv"] = '"open' }, "",
      { status = 1 })
    shell.write(folder .. "/a.csv", spiked(20, 6))
    os.remove(folder .. "/b.csv")
    local page = page_of(folder)
    assert.is_truthy(page:find("no longer what the run left", 1, true))
    assert.is_truthy(page:find("It cannot be read", 1, true))
    assert.is_truthy(page:find("It is no table", 1, true))
    assert.is_truthy(page:find("failed, with the exit status 1", 1, true))
    assert.is_truthy(page:find("It printed nothing", 1, true))
  end)

  it("links to the run from where it lies, and is no file of the run", function()
    local folder = recorded("a run", { ["a.csv"] = spiked(20, 5), ["b/c.csv"] = "k\n1\n", ["b/c.html"] = "<p>",
      ["report.html"] = "mine", ["other.html"] = "<p>" })
    assert.are.equal(0, (sh(("cd %s; mkdir p; bioxen report 'a run' --out p/page.html"):format(sh.scratch))))
    assert.is_truthy(shell.read(sh.scratch .. "/p/page.html"):find('href="./../a%20run/a.csv"', 1, true))
    for _, words in ipairs { "'%s'", "'%s' --out '%s/other.html'", "'%s' --out '%s/b/../b/c.html'" } do
      local status, _, err = sh("bioxen report " .. words:gsub("%%s", folder))
      assert.are.equal(1, status)
      assert.matches("is part of the run: name another file with %-%-out", err)
    end
    assert.are.equal("mine", shell.read(folder .. "/report.html"))
    assert.are.equal(0, (sh(("bioxen report '%s' --out '%s/b/page.html'"):format(folder, folder))))
    assert.is_truthy(shell.read(folder .. "/b/page.html"):find('href="./../b/c.csv"', 1, true))
    assert.are.equal(1, (sh("bioxen report " .. sh.scratch)))
  end)
end)

describe("a report of a file", function()
  it("is a page of a table by itself", function()
    local folder = sh.scratch .. "/sub dir"
    assert(core.make_folder(folder))
    shell.write(folder .. "/scan.csv", "point,k,replicate,peak\n1,1,1,5\n2,2,1,9\n")
    assert.are.same({ 0, folder .. "/scan.html\n", "" }, { sh(("bioxen report '%s/scan.csv'"):format(folder)) })
    local page = shell.read(folder .. "/scan.html")
    assert.is_truthy(page:find('<a href="./scan.csv">', 1, true))
    assert.are.equal("k", json.decode((page:match '<script type="application/json">(.-)</script>')).x_label)
    assert.are.equal(0, (sh(("cd %s; bioxen report 'sub dir/scan.csv' --out x.html"):format(sh.scratch))))
    assert.is_truthy(shell.read(sh.scratch .. "/x.html"):find('<a href="./sub%20dir/scan.csv">', 1, true))
    local status, _, err = sh(("bioxen report %s/none.csv"):format(sh.scratch))
    assert.are.equal(1, status)
    assert.matches("none.csv", err)
  end)
end)

describe("a report of a folder that is not to be trusted", function()
  it("follows no link in it, and leads out of it nowhere", function()
    local secret = sh:file("secret.csv", "k\nSECRET\n")
    local folder = recorded("run", { ["a.csv"] = "k\n1\n" }, "", { results = { { file = "a.csv", sha256 = "ab" },
      { file = "../secret.csv", sha256 = "ab" }, { file = secret, sha256 = "ab" } } })
    os.remove(folder .. "/a.csv")
    local victim = sh:file("victim", "mine")
    for name, target in pairs { ["a.csv"] = secret, ["report.html"] = victim } do
      assert.are.equal(0, (sh(("ln -s %s %s/%s"):format(target, folder, name))))
    end
    os.remove(folder .. "/log.txt")
    assert.are.equal(0, (sh(("ln -s %s %s/log.txt"):format(secret, folder))))
    local page = page_of(folder)
    assert.are.equal("mine", shell.read(victim))
    assert.is_nil(page:find("SECRET", 1, true))
  end)
end)

describe("a report of two runs", function()
  it("has the differences first, and both on one scale", function()
    local a = recorded("a", { ["x.csv"] = "time,A\n0,1\n1,2\n", ["same.csv"] = "k\n1\n" }, "one\n")
    local b = recorded("b", { ["x.csv"] = "time,A\n0,1\n1,3\n", ["same.csv"] = "k\n1\n", ["new.csv"] = "k\n2\n" },
      "one\n", { seed = "8" })
    local page = sh.scratch .. "/c.html"
    assert.are.same({ 0, page .. "\n", "" }, { sh(("bioxen report --compare %s %s --out %s"):format(a, b, page)) })
    local text = shell.read(page)
    local first, seed = text:find("line 3 was &#39;1,2&#39;, is &#39;1,3&#39;: 2 was, 3 is", 1, true),
      text:find('<tr class="apart"><th scope="row">Seed</th><td>7</td><td>8</td>', 1, true)
    assert.is_true(first < seed and seed < text:find('<th scope="row">Script</th>', 1, true))
    assert.is_truthy(text:find("new.csv is new", 1, true))
    assert.is_truthy(text:find("A has no such table or picture", 1, true))
    local ranges = {}
    for data in text:gmatch '<script type="application/json">(.-)</script>' do
      ranges[#ranges + 1] = json.decode(data).y_range
    end
    assert.are.same(ranges[1], ranges[2])
    assert.are.same({ 2, 1 }, { #ranges, select(2, text:gsub("<h2>Results that differ", "")) })
    assert.are.equal(1, select(2, text:gsub('aria%-label="Log of both"', "")))
    assert.are.equal(2, (sh("bioxen report --compare " .. a)))
    assert.are.equal(2, (sh(("bioxen report %s %s"):format(a, b))))
  end)
end)

describe("a series", function()
  it("is a table whose column time ascends, with numbers beside it", function()
    local function of(rows) return series.of({ names = { "time", "A", "word" }, rows = rows }, 9) end
    local made = of { { "0", "1", "x" }, { "1", "nan", "y" }, { "1", "", "z" } }
    assert.are.same({ { 0, 1, 1 }, { "A" } }, { made.times, made.names })
    assert.is_true(made.columns[1][2] ~= made.columns[1][2])
    assert.is_nil(of { { "1", "1", "x" }, { "0", "2", "y" } })
    assert.is_nil(of { { "0", "a", "x" }, { "1", "2", "y" } })
    assert.is_nil(of { { "0", "1", "x" } })
  end)
end)

describe("a value in HTML", function()
  -- Markup of ours alone: every tag and attribute is one of these, and no quote is left open.
  local tags = { div = true, figure = true, figcaption = true, svg = true, g = true, title = true, path = true,
    line = true, text = true, rect = true, details = true, summary = true, table = true, thead = true, tbody = true,
    tr = true, th = true, td = true, p = true }
  local function assert_harmless(markup)
    for name, rest in markup:gmatch "<%s*/?([^%s>/]*)([^>]*)>" do
      assert.is_true(tags[name], name)
      assert.is_nil(rest:gsub('"[^"]*"', ""):find "%f[%w]on%w+%s*=")
    end
    assert.is_nil(markup:find "[a-z]+://")
  end

  local vm, given
  setup(function()
    vm = assert(bioxen.create_bio_vm("html", "minimal_cell"))
    assert(vm:start())
    given = assert(vm:execute_biological_process [[
      cell:clear()
      process "x" { species = { "A", "B" }, reactions = { { "-> A", k = 9 }, { "A -> B", k = 1 }, { "B ->", k = 1 } } }
      return { run = cell:run { duration = 10, every = 0.1, method = "ssa", seed = 1 },
        ensemble = cell:ensemble { duration = 10, every = 1, runs = 20, seed = 1, quantiles = { 0.1, 0.9 } } }
    ]]).result
  end)
  teardown(function() vm:destroy() end)

  it("is a picture and a bounded table, with no script and in no need of a style", function()
    local markup = given.run:html { title = "Of A", names = { "A" } }
    assert_harmless(markup)
    for _, part in ipairs { '<div class="bioxen"><p', "Of A", '<svg class="still"', 'stroke="#0072B2"', "time (s)",
      "The first and the last 20 of 101 rows, 3 columns", '<td class="number">10</td>' } do
      assert.is_truthy(markup:find(part, 1, true), part)
    end
    assert.are.equal(20, select(2, markup:gsub("<tr><td", "")))
    assert.is_nil(given.run:html { rows = 0 }:find "<table")
  end)

  it("has an ensemble's band and its end, and distributions", function()
    local markup, last = given.ensemble:html(), ("%.6g"):format(given.ensemble:mean("A", 20))
    assert.is_truthy(markup:find('class="fill s1"', 1, true))
    assert.is_truthy(markup:find("<td>A</td><td class=\"number\">" .. last, 1, true))
    assert.is_truthy(given.ensemble:html { histogram = "A" }:find("Bins of A", 1, true))
    assert_harmless(markup)
  end)

  it("has fluxes and screens as bars in order, with marks", function()
    local markup = bioxen.html { status = "optimal", objective = 2.5, fluxes = { one = -1, two = 8, none = 0 } }
    assert.is_true(markup:find "<td>two" < markup:find "<td>one")
    assert.is_nil(markup:find "<td>none")
    assert.is_truthy(markup:find("2 of 3", 1, true))
    assert_harmless(markup)
    local rows = { { id = "g1", growth = 1.0, lethal = false }, { id = "g2", growth = 0.0, lethal = true },
      { id = "g3", growth = 0.5, lethal = false } }
    markup = bioxen.html(rows)
    assert.are.same({ "g2", "g3", "g1" }, { markup:match "<td>(g%d).-<td>(g%d).-<td>(g%d)" }) -- the marked first
    assert.is_truthy(markup:find('<tr class="hit"><td>g2', 1, true))
    assert.is_truthy(bioxen.html(rows, { hits = { "g3" } }):find('<tr class="hit"><td>g3', 1, true))
    local good, err = pcall(bioxen.html, rows, { by = "x" })
    assert.are.same({ false, 'html.by: one of id, growth, lethal expected, got "x"' }, { good, err })
  end)

  it("has worlds, lineages, sweeps and any series; and nothing of what it does not know", function()
    local world = { time = { 0, 60, 120 }, media = { { volume = { 1, 1, 1 }, pools = { glucose = { 10, 9, 7 } } } },
      biomass = { cell = { 1e-3, 2e-3, 4e-3 } }, growth_rate = { cell = { 0 / 0, 1.5, 1.5 } },
      lineage = { { vm_id = "cell", born = 0, ended = 60, fate = "divided" },
        { vm_id = "cell.1", mother = 1, born = 60 } } }
    local markup = bioxen.html(world)
    for _, part in ipairs { "Medium", "glucose", "Lineages", "<td>cell.1</td>", '<td class="number">7</td>' } do
      assert.is_truthy(markup:find(part, 1, true), part)
    end
    assert_harmless(markup)
    assert.is_truthy(bioxen.html(world.lineage):find("<td>divided</td>", 1, true))
    local swept = assert(bioxen.sweep { run = "return args.a*args.b", parameters = { a = { 1, 2, 3 }, b = { 1, 2 } } })
    local heat = swept:html()
    assert.is_truthy(heat:find('fill="#440154"', 1, true))
    assert.is_truthy(heat:find("<title>3, 2: 6</title>", 1, true)) -- what is shown where one points
    local bars = bioxen.html { series = { { x = { "a" }, y = { 1 }, style = "bars" } } }
    assert.is_truthy(bars:find('<g class="fill s1', 1, true))
    assert.is_truthy(bars:find("<title>a: 1</title>", 1, true))
    local many = { x = {}, y = {}, style = "bars" }
    for i = 1, 3000 do many.x[i], many.y[i] = i, i end
    assert.is_truthy(bioxen.html { series = { many } }:find('<path class="fill s1', 1, true))
    assert.is_truthy(bioxen.html { time = { 0, 1 }, A = { 1, 2 } }:find "<td class=\"number\">2</td>")
    assert.are.same({ n = 1 }, table.pack(bioxen.html { a = 1 }))
    assert.are.same({ n = 1 }, table.pack(bioxen.html(5)))
  end)

  it("shows hostile names as text", function()
    for _, value in ipairs {
      { series = { { name = EVIL, y = { 1, 2 } } }, title = EVIL, x_label = EVIL, y_label = EVIL },
      { series = { { x = { EVIL }, y = { 1 }, style = "bars" } } },
      { { [EVIL] = EVIL, x = 1 }, { [EVIL] = "b", x = 2 } },
      { status = EVIL, fluxes = { [EVIL] = 1 } }, { status = "optimal", fluxes = { [EVIL] = 1 } },
      { { vm_id = EVIL, born = 0 } } } do
      local markup = bioxen.html(value)
      assert_harmless(markup or "")
      assert.is_nil((markup or ""):find("<img", 1, true))
    end
  end)

  it("becomes a page that stands alone, where a file is named", function()
    local script = sh:file("page.lua", [[
      local vm = assert(bioxen.create_bio_vm("html", "minimal_cell"))
      assert(vm:start())
      local ensemble = assert(vm:execute_biological_process [=[
        cell:clear()
        process "x" { species = { "A", "B" }, reactions = { { "-> A", k = 9 }, { "A ->", k = 1 } } }
        return cell:ensemble { duration = 10, every = 1, runs = 20, seed = 1 }
      ]=]).result
      assert(ensemble:html { file = arg[1] } == true)
      local done, err = ensemble:html { file = arg[1] .. "/none.html" }
      print(done, err.code)
    ]])
    local page = sh.scratch .. "/page.html"
    assert.are.same({ 0, "nil\tEFILE\n", "" },
      { sh(("bioxen -e 'bioxen = require \"bioxen\"' %s %s"):format(script, page)) })
    local text = shell.read(page)
    assert.is_nil(without_own(text):find "[a-z]+://")
    local data = json.decode((text:match '<script type="application/json">(.-)</script>'))
    assert.are.same({ 11, 6, 1, 2, 3 }, { #data.groups[1].x, #data.groups[1].columns, data.series[1].y,
      data.series[1].low, data.series[1].high })
  end)

  it("names the caller's line in mistakes", function()
    for _, mistake in ipairs { { rows = -1 }, { text = true }, { file = "x.png" }, { names = { "Z" } },
      { band = 5 } } do
      local good, err = pcall(function()
        local markup = given.ensemble:html(mistake)
        return markup
      end)
      assert.is_false(good)
      assert.matches("^spec/report_spec%.lua:%d+: ", err)
    end
  end)
end)
