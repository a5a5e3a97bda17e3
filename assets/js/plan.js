// The calendar and the timeline: tasks are moved by mouse, touch and keys. The server says where they are then.
(function () {
  "use strict";
  const { find, all, ask, announce, refresh, place } = portal;
  const day = 86400000, dayOf = (s) => Date.parse(s + "T00:00:00Z") / day;
  let back = null; // undoes the move that is under way
  function sendDays(item, root, start, due, undo) {
    back = undo;
    ask("POST", item.dataset.daysUrl, { source: item, target: "#" + root, swap: "morph:outerHTML", values: { start, due, version: item.dataset.version } });
  }
  document.addEventListener("htmx:afterRequest", (e) => {
    if (!e.detail.requestConfig.path.split("?")[0].endsWith("/days")) return;
    if (e.detail.xhr.status !== 200) { back?.(); ["calendar", "timeline"].forEach((id) => { const el = document.getElementById(id); if (el) refresh(el); }); }
    back = null;
  });

  // The calendar's days: arrows go from day to day; m picks the first task of the day up, or the one in focus.
  let dragging = false, next, held = null;
  function bindDays() {
    all("[data-cal] [data-cal-list]").forEach((list) => {
      if (list.sortable) return;
      list.sortable = Sortable.create(list, {
        group: "calendar", sort: false, draggable: "[data-days-url]", animation: 120, delay: 120, delayOnTouchOnly: true,
        onChoose: (e) => { next = e.item.nextElementSibling; },
        onStart: () => { dragging = true; },
        onEnd: (e) => { dragging = false; if (e.from !== e.to) dropOn(e.item, e.from.closest("[data-cal-day]"), e.to.closest("[data-cal-day]"), () => place(e.item, e.from, next)); },
      });
    });
  }
  function dropOn(item, from, to, undo) {
    const by = dayOf(to.dataset.calDay) - dayOf(from.dataset.calDay);
    sendDays(item, "calendar", by, by, undo);
  }
  document.addEventListener("htmx:afterSettle", bindDays);
  bindDays();
  const daysOf = (cal) => all("[data-cal-day]", cal);
  function goTo(cell) {
    daysOf(cell.closest("ol")).forEach((d) => { d.tabIndex = d === cell ? 0 : -1; });
    cell.focus();
  }
  function letGo() { if (held) held.item.removeAttribute("data-held"); held = null; }
  document.addEventListener("keydown", (e) => {
    const cell = e.target.closest?.("[data-cal-day]");
    if (!cell || e.ctrlKey || e.metaKey || e.altKey) return;
    const list = daysOf(cell.closest("ol")), step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    if (step) {
      const to = list[list.indexOf(cell) + step];
      e.preventDefault();
      if (to) { goTo(to); if (held) announce("To " + to.getAttribute("aria-label")); }
    } else if (e.key === "m" && !held) {
      const item = e.target.closest("[data-days-url]") || find("[data-days-url]", cell);
      e.preventDefault();
      e.stopImmediatePropagation();
      if (!item) { announce("There is no task on this day that you may move."); return; }
      held = { item, cell };
      item.setAttribute("data-held", "");
      goTo(cell);
      announce("Picked up " + find("a", item).textContent.trim() + ". Arrows choose a day, Enter moves it there, Escape leaves it.");
    } else if (held && (e.key === "Enter" || e.key === "m")) {
      e.preventDefault();
      e.stopImmediatePropagation();
      const { item, cell: from } = held;
      letGo();
      if (from !== cell) dropOn(item, from, cell, null);
    } else if (held && e.key === "Escape") {
      e.stopImmediatePropagation();
      const from = held.cell;
      letGo();
      goTo(from);
      announce("Left where it was.");
    } else if (e.key === "Enter" && e.target === cell) { find("a", cell).click(); }
  }, true);

  // The timeline's bars: dragged as a whole, or by an edge; Left and Right move by a day, with Shift the end alone.
  let pull = null, nudge = null, timer;
  const pixels = (bar) => Number(bar.closest("[data-tl]").dataset.pixels);
  // shift shows the bar where it would be: start and due are the days that its ends have moved.
  function shift(bar, start, due) {
    const px = pixels(bar), body = find(".tl-body", bar);
    bar.was = bar.was || { x: Number(body.getAttribute("x")), width: Number(body.getAttribute("width")) };
    const width = Math.max(px, bar.was.width + (due - start) * px);
    body.setAttribute("x", bar.was.x + start * px);
    body.setAttribute("width", width);
    find("text", bar)?.setAttribute("transform", `translate(${start * px} 0)`);
  }
  const undoShift = (bar) => () => { shift(bar, 0, 0); delete bar.was; };
  document.addEventListener("pointerdown", (e) => {
    const bar = e.target.closest?.("[data-tl] [data-days-url]");
    if (!bar || e.button !== 0) return;
    pull = { bar, x: e.clientX, edge: e.target.dataset.tlEdge || "", by: 0 };
    if (e.pointerType === "mouse") e.preventDefault();
  });
  document.addEventListener("pointermove", (e) => {
    if (!pull) return;
    const by = Math.round((e.clientX - pull.x) / pixels(pull.bar));
    if (by === pull.by) return;
    pull.by = by;
    pull.moved = true;
    shift(pull.bar, pull.edge === "due" ? 0 : by, pull.edge === "start" ? 0 : by);
  });
  document.addEventListener("pointerup", () => {
    const p = pull;
    pull = null;
    if (!p?.moved) return;
    p.bar.dropped = true;
    setTimeout(() => { p.bar.dropped = false; }, 50); // the click that a pull ends with opens nothing
    if (p.by) sendDays(p.bar, "timeline", p.edge === "due" ? 0 : p.by, p.edge === "start" ? 0 : p.by, undoShift(p.bar));
  });
  document.addEventListener("pointercancel", () => { if (pull) undoShift(pull.bar)(); pull = null; });
  document.addEventListener("dragstart", (e) => { if (e.target.closest?.("[data-tl]")) e.preventDefault(); });
  document.addEventListener("click", (e) => { if (e.target.closest?.("[data-tl] a")?.dropped) { e.preventDefault(); e.stopImmediatePropagation(); } }, true);
  function sendNudge() {
    clearTimeout(timer);
    const n = nudge;
    nudge = null;
    if (n && (n.start || n.due)) sendDays(n.bar, "timeline", n.start, n.due, undoShift(n.bar));
  }
  document.addEventListener("keydown", (e) => {
    const bar = e.target.closest?.("[data-tl] [data-days-url]");
    if (!bar || !/^Arrow(Left|Right)$/.test(e.key) || e.ctrlKey || e.metaKey || e.altKey) return;
    e.preventDefault();
    if (nudge && nudge.bar !== bar) sendNudge();
    nudge = nudge || { bar, start: 0, due: 0 };
    const by = e.key === "ArrowLeft" ? -1 : 1;
    nudge.due += by;
    if (!e.shiftKey) nudge.start += by;
    shift(bar, nudge.start, nudge.due);
    announce((nudge.start ? "Start by " + nudge.start + ", end by " : "End by ") + nudge.due + " days");
    clearTimeout(timer);
    timer = setTimeout(sendNudge, 700); // several presses are one move
  });
  document.addEventListener("focusout", (e) => { if (nudge && e.target === nudge.bar) sendNudge(); });
  portal.hands.push(() => dragging || held || pull || nudge);
  document.addEventListener("htmx:afterSettle", () => all("[data-copy]").forEach((el) => { el.hidden = false; }));
  // The first look at the timeline has today in it, where the window is too narrow for all.
  const chart = find(".tl"), line = chart && find(".tl-today", chart);
  if (line && chart.scrollWidth > chart.clientWidth) chart.scrollLeft = Math.max(0, Number(line.getAttribute("x1")) - 120);
})();
