// The board: by mouse and touch through SortableJS, by keyboard with Space and arrows. The server makes the order.
// Also what boards and lists fold away, and how a list is sorted and shown.
(function () {
  "use strict";
  const { find, all, ask, announce, place } = portal;
  // What a live look asks for is the board as it now is: with the filters, the lanes, and what was shown more of.
  const shownAt = () => new URL(find("#board, #list").dataset.liveUrl, location.href);
  function sendMove(card, column, back) {
    const ids = all("[data-card]", column), at = ids.indexOf(card), lanes = column.dataset.lanes;
    portal.putBack(back);
    ask("POST", card.dataset.moveUrl + shownAt().search, {
      source: card, target: "#board", swap: "morph:outerHTML",
      values: {
        status: column.dataset.boardColumn, after: ids[at - 1]?.dataset.card || "", before: ids[at + 1]?.dataset.card || "", version: card.dataset.version,
        ...(lanes && { lanes, lane: column.dataset.lane }),
      },
    });
  }
  // A card goes before what follows the cards of a column, such as the way to more of them.
  const append = (column, card) => column.insertBefore(card, find(".board-more", column));
  let dragging = false, next;
  function bindBoard() {
    all("[data-board-column]").forEach((column) => {
      if (column.sortable || !column.closest("[data-movable]")) return;
      column.sortable = Sortable.create(column, {
        group: "board", draggable: "[data-card]:not([data-fixed])", animation: 120, delay: 120, delayOnTouchOnly: true, filter: "summary,button,select,.board-more", preventOnFilter: false,
        onChoose: (e) => { next = e.item.nextElementSibling; },
        onStart: () => { dragging = true; },
        onEnd: (e) => {
          dragging = false;
          if (e.item.nextElementSibling === null) append(e.to, e.item);
          if (e.from !== e.to || e.oldIndex !== e.newIndex) sendMove(e.item, e.to, () => place(e.item, e.from, next));
        },
      });
    });
  }
  document.addEventListener("htmx:afterSettle", bindBoard);
  bindBoard();
  let held = null;
  // Sideways is the next column of the same lane; up and down, past the first and last card, the next lane that is open.
  function step(card, key) {
    const column = card.closest("[data-board-column]"), row = column.closest(".lane-cells, .board"), columns = all("[data-board-column]", row), at = columns.indexOf(column);
    const side = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (side) { columns[at + side]?.prepend(card); return; }
    const up = key === "ArrowUp", beside = up ? card.previousElementSibling : card.nextElementSibling;
    if (beside?.matches("[data-card]")) { if (up) beside.before(card); else beside.after(card); return; }
    const rows = all(".lane-cells").filter((r) => r.offsetParent), other = rows[rows.indexOf(row) + (up ? -1 : 1)];
    const to = other && all("[data-board-column]", other)[at];
    if (to && up) append(to, card); else to?.prepend(card);
  }
  document.addEventListener("keydown", (e) => {
    const card = e.target.closest?.("[data-card]");
    if (!card || e.target !== card || !card.closest("[data-movable]") || card.hasAttribute("data-fixed")) return;
    const column = card.closest("[data-board-column]");
    if (e.key === " ") {
      e.preventDefault();
      if (held) {
        const from = held;
        held = null;
        card.removeAttribute("data-held");
        sendMove(card, column, () => { place(card, from.column, from.next); card.focus(); });
        announce("Dropped in " + column.dataset.name);
      } else {
        held = { card, column, next: card.nextElementSibling };
        card.setAttribute("data-held", "");
        announce("Picked up. Arrows move, Space drops, Escape puts it back.");
      }
    } else if (e.key === "Enter" && !held) { find("a", card)?.click(); } else if (held && e.key.startsWith("Arrow")) {
      e.preventDefault();
      step(card, e.key);
      card.focus();
      card.scrollIntoView({ block: "nearest", inline: "nearest" });
      const now = card.closest("[data-board-column]");
      announce(now.dataset.name + ", place " + (all("[data-card]", now).indexOf(card) + 1));
    } else if (held && e.key === "Escape") {
      e.stopImmediatePropagation();
      place(card, held.column, held.next);
      card.removeAttribute("data-held");
      held = null;
      card.focus();
      announce("Put back.");
    }
  }, true);
  portal.hands.push(() => dragging || held);

  // More of a column has come: the board is looked at anew, shared and reloaded with it.
  document.addEventListener("htmx:afterSettle", () => all("[data-board-url]").forEach((said) => {
    const board = find("#board");
    board.dataset.liveUrl = said.dataset.boardUrl;
    if (!find("#panel")?.children.length) history.replaceState(history.state, "", said.dataset.boardUrl);
    said.remove();
  }));

  // What is folded away stays so in this browser: a lane, or the subtasks of a task.
  const most = 300, kept = "portal.folded";
  let folded;
  try { folded = new Set(JSON.parse(localStorage.getItem(kept)) || []); } catch { folded = new Set(); }
  const where = (button) => location.origin + (find("#board, #list")?.dataset.live || "") + " " + button.dataset.fold;
  function hideUnder(id, hidden) {
    all("tr[data-under='" + id + "']").forEach((row) => {
      row.hidden = hidden;
      hideUnder(row.id, hidden || folded.has(where({ dataset: { fold: row.id } })));
    });
  }
  function fold() {
    all("[data-fold]").forEach((button) => {
      const on = folded.has(where(button));
      button.setAttribute("aria-expanded", String(!on));
      button.closest(".lane")?.toggleAttribute("data-folded", on);
    });
    all("tr[data-row]:not([data-under]) [data-fold]").forEach((b) => hideUnder(b.dataset.fold, folded.has(where(b))));
  }
  document.addEventListener("click", (e) => {
    const button = e.target.closest?.("[data-fold]");
    if (!button) return;
    const name = where(button);
    if (!folded.delete(name)) folded.add(name);
    folded = new Set(Array.from(folded).slice(-most));
    try { localStorage.setItem(kept, JSON.stringify(Array.from(folded))); } catch { /* it stays for this page */ }
    fold();
  });
  const before = Idiomorph.defaults.callbacks.beforeAttributeUpdated;
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, el, kind) => {
    if (name === "data-folded" || (name === "hidden" && el.matches("[data-under]")) || (name === "aria-expanded" && el.matches("[data-fold]"))) return false;
    return before(name, el, kind);
  };
  document.addEventListener("htmx:afterSettle", fold);
  fold();

  // A heading clicked with Shift adds its key to those that the list is sorted by already.
  document.addEventListener("click", (e) => {
    const heading = e.shiftKey && e.target.closest?.("[data-sort-add]");
    if (!heading) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    getSelection()?.removeAllRanges();
    ask("GET", heading.dataset.sortAdd, { source: heading, target: "#list", swap: "outerHTML" });
  }, true);
  document.addEventListener("mousedown", (e) => { if (e.shiftKey && e.target.closest?.("[data-sort-add]")) e.preventDefault(); });
  // The forms that say how tasks are shown lead to the short address, with the filters as they are now.
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-show-as]")) return;
    e.preventDefault();
    const to = shownAt(), sent = new FormData(e.target), set = (name, value) => { if (value) to.searchParams.set(name, value); else to.searchParams.delete(name); };
    const dirs = sent.getAll("dir");
    if (sent.has("by")) set("sort", sent.getAll("by").map((key, i) => key && dirs[i] + key).filter(Boolean).join(","));
    if (sent.has("group")) { set("group", sent.get("group")); set("columns", sent.getAll("columns").join(",")); }
    if (sent.has("lanes")) { set("lanes", sent.get("lanes")); set("deep", ""); }
    set("page", "");
    location.assign(to);
  });
  document.addEventListener("change", (e) => { if (e.target.matches("[data-show-as] [name=lanes]")) e.target.form.requestSubmit(); });
})();
