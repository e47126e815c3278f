// The board: every shot a card, in the film's order. Only the cards that can be seen are there, however long the film is.

import { clear, h, isTyping, say } from "/pages/lib/dom.js";
import { sentence, trouble } from "/pages/lib/dialog.js";
import { count, STATUS } from "/pages/lib/format.js";
import { Batch } from "/pages/board/batch.js";
import { fill, makeCard } from "/pages/board/card.js";
import { dragging } from "/pages/board/dragging.js";
import { onKey } from "/pages/board/keys.js";
import { gates } from "/pages/board/gates.js";
import { ShotPanel } from "/pages/shot/shot.js";

const GAP = 14;
const WORDS = 128;

export function show(main, context) {
  new Board(main, context);
}

class Board {
  constructor(main, { store, shell, signal, shot }) {
    Object.assign(this, { main, store, shell, signal });
    this.filter = "";
    this.active = shot ?? null;
    this.pool = new Map();
    this.wide = Number(localStorage.getItem("card-width") ?? 230);
    this.pills = h("div", { class: "pills", role: "group", "aria-label": "Show only" });
    this.batch = new Batch(this);
    this.gates = h("section", { class: "gates", "aria-label": "From draft to film" });
    this.trouble = h("div");
    this.field = h("div", { class: "cards", role: "listbox", "aria-multiselectable": "true", "aria-label": "Shots", tabIndex: -1 });
    this.scroller = h("div", { class: "board-scroll", tabIndex: -1 }, this.field);
    this.size = h("input", { type: "range", min: 150, max: 420, step: 10, value: this.wide, "aria-label": "Card size", oninput: () => this.resize() });
    this.panel = new ShotPanel(this);
    clear(main, h("div", { class: "board" },
      h("div", { class: "board-left" },
        h("div", { class: "toolbar" }, this.pills,
          h("div", { class: "row" }, h("button", { onclick: () => this.add() }, "New shot"), this.undo = h("button", { onclick: () => this.takeBack() }, "Undo"), h("label", { class: "row size" }, "Card size", this.size))),
        this.gates, this.batch.node, this.trouble, this.scroller),
      this.panel.node));
    this.scroller.addEventListener("scroll", () => this.soon(), { signal, passive: true });
    const watch = new ResizeObserver(() => this.layout());
    watch.observe(this.scroller);
    signal.addEventListener("abort", () => { watch.disconnect(); this.panel.close(true); });
    this.field.addEventListener("click", (event) => this.onClick(event));
    dragging(this);
    document.addEventListener("keydown", (event) => !isTyping(event) && onKey(this, event), { signal });
    store.on(signal, ["sheet", "query"], () => this.sheet());
    store.on(signal, ["board", "production"], () => this.refresh());
    this.sheet();
    if (shot) this.open(shot);
  }

  // -- what is shown

  sheet() {
    const { store } = this;
    const words = this.shell.query.toLowerCase().split(/\s+/).filter(Boolean);
    const text = (shot) => JSON.stringify(shot.fields).toLowerCase();
    this.found = store.sheet.shots.filter((shot) => words.every((word) => text(shot).includes(word)));
    this.refresh();
    const wrong = [store.problem, store.boardProblem].filter(Boolean);
    clear(this.trouble,
      wrong.map((problem) => h("p", { class: "notice bad" }, `${sentence(problem)}. ${problem.hint ?? ""}`)),
      store.sheet.mistakes.map((one) => h("p", { class: "notice bad" }, `${one.message}. ${one.hint}`)));
    this.undo.disabled = !store.sheet.can_undo;
    this.undo.title = store.sheet.can_undo ? `Take back ${store.sheet.can_undo}` : "Nothing to take back";
    this.panel.onSheet();
  }

  refresh() {
    const { store } = this;
    this.states = new Map(this.found.map((shot) => [shot.id, store.status(shot)]));
    this.shots = this.found.filter((shot) => !this.filter || this.states.get(shot.id).name === this.filter);
    this.places = new Map(store.sheet.shots.map((shot, place) => [shot.id, place]));
    if (!this.active || !this.shots.some((shot) => shot.id === this.active)) this.active = this.shots[0]?.id ?? null;
    this.showPills();
    clear(this.gates, gates(store));
    this.batch.show();
    this.layout();
    this.panel.onBoard();
  }

  showPills() {
    const counts = new Map();
    for (const { name } of this.states.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
    const pill = (name, word, number, tone) => h("button", {
      class: "pill", "aria-pressed": String(this.filter === name), onclick: () => { this.filter = this.filter === name ? "" : name; this.refresh(); },
    }, tone && h("span", { class: `tone-${tone}` }, h("span", { class: "dot" })), `${word} ${number}`);
    clear(this.pills, pill("", "All", this.states.size),
      Object.entries(STATUS).filter(([name]) => counts.has(name)).map(([name, { word, tone }]) => pill(name, word, counts.get(name), tone)));
  }

  layout() {
    const room = this.scroller.clientWidth - 2 * GAP;
    if (room <= 0) return;
    this.columns = Math.max(1, Math.floor((room + GAP) / (this.wide + GAP)));
    this.cardWidth = (room - GAP * (this.columns - 1)) / this.columns;
    const shape = this.store.board ? this.store.board.height / this.store.board.width : 9 / 16;
    this.pictureHeight = Math.round(this.cardWidth * shape);
    this.rowHeight = this.pictureHeight + WORDS + GAP;
    this.field.style.height = `${Math.ceil((this.shots?.length ?? 0) / this.columns) * this.rowHeight + GAP}px`;
    this.field.style.setProperty("--picture", `${this.pictureHeight}px`);
    this.paint();
  }

  soon() {
    this.frame ??= requestAnimationFrame(() => { this.frame = undefined; this.paint(); });
  }

  paint() {
    if (!this.shots) return;
    const { scrollTop, clientHeight } = this.scroller;
    const first = Math.max(0, Math.floor(scrollTop / this.rowHeight) - 1) * this.columns;
    const last = Math.min(this.shots.length, Math.ceil((scrollTop + clientHeight) / this.rowHeight + 1) * this.columns);
    const wanted = new Set();
    for (let place = first; place < last; place += 1) wanted.add(this.shots[place].id);
    if (this.active) wanted.add(this.active);
    for (const [id, card] of this.pool) {
      if (!wanted.has(id)) { card.remove(); this.pool.delete(id); }
    }
    const before = document.activeElement;
    this.shots.forEach((shot, place) => {
      if (!wanted.has(shot.id)) return;
      const card = this.pool.get(shot.id) ?? makeCard();
      if (!this.pool.has(shot.id)) { this.pool.set(shot.id, card); this.field.append(card); }
      const column = place % this.columns;
      const row = Math.floor(place / this.columns);
      card.style.width = `${this.cardWidth}px`;
      card.style.transform = `translate(${GAP + column * (this.cardWidth + GAP)}px, ${GAP + row * this.rowHeight}px)`;
      card.setAttribute("aria-posinset", place + 1);
      card.setAttribute("aria-setsize", this.shots.length);
      fill(card, shot, { store: this.store, number: this.places.get(shot.id) + 1, state: this.states.get(shot.id), isActive: shot.id === this.active, isOpen: shot.id === this.panel.shotId, width: this.cardWidth });
    });
    if (before && this.field.contains(before)) before.focus({ preventScroll: true });
    if (!this.shots.length && !this.empty) {
      this.field.before(this.empty = h("p", { class: "page quiet" }, "No shot is like that."));
    } else if (this.shots.length) { this.empty?.remove(); this.empty = null; }
    if (this.store.sheet.shots.length) performance.mark?.("first-card");
  }

  resize() {
    this.wide = Number(this.size.value);
    localStorage.setItem("card-width", this.wide);
    this.layout();
  }

  // -- what is done

  onClick(event) {
    const card = event.target.closest("[role=option]");
    if (!card || this.wasDragged) return;
    const id = card.dataset.id;
    if (event.ctrlKey || event.metaKey || this.batch.isChoosing || event.target.closest(".choose")) return this.choose(id);
    if (event.shiftKey) return this.chooseTo(id);
    this.active = id;
    this.open(id);
    this.paint();
  }

  choose(id) {
    const { selected } = this.store;
    if (!selected.delete(id)) selected.add(id);
    this.active = id;
    this.batch.show();
    this.paint();
    say(`${count(selected.size, "shot")} chosen`);
  }

  chooseTo(id) {
    const ids = this.shots.map((shot) => shot.id);
    const [from, to] = [ids.indexOf(this.active), ids.indexOf(id)].sort((one, other) => one - other);
    for (const between of ids.slice(from, to + 1)) this.store.selected.add(between);
    this.batch.show();
    this.paint();
  }

  focus(id) {
    this.active = id;
    const place = this.shots.findIndex((shot) => shot.id === id);
    const top = Math.floor(place / this.columns) * this.rowHeight;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top;
    if (top + this.rowHeight > scrollTop + clientHeight) this.scroller.scrollTop = top + this.rowHeight + GAP - clientHeight;
    this.paint();
    this.pool.get(id)?.focus({ preventScroll: true });
  }

  open(id) {
    this.panel.open(id);
    history.replaceState(null, "", `/films/${encodeURIComponent(this.store.film)}/board/${encodeURIComponent(id)}`);
    requestAnimationFrame(() => this.paint());
  }

  async move(ids, before) {
    try {
      await this.store.move(ids, before);
      say(`Moved: now shot ${this.places.get(ids[0]) + 1} of ${this.store.sheet.shots.length}`);
    } catch (problem) {
      trouble(problem);
    }
  }

  async add() {
    try {
      const shot = await this.store.add({}, undefined);
      this.focus(shot.id);
      this.open(shot.id);
    } catch (problem) {
      trouble(problem);
    }
  }

  async takeBack() {
    try {
      const what = this.store.sheet.can_undo;
      await this.store.undo();
      say(`Taken back: ${what}`);
    } catch (problem) {
      trouble(problem);
    }
  }
}
