// What pages do beyond htmx: toasts, keys, inline editors, the board, and hearing of others' changes.
(function () {
  "use strict";
  const find = (selector, root) => (root || document).querySelector(selector);
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const ask = (...what) => htmx.ajax(...what)?.catch(() => {}); // what went wrong is said by events
  const typing = (el) => el && (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName)) && !/^(checkbox|radio)$/.test(el.type);

  // Toasts go by themselves, except errors; the pointer or the focus holds them.
  function watchToast(toast) {
    if (toast.dataset.watched) return;
    toast.dataset.watched = "1";
    find("[data-close]", toast)?.addEventListener("click", () => toast.remove());
    if (toast.classList.contains("toast-bad")) return;
    let timer;
    const start = () => { timer = setTimeout(() => toast.remove(), find("form, .toast-offer", toast) ? 10000 : 5000); };
    ["mouseenter", "focusin"].forEach((e) => toast.addEventListener(e, () => clearTimeout(timer)));
    ["mouseleave", "focusout"].forEach((e) => toast.addEventListener(e, start));
    start();
  }
  new MutationObserver(() => all("#toasts .toast").forEach(watchToast)).observe(find("#toasts"), { childList: true });
  all("#toasts .toast").forEach(watchToast);
  function say(text, tone) {
    const toast = document.createElement("div");
    toast.className = "toast toast-" + (tone || "good");
    toast.setAttribute("role", tone === "bad" ? "alert" : "status");
    const said = document.createElement("span"), close = document.createElement("button");
    said.className = "toast-text";
    said.textContent = text;
    close.className = "button button-quiet button-small";
    close.type = "button";
    close.dataset.close = "";
    close.textContent = "Close";
    toast.append(said, close);
    find("#toasts").append(toast);
  }
  function announce(text) { find("#announce").textContent = text; }

  // Work over 300 ms shows a bar.
  let waiting = 0, barTimer;
  document.addEventListener("htmx:beforeRequest", (e) => {
    if (e.detail.requestConfig.headers["Portal-Live"]) return;
    if (waiting++ === 0) barTimer = setTimeout(() => { find("#busy").hidden = false; }, 300);
  });
  document.addEventListener("htmx:afterRequest", (e) => {
    if (e.detail.requestConfig.headers["Portal-Live"]) return;
    waiting = Math.max(0, waiting - 1);
    if (waiting === 0) { clearTimeout(barTimer); find("#busy").hidden = true; }
  });
  document.addEventListener("htmx:sendError", () => say("The portal does not answer. Nothing was changed; try again.", "bad"));

  // After a swap: the first wrong field, or the editor that was asked for, has the focus; else what has come in
  // place of what had it, so that keys go on from there.
  const reach = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const called = (el) => el.getAttribute("aria-label") || el.textContent.trim();
  let lost = null;
  document.addEventListener("htmx:beforeSwap", (e) => {
    const had = document.activeElement;
    lost = had !== document.body && e.detail.target.contains(had) ? { id: had.id, root: e.detail.target.id, name: called(had) } : null;
  });
  function found() {
    if (!lost || document.activeElement !== document.body) return;
    const root = document.getElementById(lost.root) || find("#main"), able = all(reach, root).filter((el) => el.offsetParent);
    (document.getElementById(lost.id) || able.find((el) => called(el) === lost.name) || able[0] || root).focus();
  }
  document.addEventListener("htmx:afterSettle", (e) => {
    const root = e.target;
    if (root.id === "dialog-body") { const d = find("#dialog"); if (!d.open) d.showModal(); } // what is not shown takes no focus
    const to = find('[aria-invalid="true"]', root) || find("[data-focus]", root);
    if (to) {
      to.focus();
      to.closest(".inline-form")?.scrollIntoView({ block: "nearest" }); // its choices too, where it opens at the window's end
      if (to.tagName === "TEXTAREA") to.setSelectionRange(to.value.length, to.value.length);
      else if (to.select && to.type !== "date") to.select();
    } else found();
    if (root.id === "panel") panelOpened();
  });

  // What filters found is said to those who do not see it.
  document.addEventListener("htmx:afterSettle", (e) => {
    if (e.detail.requestConfig?.elt?.id !== "filters") return;
    const numbers = all(".board-number", e.target).map((n) => parseInt(n.textContent, 10));
    const said = find(".pager > span, .empty h2", e.target)?.textContent.trim() || (numbers.length && "Tasks: " + numbers.reduce((a, b) => a + b));
    if (said) announce(said);
  });

  // Inline editors: Enter saves, Escape restores the cell. A choice by the pointer saves at once; one by keys waits
  // for Enter, since keys go through the choices one by one.
  function leaveEditor(form) { find("[data-cancel]", form)?.click(); }
  find("#dialog").addEventListener("close", () => { // a clash that was left: what others saved stands
    if (find("#conflict")) all(".inline-form").forEach(leaveEditor);
    find("#dialog-body").replaceChildren();
  });
  document.addEventListener("change", (e) => {
    const form = e.target.closest("form");
    if (form?.matches("[data-save-on-change]:not([data-keys])")) form.requestSubmit();
  });
  document.addEventListener("pointerdown", (e) => e.target.closest("[data-save-on-change]")?.removeAttribute("data-keys"));
  document.addEventListener("keydown", (e) => {
    const form = e.target.tagName === "SELECT" && e.target.closest("[data-save-on-change]");
    if (!form || e.key === "Tab" || e.key === "Escape") return;
    form.setAttribute("data-keys", "");
    if (e.key === "Enter") { e.preventDefault(); form.requestSubmit(); }
  });

  // The side panel: a task over its list, with its own address. What it lies over keeps its address for the way back.
  document.addEventListener("htmx:beforeRequest", (e) => {
    const panel = find("#panel");
    if (e.detail.target === panel && !panel.children.length) panel.dataset.under = location.pathname + location.search;
  });
  function panelOpened() {
    const panel = find("#panel");
    if (!panel.children.length) return;
    panel.scrollTop = 0;
    if (!panel.contains(document.activeElement)) panel.focus({ preventScroll: true });
  }
  function closePanel() {
    const panel = find("#panel");
    if (!panel || !panel.children.length) return false;
    const opener = find("[data-opened]");
    panel.replaceChildren();
    history.pushState({ htmx: true }, "", panel.dataset.under || location.pathname);
    all("[data-opened]").forEach((el) => el.removeAttribute("data-opened"));
    hear();
    opener?.focus();
    return true;
  }

  // Keys. Two-letter ones begin with g. None while typing.
  let before = "";
  const rows = () => { const list = all("[data-row]"); return list.length ? list : all("[data-card]"); };
  function step(by) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((r) => r.contains(find("[data-opened]") || document.activeElement));
    const now = at < 0 ? list.findIndex((r) => r.hasAttribute("data-current")) : at;
    list.forEach((r) => r.removeAttribute("data-current"));
    const next = list[Math.max(0, Math.min(list.length - 1, now < 0 ? 0 : now + by))];
    next.setAttribute("data-current", "");
    (find("a", next) || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
    if (find("#panel")?.children.length) find("[hx-target='#panel']", next)?.click();
  }
  function showKeys() {
    const list = find("#keys-list"), seen = new Set();
    list.replaceChildren();
    const line = (key, label) => {
      if (!label || seen.has(key)) return;
      seen.add(key);
      const dt = document.createElement("dt"), dd = document.createElement("dd");
      key.split(" ").forEach((k) => { const b = document.createElement("kbd"); b.textContent = k; dt.append(b, " "); });
      dd.textContent = label;
      list.append(dt, dd);
    };
    line("?", "Show these shortcuts");
    all("[data-key]").forEach((el) => line(el.dataset.key, el.dataset.keyLabel || el.textContent.trim()));
    if (rows().length) { line("j", "Next row"); line("k", "Previous row"); line("Enter", "Open the row"); }
    if (find("[data-card]")) { line("Space", "Pick up or drop the card in focus; arrows move it"); }
    line("Ctrl Enter", "Save the form");
    line("Esc", "Close, or leave without saving");
    find("#keys").showModal();
  }
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey) && e.target.form) { e.preventDefault(); e.target.form.requestSubmit(); return; }
    if (e.key === "Escape") {
      const editor = e.target.closest?.(".inline-form, .comment-form:not([data-touched])");
      if (editor) { e.preventDefault(); leaveEditor(editor); return; }
      const menu = e.target.closest?.("details[open]");
      if (menu) { menu.open = false; find("summary", menu).focus(); return; }
      const nav = find("#nav-toggle:checked");
      if (nav) { nav.checked = false; nav.focus(); return; }
      if (!find("dialog[open]") && !typing(e.target) && closePanel()) e.preventDefault();
      return;
    }
    if (typing(e.target) || e.ctrlKey || e.metaKey || e.altKey || find("dialog[open]")) return;
    if (document.body.dataset.keys === "off") return;
    const key = before ? before + " " + e.key : e.key;
    before = "";
    if (e.key === "g" && key === "g") { before = "g"; setTimeout(() => { before = ""; }, 1200); return; }
    if (key === "?") { e.preventDefault(); showKeys(); return; }
    if (key === "j" || key === "k") { step(key === "j" ? 1 : -1); return; }
    const panel = find("#panel"), inPanel = panel?.children.length ? all("[data-key]", panel) : [];
    const target = inPanel.concat(all("[data-key]")).find((el) => el.dataset.key === key && el.offsetParent !== null);
    if (!target) return;
    e.preventDefault();
    if (typing(target)) target.focus(); else target.click();
  });
  document.addEventListener("click", (e) => {
    const dialog = e.target.closest("dialog"), leave = e.target.closest("[data-close-dialog]");
    if (dialog && (leave || e.target === dialog)) { dialog.close(); if (leave?.href) e.preventDefault(); }
    all("details.menu[open], details.person-menu[open]").forEach((d) => { if (!d.contains(e.target)) d.open = false; });
    if (e.target.closest("[data-panel-close]") && closePanel()) e.preventDefault();
    const opener = e.target.closest("[hx-target='#panel']");
    if (opener) { all("[data-opened]").forEach((o) => o.removeAttribute("data-opened")); opener.setAttribute("data-opened", ""); }
  });

  // What only this browser knows of an element stays on it when others' changes come in.
  Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, el, kind) => !(kind === "remove" && /^data-(current|opened|watched)$/.test(name));
  // Grids: Tab comes to one cell, arrows go from cell to cell. A cell is what in it can be used, or the cell itself.
  const usable = (cell) => all(reach, cell).filter((el) => !el.closest(".inline-form"));
  const stops = (row) => Array.from(row.cells).filter((c) => c.offsetWidth).flatMap((c) => (usable(c).length ? usable(c) : [c]));
  function bindGrids() {
    all("[data-grid]").forEach((grid) => {
      const list = Array.from(grid.rows).flatMap((row) => Array.from(row.cells).flatMap((c) => (usable(c).length ? usable(c) : [c])));
      const now = list.find((el) => el === document.activeElement) || list.find((el) => el.tabIndex === 0 && el.hasAttribute("tabindex")) || list.find((el) => !el.matches("th, td"));
      list.forEach((el) => { el.tabIndex = el === now ? 0 : -1; });
    });
  }
  document.addEventListener("focusin", (e) => {
    const grid = e.target.closest?.("[data-grid]");
    if (!grid || e.target.closest(".inline-form")) return;
    all("[tabindex='0']", grid).forEach((el) => { el.tabIndex = -1; });
    e.target.tabIndex = 0;
  });
  document.addEventListener("keydown", (e) => {
    if (e.key === "Enter" && e.target.matches("[data-enter]")) { e.preventDefault(); e.target.form.requestSubmit(); return; }
    const grid = e.target.closest?.("[data-grid]"), row = e.target.closest?.("tr");
    if (!grid || !row || !/^(Arrow|Home|End)/.test(e.key) || e.target.closest(".inline-form") || e.ctrlKey || e.metaKey) return;
    const entry = e.target.closest("[data-menu-entry]");
    if (e.altKey) {
      const button = entry && find("[data-move='" + { ArrowUp: "up", ArrowDown: "down" }[e.key] + "']", entry);
      if (button) { e.preventDefault(); button.click(); }
      return;
    }
    const rows = Array.from(grid.rows).filter((r) => r.offsetHeight), line = stops(row), at = line.indexOf(e.target);
    const other = rows[rows.indexOf(row) + ({ ArrowUp: -1, ArrowDown: 1 }[e.key] || 0)];
    const cell = other !== row && other?.cells[e.target.closest("th, td").cellIndex];
    const to = { ArrowLeft: line[at - 1], ArrowRight: line[at + 1], Home: line[0], End: line[line.length - 1] }[e.key] || (cell && (usable(cell)[0] || cell));
    e.preventDefault();
    to?.focus();
  });
  document.addEventListener("htmx:afterSettle", bindGrids);
  bindGrids();
  // What was opened in a tree stays open when it is drawn anew.
  const toggles = new Map();
  document.addEventListener("change", (e) => {
    if (e.target.matches("[data-toggle]")) { toggles.set(e.target.id, e.target.checked); }
    const said = find("[data-ticked]");
    if (said && e.target.matches("[form=several]")) said.textContent = all("[form=several]:checked").length + " ticked:";
  });
  document.addEventListener("toggle", (e) => { if (e.target.matches("details.tree")) toggles.set(e.target.id, e.target.open); }, true);
  document.addEventListener("htmx:afterSwap", () => toggles.forEach((on, id) => {
    const el = document.getElementById(id);
    if (el) el[el.tagName === "DETAILS" ? "open" : "checked"] = on || find("[data-focus]", el.closest("tbody")?.nextElementSibling) !== null;
  }));
  // What is dragged goes back where it was when the server refuses it, or does not answer.
  let putBack = null, next; // putBack undoes the move that is under way; next is what stood behind what is in hand
  const place = (item, list, next) => list.insertBefore(item, next?.parentNode === list ? next : null);
  document.addEventListener("htmx:afterRequest", (e) => {
    if (!e.detail.requestConfig.path.split("?")[0].endsWith("/move") || e.detail.xhr.status === 200) return;
    putBack?.();
    if (find("#board")) refresh(find("#board"));
  });
  // The menu's entries: dragged within their category, and to another one.
  function bindMenu() {
    all("[data-menu-url]").forEach((body) => {
      if (body.sortable) return;
      body.sortable = Sortable.create(body, {
        group: "menu", draggable: "[data-menu-entry]", animation: 120, delay: 120, delayOnTouchOnly: true, filter: "a,button,.inline-form", preventOnFilter: false,
        onChoose: (e) => { next = e.item.nextElementSibling; },
        onEnd: (e) => {
          if (e.from === e.to && e.oldIndex === e.newIndex) return;
          putBack = () => place(e.item, e.from, next);
          ask("POST", body.dataset.menuUrl, {
            source: e.item, target: "#list", swap: "outerHTML",
            values: { node: e.item.dataset.menuEntry, category: e.to.dataset.menu, before: e.item.nextElementSibling?.dataset.menuEntry || "" },
          });
        },
      });
    });
  }
  document.addEventListener("htmx:afterSettle", bindMenu);
  bindMenu();

  // Others' changes: one stream a page carries ids; what shows them asks for itself anew, with the viewer's own rights.
  const late = new Map(), hands = [];
  const inUse = (el) => hands.some((busy) => busy()) || find(".inline-form, [data-editing], details[open]", el) || all("textarea:focus, input:focus", el).some((f) => f.value !== f.defaultValue);
  function refresh(el) {
    clearTimeout(late.get(el.id));
    if (inUse(el)) { late.set(el.id, setTimeout(() => refresh(find("#" + el.id) || el), 1500)); return; }
    late.set(el.id, setTimeout(() => {
      const there = find("#" + el.id);
      if (there && (there !== el || inUse(el))) refresh(there);
      if (there !== el || inUse(el)) return;
      // Without a source of its own, htmx would queue all requests at the body and drop all but the last.
      ask("GET", el.dataset.liveUrl || location.pathname + location.search, { source: el, target: "#" + el.id, swap: "morph:outerHTML", headers: { "Portal-Live": "1" } });
    }, 150));
  }
  let stream, topics = "";
  function hear() {
    const wanted = Array.from(new Set(all("[data-live]").map((el) => el.dataset.live))).sort().join(",");
    if (wanted === topics) return;
    topics = wanted;
    stream?.close();
    if (!wanted) return;
    let broken = false;
    stream = new EventSource("/events?on=" + encodeURIComponent(wanted) + "&since=" + document.body.dataset.heard);
    const everything = () => all("[data-live]").forEach(refresh);
    stream.addEventListener("change", (e) => { const c = JSON.parse(e.data); all("[data-live]").filter((el) => el.dataset.live === c.topic).forEach(refresh); });
    stream.addEventListener("behind", everything);
    stream.onerror = () => { broken = true; };
    stream.onopen = () => { if (broken) everything(); broken = false; };
  }
  hear();
  document.addEventListener("htmx:afterSettle", hear);
  // What was done in the dialog: it closes, and what lies under it shows what came of it.
  document.addEventListener("portal.done", () => { find("#dialog").close(); all("[data-live]").forEach(refresh); });
  window.addEventListener("pagehide", () => stream?.close());

  // Relative times go on.
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto", style: "short" });
  function tick() {
    all("time[data-relative]").forEach((el) => {
      const s = (Date.parse(el.dateTime) - Date.now()) / 1000, n = Math.abs(s);
      if (n > 7 * 86400) return;
      el.textContent = n < 60 ? "just now" : n < 3600 ? relative.format(Math.round(s / 60), "minute") : n < 86400 ? relative.format(Math.round(s / 3600), "hour") : relative.format(Math.round(s / 86400), "day");
    });
  }
  tick();
  setInterval(tick, 60000);
  document.addEventListener("htmx:afterSettle", tick);

  // What was asked for before a card was picked up or an editor opened comes too late: it would take it out of the hand.
  document.addEventListener("htmx:beforeSwap", (e) => {
    if (e.detail.requestConfig.headers["Portal-Live"] && inUse(e.detail.target)) { e.detail.shouldSwap = false; refresh(e.detail.target); }
  });

  // What somebody is typing stays when others' changes come in around it.
  let typed = [];
  document.addEventListener("htmx:beforeSwap", () => {
    typed = all("form[data-touched] [id]").filter(typing).map((el) => [el.id, el.value, el.form.getAttribute("action")]);
  });
  document.addEventListener("htmx:afterSwap", () => typed.forEach(([id, value, action]) => {
    const el = document.getElementById(id);
    if (el && el.form?.getAttribute("action") === action && el.value !== value) { el.value = value; el.form.dataset.touched = "1"; }
  }));

  // Leaving a page with unsaved text asks first.
  document.addEventListener("input", (e) => { if (e.target.closest("form[data-guard]")) e.target.form.dataset.touched = "1"; });
  document.addEventListener("submit", (e) => { delete e.target.dataset.touched; });
  // A form on its way shows it at once, and is not sent twice by a second click. One that brings a file leaves the page
  // standing, so the button comes back by itself.
  document.addEventListener("submit", (e) => {
    const form = e.target, button = e.submitter;
    if (e.defaultPrevented || form.method !== "post") return; // htmx sends it, and knows what is under way
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "1";
    button?.setAttribute("aria-busy", "true");
    const back = () => { delete form.dataset.sent; button?.removeAttribute("aria-busy"); };
    const timer = setTimeout(back, 4000);
    window.addEventListener("pageshow", () => { clearTimeout(timer); back(); }, { once: true });
  });
  window.addEventListener("beforeunload", (e) => { if (find("form[data-touched]:not([data-drafted])")) e.preventDefault(); });
  // The row of tabs may be wider than a phone. It waits for the first frame: now, the page would be laid out twice.
  requestAnimationFrame(() => find(".tab[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" }));
  // A form that came back has its first wrong field in focus, also as a whole page.
  find('[aria-invalid="true"]')?.focus();
  // What is shown once is copied and printed by buttons that only scripts can serve: a field, or a list's lines.
  all("[data-copy], [data-print]").forEach((el) => { el.hidden = false; });
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-print]")) window.print();
    const source = document.getElementById(e.target.closest("[data-copy]")?.dataset.copy);
    if (!source) return;
    const refused = () => { source.select?.(); say("This browser does not let the page copy. Copy or write it down by hand.", "bad"); };
    const text = source.value ?? all("li", source).map((li) => li.textContent.trim()).join("\n");
    if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => say("Copied."), refused); else refused();
  });
  // A tick for all of a list's page is hidden where it could not work.
  const showTicks = () => all("[data-check-all]").forEach((box) => { box.closest("label").hidden = false; });
  showTicks();
  document.addEventListener("htmx:afterSettle", showTicks);
  document.addEventListener("change", (e) => {
    const name = e.target.dataset.checkAll;
    if (name) all(`input[type="checkbox"][name="${name}"]`, e.target.form).forEach((box) => { box.checked = e.target.checked; });
  });
  document.addEventListener("focusin", (e) => { if (e.target.matches?.("[data-select]")) e.target.select(); });
  // What the other files of scripts stand on. hands are asked whether something is in hand, and nothing may be drawn anew under it.
  window.portal = { find, all, ask, say, announce, refresh, typing, place, hands, putBack: (back) => { putBack = back; } };
  // A page that says "try again" does so by itself.
  if (find("[data-retry]")) setTimeout(() => { if (find("[data-retry]")) location.reload(); }, 5000);
})();
