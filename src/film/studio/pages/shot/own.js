// A picture, clip or sound of one's own, chosen or dropped on the shot: it goes into the library, and the shot takes it.

import { Problem } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { h, say } from "/pages/lib/dom.js";

export function ownFile(panel) {
  const pick = h("input", { type: "file", accept: "image/*,video/*,audio/*", hidden: true, "aria-label": "A picture, clip or sound of your own", onchange: () => pick.files[0] && take(panel, pick.files[0]) });
  return h("div", {}, pick, h("button", { onclick: () => pick.click() }, "Own file …"));
}

/** Files that are dropped anywhere on the panel are meant for its shot. */
export function dropping(panel) {
  panel.node.addEventListener("dragover", (event) => event.preventDefault());
  panel.node.addEventListener("drop", (event) => {
    event.preventDefault();
    if (panel.shotId && event.dataTransfer.files[0]) take(panel, event.dataTransfer.files[0]);
  });
}

async function take(panel, file) {
  const { store } = panel;
  try {
    if (!(await panel.save())) return;
    const answer = await fetch(`/api/v1${store.path("uploads")}?name=${encodeURIComponent(file.name.slice(-80))}`, { method: "POST", headers: { "content-type": "application/octet-stream" }, body: file, credentials: "same-origin" });
    const said = await answer.json();
    if (!answer.ok) throw new Problem(said);
    const [asset] = said.assets;
    const shot = store.shot(panel.shotId);
    const others = [shot.fields.reuse ?? []].flat().filter((name) => !name.startsWith(`${asset.asset_type}_`));
    await store.edit(shot, { reuse: [...others, asset.asset_id] });
    await store.loadSheet();
    await store.loadBoard();
    say("The shot takes your file");
  } catch (problem) {
    trouble(problem);
  }
}
