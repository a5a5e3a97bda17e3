// Lists: ticking rows, bulk acts, columns.
(function () {
  "use strict";
  const { find, all, hands, announce } = window.portal;
  const ticks = (name) => all(`input[type="checkbox"][form="several"][name="${name}"]`);
  const names = () => all("[data-several-said]").map((el) => el.dataset.severalSaid);

  // The bar says how many rows are ticked; while some are, others' changes do not draw the list anew under them.
  function count() {
    all("[data-several-said]").forEach((said) => {
      const name = said.dataset.severalSaid, boxes = ticks(name), on = boxes.filter((box) => box.checked).length;
      said.textContent = on === 1 ? "1 row ticked" : on + " rows ticked";
      const head = find(`[form="several"][data-check-all="${name}"]`);
      if (head) { head.checked = on > 0 && on === boxes.length; head.indeterminate = on > 0 && on < boxes.length; }
    });
  }
  hands.push(() => names().some((name) => ticks(name).some((box) => box.checked)));

  // Shift and a click tick all rows from the one that was clicked last.
  let last = null;
  document.addEventListener("click", (e) => {
    const box = e.target.closest?.('input[type="checkbox"][form="several"][name]');
    if (!box) return;
    const boxes = ticks(box.name), from = boxes.indexOf(last), to = boxes.indexOf(box);
    if (e.shiftKey && from >= 0) boxes.slice(Math.min(from, to), Math.max(from, to) + 1).forEach((other) => { other.checked = box.checked; });
    last = box;
    count();
  });
  document.addEventListener("change", (e) => {
    if (!e.target.matches('[form="several"]')) return;
    const name = e.target.dataset.checkAll;
    if (name) ticks(name).forEach((box) => { box.checked = e.target.checked; });
    count();
    if (name) announce(ticks(name).filter((box) => box.checked).length + " rows ticked");
  });
  document.addEventListener("keydown", (e) => {
    if (e.key !== "x" || window.portal.typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || find("dialog[open]") || document.body.dataset.keys === "off") return;
    const row = document.activeElement?.closest("[data-row]") || find("[data-row][data-current]"), box = row && find('input[form="several"][name]', row);
    if (box) { e.preventDefault(); box.click(); }
  });
  document.addEventListener("htmx:afterSettle", count);
  count();
})();
(function () {
  "use strict";
  const { find, all } = window.portal;
  // The board's filters replace the board alone: what its menu of views saves, and whether it says "changed", follows the address.
  function query() {
    const now = new URLSearchParams(location.search);
    ["page", "saved", "deep"].forEach((name) => now.delete(name));
    now.sort();
    return now.toString();
  }
  function follow() {
    const menu = find(".views[data-views]");
    all("[data-print]").forEach((el) => { el.hidden = false; });
    if (!menu || !find("#board")) return;
    const said = find(".views-changed", menu), update = find(".views-update", menu), was = new URLSearchParams(menu.dataset.viewQuery);
    was.sort();
    const known = !!find("[aria-current]", menu), differs = known && was.toString() !== query();
    if (said) said.hidden = !differs;
    if (update) update.hidden = !differs;
  }
  document.addEventListener("submit", (e) => {
    if (!e.target.matches("[data-view-here]") || !find("#board")) return;
    const to = new URL(e.target.action), list = to.searchParams.get("list");
    to.search = "?list=" + encodeURIComponent(list) + (query() ? "&" + query() : "");
    e.target.action = to.pathname + to.search;
  }, true);
  document.addEventListener("htmx:pushedIntoHistory", follow);
  document.addEventListener("htmx:afterSettle", follow);
})();
