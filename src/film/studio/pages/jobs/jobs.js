// Orders that are under way, lost, refused or under review: what to do about each, and your word on it. And what was made here.

import { get, post } from "/pages/lib/api.js";
import { dialog, trouble } from "/pages/lib/dialog.js";
import { clear, h } from "/pages/lib/dom.js";
import { ago, KINDS, usd } from "/pages/lib/format.js";

export async function show(main, { store, signal, about }) {
  let closed = false;
  const load = async () => {
    try {
      const { jobs } = await get(`${store.path("jobs")}?closed=${closed}`);
      if (!signal.aborted) draw(jobs);
    } catch (problem) {
      clear(main, h("div", { class: "page" }, h("p", { class: "notice bad" }, `${problem.title}. ${problem.hint ?? ""}`)));
    }
  };
  const draw = (jobs) => clear(main, h("div", { class: "page stack" },
    h("h1", {}, "Jobs"),
    h("label", { class: "row" }, h("input", { type: "checkbox", checked: closed, onchange: (event) => { closed = event.target.checked; load(); } }), "Those that are done, too"),
    jobs.length ? h("ul", { class: "card-list" }, jobs.map((job) => tile(job))) : h("p", { class: "tile" }, "No order needs anybody. Drafts are made on this machine, and order nothing."),
    h("h2", {}, "Made in this studio"),
    store.productions.length ? h("div", { class: "scroll-x" }, h("table", {},
      h("thead", {}, h("tr", {}, ["When", "What", "Tier", "How it ended", "At most", "Cost"].map((head) => h("th", {}, head)))),
      h("tbody", {}, store.productions.map((one) => h("tr", {}, h("td", {}, ago(one.started_at)), h("td", {}, one.stage), h("td", {}, one.tier),
        h("td", {}, one.state, one.error && h("div", { class: "small tone-red" }, one.error)), h("td", { class: "num" }, usd(one.at_most_usd, true)), h("td", { class: "num" }, one.cost_usd === null ? "" : usd(one.cost_usd))))))) : h("p", { class: "quiet" }, "Nothing yet.")));
  const tile = (job) => h("li", { class: "tile" },
    h("h2", {}, `${job.shot_id} ${KINDS[job.asset_type] ?? job.asset_type}`), h("p", {}, `${job.provider}: ${job.state}, ${usd(job.billed_usd ?? job.quoted_usd)}`),
    job.error && h("p", { class: "tone-red" }, job.error), h("p", { class: "quiet" }, job.what_to_do), h("p", { class: "quiet small" }, `${job.id.slice(0, 8)}, ${ago(job.sent)}`),
    about.role === "owner" && ["review", "lost", "refused"].includes(job.state) && h("div", { class: "row" }, h("button", { onclick: () => resolve(job) }, "Say what became of it …")));
  const resolve = async (job) => {
    const amount = h("input", { type: "number", min: 0, step: "any", value: job.quoted_usd, "aria-label": "What was charged, in dollars" });
    const said = await dialog("What became of this order?", (close) => [
      h("p", {}, `${job.provider}, ${job.shot_id}. Look at the vendor's own page first: ${job.what_to_do}`),
      h("div", { class: "stack" },
        h("div", { class: "row" }, h("span", {}, "It was charged, $"), h("div", { class: "grow" }, amount), h("button", { onclick: () => close("charged") }, "Book it")),
        h("button", { onclick: () => close("not-charged") }, "It was never made, and not charged"),
        h("button", { onclick: () => close("rebuy") }, "Buy it once more: this one counts as charged")),
      h("div", { class: "row end" }, h("button", { autofocus: true, onclick: () => close() }, "Cancel"))]);
    if (!said) return;
    await post(`${store.path("jobs", job.id)}/resolve`, { decision: said, amount: said === "charged" ? amount.value : null }).catch(trouble);
    load();
  };
  store.on(signal, ["production"], load);
  await load();
}

