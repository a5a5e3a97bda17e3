// Loads the page anew when the portal was built anew. The browser keeps the address and the place on the page.
(function () {
  "use strict";
  let shown = "";
  const stream = new EventSource("/_dev/events");
  stream.onmessage = (e) => {
    if (shown && e.data !== shown) { stream.close(); location.reload(); }
    shown = e.data;
  };
  window.addEventListener("pagehide", () => stream.close());
})();
