// The palette: one field over everything. Arrows choose, Enter opens, with Ctrl in a new tab, Escape closes. htmx asks for the list.
(function () {
  "use strict";
  const { find, all } = window.portal;
  const headers = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  // What is opened by searching stands first the next time.
  function opened(el) {
    if (!el.dataset.found || !document.body.dataset.person) return;
    fetch("/search/opened", { method: "POST", keepalive: true, headers: headers(), body: new URLSearchParams({ kind: el.dataset.found, id: el.dataset.foundId }) }).catch(() => {});
  }
  ["click", "auxclick"].forEach((name) => document.addEventListener(name, (e) => {
    const hit = e.target.closest("a[data-found]");
    if (hit && e.button < 2) opened(hit);
  }));
  const dialog = find("#palette"), input = find("#palette-input"), said = find("#palette-said");
  if (!dialog) return;
  const options = () => all("[role=option]", dialog), chosen = () => find("[aria-selected=true]", dialog);
  function choose(option) {
    options().forEach((o) => o.setAttribute("aria-selected", String(o === option)));
    if (!option) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }
  // What can be done on this page by a key of its own can be done from here too.
  function here(words) {
    const list = find("#palette-list"), fit = all("[data-key]").filter((el) => {
      const label = (el.dataset.keyLabel || el.textContent).trim().toLowerCase();
      return el.offsetParent && !dialog.contains(el) && !el.dataset.key.startsWith("g ") && label && words.every((w) => label.includes(w));
    });
    if (!fit.length) return;
    const group = document.createElement("div"), head = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", head.id = "palette-here");
    head.className = "palette-head";
    head.setAttribute("role", "presentation");
    head.textContent = "On this page";
    group.append(head);
    fit.slice(0, 6).forEach((el, i) => {
      const option = document.createElement("div"), key = document.createElement("kbd"), label = document.createElement("span");
      option.id = "palette-here-" + i;
      option.className = "find-hit";
      option.setAttribute("role", "option");
      label.className = "find-title";
      label.textContent = (el.dataset.keyLabel || el.textContent).trim();
      key.textContent = el.dataset.key;
      option.append(label, key);
      option.act = () => (window.portal.typing(el) ? el.focus() : el.click());
      group.append(option);
    });
    list.append(group);
  }
  // Who types and presses Enter at once opens what fits what was typed, not what stood there before.
  let waits = false, asked = null;
  input.addEventListener("input", () => { waits = true; asked = null; });
  function show() {
    waits = false;
    here(input.value.toLowerCase().split(/\s+/).filter(Boolean));
    choose(options()[0]);
    const list = find("#palette-list");
    said.textContent = !options().length && input.value.trim() ? list.dataset.said || "Nothing found." : "";
    if (list.dataset.said) window.portal.announce(list.dataset.said);
    if (asked && options().length) act(chosen(), asked.apart);
    asked = null;
  }
  function open() {
    if (dialog.open) { input.select(); return; }
    waits = false;
    asked = null;
    input.value = "";
    said.textContent = "";
    find("#palette-list").replaceChildren();
    dialog.showModal();
    input.focus();
    htmx.trigger(input, "palette");
  }
  function act(option, apart) {
    if (!option) return;
    if (option.act) { dialog.close(); option.act(); return; }
    if (option.href) {
      opened(option);
      if (apart) { window.open(option.href, "_blank", "noopener"); return; }
      dialog.close();
      location.assign(option.href);
      return;
    }
    const form = document.createElement("form"), field = (name, value) => {
      const f = document.createElement("input");
      f.type = "hidden"; f.name = name; f.value = value;
      form.append(f);
    };
    form.method = "post";
    form.action = option.dataset.send;
    field("_csrf", Object.values(headers())[0] || "");
    if (option.dataset.name) field(option.dataset.name, option.dataset.value);
    document.body.append(form);
    form.requestSubmit();
  }
  document.addEventListener("keydown", (e) => {
    if ((e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey && e.key.toLowerCase() === "k") { e.preventDefault(); open(); }
  });
  document.addEventListener("click", (e) => {
    if (!e.target.closest("[data-palette-open]") || e.ctrlKey || e.metaKey || e.shiftKey) return;
    e.preventDefault();
    open();
  });
  input.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const list = options(), at = list.indexOf(chosen()), step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step && list.length) { e.preventDefault(); choose(list[(at + step + list.length) % list.length]); }
    if (e.key === "Enter") { e.preventDefault(); e.stopPropagation(); if (waits) asked = { apart: e.ctrlKey || e.metaKey }; else act(chosen(), e.ctrlKey || e.metaKey); }
  });
  dialog.addEventListener("click", (e) => {
    const option = e.target.closest("[role=option]");
    if (!option || option.href) return;
    act(option, false);
  });
  dialog.addEventListener("pointermove", (e) => { const o = e.target.closest("[role=option]"); if (o && o !== chosen()) choose(o); });
  const ours = (e) => e.detail.target?.id === "palette-list";
  document.addEventListener("htmx:afterSettle", (e) => { if (e.target.id === "palette-list") show(); });
  document.addEventListener("htmx:beforeRequest", (e) => { if (ours(e)) dialog.setAttribute("aria-busy", "true"); });
  document.addEventListener("htmx:afterRequest", (e) => {
    if (!ours(e)) return;
    dialog.removeAttribute("aria-busy");
    const xhr = e.detail.xhr;
    if (e.detail.failed && xhr.status) said.textContent = "The search does not work just now. Type on to try again.";
  });
  document.addEventListener("htmx:sendError", (e) => { if (ours(e)) said.textContent = "The portal does not answer. Type on to try again."; });
})();
