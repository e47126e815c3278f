// What lies where in the film: pictures, speech, music, effects and notes on lanes, as wide as they are long.

import { small } from "/pages/lib/api.js";
import { h } from "/pages/lib/dom.js";
import { clock } from "/pages/lib/format.js";

export function lanes(page) {
  const { timeline, store } = page;
  const total = timeline.seconds || 1;
  const put = (node, piece) => {
    node.style.left = `${(100 * piece.start) / total}%`;
    node.style.width = `${Math.max(0.15, (100 * piece.seconds) / total)}%`;
    return node;
  };
  const go = (seconds) => () => page.seek(seconds + 0.0005);
  const clips = timeline.clips.map((clip, place) => {
    const asset = store.asset(clip.shot, "image")?.asset_id ?? store.asset(clip.shot, "video")?.asset_id;
    const node = h("button", { class: "clip", data: { shot: clip.shot }, "aria-label": `Shot ${place + 1}, ${clip.shot}, at ${clock(clip.start)}`, title: `${clip.shot}, ${clip.seconds.toFixed(2)} s${clip.text ? `, then ${clip.text}` : ""}`, onclick: go(clip.start) }, h("span", {}, String(place + 1)));
    if (asset) node.style.backgroundImage = `url("${small(store.film, asset, 160)}")`;
    return put(node, clip);
  });
  const lane = (name, nodes) => nodes.length > 0 && h("div", { class: `lane ${name}`, role: "group", "aria-label": name }, nodes);
  const bars = (pieces, label) => pieces.map((piece) => {
    const words = piece.speaker ? `${piece.speaker}: ${piece.text}` : piece.text;
    return put(h("button", { class: "bar-piece", title: words, "aria-label": `${words}, ${label} at ${clock(piece.start)}`, onclick: go(piece.start) }, h("span", {}, words)), piece);
  });
  const notes = store.comments.filter((note) => note.at !== null && !note.resolved).map((note) => put(h("button", { class: "note-mark", "aria-label": `Note at ${clock(note.at)}: ${note.text}`, title: note.text, onclick: go(note.at) }), { start: note.at, seconds: 0 }));
  const box = h("div", { class: "lane-box" }, ruler(total, page), lane("pictures", clips), lane("speech", bars(timeline.lines, "speech")), lane("music", bars(timeline.music, "lane")), lane("effects", bars(timeline.effects, "lane")), lane("notes", notes), h("div", { class: "now" }));
  box.style.minWidth = `${Math.min(6000, Math.max(0, timeline.clips.length * 46))}px`;
  return h("div", { class: "lane-scroll", tabIndex: 0, role: "region", "aria-label": "Timeline" }, box);
}

function ruler(total, page) {
  const step = [1, 2, 5, 10, 30, 60, 300].find((one) => total / one <= 14) ?? 600;
  const marks = [];
  for (let second = 0; second <= total; second += step) {
    const mark = h("span", {}, clock(second));
    mark.style.left = `${(100 * second) / total}%`;
    marks.push(mark);
  }
  const node = h("div", { class: "ruler", "aria-hidden": "true" }, marks);
  const seek = (event) => { const box = node.getBoundingClientRect(); page.seek(((event.clientX - box.left) / box.width) * total); };
  node.addEventListener("pointerdown", (event) => { node.setPointerCapture(event.pointerId); seek(event); });
  node.addEventListener("pointermove", (event) => event.buttons && seek(event));
  return node;
}
