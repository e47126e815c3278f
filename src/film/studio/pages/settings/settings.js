// What this installation has: keys (whether they are set, never what they are), limits, where things lie.

import { clear, h } from "/pages/lib/dom.js";
import { usd } from "/pages/lib/format.js";
import { showKeys } from "/pages/shell/keys.js";

export function show(main, { about }) {
  clear(main, h("div", { class: "page stack" },
    h("h1", {}, "Settings"),
    h("section", { class: "tile" }, h("h2", {}, "Keys of vendors"),
      h("p", { class: "quiet" }, "They stand in the environment or in a .env, and never come here. The tier draft needs none."),
      h("div", { class: "scroll-x" }, h("table", {}, h("thead", {}, h("tr", {}, h("th", {}, "Account"), h("th", {}, "Variable"), h("th", {}, "Key"))),
        h("tbody", {}, about.keys.map((key) => h("tr", {}, h("td", {}, key.account), h("td", { class: "mono small" }, key.variable), h("td", { class: key.is_set ? "tone-green" : "quiet" }, key.is_set ? "set" : "not set"))))))),
    h("section", { class: "tile" }, h("h2", {}, "Money"),
      h("p", {}, `A film may cost ${usd(about.default_limit_usd)} unless it has a limit of its own (Costs).`),
      h("p", {}, about.daily_limit_usd === null ? "There is no limit a day (FILM_DAILY_BUDGET_USD)." : `All films of a day may cost ${usd(about.daily_limit_usd)}.`),
      !about.spending_allowed && h("p", { class: "notice amber" }, "Spending is switched off (FILM_NO_SPEND).")),
    h("section", { class: "tile" }, h("h2", {}, "Here"), h("p", {}, `Signed in as ${about.person}, ${about.role}. Version ${about.version}.`), h("p", { class: "mono small" }, about.gallery),
      h("div", { class: "row" }, h("button", { onclick: showKeys }, "Keys of the keyboard"), h("a", { class: "button", href: "/api/v1/openapi.json", target: "_blank" }, "The API, as OpenAPI")))));
}
