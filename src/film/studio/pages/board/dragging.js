// Cards are moved with a mouse, a pen or a finger: a mouse drags at once, a finger after it has rested on the card.

import { h } from "/pages/lib/dom.js";

const REST = 350;
const EDGE = 60;

export function dragging(board) {
  const { field, scroller, signal } = board;
  let held = null;
  const mark = h("div", { class: "drop-mark", hidden: true });
  field.append(mark);

  const target = (event) => {
    const box = field.getBoundingClientRect();
    const column = Math.min(board.columns - 1, Math.max(0, Math.floor((event.clientX - box.left) / (board.cardWidth + 14))));
    const row = Math.max(0, Math.floor((event.clientY - box.top) / board.rowHeight));
    const inside = (event.clientX - box.left - column * (board.cardWidth + 14)) / board.cardWidth;
    const place = Math.min(board.shots.length, row * board.columns + column + (inside > 0.5 ? 1 : 0));
    return { place, column: place - row * board.columns, row };
  };

  const begin = () => {
    held.moving = true;
    held.card.classList.add("held");
    mark.hidden = false;
    navigator.vibrate?.(10);
  };

  const end = (drop) => {
    if (!held) return;
    clearTimeout(held.timer);
    cancelAnimationFrame(held.frame);
    held.card.classList.remove("held");
    held.card.style.translate = "";
    mark.hidden = true;
    const { moving, id, to } = held;
    held = null;
    if (!moving) return;
    board.wasDragged = true;
    setTimeout(() => { board.wasDragged = false; });
    if (drop && to) {
      const ids = board.store.selected.has(id) ? board.shots.filter((shot) => board.store.selected.has(shot.id)).map((shot) => shot.id) : [id];
      let place = to.place;
      while (place < board.shots.length && ids.includes(board.shots[place].id)) place += 1;
      const before = board.shots[place]?.id ?? null;
      if (!(before === null && ids.includes(board.shots.at(-1).id))) board.move(ids, before);
    }
  };

  field.addEventListener("pointerdown", (event) => {
    const card = event.target.closest("[role=option]");
    if (!card || event.button !== 0 || board.store.about.role === "reviewer") return;
    held = { card, id: card.dataset.id, x: event.clientX, y: event.clientY, pointer: event.pointerId, isTouch: event.pointerType === "touch" };
    if (held.isTouch) held.timer = setTimeout(() => held && begin(), REST);
  }, { signal });

  window.addEventListener("pointermove", (event) => {
    if (!held || event.pointerId !== held.pointer) return;
    const [dx, dy] = [event.clientX - held.x, event.clientY - held.y];
    if (!held.moving) {
      if (Math.hypot(dx, dy) < 7) return;
      if (held.isTouch) { end(false); return; }
      begin();
    }
    event.preventDefault();
    held.card.style.translate = `${dx}px ${dy}px`;
    held.to = target(event);
    mark.style.height = `${board.rowHeight - 14}px`;
    mark.style.transform = `translate(${7 + held.to.column * (board.cardWidth + 14)}px, ${14 + held.to.row * board.rowHeight}px)`;
    const box = scroller.getBoundingClientRect();
    const pull = event.clientY < box.top + EDGE ? -12 : event.clientY > box.bottom - EDGE ? 12 : 0;
    if (pull) scroller.scrollTop += pull;
  }, { signal, passive: false });

  window.addEventListener("pointerup", () => end(true), { signal });
  window.addEventListener("pointercancel", () => end(false), { signal });
  window.addEventListener("keydown", (event) => event.key === "Escape" && end(false), { signal });
  field.addEventListener("touchmove", (event) => held?.moving && event.preventDefault(), { signal, passive: false });
  field.addEventListener("contextmenu", (event) => held?.moving && event.preventDefault(), { signal });
}
