// A list of small objects as rows (who says what, sound effects), or one text where the schema takes that as well.

import { clear, h } from "/pages/lib/dom.js";

export function rows(schema, root, value, mayBeText, changed, id) {
  const item = root.$defs[schema.items.$ref.split("/").pop()];
  const names = Object.keys(item.properties);
  let lines = Array.isArray(value) ? value.map((one) => ({ ...one })) : null;
  let text = typeof value === "string" ? value : "";
  const node = h("div", { class: "stack" });
  const widget = { node, input: null, value: () => (lines ? (lines.length ? lines : null) : text || null) };

  const input = (line, name) => {
    const property = item.properties[name];
    const isNumber = property.type === "number" || property.anyOf?.some((one) => one.type === "number");
    const isLong = (property.maxLength ?? 0) > 200;
    return h(isLong ? "textarea" : "input", {
      type: isLong ? undefined : isNumber ? "number" : "text", step: isNumber ? "any" : undefined, rows: isLong ? 1 : undefined, value: line[name] ?? "", placeholder: name, "aria-label": name,
      oninput: (event) => {
        const given = event.target.value;
        if (given === "") delete line[name];
        else line[name] = isNumber ? Number(given) : given;
        changed();
      },
    });
  };

  const show = () => {
    widget.input = null;
    if (!lines && mayBeText) {
      const area = h("textarea", { id, rows: 2, value: text, "aria-label": "Dialogue", oninput: (event) => { text = event.target.value; changed(); } });
      clear(node, area, h("div", {}, h("button", { type: "button", class: "plain small", onclick: () => { lines = text ? [{ character: "", text }] : [{}]; show(); changed(); } }, "Several speakers")));
      return;
    }
    lines ??= [];
    clear(node, h("div", { class: "speech-rows" }, lines.map((line, place) => h("div", { class: "turn" }, names.map((name) => input(line, name)),
      h("button", { type: "button", "aria-label": `Take row ${place + 1} out`, onclick: () => { lines.splice(place, 1); if (!lines.length && mayBeText) lines = null; show(); changed(); } }, "×")))),
    h("div", {}, h("button", { type: "button", onclick: () => { lines.push({}); show(); } }, "Add a row")));
  };
  show();
  return widget;
}
