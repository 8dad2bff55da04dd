/* The search of the site: all words in one part of a page, by their beginnings. The index is loaded when it is wanted. */
(function () {
  "use strict";
  var MOST = 20, SNIPPET = 160, room = document.getElementById("search"), waiting = false;

  function make(name, parent, text) {
    var made = document.createElement(name);
    if (text) made.textContent = text;
    parent.appendChild(made);
    return made;
  }

  var label = make("label", room, "Search"), input = make("input", label), found = make("div", room);
  var status = make("p", found), list = make("ol", found);
  input.type = "search";
  found.id = "found";
  found.hidden = true;
  status.className = "faint";
  status.setAttribute("role", "status");

  function load() {
    if (waiting) return;
    waiting = true;
    var script = make("script", document.head);
    script.addEventListener("load", search);
    script.src = "index.js";
  }

  function words_in(text) { return text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) || []; }

  /* Where a word of the text begins with this one; -1 where none does. */
  function place_of(text, word) {
    for (var at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (at === 0 || !/[\p{L}\p{N}_]/u.test(text[at - 1])) return at;
    }
    return -1;
  }

  /* A word of a heading weighs most, then of the page's title, then how often it is in the text, up to a bound. */
  function weigh(part, words) {
    var title = window.site_index.pages[part[0] - 1][1].toLowerCase(), heading = part[2].toLowerCase(),
      text = part[3].toLowerCase(), weight = 0, first = -1;
    for (var i = 0; i < words.length; i += 1) {
      var at = place_of(text, words[i]), above = place_of(heading, words[i]), over = place_of(title, words[i]);
      if (at < 0 && above < 0 && over < 0) return null;
      weight += (above >= 0 ? 20 : 0) + (over >= 0 ? 5 : 0) + Math.min(5, text.split(words[i]).length - 1);
      if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    return { part: part, weight: weight, at: Math.max(0, first) };
  }

  function show(hit) {
    var page = window.site_index.pages[hit.part[0] - 1], item = make("li", list), link = make("a", item);
    link.href = page[0] + "#" + hit.part[1];
    link.textContent = hit.part[2] === page[1] ? page[1] : page[1] + ": " + hit.part[2];
    var from = Math.max(0, hit.at - 40);
    make("p", item, (from > 0 ? "… " : "") + hit.part[3].slice(from, from + SNIPPET) + " …").className = "faint";
  }

  function search() {
    var words = words_in(input.value);
    found.hidden = words.length === 0;
    if (words.length === 0) return;
    if (!window.site_index) return load();
    var hits = [];
    window.site_index.parts.forEach(function (part) {
      var hit = weigh(part, words);
      if (hit) hits.push(hit);
    });
    hits.sort(function (a, b) { return b.weight - a.weight; });
    list.textContent = "";
    status.textContent = hits.length === 0 ? "Nothing is found." : hits.length > MOST
      ? "The first " + MOST + " of " + hits.length + " parts" : hits.length + (hits.length === 1 ? " part" : " parts");
    hits.slice(0, MOST).forEach(show);
  }

  /* Where there is little room, the list of pages waits until it is asked for. */
  if (matchMedia("(max-width: 52rem)").matches) document.querySelector("nav details").open = false;

  input.addEventListener("focus", load);
  input.addEventListener("input", search);
  room.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    found.hidden = true;
    input.focus();
  });
  document.addEventListener("click", function (event) {
    if (!room.contains(event.target)) found.hidden = true;
  });
  list.addEventListener("click", function () { found.hidden = true; });
})();
