// What a guest with a link sees: the film, its shots, and a place for notes. Nothing here can change or cost anything.

import { get, post } from "/pages/lib/api.js";
import { clear, h, say } from "/pages/lib/dom.js";
import { timecode } from "/pages/lib/format.js";

const link = decodeURIComponent(location.pathname.split("/")[2]);
const base = `/review/${encodeURIComponent(link)}`;
const file = (asset, width) => `/api/v1${base}/media/${asset}${width ? `?width=${width}` : ""}`;
const root = document.getElementById("app");

async function show() {
  let film;
  try {
    film = await get(base);
  } catch (problem) {
    clear(root, h("main", {}, h("div", { class: "page" }, h("h1", {}, problem.title), h("p", {}, problem.hint ?? ""))));
    return;
  }
  document.title = `${film.title} · Review`;
  const rate = film.timeline.rate;
  const player = film.timeline.made ? h("video", { class: "film", src: `/api/v1${base}/film`, controls: true, playsInline: true, preload: "metadata", "aria-label": "The film" }) : null;
  const text = h("textarea", { id: "note", rows: 2, required: true, maxLength: 5000 });
  const where = h("select", { id: "where" }, player && h("option", { value: "" }, "where the film stands"), film.shots.map((shot, place) => h("option", { value: shot.id }, `shot ${place + 1}`)));
  const notes = h("ol", { class: "notes-list" });
  const list = () => clear(notes, film.comments.map((note) => h("li", {}, h("p", { class: "quiet small" }, [note.at !== null && timecode(note.at, rate), note.shot, note.author, note.resolved && "done"].filter(Boolean).join(", ")), h("p", {}, note.text))));
  const write = async (event) => {
    event.preventDefault();
    const at = player && !where.value ? player.currentTime : null;
    const shot = where.value || film.timeline.clips.findLast((clip) => at !== null && clip.start <= at + 0.001)?.shot || null;
    try {
      film.comments.push(await post(`${base}/comments`, { text: text.value, shot, at }));
      text.value = "";
      say("Your note is there");
      list();
    } catch (problem) {
      say(problem.title);
    }
  };
  clear(root, h("header", { class: "top" }, h("strong", {}, film.title), h("span", { class: "quiet small" }, `for ${film.guest}, until ${new Date(film.until).toLocaleDateString()}`)),
    h("main", { tabIndex: -1 }, h("div", { class: "page wide film-page" },
      h("div", { class: "stack" }, h("h1", {}, film.title), player, h("ul", { class: "card-list" }, film.shots.map((shot, place) => h("li", { class: "tile" },
        shot.clip ? h("video", { class: "still", src: file(shot.clip), poster: shot.picture ? file(shot.picture, 640) : "", controls: true, playsInline: true, preload: "none", "aria-label": `Shot ${place + 1}` }) : shot.picture ? h("img", { class: "still", src: file(shot.picture, 640), alt: `Shot ${place + 1}`, loading: "lazy" }) : null,
        h("h2", {}, `${place + 1} · ${shot.id}`), h("p", { class: "small" }, shot.prompt), shot.dialogue && h("p", { class: "small quiet" }, `“${shot.dialogue}”`))))),
      h("aside", { class: "tile" }, h("h2", {}, "Notes"), h("form", { class: "stack", onsubmit: write },
        h("div", {}, h("label", { htmlFor: "note" }, "Your note"), text), h("div", {}, h("label", { htmlFor: "where" }, "It is of"), where), h("div", {}, h("button", { class: "main" }, "Write it down"))), notes))));
  list();
}

show();
