// Todos: dragged to their place, or moved by Alt and an arrow. The server makes the order.
(function () {
  "use strict";
  const { find, all, ask, place, hands } = window.portal;
  let dragging = false, next;
  hands.push(() => dragging);
  function bind() {
    all("[data-todos]").forEach((list) => {
      if (list.sortable) return;
      list.sortable = Sortable.create(list, {
        draggable: "[data-todo]", animation: 120, delay: 120, delayOnTouchOnly: true, filter: "button,summary,input,select,textarea", preventOnFilter: false,
        onChoose: (e) => { next = e.item.nextElementSibling; },
        onStart: () => { dragging = true; },
        onEnd: (e) => {
          dragging = false;
          if (e.oldIndex === e.newIndex) return;
          window.portal.putBack(() => place(e.item, e.from, next));
          ask("POST", e.item.dataset.moveUrl, { source: e.item, target: "#todos", swap: "outerHTML", values: { before: e.item.nextElementSibling?.dataset.todo || "0" } });
        },
      });
    });
  }
  document.addEventListener("htmx:afterSettle", bind);
  bind();
  document.addEventListener("keydown", (e) => {
    const way = e.altKey && { ArrowUp: "up", ArrowDown: "down" }[e.key], todo = way && e.target.closest?.("[data-todo]");
    if (!todo) return;
    e.preventDefault();
    find("[data-todo-way='" + way + "']", todo)?.click();
  });
})();
