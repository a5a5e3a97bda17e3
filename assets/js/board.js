// The board: by mouse and touch through SortableJS, by keyboard with Space and arrows. The server makes the order.
(function () {
  "use strict";
  const { find, all, ask, announce, place } = portal;
  function sendMove(card, column, back) {
    const ids = all("[data-card]", column), at = ids.indexOf(card);
    portal.putBack(back);
    ask("POST", card.dataset.moveUrl, {
      source: card, target: "#board", swap: "morph:outerHTML",
      values: { status: column.dataset.boardColumn, after: ids[at - 1]?.dataset.card || "", before: ids[at + 1]?.dataset.card || "", version: card.dataset.version },
    });
  }
  let dragging = false, next;
  function bindBoard() {
    all("[data-board-column]").forEach((column) => {
      if (column.sortable || !column.closest("[data-movable]")) return;
      column.sortable = Sortable.create(column, {
        group: "board", draggable: "[data-card]:not([data-fixed])", animation: 120, delay: 120, delayOnTouchOnly: true, filter: "summary,button,select", preventOnFilter: false,
        onChoose: (e) => { next = e.item.nextElementSibling; },
        onStart: () => { dragging = true; },
        onEnd: (e) => { dragging = false; if (e.from !== e.to || e.oldIndex !== e.newIndex) sendMove(e.item, e.to, () => place(e.item, e.from, next)); },
      });
    });
  }
  document.addEventListener("htmx:afterSettle", bindBoard);
  bindBoard();
  let held = null;
  document.addEventListener("keydown", (e) => {
    const card = e.target.closest?.("[data-card]");
    if (!card || e.target !== card || !card.closest("[data-movable]") || card.hasAttribute("data-fixed")) return;
    const column = card.closest("[data-board-column]"), columns = all("[data-board-column]");
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
      const side = { ArrowLeft: -1, ArrowRight: 1 }[e.key];
      if (side) columns[columns.indexOf(column) + side]?.prepend(card);
      else if (e.key === "ArrowUp") card.previousElementSibling?.before(card);
      else card.nextElementSibling?.after(card);
      card.focus();
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
})();
