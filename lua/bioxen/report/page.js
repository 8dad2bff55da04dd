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

  function axis(more) {
    more.values = words;
    more.stroke = colour("faint");
    more.grid = { stroke: colour("grid"), width: 1 };
    more.ticks = { stroke: colour("grid"), width: 1 };
    return more;
  }

  function axes() {
    return [axis({ label: "time", labelSize: 24, labelGap: 0, space: 80 }), axis({
      size: function (plot, values) {
        var longest = (values || []).reduce(function (most, text) { return Math.max(most, text.length); }, 1);
        return 22 + 7.5*longest;
      },
    })];
  }

  function curve(name, i) {
    return { label: name, stroke: colour("s" + (i % COLOURS + 1)), width: 1.5, dash: i < COLOURS ? undefined : [6, 4] };
  }

  /* The picture's legend, of buttons that hide and show; each with the value where the pointer is. */
  function legend(figure, plot, names) {
    return Array.prototype.map.call(figure.querySelectorAll(".legend li"), function (item, i) {
      var button = document.createElement("button"), value = document.createElement("span");
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      while (item.firstChild) button.appendChild(item.firstChild);
      value.className = "value";
      button.appendChild(value);
      button.addEventListener("click", function () {
        var show = !plot().series[i + 1].show;
        plot().setSeries(i + 1, { show: show });
        button.setAttribute("aria-pressed", String(show));
      });
      item.appendChild(button);
      return value;
    });
  }

  function tools(plot, times) {
    var row = document.createElement("div"), note = document.createElement("span");
    function add(name, act) {
      var button = document.createElement("button");
      button.type = "button";
      button.textContent = name;
      button.addEventListener("click", act);
      row.appendChild(button);
    }
    row.className = "tools";
    add("Closer", function () {
      var x = plot().scales.x, quarter = (x.max - x.min)/4;
      plot().setScale("x", { min: x.min + quarter, max: x.max - quarter });
    });
    add("The whole", function () { plot().setScale("x", { min: times[0], max: times[times.length - 1] }); });
    note.textContent = "Drag over a stretch to see it closer.";
    row.appendChild(note);
    return row;
  }

  function draw(figure) {
    var data = JSON.parse(figure.querySelector("script").textContent), plot, values;
    var room = document.createElement("div");
    function here() { return plot; }
    room.className = "live";
    figure.insertBefore(room, figure.querySelector(".legend"));
    values = legend(figure, here, data.names);
    plot = new uPlot({
      width: room.clientWidth, height: HEIGHT, legend: { show: false }, axes: axes(),
      scales: { x: { time: false }, y: data.range ? { range: data.range } : {} },
      series: [{}].concat(data.names.map(curve)),
      hooks: { setCursor: [function (self) {
        var at = self.cursor.idx;
        values.forEach(function (value, i) {
          var number = at === null || at === undefined ? null : data.columns[i][at];
          value.textContent = number === null || number === undefined ? "" : String(number);
        });
      }] },
    }, [data.times].concat(data.columns), room);
    figure.insertBefore(tools(here, data.times), figure.querySelector(".legend"));
    figure.classList.add("plotted");
    plots.push({ plot: plot, room: room });
  }

  document.querySelectorAll("figure.plot").forEach(draw);
  window.addEventListener("resize", function () {
    plots.forEach(function (one) {
      if (one.room.clientWidth > 0) one.plot.setSize({ width: one.room.clientWidth, height: HEIGHT });
    });
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    plots.forEach(function (one) { one.plot.redraw(false); });
  });
})();
