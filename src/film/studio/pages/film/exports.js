// What leaves the studio: the film itself, a storyboard that is one page, the cut for editing programs.

import { post } from "/pages/lib/api.js";
import { clear, h } from "/pages/lib/dom.js";
import { dialog, sentence, trouble } from "/pages/lib/dialog.js";

const WHATS = [["otio", "OpenTimelineIO"], ["xml", "Final Cut Pro 7 XML"], ["edl", "EDL"], ["stems", "Stems, as WAV"], ["contact_sheet", "Contact sheet"], ["poster", "Poster"]];

/** A link that shows this film to somebody, who can write notes and nothing else. It is shown once. */
async function guestLink(page) {
  const guest = h("input", { id: "guest", value: "guest", maxLength: 100 });
  const days = h("input", { id: "days", type: "number", min: 1, max: 90, value: 14 });
  await dialog("A link for a guest", (close, box) => h("form", { class: "stack", onsubmit: async (event) => {
    event.preventDefault();
    try {
      const made = await post(page.store.path("links"), { guest: guest.value, days: Number(days.value) });
      const address = `${location.origin}/review/${encodeURIComponent(made.token)}`;
      box.replaceChildren(h("h2", { id: "dialog-title" }, `For ${made.guest}`), h("p", {}, "Whoever has this address sees the film and writes notes. It is shown this once."),
        h("textarea", { readOnly: true, rows: 3, "aria-label": "The address", value: address, onfocus: (event) => event.target.select() }),
        h("div", { class: "row end" }, h("button", { type: "button", autofocus: true, onclick: () => close() }, "Close")));
    } catch (problem) {
      trouble(problem);
    }
  } }, h("div", {}, h("label", { htmlFor: "guest" }, "For whom"), guest), h("div", {}, h("label", { htmlFor: "days" }, "For how many days"), days),
  h("p", { class: "quiet small" }, "A studio that listens on this machine alone is reached by nobody else: see docs/studio.md."),
  h("div", { class: "row end" }, h("button", { type: "button", onclick: () => close() }, "Cancel"), h("button", { class: "main" }, "Make the link"))));
}

export function exports(page) {
  const base = `/api/v1${page.store.path()}`;
  const told = h("div", { role: "status" });
  const boxes = WHATS.map(([name, word]) => [name, h("input", { type: "checkbox", id: `export-${name}` }), word]);
  const write = async () => {
    const wanted = Object.fromEntries(boxes.filter(([, box]) => box.checked).map(([name]) => [name, true]));
    if (!Object.keys(wanted).length) return clear(told, h("p", { class: "quiet" }, "Choose what to write."));
    clear(told, h("p", { class: "quiet" }, "Writing …"));
    try {
      const done = await post(page.store.path("exports"), wanted);
      clear(told, h("p", {}, "Written to ", h("span", { class: "mono small" }, done.folder)), h("ul", {}, done.written.map((path) => h("li", { class: "mono small" }, path.split(/[\\/]/).pop()))),
        done.failed.map((one) => h("p", { class: "notice bad" }, `${one.what}: ${one.error}`)));
    } catch (problem) {
      clear(told, h("p", { class: "notice bad" }, `${sentence(problem)}. ${problem.hint ?? ""}`));
    }
  };
  return h("section", { class: "tile", "aria-label": "Export" }, h("h2", {}, "Export"),
    h("div", { class: "row" },
      page.made && h("a", { class: "button", href: `${base}/film/film`, download: "" }, "The film"),
      h("a", { class: "button", href: `${base}/storyboard.html`, download: "" }, "Storyboard, one page"),
      h("a", { class: "button", href: `${base}/shots.json`, download: "" }, "shots.json")),
    page.store.about.role !== "reviewer" && h("div", {}, h("button", { onclick: () => guestLink(page) }, "Link for a guest …")),
    h("details", {}, h("summary", {}, "For editing programs"),
      h("div", { class: "stack" }, boxes.map(([name, box, word]) => h("div", { class: "row" }, box, h("label", { htmlFor: `export-${name}` }, word))), h("div", {}, h("button", { onclick: write }, "Write them")), told)));
}
