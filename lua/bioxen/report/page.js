/* Each still picture of the page as a plot to look into. The names are texts of whoever made the run: they are set as
   text, never as markup. */
(function () {
  "use strict";
  var HEIGHT = 340, COLOURS = 7, plots = [];

  function colour(name) {
    return function () { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); };
  }

  /* How many decimals show each multiple of a step, which is 1, 2, 2.5 or 5 times a power of ten. */
  function decimals(step) {
    var count = -Math.floor(Math.log10(step) + 1e-9), scaled = step*Math.pow(10, count);
    return Math.abs(scaled - Math.round(scaled)) > 1e-6 ? count + 1 : count;
  }

  /* Ticks of a logarithmic axis: those that are null have none. */
  function powers(plot, ticks) {
    return ticks.map(function (tick) {
      if (tick === null) return "";
      return tick >= 1e-3 && tick < 1e6 ? tick.toLocaleString("en-GB", { maximumFractionDigits: 3 }) : tick.toExponential();
    });
  }

  /* Ticks as text, which tells each from the next, however small or large they are. */
  function words(plot, ticks, at, space, step) {
    var most = Math.max.apply(null, ticks.map(Math.abs)), count = decimals(step);
    return ticks.map(function (tick) {
      if (Math.abs(tick) < step/1e6) return "0";
      if (most < 1e6 && most >= 1e-3) {
        count = Math.max(count, 0);
        return tick.toLocaleString("en-GB", { minimumFractionDigits: count, maximumFractionDigits: count });
      }
      return tick.toExponential(Math.min(15, Math.max(0, Math.floor(Math.log10(Math.abs(tick)) + 1e-9) + count)));
    });
  }

  function axis(more, logarithmic) {
    more.values = logarithmic ? powers : words;
    more.stroke = colour("faint");
    more.grid = { stroke: colour("grid"), width: 1 };
    more.ticks = { stroke: colour("grid"), width: 1 };
    return more;
  }

  function axes(data) {
    return [axis({ label: data.x_label, labelSize: 24, labelGap: 0, space: 80 }, data.log_x), axis({
      label: data.y_label, labelSize: 24, labelGap: 0,
      size: function (plot, values) {
        var longest = (values || []).reduce(function (most, text) { return Math.max(most, (text || "").length); }, 1);
        return 22 + 7.5*longest;
      },
    }, data.log_y)];
  }

  /* The columns of all groups over one x, and where each series' stand in them: y, and low and high of its band. */
  function columns(data) {
    var first = [], count = 1, tables = data.groups.map(function (group) {
      first.push(count);
      count += group.columns.length;
      return [group.x].concat(group.columns);
    });
    function place(series, key) { return series[key] ? first[series.group - 1] + series[key] - 1 : 0; }
    return {
      values: tables.length > 1 ? uPlot.join(tables) : tables[0],
      series: data.series.map(function (series) {
        return { y: place(series, "y"), low: place(series, "low"), high: place(series, "high") };
      }),
    };
  }

  function curve(series) {
    var paint = colour("s" + ((series.index - 1) % COLOURS + 1)), more = { label: series.name, stroke: paint };
    if (series.style === "points") {
      more.paths = function () { return null; };
      more.points = { show: true, size: 6, width: 1, stroke: paint, fill: paint };
      return more;
    }
    more.points = { show: false };
    more.width = 1.5;
    more.dash = series.index > COLOURS ? [6, 4] : undefined;
    if (series.style === "steps") more.paths = uPlot.paths.stepped({ align: 1 });
    return more;
  }

  /* Error bars at points, whose edges are columns without a line. */
  function error_bars(data, places) {
    return function (self, k) {
      data.series.forEach(function (series, i) {
        var place = places[i], context = self.ctx, ratio = devicePixelRatio;
        if (place.y !== k || !place.low || series.style !== "points" || !self.series[k].show) return;
        context.save();
        context.strokeStyle = colour("s" + ((series.index - 1) % COLOURS + 1))();
        context.lineWidth = ratio;
        context.beginPath();
        self.data[0].forEach(function (x, row) {
          var low = self.data[place.low][row], high = self.data[place.high][row];
          if (typeof low !== "number" || typeof high !== "number") return;
          var across = self.valToPos(x, "x", true);
          context.moveTo(across, self.valToPos(low, "y", true));
          context.lineTo(across, self.valToPos(high, "y", true));
        });
        context.stroke();
        context.restore();
      });
    };
  }

  /* The edges of a band are curves without a line; they hide and show with the series between them. */
  function edge() { return { width: 0, points: { show: false } }; }

  function shaded(series) {
    var paint = colour("s" + ((series.index - 1) % COLOURS + 1));
    return function () { return paint() + "33"; };
  }

  function button(name, act) {
    var made = document.createElement("button");
    made.type = "button";
    made.textContent = name;
    made.addEventListener("click", act);
    return made;
  }

  /* A line of a series' colour and dashes, as the static picture has it. */
  function sample(series) {
    var space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg"),
      path = document.createElementNS(space, "path");
    svg.setAttribute("viewBox", "0 0 26 10");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("class", "line s" + ((series.index - 1) % COLOURS + 1) 
      + (series.index > COLOURS && series.style !== "points" ? " dashed" : "") + (series.style === "points" ? " dot" : ""));
    path.setAttribute("d", series.style === "points" ? "M12 5H14" : "M1 5H25");
    svg.appendChild(path);
    return svg;
  }

  /* Buttons that hide and show; each with the value where the pointer is. */
  function legend(plot, data, places) {
    var list = document.createElement("ul"), values = [];
    list.className = "legend live";
    data.series.forEach(function (series, i) {
      var item = document.createElement("li"), value = document.createElement("span"), name = document.createElement("span");
      var switched = button("", function () {
        var show = !plot().series[places[i].y].show;
        [places[i].y, places[i].low, places[i].high].forEach(function (k) {
          if (k) plot().setSeries(k, { show: show });
        });
        switched.setAttribute("aria-pressed", String(show));
      });
      switched.setAttribute("aria-pressed", "true");
      name.textContent = series.name || data.y_label || "values";
      value.className = "value";
      [sample(series), name, value].forEach(function (part) { switched.appendChild(part); });
      item.appendChild(switched);
      list.appendChild(item);
      values.push(value);
    });
    list.tell = function (self) {
      var at = self.cursor.idx;
      values.forEach(function (value, i) {
        var number = at === null || at === undefined ? null : self.data[places[i].y][at];
        value.textContent = number === null || number === undefined ? "" : String(number);
      });
    };
    return list;
  }

  function tools(plot, x) {
    var row = document.createElement("div"), note = document.createElement("span");
    row.className = "tools";
    row.appendChild(button("Closer", function () {
      var scale = plot().scales.x, quarter = (scale.max - scale.min)/4;
      plot().setScale("x", { min: scale.min + quarter, max: scale.max - quarter });
    }));
    row.appendChild(button("The whole", function () { plot().setScale("x", { min: x[0], max: x[x.length - 1] }); }));
    note.textContent = "Drag over a stretch to see it closer.";
    row.appendChild(note);
    return row;
  }

  function draw(figure) {
    var script = figure.querySelector("script"), room = document.createElement("div"), plot, list;
    if (!script) return;
    var data = JSON.parse(script.textContent), own = columns(data), series = [{}], bands = [];
    function here() { return plot; }
    own.values.slice(1).forEach(function () { series.push(edge()); });
    own.series.forEach(function (place, i) {
      series[place.y] = curve(data.series[i]);
      if (place.low && data.series[i].style !== "points") {
        bands.push({ series: [place.high, place.low], fill: shaded(data.series[i]) });
      }
    });
    room.className = "live";
    figure.insertBefore(room, script);
    list = legend(here, data, own.series);
    plot = new uPlot({
      width: room.clientWidth, height: HEIGHT, legend: { show: false }, axes: axes(data), title: data.title,
      scales: { x: { time: false, distr: data.log_x ? 3 : 1 },
        y: { distr: data.log_y ? 3 : 1, range: data.y_range || undefined } },
      series: series, bands: bands, hooks: { setCursor: [list.tell], drawSeries: [error_bars(data, own.series)] },
    }, own.values, room);
    if (data.x_range) plot.setScale("x", { min: data.x_range[0], max: data.x_range[1] });
    figure.insertBefore(tools(here, own.values[0]), script);
    figure.insertBefore(list, script);
    figure.classList.add("plotted");
    plots.push({ plot: plot, room: room });
  }

  /* ---- tables ---- */

  function number_in(cell) {
    var number = parseFloat(cell.textContent.trim());
    return isNaN(number) ? null : number;
  }

  function compare(column, rising) {
    return function (a, b) {
      var one = a.cells[column], other = b.cells[column], x = number_in(one), y = number_in(other);
      var order = x !== null && y !== null ? x - y : x !== null ? -1 : y !== null ? 1
        : one.textContent.localeCompare(other.textContent);
      return rising ? order : -order;
    };
  }

  /* Names of columns become buttons that put the rows in their order. */
  function sortable(table, rows, body) {
    Array.prototype.forEach.call(table.tHead.rows[0].cells, function (head, column) {
      var switched = button(head.textContent, function () {
        var rising = head.getAttribute("aria-sort") !== "ascending";
        Array.prototype.forEach.call(table.tHead.rows[0].cells, function (each) { each.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        rows.sort(compare(column, rising)).forEach(function (row) { body.appendChild(row); });
      });
      head.textContent = "";
      head.appendChild(switched);
    });
  }

  function labelled(name, type) {
    var label = document.createElement("label"), input = document.createElement("input");
    input.type = type;
    label.appendChild(document.createTextNode(name));
    label.appendChild(input);
    return { label: label, input: input };
  }

  /* A field that leaves the rows in which its text is, and where rows are marked a box that leaves those. */
  function filterable(box) {
    var table = box.querySelector("table"), body = table.tBodies[0], row = document.createElement("div");
    var rows = Array.prototype.filter.call(body.rows, function (each) { return each.className !== "gap"; });
    var gaps = Array.prototype.filter.call(body.rows, function (each) { return each.className === "gap"; });
    var words_in = labelled("Rows with ", "search"), hits = labelled("only " + box.dataset.marked + " ", "checkbox");
    var count = document.createElement("span");
    function apply() {
      var word = words_in.input.value.toLowerCase(), shown = 0;
      rows.forEach(function (each) {
        var fits = each.textContent.toLowerCase().indexOf(word) >= 0
          && !(hits.input.checked && !each.classList.contains("hit"));
        each.hidden = !fits;
        shown += fits;
      });
      gaps.forEach(function (gap) { gap.hidden = shown < rows.length; });
      count.textContent = shown + " of " + rows.length;
    }
    row.className = "tools";
    count.setAttribute("role", "status");
    row.appendChild(words_in.label);
    if (box.dataset.marked) row.appendChild(hits.label);
    row.appendChild(count);
    [words_in, hits].forEach(function (each) { each.input.addEventListener("input", apply); });
    box.parentNode.insertBefore(row, box);
    sortable(table, rows, body);
    apply();
  }

  /* ---- the page ---- */

  document.querySelectorAll("figure.plot").forEach(draw);
  document.querySelectorAll(".scroll[data-filter]").forEach(filterable);
  window.addEventListener("resize", function () {
    plots.forEach(function (one) {
      if (one.room.clientWidth > 0) one.plot.setSize({ width: one.room.clientWidth, height: HEIGHT });
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    plots.forEach(function (one) { one.plot.redraw(false); });
  });
})();
