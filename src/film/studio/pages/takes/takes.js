// Takes of a shot: two beside each other at the same frame, or one wiped over the other; their words, seeds and prices.

import { at, get, media, post } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { clear, h, isTyping } from "/pages/lib/dom.js";
import { usd } from "/pages/lib/format.js";
import { diff } from "/pages/takes/diff.js";
import { openSpending } from "/pages/spend/spend.js";

export function show(main, context) {
  new Takes(main, context).load();
}

class Takes {
  constructor(main, { store, shell, signal, shot }) {
    Object.assign(this, { main, store, shell, signal });
    this.shotId = shot;
    this.kind = "video";
    this.wipe = false;
    this.pair = [];
    store.on(signal, ["sheet"], () => !this.shotId && this.load());
    store.on(signal, ["board"], () => this.load());
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
  }

  async load() {
    const shots = this.store.sheet.shots;
    this.shotId ??= shots.find((shot) => (this.store.cards.get(shot.id)?.takes ?? 0) > 1)?.id ?? shots[0]?.id;
    if (!this.shotId) return;
    try {
      this.takes = await get(this.store.path("shots", this.shotId, "takes"));
    } catch (problem) {
      clear(this.main, h("div", { class: "page" }, h("p", { class: "notice bad" }, `${problem.title}. ${problem.hint}`)));
      return;
    }
    if (this.signal.aborted) return;
    if (!this.takes.some((take) => take.kind === this.kind)) this.kind = this.takes[0]?.kind ?? "video";
    this.choose();
    this.draw();
  }

  choose() {
    const there = this.takes.filter((take) => take.kind === this.kind);
    const known = this.pair.filter((id) => there.some((take) => take.asset_id === id));
    const used = there.find((take) => take.in_use);
    const others = there.filter((take) => take !== used).reverse();
    this.pair = known.length === 2 ? known : [others[0], used ?? others[1]].filter(Boolean).map((take) => take.asset_id);
  }

  draw() {
    const shots = this.store.sheet.shots;
    const there = this.takes.filter((take) => take.kind === this.kind);
    const picker = h("select", { "aria-label": "Shot", onchange: () => this.shell.go(at(this.store.film, "takes", picker.value)) },
      shots.map((shot, place) => h("option", { value: shot.id, selected: shot.id === this.shotId }, `${place + 1} · ${shot.id}`)));
    const kinds = ["video", "image", "audio"].filter((kind) => this.takes.some((take) => take.kind === kind));
    const sides = this.pair.map((id) => there.find((take) => take.asset_id === id)).filter(Boolean);
    this.media = sides.map((take) => this.player(take));
    clear(this.main, h("div", { class: "page wide stack" },
      h("div", { class: "row" }, h("h1", {}, "Takes"), h("div", {}, picker),
        kinds.map((kind) => h("button", { class: "pill", "aria-pressed": String(kind === this.kind), onclick: () => { this.kind = kind; this.pair = []; this.choose(); this.draw(); } }, { video: "Clips", image: "Pictures", audio: "Speech" }[kind])),
        h("span", { class: "grow" }),
        this.kind === "video" && h("button", { onclick: () => this.play() }, "Play both"),
        sides.length === 2 && this.kind !== "audio" && h("button", { "aria-pressed": String(this.wipe), onclick: () => { this.wipe = !this.wipe; this.draw(); } }, "Wipe"),
        h("button", { class: "main", disabled: Boolean(this.store.running), onclick: () => this.another() }, "New take …")),
      !there.length && h("p", { class: "notice" }, "Nothing was made of this shot yet. Make it from the board first."),
      this.wipe && sides.length === 2 ? this.wiped(sides) : h("div", { class: "two-up" }, sides.map((take, side) => this.side(take, this.media[side], side))),
      sides.length === 2 && this.prompts(sides),
      there.length > 2 && this.strip(there)));
    this.link();
  }

  player(take) {
    const src = media(this.store.film, take.asset_id);
    if (take.kind === "image") return h("img", { src, alt: `Take ${take.number}` });
    return h(take.kind === "video" ? "video" : "audio", { src, controls: true, loop: true, playsInline: true, preload: "auto", "aria-label": `Take ${take.number}` });
  }

  side(take, player, side) {
    return h("section", { class: "tile", "aria-label": `Take ${take.number}` }, player, this.words(take, side));
  }

  words(take, side) {
    const facts = [take.provider, take.model, take.seed !== null && `seed ${take.seed}`, Number(take.cost_usd) ? usd(take.cost_usd) : "$0", take.seconds && `${take.seconds.toFixed(1)} s`].filter(Boolean);
    return h("div", { class: "row" },
      h("strong", {}, `Take ${take.number}`), h("span", { class: "quiet small grow" }, facts.join(", ")),
      h("button", { "aria-label": `Star take ${take.number}`, "aria-pressed": String(take.mark === "star"), onclick: () => this.mark(take, "star") }, "★"),
      h("button", { "aria-pressed": String(take.mark === "reject"), onclick: () => this.mark(take, "reject") }, take.mark === "reject" ? "Rejected" : "Reject"),
      take.in_use && take.kind !== "audio" && h("button", { "aria-pressed": String(take.approved), onclick: () => this.approve(take) }, take.approved ? "✓ Approved" : "Approve"),
      h("button", { class: take.in_use ? "" : "main", disabled: take.in_use, onclick: () => this.use(take), data: { side } }, take.in_use ? "In use" : "Use this, $0"));
  }

  wiped([left, right]) {
    const over = this.media[1];
    const cut = h("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": "How much of each take is shown", oninput: () => over.style.setProperty("clip-path", `inset(0 0 0 ${cut.value}%)`) });
    over.style.setProperty("clip-path", "inset(0 0 0 50%)");
    for (const one of this.media) one.controls = false;
    return h("section", { class: "tile" }, h("div", { class: "wipe" }, this.media[0], over), cut, this.words(left, 0), this.words(right, 1));
  }

  prompts([left, right]) {
    if (left.prompt === right.prompt) return h("p", { class: "tile quiet" }, "The same words. ", right.prompt);
    return h("p", { class: "tile" }, h("span", { class: "quiet" }, "Prompt: "), diff(left.prompt, right.prompt).map(({ kind, text }) => (kind === "same" ? text : h(kind, {}, text))));
  }

  strip(there) {
    return h("div", { class: "strip", role: "group", "aria-label": "All takes" }, there.map((take) => h("button", {
      "aria-pressed": String(this.pair.includes(take.asset_id)),
      onclick: () => { this.pair = [this.pair.at(-1), take.asset_id].filter((id, place, all) => all.indexOf(id) === place); this.draw(); },
    }, `Take ${take.number}${take.mark === "star" ? " ★" : ""}${take.in_use ? " · in use" : ""}`)));
  }

  /** Both run as one: what the first does, the second does at the same frame. */
  link() {
    const [first, second] = this.media;
    if (this.kind !== "video" || !second) return;
    second.muted = true;
    const follow = () => { if (Math.abs(first.currentTime - second.currentTime) > 0.06) second.currentTime = first.currentTime; };
    first.addEventListener("play", () => { follow(); second.play().catch(() => {}); });
    first.addEventListener("pause", () => { second.pause(); second.currentTime = first.currentTime; });
    first.addEventListener("seeked", follow);
    first.addEventListener("timeupdate", follow);
  }

  play() {
    const first = this.media[0];
    if (first?.paused) first.play();
    else first?.pause();
  }

  onKey(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " " && event.target.tagName !== "BUTTON" && this.kind === "video") { event.preventDefault(); this.play(); }
    if (localStorage.getItem("no-single-keys")) return;
    if (event.key === "1" || event.key === "2") this.main.querySelectorAll("[data-side]")[Number(event.key) - 1]?.focus();
    if (event.key === "[" || event.key === "]") this.step(event.key === "]" ? 1 : -1);
  }

  step(by) {
    const there = this.takes.filter((take) => take.kind === this.kind).map((take) => take.asset_id);
    const next = there[there.indexOf(this.pair[0]) + by];
    if (next && next !== this.pair[1]) { this.pair[0] = next; this.draw(); }
  }

  async mark(take, mark) {
    await post(`${this.store.path("shots", this.shotId, "takes")}/mark`, { asset_id: take.asset_id, mark: take.mark === mark ? "" : mark }).catch(trouble);
    this.load();
  }

  async approve(take) {
    await this.store.approve(this.shotId, take.kind, !take.approved).catch(trouble);
    this.load();
  }

  async use(take) {
    const shot = this.store.shot(this.shotId);
    try {
      await post(`${this.store.path("shots", this.shotId, "takes")}/select`, { asset_id: take.asset_id }, { "if-match": `"${shot.revision}"` });
      await this.store.loadSheet();
      await this.store.loadBoard();
      this.load();
    } catch (problem) {
      trouble(problem);
    }
  }

  async another() {
    try {
      const { changes } = await get(`${this.store.path("shots", this.shotId, "takes")}/next`);
      await this.store.edit(this.store.shot(this.shotId), changes);
      await this.store.loadSheet();
      const made = await openSpending(this.store, { stage: "shots", shots: [this.shotId] }, { title: `A new take of ${this.shotId}?` });
      if (!made) await this.store.undo();
      else this.pair = [];
    } catch (problem) {
      trouble(problem);
    }
  }
}
