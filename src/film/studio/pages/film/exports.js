// What leaves the studio: the film itself, a storyboard that is one page, the cut for editing programs.

import { post } from "/pages/lib/api.js";
import { clear, h } from "/pages/lib/dom.js";
import { sentence } from "/pages/lib/dialog.js";

const WHATS = [["otio", "OpenTimelineIO"], ["xml", "Final Cut Pro 7 XML"], ["edl", "EDL"], ["stems", "Stems, as WAV"], ["contact_sheet", "Contact sheet"], ["poster", "Poster"]];

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
    h("details", {}, h("summary", {}, "For editing programs"),
      h("div", { class: "stack" }, boxes.map(([name, box, word]) => h("div", { class: "row" }, box, h("label", { htmlFor: `export-${name}` }, word))), h("div", {}, h("button", { onclick: write }, "Write them")), told)));
}
