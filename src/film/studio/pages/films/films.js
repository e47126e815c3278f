// All films of this studio, and how one begins.

import { get, post } from "/pages/lib/api.js";
import { dialog, sentence, trouble } from "/pages/lib/dialog.js";
import { clear, h } from "/pages/lib/dom.js";
import { ago, clock, count } from "/pages/lib/format.js";

export async function show(main, { shell, signal }) {
  const list = h("ul", { class: "card-list" });
  const page = h("div", { class: "page stack" },
    h("h1", {}, "Films"),
    h("div", { class: "row" },
      h("button", { class: "main", onclick: () => sample(shell) }, "Open the sample film"),
      h("button", { onclick: () => begin(shell) }, "New film"),
      h("button", { onclick: () => pick.click() }, "Import shots.json")),
    list);
  const pick = h("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "A shots.json", onchange: () => pick.files[0] && take(shell, pick.files[0]) });
  page.append(pick);
  clear(main, page);
  main.addEventListener("dragover", (event) => event.preventDefault(), { signal });
  main.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) take(shell, event.dataTransfer.files[0]);
  }, { signal });
  try {
    const films = await get("/films");
    if (!films.length) list.replaceWith(empty());
    else clear(list, films.map(tile));
  } catch (problem) {
    list.replaceWith(h("p", { class: "notice bad" }, sentence(problem)));
  }
}

const empty = () => h("div", { class: "tile" },
  h("h2", {}, "No film is here yet"),
  h("p", {}, "The sample film shows what there is: its draft is drawn and spoken on this machine, and costs nothing."),
  h("p", { class: "quiet" }, "A film is a folder with a shots.json. Drop one on this page to import it."));

function tile(film) {
  if (film.problem) {
    return h("li", { class: "tile" }, h("h2", {}, film.folder), h("p", { class: "notice bad" }, film.problem), h("p", { class: "quiet small" }, film.hint),
      film.id && h("a", { class: "button", href: `/films/${encodeURIComponent(film.id)}/board` }, "Open it all the same"));
  }
  return h("li", { class: "tile" },
    h("h2", {}, h("a", { href: `/films/${encodeURIComponent(film.id)}/board` }, film.title || film.id)),
    h("p", { class: "quiet" }, `${count(film.shots, "shot")}, ${clock(film.seconds)} · ${ago(film.changed_at)}`),
    h("p", { class: "quiet small mono" }, film.folder));
}

async function sample(shell) {
  try {
    const film = await post("/films/sample");
    shell.go(`/films/${encodeURIComponent(film.id)}/board`);
  } catch (problem) {
    trouble(problem);
  }
}

function named(title, value, word, done) {
  const name = h("input", { value, required: true, maxLength: 100, autofocus: true, id: "film-name" });
  const wrong = h("p", { class: "wrong", role: "alert" });
  return dialog(title, (close) => h("form", {
    class: "stack",
    onsubmit: async (event) => {
      event.preventDefault();
      try {
        close(await done(name.value));
      } catch (problem) {
        const more = (problem.others ?? []).slice(0, 8).map((one) => h("div", {}, one.title));
        clear(wrong, sentence(problem), problem.hint ? ` ${problem.hint}` : "", more);
      }
    },
  }, h("div", { class: "field" }, h("label", { htmlFor: "film-name" }, "Name of the film"), name, wrong),
  h("div", { class: "row end" }, h("button", { type: "button", onclick: () => close() }, "Cancel"), h("button", { class: "main" }, word))));
}

async function begin(shell) {
  const film = await named("New film", "my_first_film", "Begin", async (name) => (await post("/films", { name })).id);
  if (film) shell.go(`/films/${encodeURIComponent(film)}/board`);
}

async function take(shell, file) {
  const text = await file.text();
  const usual = file.name.replace(/\.json$/i, "").replace(/[^\p{L}\p{N}_.-]+/gu, "_");
  const film = await named("Import shots", usual === "shots" ? "imported" : usual, "Import", async (name) => (await post("/films/import", { name, text })).id);
  if (film) shell.go(`/films/${encodeURIComponent(film)}/board`);
}
