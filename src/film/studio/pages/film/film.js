// The film: a player that steps frame by frame, lanes of what lies where, notes at a time code, and what leaves the studio.

import { at, get } from "/pages/lib/api.js";
import { clear, h, isTyping, say } from "/pages/lib/dom.js";
import { count, timecode } from "/pages/lib/format.js";
import { openSpending } from "/pages/spend/spend.js";
import { Notes } from "/pages/film/notes.js";
import { exports } from "/pages/film/exports.js";
import { Sequence } from "/pages/film/sequence.js";
import { lanes } from "/pages/film/lanes.js";

export function show(main, context) {
  new FilmPage(main, context).load();
}

class FilmPage {
  constructor(main, { store, signal }) {
    Object.assign(this, { main, store, signal });
    this.notes = new Notes(this);
    document.addEventListener("keydown", (event) => this.onKey(event), { signal });
    store.on(signal, ["comments"], () => { this.notes.show(); this.drawLanes(); });
    store.on(signal, ["board"], () => this.load());
    signal.addEventListener("abort", () => this.player?.pause?.());
  }

  async load() {
    const timeline = await get(this.store.path("timeline")).catch((problem) => ({ problem }));
    const { made } = timeline;
    if (this.signal.aborted) return;
    const signature = JSON.stringify([timeline, made, this.store.cards.size]);
    if (signature === this.signature) return;
    this.signature = signature;
    this.timeline = timeline;
    this.made = made;
    this.draw();
  }

  draw() {
    const { timeline, store } = this;
    if (timeline.problem) {
      clear(this.main, h("div", { class: "page" }, h("p", { class: "notice bad" }, `${timeline.problem.title}. ${timeline.problem.hint ?? ""}`)));
      return;
    }
    this.rate = timeline.rate || 24;
    this.where = h("output", { class: "mono", "aria-label": "Time code" }, timecode(0, this.rate));
    this.player = this.made && timeline.is_exact ? this.video() : new Sequence(this);
    const isCurrent = this.made && timeline.is_exact;
    this.lanes = h("div", { class: "lanes" });
    const is = (name) => () => this[name]();
    clear(this.main, h("div", { class: "page wide film-page" },
      h("div", { class: "stack player" },
        !isCurrent && h("p", { class: "notice" }, this.made ? "The film on disk is older than its shots. This plays the shots as they are." : "No film was cut yet at this tier. This plays the shots there are; stills stand in for clips."),
        this.player.node ?? this.player,
        h("div", { class: "row" },
          h("button", { onclick: () => this.step(-1) }, "−1 frame"),
          h("button", { class: "main", onclick: is("toggle") }, "Play or stop"),
          h("button", { onclick: () => this.step(1) }, "+1 frame"),
          this.where, h("span", { class: "quiet small" }, `of ${timecode(timeline.seconds, this.rate)}, ${count(timeline.clips.length, "shot")}`),
          h("span", { class: "grow" }),
          h("button", { onclick: () => this.notes.add() }, "Note here"),
          !isCurrent && h("button", { disabled: Boolean(store.running), onclick: () => openSpending(store, { stage: "film" }, { title: "Make the film?" }) }, "Make the film …")),
        this.lanes),
      h("aside", { class: "stack" }, this.notes.node, exports(this))));
    this.notes.show();
    this.drawLanes();
    this.follow();
  }

  video() {
    const base = `/api/v1${at(this.store.film, "film")}`;
    return h("video", { class: "film", src: `${base}/film?v=${encodeURIComponent(this.made)}`, controls: true, playsInline: true, preload: "metadata", "aria-label": "The film", ontimeupdate: () => this.follow(), onseeked: () => this.follow() },
      h("track", { kind: "captions", label: "Captions", srclang: "en", src: `${base}/captions`, default: true }));
  }

  drawLanes() {
    if (this.lanes) clear(this.lanes, lanes(this));
    this.follow();
  }

  get time() {
    return this.player?.currentTime ?? 0;
  }

  seek(seconds) {
    this.player.currentTime = Math.min(Math.max(0, seconds), this.timeline.seconds);
    this.follow();
  }

  follow() {
    if (!this.timeline?.clips) return;
    this.where.textContent = timecode(this.time, this.rate);
    const mark = this.lanes.querySelector(".now");
    if (mark) mark.style.left = `${(100 * this.time) / (this.timeline.seconds || 1)}%`;
    const playing = this.timeline.clips.findLast((clip) => clip.start <= this.time + 0.001)?.shot;
    for (const clip of this.lanes.querySelectorAll(".clip")) clip.classList.toggle("here", clip.dataset.shot === playing);
  }

  toggle() {
    if (this.player.paused) this.player.play();
    else this.player.pause();
  }

  step(frames) {
    this.player.pause();
    this.seek((Math.round(this.time * this.rate) + frames) / this.rate + 0.0005);
    say(timecode(this.time, this.rate));
  }

  onKey(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey || !this.player) return;
    const isControl = ["BUTTON", "A", "SUMMARY", "VIDEO"].includes(event.target.tagName);
    if (event.key === " " && !isControl) { event.preventDefault(); return this.toggle(); }
    if (localStorage.getItem("no-single-keys")) return;
    const keys = {
      k: () => this.player.pause(), l: () => { this.player.playbackRate = 1; this.player.play(); }, j: () => this.seek(this.time - 2),
      ",": () => this.step(-1), ".": () => this.step(1), m: () => this.notes.add(),
      f: () => (document.fullscreenElement ? document.exitFullscreen() : (this.player.node ?? this.player).requestFullscreen?.()),
    };
    const work = keys[event.key.toLowerCase()];
    if (work) { event.preventDefault(); work(); }
  }
}
