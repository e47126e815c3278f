// The library: everything that was ever made or brought along, found by what it shows and by words, and used again for nothing.

import { get, small } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { clear, h, later } from "/pages/lib/dom.js";
import { count, usd } from "/pages/lib/format.js";

const GROUPS = ["asset_type", "characters", "landscapes", "styles", "mood", "time_of_day", "shot_type", "provider"];
const NAMES = { asset_type: "Kind", time_of_day: "Time of day", shot_type: "Shot type" };
const FACET_OF = { characters: "character", landscapes: "landscape", styles: "style" };

export function show(main, context) {
  new Assets(main, context).load();
}

class Assets {
  constructor(main, { store, shell, signal }) {
    Object.assign(this, { store, shell, signal, chosen: new Map(), text: "" });
    this.facets = h("div", { class: "facets" });
    this.list = h("ul", { class: "card-list" });
    this.total = h("p", { class: "quiet", role: "status" });
    this.more = h("button", { hidden: true, onclick: () => this.page(this.next) }, "More");
    const words = h("input", { type: "search", placeholder: "Words of the prompt or the dialogue", "aria-label": "Words of the prompt or the dialogue", oninput: later(250, () => { this.text = words.value; this.load(); }) });
    clear(main, h("div", { class: "page wide assets" },
      h("section", { "aria-label": "Narrow down", class: "tile" }, h("details", { open: innerWidth > 1000 }, h("summary", {}, "Narrow down"), this.facets)),
      h("section", { class: "stack" }, h("h1", {}, "Assets"), words, this.total, this.list, h("div", {}, this.more))));
    store.on(signal, ["production"], later(1500, () => !store.running && this.load()));
  }

  query(cursor) {
    const query = new URLSearchParams({ limit: 48 });
    if (this.text) query.set("q", this.text);
    if (cursor) query.set("cursor", cursor);
    for (const [name, values] of this.chosen) for (const value of values) query.append(name, value);
    return query;
  }

  async load() {
    try {
      const { total, facets } = await get(`${this.store.path("facets")}?${this.query()}`);
      this.total.textContent = count(total, "asset");
      this.showFacets(facets);
      clear(this.list);
      await this.page();
    } catch (problem) {
      trouble(problem);
    }
  }

  showFacets(facets) {
    clear(this.facets, GROUPS.map((name) => {
      const found = Object.entries(facets[name] ?? facets[FACET_OF[name]] ?? {}).slice(0, 12);
      if (!found.length) return null;
      return h("fieldset", {}, h("legend", {}, NAMES[name] ?? name.charAt(0).toUpperCase() + name.slice(1)), found.map(([label, number]) => h("label", {},
        h("input", { type: "checkbox", checked: this.chosen.get(name)?.has(label) ?? false, onchange: () => this.choose(name, label) }), h("span", {}, label), h("span", {}, String(number)))));
    }));
  }

  choose(name, label) {
    const values = this.chosen.get(name) ?? new Set();
    if (!values.delete(label)) values.add(label);
    this.chosen.set(name, values);
    this.load();
  }

  async page(cursor) {
    const found = await get(`${this.store.path("assets")}?${this.query(cursor)}`);
    if (this.signal.aborted) return;
    this.next = found.next;
    this.more.hidden = !found.next;
    this.list.append(...found.assets.map((asset) => this.tile(asset)));
  }

  tile(asset) {
    const looks = asset.asset_type === "audio" ? h("div", { class: "sound" }, "speech") : h("img", { src: small(this.store.film, asset.asset_id, 320), alt: "", loading: "lazy" });
    const used = asset.reuse_count ? `used ${asset.reuse_count + 1}×, saved ${usd(asset.reuse_count * Number(asset.cost_usd))}` : Number(asset.cost_usd) ? usd(asset.cost_usd) : "$0";
    return h("li", { class: "tile asset" }, looks, h("div", { class: "words" }, h("p", {}, asset.prompt || asset.asset_id), h("span", { class: "quiet small" }, `${asset.provider}, ${used}`),
      asset.asset_type !== "audio" && h("div", {}, h("button", { onclick: () => this.use(asset) }, "Use in a new shot, $0"))));
  }

  async use(asset) {
    try {
      const shot = await this.store.add({ enhanced_prompt: asset.prompt || "A shot", reuse: [asset.asset_id] });
      this.shell.go(`/films/${encodeURIComponent(this.store.film)}/board/${encodeURIComponent(shot.id)}`);
    } catch (problem) {
      trouble(problem);
    }
  }
}
