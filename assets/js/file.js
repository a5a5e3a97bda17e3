// Files: sent as they are chosen, dropped on what shows them, and pasted or dropped into texts.
(function () {
  "use strict";
  const { find, all, say, announce, refresh } = window.portal;
  const megabytes = (n) => Math.round(n / 1000000) + " MB";

  // send brings one file, and resolves to what shows it: {name, url, text}; it rejects with a sentence.
  function send(url, file, onProgress) {
    return new Promise((done, failed) => {
      const x = new XMLHttpRequest(), form = new FormData();
      form.append("files", file, file.name || "picture.png");
      x.open("POST", url);
      x.setRequestHeader("Accept", "application/json");
      x.setRequestHeader("HX-Request", "true"); // what stands against it comes as a sentence, not as a page
      x.setRequestHeader("X-CSRF-Token", find('input[name="_csrf"]')?.value || "");
      x.upload.onprogress = (e) => { if (e.lengthComputable) onProgress(Math.round(e.loaded * 100 / e.total)); };
      x.onerror = () => failed("The portal does not answer. “" + file.name + "” was not sent; try again.");
      x.onload = () => {
        if (x.status === 200) { try { done(JSON.parse(x.responseText)[0]); return; } catch { /* no list: told below */ } }
        if (x.getResponseHeader("HX-Redirect")) { failed("You are signed out. Sign in again, then send the file."); return; }
        const said = new DOMParser().parseFromString(x.responseText, "text/html").querySelector(".toast");
        failed(said?.textContent.trim() || "“" + file.name + "” could not be sent; try again.");
      };
      x.send(form);
    });
  }

  // Forms: one file after the other, so that little is on its way at once.
  const under = new Set(); // forms that send
  window.portal.hands.push(() => under.size > 0);
  async function sendAll(form, list) {
    const bar = find("progress", form), most = Number(form.dataset.most);
    if (under.has(form)) { say("Wait until the files before are sent.", "bad"); return; }
    under.add(form);
    bar.hidden = false;
    let sent = 0;
    for (const file of list) {
      if (file.size > most) { say("“" + file.name + "” is too large; a file may have " + megabytes(most) + " at most.", "bad"); continue; }
      if (file.size === 0) { say("“" + file.name + "” is empty, so it was not sent.", "bad"); continue; }
      bar.value = 0;
      bar.setAttribute("aria-label", "Sending " + file.name);
      try { await send(form.action, file, (n) => { bar.value = n; }); sent++; } catch (said) { say(said, "bad"); }
    }
    under.delete(form);
    bar.hidden = true;
    find('input[type="file"]', form).value = "";
    if (!sent) return;
    announce(sent === 1 ? "The file is attached." : sent + " files are attached.");
    const shown = form.dataset.upload && find(form.dataset.upload);
    if (shown?.dataset.live) refresh(shown); else location.reload();
  }
  document.addEventListener("change", (e) => {
    const form = e.target.type === "file" && e.target.closest("form[data-upload]");
    if (form && e.target.files.length) sendAll(form, Array.from(e.target.files));
  });

  // Texts: the address that takes files for them. Where nothing claims a file once the text is saved, it is the project's.
  function pasteURL(area) {
    const project = location.pathname.match(/^\/projects\/\d+(?=\/|$)/)?.[0], action = area.form?.getAttribute("action") || "";
    if (!project || area.hasAttribute("data-plain")) return "";
    return /\/(comments|tasks)(\/|$)/.test(action) ? project + "/files/paste" : project + "/files";
  }
  function replace(area, from, to) {
    const at = area.value.indexOf(from), start = area.selectionStart;
    if (at < 0) return;
    area.setRangeText(to, at, at + from.length, "preserve");
    if (start >= at + from.length) area.selectionEnd = area.selectionStart = start + to.length - from.length;
    area.dispatchEvent(new Event("input", { bubbles: true })); // drafts and previews hear of it
  }
  async function insert(area, list) {
    const url = pasteURL(area);
    for (const file of list) {
      const mark = "![Sending " + (file.name || "picture") + " …]()";
      const lead = area.selectionStart > 0 && area.value[area.selectionStart - 1] !== "\n" ? "\n" : "";
      area.setRangeText(lead + mark + "\n", area.selectionStart, area.selectionEnd, "end");
      try { replace(area, mark, (await send(url, file, () => {})).text); announce("The file is in the text."); }
      catch (said) { replace(area, mark + "\n", ""); say(said, "bad"); }
    }
  }
  document.addEventListener("paste", (e) => {
    const area = e.target.closest?.("textarea"), list = Array.from(e.clipboardData?.files || []);
    if (!area || !list.length || !pasteURL(area)) return;
    if (e.clipboardData.getData("text/plain")) return; // a text that also has a picture of itself, as spreadsheets send it
    e.preventDefault();
    insert(area, list);
  });

  // Dropping: on a text it goes into it; anywhere else it goes where the page takes files.
  const brings = (e) => Array.from(e.dataTransfer?.types || []).includes("Files");
  const formAt = (el) => find("form[data-upload]", el.closest("[data-drop]") || document.body) || find("form[data-upload]");
  function target(e) {
    const area = e.target.closest?.("textarea");
    if (area && pasteURL(area)) return area;
    return e.target.closest && formAt(e.target);
  }
  const unmark = () => all(".drop-here").forEach((el) => el.classList.remove("drop-here"));
  document.addEventListener("dragover", (e) => {
    if (!brings(e)) return;
    e.preventDefault(); // else the browser would leave the page for the file
    const to = target(e), shown = to?.closest("[data-drop]") || to;
    e.dataTransfer.dropEffect = to ? "copy" : "none";
    if (shown?.classList.contains("drop-here")) return;
    unmark();
    shown?.classList.add("drop-here");
  });
  document.addEventListener("dragleave", (e) => { if (!e.relatedTarget) unmark(); });
  document.addEventListener("drop", (e) => {
    if (!brings(e)) return;
    e.preventDefault();
    unmark();
    const to = target(e), list = Array.from(e.dataTransfer.files);
    if (!to || !list.length) return;
    if (to.tagName === "TEXTAREA") { to.focus(); insert(to, list); } else sendAll(to, list);
  });
})();
