// Where the money went: pictures first, then rows; what was quoted against what was billed; what is set aside or under review.

import { get, put } from "/pages/lib/api.js";
import { trouble } from "/pages/lib/dialog.js";
import { clear, h } from "/pages/lib/dom.js";
import { count, usd } from "/pages/lib/format.js";

export async function show(main, { store, signal, about }) {
  const month = new Date().toISOString().slice(0, 7);
  const load = async () => {
    try {
      const [film, all] = await Promise.all([get(store.path("costs")), get(`/costs/${month.replace("-", "/")}`)]);
      if (!signal.aborted) draw(main, { store, about, film, all, month });
    } catch (problem) {
      clear(main, h("div", { class: "page" }, h("p", { class: "notice bad" }, `${problem.title}. ${problem.hint ?? ""}`)));
    }
  };
  store.on(signal, ["board"], load);
  await load();
}

function draw(main, { store, about, film, all, month }) {
  const money = store.board?.money;
  const limit = h("input", { type: "number", min: 0, step: "0.01", value: Number(money?.limit_usd ?? 0), id: "limit" });
  clear(main, h("div", { class: "page stack" },
    h("h1", {}, "Costs"),
    h("div", { class: "card-list" },
      figure("This film", usd(film.total_cost), "in all its runs"), figure("Set aside", usd(film.set_aside_usd), "for orders under way"),
      figure("Under review", usd(film.under_review_usd), "see Jobs"), figure("Saved by reuse", usd(film.saved_usd), "what it had cost"), figure(`All films, ${month}`, usd(all.total_cost), count(all.project_count, "film"))),
    about.role === "owner" && money && h("form", { class: "tile row", onsubmit: async (event) => { event.preventDefault(); await put(store.path("limit"), { limit_usd: limit.value }).catch(trouble); store.loadBoard(); } },
      h("label", { htmlFor: "limit" }, "This film may cost at most, in dollars"), h("div", {}, limit), h("button", {}, "Set the limit"), h("span", { class: "quiet small" }, `${usd(money.left_usd)} left`)),
    film.over_quote.length > 0 && h("section", { class: "tile" }, h("h2", {}, "Billed over the quote"), table(["Shot", "Provider", "Quoted", "Billed"], film.over_quote.map((bill) => [bill.shot_id, bill.provider, usd(bill.quoted_usd), usd(bill.billed_usd)]))),
    bars("By shot", film.by_shot), bars("By provider", film.by_provider), bars("By kind", film.by_asset_type), bars(`All films in ${month}`, all.by_project)));
}

const figure = (title, amount, below) => h("div", { class: "tile" }, h("h2", { class: "quiet small" }, title), h("strong", {}, amount), h("span", { class: "quiet small" }, below));

function bars(title, amounts) {
  const rows = Object.entries(amounts).filter(([, amount]) => Number(amount) > 0).sort((one, other) => Number(other[1]) - Number(one[1]));
  const most = Number(rows[0]?.[1] ?? 1);
  return h("section", { class: "tile" }, h("h2", {}, title), rows.length ? rows.slice(0, 60).map(([name, amount]) => {
    const bar = h("div", { class: "bar", "aria-hidden": "true" });
    bar.style.width = `${(100 * Number(amount)) / most}%`;
    return h("div", { class: "bar-line" }, h("span", {}, name), h("div", {}, bar), h("span", { class: "num" }, usd(amount)));
  }) : h("p", { class: "quiet" }, "Nothing was paid for."));
}

export const table = (heads, rows) => h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, heads.map((head) => h("th", {}, head)))), h("tbody", {}, rows.map((cells) => h("tr", {}, cells.map((cell) => h("td", {}, cell)))))));
