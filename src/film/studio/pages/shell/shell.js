// The frame around every page: which film, which page, the purse, and the one button that makes it.

import { get, patch } from "/pages/lib/api.js";
import { clear, h, isTyping, later, sign } from "/pages/lib/dom.js";
import { clock, count, price, usd } from "/pages/lib/format.js";
import { trouble } from "/pages/lib/dialog.js";
import { FilmStore } from "/pages/lib/store.js";
import { load, PAGES } from "/pages/pages.js";
import { openSpending } from "/pages/spend/spend.js";
import { showKeys } from "/pages/shell/keys.js";
import { Progress } from "/pages/shell/progress.js";

export class Shell {
  constructor(root) {
    this.root = root;
    this.store = null;
    this.query = "";
  }

  async start() {
    try {
      this.about = await get("/about");
    } catch (problem) {
      clear(this.root, h("main", {}, h("div", { class: "page" }, h("h1", {}, problem.title), h("p", {}, problem.hint))));
      return;
    }
    window.addEventListener("popstate", () => this.show());
    document.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.show();
  }

  go(path) {
    history.pushState(null, "", path);
    this.show();
  }

  onClick(event) {
    const link = event.target.closest?.("a[href^='/films'], a[href='/']");
    if (!link || link.download || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.go(link.getAttribute("href"));
  }

  onKey(event) {
    if (isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") showKeys();
    if (localStorage.getItem("no-single-keys")) return;
    if (event.key === "/" && this.search) {
      event.preventDefault();
      this.search.focus();
    }
    if (event.key === "g" && this.store) this.make();
  }

  async show() {
    const [, films, film, page = "board", shot] = location.pathname.split("/").map(decodeURIComponent);
    this.leave?.abort();
    this.leave = new AbortController();
    if (films !== "films" || !film) return this.showFilms();
    if (this.store?.film !== film) {
      this.store?.close();
      this.store = new FilmStore(film, this.about);
      this.query = "";
      this.frame();
      this.store.load().catch((problem) => trouble(problem));
    }
    const row = PAGES.find((one) => one.name === page) ?? PAGES[0];
    for (const link of this.nav.querySelectorAll("a")) {
      if (link.dataset.page === row.name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    const module = await load(row.name);
    if (this.leave.signal.aborted) return;
    clear(this.main);
    this.main.className = `on-${row.name}`;
    module.show(this.main, { store: this.store, shell: this, signal: this.leave.signal, shot, about: this.about });
    this.title();
  }

  async showFilms() {
    this.store?.close();
    this.store = null;
    this.search = null;
    const { show } = await import("/pages/films/films.js");
    this.root.className = "plain";
    const main = h("main", { id: "main" });
    clear(this.root, h("header", { class: "top" }, this.brand("Film studio")), main);
    document.title = "Films · Film studio";
    show(main, { shell: this, signal: this.leave.signal });
  }

  brand(words) {
    const mark = sign("M2 2h18v12H2z", "0 0 22 16");
    return h("a", { class: "brand", href: "/", "aria-label": words ? `${words}, all films` : "All films" }, mark, words);
  }

  frame() {
    const { signal } = (this.ofFilm?.abort(), (this.ofFilm = new AbortController()));
    this.root.className = "";
    this.main = h("main", { id: "main", tabIndex: -1 });
    this.nav = h("nav", { class: "pages", "aria-label": "Pages of the film" }, PAGES.map((page) => h("a", {
      href: `/films/${encodeURIComponent(this.store.film)}/${page.name}`, data: { page: page.name },
    }, sign(page.sign), page.label)));
    this.search = h("input", {
      type: "search", placeholder: "Search shots and dialogue ( / )", "aria-label": "Search shots and dialogue",
      oninput: later(80, () => { this.query = this.search.value; this.store.tell("query"); }),
    });
    this.name = h("h1", {}, this.store.film);
    this.facts = h("span", { class: "quiet small about-film" });
    this.purse = h("div", { class: "purse" });
    this.tiers = h("select", { "aria-label": "Tier: who makes the shots", onchange: () => this.choose() },
      this.about.tiers.map((tier) => h("option", { value: tier }, tier)));
    this.button = h("button", { class: "main", onclick: () => this.make() }, "Make the film");
    this.progress = new Progress(this.store, signal, () => this.title());
    clear(this.root,
      h("a", { class: "skip", href: "#main", onclick: (event) => { event.preventDefault(); this.main.focus(); } }, "To the page"),
      h("header", { class: "top" }, this.brand(""), this.name, this.facts, h("div", { class: "search" }, this.search), this.tiers, this.purse, this.button, this.progress.node),
      this.nav, this.main);
    this.store.on(signal, ["sheet", "board", "production", "line"], () => this.top());
    this.top();
  }

  top() {
    const { sheet, board, running } = this.store;
    this.name.textContent = sheet.title || this.store.film;
    const seconds = sheet.shots.reduce((sum, shot) => sum + Number(shot.fields.duration ?? 5), 0);
    this.facts.textContent = sheet.shots.length ? `${count(sheet.shots.length, "shot")}, ${clock(seconds)}` : "";
    if (board) {
      this.tiers.value = board.tier;
      this.showPurse(board.money);
      this.button.disabled = Boolean(running) || Boolean(sheet.mistakes.length);
      const missing = board.cards.filter((card) => !["review", "approved"].includes(card.status)).length;
      const what = board.is_draft ? "Draft film" : missing ? "Make the film" : "Cut the film";
      this.button.textContent = `${what}, ${price(board.at_most_usd, missing)}`;
    }
    this.title();
  }

  showPurse({ limit_usd: limit, spent_usd: spent, held_usd: held, left_usd: left }) {
    const bar = h("div", { class: "bar", "aria-hidden": "true" }, h("div", { class: "spent" }), h("div", { class: "held" }));
    const share = (amount) => `${Math.min(100, (100 * Number(amount)) / (Number(limit) || 1))}%`;
    bar.children[0].style.width = share(spent);
    bar.children[1].style.width = share(held);
    const words = Number(held) > 0 ? `${usd(spent)} spent + ${usd(held)} set aside` : `${usd(spent)} spent`;
    clear(this.purse, h("div", { class: "words" }, h("span", {}, words), h("span", { class: "quiet" }, `${usd(left)} left of ${usd(limit)}`)), bar);
  }

  title() {
    const running = this.store?.running;
    const film = this.store?.sheet.title || this.store?.film;
    const done = running ? `${running.cut !== null && running.cut !== undefined ? `cut ${Math.round(running.cut * 100)}%` : `${running.made}/${running.to_make || "?"}`} · ` : "";
    document.title = this.store ? `${done}${film} · Film studio` : "Film studio";
  }

  async choose() {
    try {
      await patch(this.store.path(), { tier: this.tiers.value });
      await this.store.loadBoard();
    } catch (problem) {
      trouble(problem);
      this.top();
    }
  }

  async make() {
    await openSpending(this.store, { stage: "film" }, { title: this.store.board?.is_draft ? "Make the draft film?" : "Make the film?" });
  }
}
