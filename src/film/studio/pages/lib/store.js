// One film as the browser shows it. It holds no truth: all of it was asked of the studio, and is asked again.

import { at, get, patch, post, remove } from "/pages/lib/api.js";
import { later } from "/pages/lib/dom.js";
import { Live } from "/pages/lib/live.js";

export class FilmStore extends EventTarget {
  constructor(film, about) {
    super();
    this.film = film;
    this.about = about;
    this.sheet = { shots: [], mistakes: [], warnings: [], order: "", can_undo: "" };
    this.cards = new Map();
    this.board = null;
    this.problem = null;
    this.productions = [];
    this.comments = [];
    this.offline = false;
    this.selected = new Set();
    this.waiting = new Set();
    this.live = new Live(film, about.seq);
    this.live.addEventListener("changed", (event) => this.onChanged(event.detail));
    this.live.addEventListener("production", (event) => this.onProduction(event.detail.production));
    this.live.addEventListener("happened", (event) => this.onHappened(event.detail));
    this.live.addEventListener("reset", () => this.load());
    this.live.addEventListener("lost", () => this.setOffline(true));
    this.live.addEventListener("found", () => this.setOffline(false));
    this.reloadSheet = later(60, () => this.loadSheet());
    this.reloadBoard = later(250, () => this.loadBoard());
    this.reloadSome = later(200, () => this.loadCards());
  }

  close() {
    this.live.close();
  }

  path(...rest) {
    return at(this.film, ...rest);
  }

  tell(what) {
    this.dispatchEvent(new CustomEvent(what));
  }

  on(signal, whats, work) {
    for (const what of whats) this.addEventListener(what, work, { signal });
  }

  async load() {
    await Promise.all([this.loadSheet(), this.loadProductions(), this.loadComments()]);
    await this.loadBoard();
  }

  async loadSheet() {
    try {
      this.sheet = await get(this.path("shots"));
      this.problem = null;
    } catch (problem) {
      this.problem = problem;
    }
    this.tell("sheet");
  }

  async loadBoard() {
    try {
      this.board = await get(this.path("board"));
      this.cards = new Map(this.board.cards.map((card) => [card.id, card]));
      this.boardProblem = null;
    } catch (problem) {
      this.boardProblem = problem;
    }
    this.tell("board");
  }

  async loadCards() {
    const wanted = [...this.waiting];
    this.waiting.clear();
    if (wanted.length > 40) return this.loadBoard();
    try {
      const query = wanted.map((id) => `shots=${encodeURIComponent(id)}`).join("&");
      const found = await get(`${this.path("board")}?${query}`);
      for (const card of found.cards) this.cards.set(card.id, card);
      if (this.board) this.board.money = found.money;
      this.tell("board");
    } catch {
      this.reloadBoard();
    }
  }

  async loadProductions() {
    this.productions = await get(this.path("generations")).catch(() => this.productions);
    this.tell("production");
  }

  async loadComments() {
    this.comments = await get(this.path("comments")).catch(() => this.comments);
    this.tell("comments");
  }

  onChanged({ what }) {
    if (what === "shots") this.reloadSheet();
    if (what === "notes") this.loadComments();
    this.reloadBoard();
  }

  onProduction(production) {
    const known = this.productions.find((one) => one.id === production.id);
    this.productions = [{ ...known, ...production }, ...this.productions.filter((one) => one.id !== production.id)];
    if (production.ended_at) this.reloadBoard();
    this.tell("production");
  }

  onHappened(event) {
    if (event.shot_id && ["step_done", "shot_done", "shot_failed"].includes(event.event)) {
      this.waiting.add(event.shot_id);
      this.reloadSome();
    }
  }

  setOffline(value) {
    if (this.offline === value) return;
    const wasOffline = this.offline;
    this.offline = value;
    if (wasOffline) this.load();
    this.tell("line");
  }

  get running() {
    return this.productions.find((one) => one.state === "running" || one.state === "stopping");
  }

  /** What a card says: what is being made counts more than what is there. */
  status(shot) {
    if (shot.mistakes?.length) return { name: "wrong", detail: shot.mistakes[0].message };
    const running = this.running;
    const failed = this.productions[0]?.failed?.find((one) => one.shot === shot.id);
    const card = this.cards.get(shot.id);
    if (running) {
      if (running.working?.[shot.id]) return { name: "making", detail: running.working[shot.id] };
      const isOfIt = running.shots ? running.shots.includes(shot.id) : true;
      const isThere = card && ["review", "approved"].includes(card.status);
      const drawn = running.stage === "stills" && card?.assets.some((one) => one.kind === "image" && one.state === "reused");
      if (isOfIt && !failed && card && !isThere && !drawn) return { name: "queued" };
    }
    if (failed && card && !["review", "approved"].includes(card.status)) return { name: "failed", detail: failed.error, failed };
    return { name: card?.status ?? "new", unknown: !card };
  }

  asset(shotId, kind) {
    return this.cards.get(shotId)?.assets.find((one) => one.kind === kind);
  }

  shot(id) {
    return this.sheet.shots.find((one) => one.id === id);
  }

  // -- changes: each goes to the studio, which tells everybody

  edit(shot, changes, base) {
    return patch(this.path("shots", shot.id), { changes, base }, { "if-match": `"${shot.revision}"` });
  }

  async act(work) {
    const done = await work;
    await this.loadSheet();
    this.reloadBoard();
    return done;
  }

  move(shots, before) {
    return this.act(post(this.path("order"), { shots, before, order: this.sheet.order }));
  }

  duplicate(id) {
    return this.act(post(this.path("shots", id, "duplicate")));
  }

  add(fields, before) {
    return this.act(post(this.path("shots"), { fields, before }));
  }

  delete(shot) {
    return this.act(remove(this.path("shots", shot.id), { "if-match": `"${shot.revision}"` }));
  }

  undo() {
    return this.act(post(this.path("undo")));
  }

  async approve(shotId, kind, approved) {
    const asset = this.asset(shotId, kind);
    if (!asset?.key) return;
    await post(this.path("approvals"), { shot: shotId, kind, key: approved ? asset.key : null });
    this.waiting.add(shotId);
    await this.loadCards();
    this.reloadBoard();
  }
}
