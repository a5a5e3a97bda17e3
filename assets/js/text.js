// Texts: preview, suggestions, drafts, pasted and dropped files.
(function () {
  "use strict";
  const { find, all, ask, announce, hands } = portal;
  const token = () => JSON.parse(document.body.getAttribute("hx-headers") || "{}");
  // post sends a form and gives the answer's text; get does it without one. Both say nothing by themselves.
  const head = (more) => ({ "HX-Request": "true", ...token(), ...more });
  const post = (to, values, signal) => fetch(to, { method: "POST", headers: head(), body: new URLSearchParams(values), signal });
  const get = (from, signal) => fetch(from, { headers: head(), signal });
  const later = (wait, what) => { let timer; const f = (...x) => { clearTimeout(timer); timer = setTimeout(() => what(...x), wait); }; f.stop = () => clearTimeout(timer); return f; };

  // put writes over what is marked in a field, so that the browser's undo knows of it.
  function put(area, text, from, to) {
    area.focus();
    area.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  // The toolbar.
  const around = { bold: "**", italic: "_", code: "`" };
  function format(area, tool) {
    const from = area.selectionStart, to = area.selectionEnd, text = area.value.slice(from, to), mark = around[tool];
    if (tool === "link") {
      put(area, "[" + (text || "text") + "](https://)", from, to);
      area.setSelectionRange(area.selectionEnd - 1, area.selectionEnd - 1);
    } else if (tool === "list") {
      const begin = area.value.lastIndexOf("\n", from - 1) + 1;
      put(area, area.value.slice(begin, to).split("\n").map((l) => "- " + l).join("\n"), begin, to);
    } else if (text.includes("\n") && tool === "code") {
      put(area, "```\n" + text + "\n```", from, to);
    } else {
      put(area, mark + text + mark, from, to);
      if (!text) area.setSelectionRange(from + mark.length, from + mark.length);
    }
  }

  // The preview: beside the field where there is room, else in its place.
  const preview = later(350, (writer) => {
    const area = find("textarea", writer), pane = find(".writer-preview", writer);
    if (writer.dataset.view !== "preview") return;
    post(writer.dataset.writer + "/preview", { text: area.value })
      .then((r) => (r.status === 413 ? "This text is too long to be shown." : r.ok || r.status === 422 ? r.text() : Promise.reject()))
      .then((html) => { pane.innerHTML = html; }, () => { pane.textContent = "The portal does not answer. What you wrote is still here."; });
  });
  function view(writer, which) {
    writer.dataset.view = which;
    all("[data-writer-tab]", writer).forEach((tab) => {
      const on = tab.dataset.writerTab === which;
      tab.setAttribute("aria-selected", on);
      tab.tabIndex = on ? 0 : -1;
    });
    find(".writer-preview", writer).hidden = which !== "preview";
    if (which === "preview") preview(writer);
  }
  // What others' changes bring leaves a field alone that somebody writes in, and what is said of its draft.
  Idiomorph.defaults.callbacks.beforeNodeMorphed = (old) => !old.matches?.("[data-writer]");
  Idiomorph.defaults.callbacks.beforeNodeRemoved = (old) => !old.matches?.(".draft-offer, .draft-note, input[name=_draft]");
  // A group of buttons is one stop of Tab; arrows go from one to the next.
  function step(e, group) {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[e.key];
    if (!by) return null;
    const list = all("button", group), next = list[(list.indexOf(e.target) + by + list.length) % list.length];
    e.preventDefault();
    list.forEach((b) => { b.tabIndex = b === next ? 0 : -1; });
    next.focus();
    return next;
  }
  function bindWriters() {
    all("[data-writer]:not([data-bound])").forEach((writer) => {
      writer.dataset.bound = "1";
      const area = find("textarea", writer), list = find(".suggest", writer);
      find(".writer-bar", writer).hidden = false;
      area.setAttribute("aria-autocomplete", "list");
      area.setAttribute("aria-controls", list.id);
      all("[data-writer-tab]", writer).forEach((tab) => tab.addEventListener("click", () => view(writer, tab.dataset.writerTab)));
      all("[data-writer-tool]", writer).forEach((tool) => tool.addEventListener("click", () => { view(writer, "write"); format(area, tool.dataset.writerTool); }));
      find(".writer-tabs", writer).addEventListener("keydown", (e) => { const tab = step(e, e.currentTarget); if (tab) view(writer, tab.dataset.writerTab); });
      find(".writer-tools", writer).addEventListener("keydown", (e) => step(e, e.currentTarget));
      area.addEventListener("input", () => { preview(writer); suggest(area, list, writer.dataset.writer); });
      area.addEventListener("blur", () => setTimeout(() => shut(area, list), 150));
      area.addEventListener("keydown", (e) => shortcut(e, area));
      list.addEventListener("pointerdown", (e) => { e.preventDefault(); const line = e.target.closest("[data-insert]"); if (line) take(area, list, line); });
    });
  }
  function shortcut(e, area) {
    if (!(e.ctrlKey || e.metaKey) || e.altKey) return;
    const tool = e.shiftKey ? { KeyK: "link", Digit8: "list" }[e.code] : { b: "bold", i: "italic", e: "code" }[e.key];
    if (tool) { e.preventDefault(); format(area, tool); }
  }

  // Suggestions while a name is typed behind @ or #. The field keeps the focus; arrows go through the list.
  const naming = /(?:^|[\s([{*_"'>,;:!?])([@#])([\p{L}\p{N}._+-]{0,40})$/u;
  let open = null, asking = null; // the field whose list is open; the question that is under way
  hands.push(() => open !== null);
  function shut(area, list) {
    asking?.abort();
    list.hidden = true;
    list.replaceChildren();
    area.removeAttribute("aria-activedescendant");
    if (open === area) open = null;
  }
  const suggest = later(120, (area, list, base) => {
    const m = naming.exec(area.value.slice(0, area.selectionStart));
    if (!m || area.selectionStart !== area.selectionEnd || document.activeElement !== area) { shut(area, list); return; }
    asking?.abort();
    asking = new AbortController();
    get(base + "/suggest?kind=" + (m[1] === "@" ? "person" : "task") + "&q=" + encodeURIComponent(m[2]), asking.signal)
      .then((r) => (r.ok ? r.text() : "")).then((html) => {
        list.innerHTML = html;
        const n = list.children.length;
        if (!n) { shut(area, list); return; }
        Array.from(list.children).forEach((line, i) => { line.id = list.id + "-" + i; });
        list.hidden = false;
        open = area;
        mark(area, list, 0);
        announce(n + (n === 1 ? " suggestion" : " suggestions") + ", arrows choose, Enter takes it");
      }, () => {});
  });
  function mark(area, list, at) {
    const lines = Array.from(list.children);
    lines.forEach((line, i) => line.setAttribute("aria-selected", i === at));
    area.setAttribute("aria-activedescendant", lines[at].id);
    lines[at].scrollIntoView({ block: "nearest" });
  }
  function take(area, list, line) {
    const to = area.selectionStart, m = naming.exec(area.value.slice(0, to));
    shut(area, list);
    if (m) put(area, line.dataset.insert + " ", to - m[1].length - m[2].length, to);
    suggest.stop();
  }
  document.addEventListener("keydown", (e) => {
    if (open === null || e.target !== open || e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    const list = document.getElementById(open.getAttribute("aria-controls")), lines = Array.from(list.children);
    const at = lines.findIndex((l) => l.getAttribute("aria-selected") === "true");
    if (e.key === "ArrowDown" || e.key === "ArrowUp") mark(open, list, (at + (e.key === "ArrowDown" ? 1 : -1) + lines.length) % lines.length);
    else if (e.key === "Enter" || e.key === "Tab") take(open, list, lines[at]);
    else if (e.key === "Escape") shut(open, list);
    else return;
    e.preventDefault();
    e.stopImmediatePropagation();
  }, true);

  // Drafts: what is typed into a form with a text is kept by the portal, and in this browser while the portal is away.
  const kept = (form) => all("input[name], textarea[name], select[name]", form).filter((f) => !/^(hidden|password|file|submit|checkbox|radio)$/.test(f.type) && !f.multiple);
  const values = (form) => Object.fromEntries(kept(form).map((f) => [f.name, f.value]));
  const same = (a, b) => Object.keys(b).every((name) => (a[name] ?? "").replace(/\r\n/g, "\n") === (b[name] ?? "").replace(/\r\n/g, "\n"));
  const copyKey = (form) => "draft " + document.body.dataset.person + " " + form.getAttribute("action");
  const copyOf = (form) => { try { return JSON.parse(localStorage.getItem(copyKey(form))); } catch { return null; } };
  function copy(form, fields) {
    try { if (fields) localStorage.setItem(copyKey(form), JSON.stringify({ fields, at: Date.now() })); else localStorage.removeItem(copyKey(form)); } catch { /* a browser that keeps nothing */ }
  }
  function note(form) {
    let said = find(".draft-note", form);
    if (!said) {
      said = document.createElement("p");
      said.className = "draft-note soft";
      said.setAttribute("role", "status");
      find("[data-write]", form).closest(".writer").after(said);
    }
    return said;
  }
  // The form says that it has a draft, which goes when the form was taken.
  function claim(form) {
    if (find("input[name=_draft]", form)) return;
    const mine = document.createElement("input");
    Object.assign(mine, { type: "hidden", name: "_draft", value: form.getAttribute("action") });
    form.append(mine);
  }
  const watched = new WeakSet();
  function drafts(form) {
    if (watched.has(form) || !document.body.dataset.person) return;
    watched.add(form);
    const address = form.getAttribute("action"), begin = values(form);
    let known = "", saving = null, sent = false;
    const save = later(1000, () => {
      const fields = values(form);
      if (sent || !form.isConnected || same(begin, fields) && !known) return;
      saving?.abort();
      saving = new AbortController();
      claim(form);
      post("/drafts", { form: address, page: location.pathname + location.search, title: document.title.slice(0, 200), fields: JSON.stringify(fields), known }, saving.signal).then((r) => {
        if (r.status >= 500) throw r;
        if (!r.ok) { copy(form, fields); note(form).textContent = "The portal keeps no draft of this. It is kept in this browser."; return null; }
        return r.text();
      }).then((html) => {
        if (html === null || sent) return;
        note(form).innerHTML = html;
        known = find("[data-draft-at]", form)?.dataset.draftAt || known;
        copy(form, null);
        if (same(fields, values(form))) form.dataset.drafted = "1";
      }).catch((e) => {
        if (e.name === "AbortError" || sent) return;
        copy(form, fields);
        note(form).textContent = "The portal does not answer. What you typed is kept in this browser until it does.";
        setTimeout(save, 5000);
      });
    });
    form.addEventListener("input", () => { delete form.dataset.drafted; save(); });
    form.addEventListener("submit", () => { sent = true; save.stop(); saving?.abort(); copy(form, null); setTimeout(() => { sent = false; }, 3000); });
    const offer = (box) => {
      const fields = JSON.parse(box.dataset.draft);
      known = box.dataset.draftAt || "";
      claim(form);
      if (same(values(form), fields)) return;
      find("[data-write]", form).closest(".writer").before(box);
      find("[data-draft-use]", box).addEventListener("click", () => {
        kept(form).forEach((f) => { if (f.name in fields) f.value = fields[f.name]; });
        form.dataset.touched = "1";
        box.remove();
        find("[data-write]", form).focus();
        preview(find("[data-write]", form).closest(".writer"));
      });
      find("[data-draft-discard]", box).addEventListener("click", () => {
        box.remove();
        copy(form, null);
        known = "";
        find("input[name=_draft]", form)?.remove();
        post("/drafts/discard", { form: address }).catch(() => {});
      });
    };
    get("/drafts?form=" + encodeURIComponent(address)).then((r) => (r.ok ? r.text() : "")).catch(() => "").then((html) => {
      const box = document.createElement("template"), local = copyOf(form);
      box.innerHTML = html;
      let found = box.content.firstElementChild;
      if (local && (!found || Date.parse(found.dataset.draftAt) < local.at)) {
        found = found || ownOffer();
        found.dataset.draft = JSON.stringify(local.fields);
        find("span", found).textContent = "This browser kept what you typed at " + new Date(local.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) + ".";
      }
      if (found && form.isConnected) offer(found);
    });
  }
  function ownOffer() {
    const box = document.createElement("div"), said = document.createElement("span");
    box.className = "draft-offer";
    box.setAttribute("role", "status");
    box.append(said);
    [["Use it", "draftUse"], ["Discard", "draftDiscard"]].forEach(([text, name]) => {
      const b = document.createElement("button");
      b.type = "button";
      b.className = "button button-small";
      b.textContent = text;
      b.dataset[name] = "";
      box.append(b);
    });
    return box;
  }
  // Who signs out leaves nothing of theirs in the browser.
  document.addEventListener("submit", (e) => {
    if (e.target.getAttribute("action") !== "/logout") return;
    try { Object.keys(localStorage).filter((k) => k.startsWith("draft ")).forEach((k) => localStorage.removeItem(k)); } catch { /* a browser that keeps nothing */ }
  });

  function bind() {
    bindWriters();
    all("[data-write]").forEach((area) => { if (area.form) drafts(area.form); });
  }
  document.addEventListener("htmx:afterSettle", bind);
  bind();

  // Quick add: several pasted lines open the form that makes several tasks.
  let pasted = "";
  document.addEventListener("paste", (e) => {
    const line = e.target.closest?.("[data-quick-several]"), text = e.clipboardData?.getData("text/plain") || "";
    if (!line || !text.trim().includes("\n")) return;
    e.preventDefault();
    pasted = line.value ? line.value + "\n" + text : text;
    line.value = "";
    ask("GET", line.dataset.quickSeveral, { source: find("a", line.form), target: "#dialog-body", swap: "innerHTML" });
  });
  document.addEventListener("htmx:afterSettle", () => {
    const area = find("#quick-several");
    if (!pasted || !area) return;
    area.value = pasted;
    pasted = "";
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
