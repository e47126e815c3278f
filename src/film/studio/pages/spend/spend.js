// The dialog before anything is made: who is paid how much, what is reused, what is left, and ways out where it does not fit.

import { post, put } from "/pages/lib/api.js";
import { dialog, trouble } from "/pages/lib/dialog.js";
import { h, say } from "/pages/lib/dom.js";
import { count, KINDS, price, usd } from "/pages/lib/format.js";

/** Prices something, asks, and begins it. Drafts, which cost nothing and send nothing, begin at once if `quick`. */
export async function openSpending(store, asked, { title = "Make this?", quick = false } = {}) {
  let estimate;
  try {
    estimate = await post(store.path("estimates"), asked);
  } catch (problem) {
    trouble(problem);
    return null;
  }
  if (quick && Number(estimate.at_most_usd) === 0 && !estimate.missing_keys.length) return begin(store, estimate);
  const said = await dialog(title, (close, box) => body(store, asked, estimate, close, box));
  if (!said) return null;
  const [word, rest] = said.split(/:(.*)/s);
  if (word === "make") return begin(store, estimate);
  if (word === "first") return openSpending(store, { ...asked, stage: asked.stage === "film" ? "shots" : asked.stage, shots: estimate.ways_out.fitting }, { title });
  if (word === "tier") return openSpending(store, { ...asked, tier: rest }, { title });
  if (word === "limit") {
    try {
      await put(store.path("limit"), { limit_usd: rest });
    } catch (problem) {
      trouble(problem);
      return null;
    }
    return openSpending(store, asked, { title });
  }
  return null;
}

async function begin(store, estimate) {
  try {
    const name = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`;
    const production = await post(store.path("generations"), { estimate_id: estimate.id }, { "idempotency-key": name });
    store.onProduction(production);
    say("It is being made");
    return production;
  } catch (problem) {
    trouble(problem);
    return null;
  }
}

function body(store, asked, estimate, close) {
  const { money, lines, ways_out: out } = estimate;
  const total = Number(estimate.at_most_usd);
  const free = total === 0;
  const rows = lines.map((line) => h("tr", {},
    h("td", {}, `${line.provider} · ${KINDS[line.kind]}`, h("div", { class: "quiet small" }, line.model)),
    h("td", { class: "num" }, String(line.pieces)),
    h("td", { class: "num" }, usd(line.at_most_usd, true))));
  if (estimate.local) rows.push(row("Made on this machine", estimate.local, "$0"));
  if (estimate.reused) rows.push(row("Reused from the library", estimate.reused, "$0"));
  if (estimate.ordered) rows.push(row("Ordered before, paid for then", estimate.ordered, "$0"));
  rows.push(h("tr", { class: "sum" }, h("td", { colSpan: 2 }, "Total, at most"), h("td", { class: "num" }, usd(estimate.at_most_usd, true))));
  if (!free) rows.push(h("tr", {}, h("td", { colSpan: 2 }, "Left after this"), h("td", { class: "num" }, usd(estimate.left_after_usd))));
  const blocked = !estimate.fits || estimate.missing_keys.length > 0 || estimate.spending_off;
  const nothing = !estimate.shots.length && asked.stage !== "film";
  return [
    h("p", { class: "quiet" }, `${count(estimate.shots.length, "shot")} of the tier ${estimate.tier}. ${free ? "Nothing is sent to anybody." : "What is reused costs nothing."}`),
    h("div", { class: "scroll-x" }, h("table", {},
      h("thead", {}, h("tr", {}, h("th", {}, "Who makes it"), h("th", { class: "num" }, "Pieces"), h("th", { class: "num" }, "At most"))),
      h("tbody", {}, rows))),
    estimate.stale.length > 0 && h("details", {}, h("summary", {}, `${count(estimate.stale.length, "piece")} made anew, and why`),
      h("ul", {}, estimate.stale.slice(0, 30).map((one) => h("li", {}, `${one.shot} ${KINDS[one.kind]}: ${one.why}`)))),
    estimate.warnings.map((text) => h("p", { class: "notice amber" }, text)),
    estimate.missing_keys.length > 0 && h("p", { class: "notice bad" }, `No key is set for this: ${estimate.missing_keys.join(", ")}. Set it in the environment or in .env, and start the studio again; or take the tier draft, which needs none.`),
    estimate.spending_off && h("p", { class: "notice bad" }, "Spending is switched off here (FILM_NO_SPEND). Nothing can be bought."),
    !estimate.fits && h("p", { class: "notice bad" }, `This is ${usd(String(-Number(estimate.left_after_usd)), true)} over what may be spent. Nothing is sent until it fits.`),
    out && h("div", { class: "stack" }, ways(store, out, money, close)),
    nothing && h("p", { class: "notice" }, asked.stage === "clips" ? "No picture is approved whose clip is missing. Approve pictures first." : "All of it is there already."),
    h("div", { class: "row end" },
      h("button", { autofocus: true, onclick: () => close() }, "Cancel"),
      h("button", { class: "main", disabled: blocked || nothing, onclick: () => close("make:") }, free ? `Make it, ${price("0", estimate.local)}` : `Spend up to ${usd(estimate.at_most_usd, true)}`)),
  ];
}

function ways(store, out, money, close) {
  const limit = h("input", { type: "number", min: 0, step: "0.01", value: Math.ceil(Number(out.limit_usd) * 100) / 100, "aria-label": "A higher limit for this film, in dollars" });
  return [
    h("h3", {}, "Ways out"),
    out.fitting.length > 0 && h("button", { onclick: () => close("first:") }, `Only the first ${count(out.fitting.length, "shot")} that fit, ${usd(out.fitting_usd, true)}`),
    Object.entries(out.cheaper).map(([tier, amount]) => h("button", { onclick: () => close(`tier:${tier}`) }, `Tier ${tier} instead, ${usd(amount, true)}`)),
    store.about.role === "owner" && h("div", { class: "row" }, h("span", {}, `Limit ${usd(money.limit_usd)} →`), h("span", { class: "grow" }, limit), h("button", { onclick: () => close(`limit:${limit.value}`) }, "Raise it")),
  ];
}

const row = (what, pieces, amount) => h("tr", {}, h("td", {}, what), h("td", { class: "num" }, String(pieces)), h("td", { class: "num" }, amount));

