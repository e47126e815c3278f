// What is being made now: the step, how much of it is done, and a button that stops it. A percentage only where there is one.

import { post } from "/pages/lib/api.js";
import { ask, trouble } from "/pages/lib/dialog.js";
import { clear, h, say } from "/pages/lib/dom.js";
import { clock, count, KINDS, usd } from "/pages/lib/format.js";

export class Progress {
  constructor(store, signal, changed) {
    this.store = store;
    this.changed = changed;
    this.node = h("div", { class: "progress" });
    this.last = "";
    store.on(signal, ["production", "line"], () => this.show());
    const timer = setInterval(() => this.show(), 1000);
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  show() {
    const { store } = this;
    this.changed();
    if (store.offline) {
      clear(this.node, h("p", { class: "notice amber" }, "Reconnecting; what is being made goes on."));
      return;
    }
    const one = store.running ?? store.productions[0];
    if (!one || (!store.running && (Date.now() - new Date(one.ended_at) > 8000 && !["failed", "partial", "cut off", "stopped"].includes(one.state)))) {
      clear(this.node);
      return;
    }
    const words = store.running ? this.running(one) : this.ended(one);
    if (one.state !== this.last && !store.running) say(words);
    this.last = one.state;
    if (this.dismissed === one.id && !store.running) return clear(this.node);
    const bad = ["failed", "cut off"].includes(one.state);
    clear(this.node, h("div", { data: { production: one.id, state: one.state }, class: `notice row ${bad ? "bad" : store.running ? "amber" : ""}` },
      h("span", { class: "grow" }, words),
      store.running && h("progress", { max: 1, value: this.share(one), "aria-label": "How much is done" }),
      store.running && h("button", { disabled: one.state === "stopping", onclick: () => this.stop(one) }, one.state === "stopping" ? "Stopping" : "Stop"),
      !store.running && h("button", { class: "plain", "aria-label": "Put this message away", onclick: () => { this.dismissed = one.id; clear(this.node); } }, "×")));
  }

  share(one) {
    if (one.cut !== null && one.cut !== undefined) return one.cut;
    return one.to_make ? one.made / one.to_make : undefined;
  }

  running(one) {
    const since = clock((Date.now() - new Date(one.started_at)) / 1000);
    if (one.cut !== null && one.cut !== undefined) return `Cutting the film, ${Math.round(one.cut * 100)}% · ${since}`;
    const steps = Object.values(one.working ?? {});
    const kinds = Object.keys(KINDS).map((kind) => [steps.filter((step) => step === kind).length, KINDS[kind]]).filter(([number]) => number);
    const doing = kinds.map(([number, kind]) => count(number, kind, kind === "speech" ? "lines" : `${kind}s`)).join(", ");
    return `Making ${doing || "ready"} · ${one.made} of ${one.to_make || "…"} pieces done · ${since}`;
  }

  ended(one) {
    const cost = Number(one.cost_usd) > 0 ? `, ${usd(one.cost_usd)} spent` : ", $0 spent";
    switch (one.state) {
      case "done": return `Done${cost}.`;
      case "partial": return `${count(one.failed.length, "shot")} could not be made${cost}. The cards say why.`;
      case "stopped": return "Stopped. Make it again to go on from here: what is there is reused.";
      case "cut off": return "The studio was closed while this was made. Make it again to go on: what was ordered is fetched.";
      default: return `${one.error ?? "It failed"}. ${one.hint ?? ""}`;
    }
  }

  async stop(one) {
    if (!(await ask("Stop?", "Nothing more is begun. What is ordered already is finished, and may still be charged.", "Stop"))) return;
    post(`${this.store.path("generations", one.id)}/cancel`).catch(trouble);
  }
}
