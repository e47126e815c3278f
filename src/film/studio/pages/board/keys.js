// The board's keys. Single letters can be turned off; arrows, Enter and Space stay.

import { trouble, ask } from "/pages/lib/dialog.js";
import { openSpending } from "/pages/spend/spend.js";

export function onKey(board, event) {
  const { shots, store, columns } = board;
  const onCards = board.field.contains(document.activeElement) || document.activeElement === document.body || document.activeElement === board.main;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") {
    event.preventDefault();
    if (store.sheet.can_undo) board.takeBack();
    return;
  }
  if (!onCards || !shots?.length || event.ctrlKey || event.metaKey) return;
  const place = Math.max(0, shots.findIndex((shot) => shot.id === board.active));
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -place, End: shots.length - 1 - place };
  if (event.key in steps) {
    event.preventDefault();
    const to = Math.min(shots.length - 1, Math.max(0, place + steps[event.key]));
    if (event.altKey) return shift(board, place, to);
    return board.focus(shots[to].id);
  }
  const shot = shots[place];
  if (event.key === "Enter") { event.preventDefault(); board.open(shot.id); return; }
  if (event.key === " ") { event.preventDefault(); board.choose(shot.id); return; }
  if (event.key === "Escape") { store.selected.clear(); board.refresh(); return; }
  if (event.altKey || localStorage.getItem("no-single-keys")) return;
  const work = LETTERS[event.key.toLowerCase()];
  if (work) { event.preventDefault(); Promise.resolve(work(board, shot)).catch(trouble); }
}

function shift(board, from, to) {
  if (from === to) return;
  const rest = board.shots.filter((_, place) => place !== from);
  board.move([board.shots[from].id], rest[to]?.id ?? null).then(() => board.focus(board.active));
}

const kind = (board, shot) => (board.store.asset(shot.id, "video")?.state === "reused" ? "video" : "image");

const LETTERS = {
  n: (board) => board.add(),
  d: (board, shot) => board.store.duplicate(shot.id).then((copy) => board.focus(copy.id)),
  a: (board, shot) => board.store.approve(shot.id, kind(board, shot), true),
  x: (board, shot) => board.store.approve(shot.id, kind(board, shot), false),
  c: (board, shot) => board.shell.go(`/films/${encodeURIComponent(board.store.film)}/takes/${encodeURIComponent(shot.id)}`),
  r: (board, shot) => openSpending(board.store, { stage: "shots", shots: [shot.id] }, { title: `Make ${shot.id}?` }),
  delete: (board, shot) => removeShot(board, shot),
};

export async function removeShot(board, shot) {
  const words = "It leaves the film; what was made for it stays in the library. Undo brings it back.";
  if (await ask(`Delete ${shot.id}?`, words, "Delete")) {
    await board.store.delete(shot);
    board.panel.close();
  }
}
