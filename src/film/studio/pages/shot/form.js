// A form made from the JSON schema of a shot: a field that is new there is a new field here. Common fields come first.

import { h } from "/pages/lib/dom.js";
import { rows } from "/pages/shot/rows.js";

const FIRST = ["enhanced_prompt", "dialogue", "shot_type", "duration", "characters", "landscapes", "mood", "time_of_day", "camera", "transition"];
const NARROW = new Set(["shot_type", "duration", "mood", "time_of_day", "camera", "transition"]);
const LONG = 200;

/** What a field takes: the one alternative that is not null, with what the schema refers to. */
function resolved(schema, root) {
  if (schema.$ref) return { ...root.$defs[schema.$ref.split("/").pop()], ...schema };
  const options = (schema.anyOf ?? schema.oneOf ?? []).map((one) => resolved(one, root)).flatMap((one) => one.options ?? [one]).filter((one) => one.type !== "null");
  if (!options.length) return schema;
  const whole = options.find((one) => one.type === "string" && !one.pattern) ?? options.find((one) => one.type !== "string") ?? options[0];
  return { ...schema, ...whole, options, description: schema.description ?? whole.description };
}

export class Form {
  /** `changed` is called with every change of a value. */
  constructor(schema, values, changed) {
    this.fields = new Map();
    this.values = values;
    const names = Object.keys(schema.properties).filter((name) => name !== "shot_id");
    const first = FIRST.filter((name) => names.includes(name));
    const make = (name) => this.field(name, resolved(schema.properties[name], schema), schema, changed);
    const wide = first.filter((name) => !NARROW.has(name)).map(make);
    const narrow = first.filter((name) => NARROW.has(name)).map(make);
    const more = names.filter((name) => !first.includes(name)).map(make);
    this.node = h("div", { class: "stack" }, wide, h("div", { class: "pair" }, narrow),
      h("details", {}, h("summary", {}, "More fields"), h("div", { class: "stack" }, more)));
  }

  field(name, schema, root, changed) {
    const id = `field-${name}`;
    const written = name === "enhanced_prompt" && !(name in this.values) ? this.values.prompt : this.values[name];
    const widget = pick(name, schema, root, written, id, () => { this.mark(name, ""); changed(name); });
    const wrong = h("p", { class: "wrong", id: `${id}-wrong`, role: "alert" });
    const help = schema.description && h("p", { class: "help", id: `${id}-help` }, schema.description.replaceAll("``", ""));
    const label = name === "enhanced_prompt" ? "Prompt" : (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll("_", " ");
    const input = widget.input;
    if (input) {
      input.id = id;
      input.setAttribute("aria-describedby", help ? `${id}-wrong ${id}-help` : `${id}-wrong`);
    }
    this.fields.set(name, { ...widget, wrong });
    return h("div", { class: "field", data: { field: name } }, input ? h("label", { htmlFor: id }, label) : h("span", { class: "quiet small" }, label), widget.node, wrong, help);
  }

  /** The value of a field: undefined where what is typed cannot be read. */
  value(name) {
    return this.fields.get(name).value();
  }

  mark(name, words) {
    const field = this.fields.get(name);
    if (!field) return false;
    field.wrong.textContent = words;
    if (field.input) {
      if (words) field.input.setAttribute("aria-invalid", "true");
      else field.input.removeAttribute("aria-invalid");
    }
    if (words) field.wrong.closest("details")?.setAttribute("open", "");
    return true;
  }
}

function pick(name, schema, root, value, id, changed) {
  const choices = schema.enum ?? (schema.const !== undefined ? [schema.const] : null);
  if (choices) return select(choices, value, schema, changed);
  const lines = (schema.options ?? []).find((one) => one.type === "array" && one.items?.$ref) ?? (schema.type === "array" && schema.items?.$ref ? schema : null);
  if (lines) return rows(lines, root, value, schema.options?.some((one) => one.type === "string"), changed, id);
  if (schema.type === "string") return text(schema, value, changed);
  if (schema.type === "number" || schema.type === "integer") return number(schema, value, changed);
  if (schema.type === "array" && schema.items?.type === "string") return list(value, changed);
  if (schema.type === "boolean") return truth(value, changed);
  return json(value, changed);
}

const empty = (value) => value === undefined || value === null;

function text(schema, value, changed) {
  const isLong = (schema.maxLength ?? 0) > LONG;
  const input = h(isLong ? "textarea" : "input", { value: empty(value) ? "" : String(value), placeholder: schema.default ? String(schema.default) : "", oninput: changed, rows: isLong ? 3 : undefined });
  return { node: input, input, value: () => (input.value === "" ? null : input.value) };
}

function number(schema, value, changed) {
  const bounds = schema.options?.find((one) => one.type === "number" || one.type === "integer") ?? schema;
  const low = schema.minimum ?? schema.ge ?? bounds.minimum ?? bounds.ge;
  const high = schema.maximum ?? schema.le ?? bounds.maximum ?? bounds.le;
  const input = h("input", {
    type: "number", step: bounds.type === "integer" ? 1 : "any", min: low, max: high, value: empty(value) ? "" : String(value),
    placeholder: empty(schema.default) ? "" : String(schema.default), oninput: changed,
  });
  return { node: input, input, value: () => (input.value === "" ? (input.validity.badInput ? undefined : null) : Number(input.value)) };
}

function select(choices, value, schema, changed) {
  const input = h("select", { onchange: changed }, h("option", { value: "" }, empty(schema.default) ? "as the film" : String(schema.default)),
    choices.map((one) => h("option", { value: one, selected: one === value }, String(one))));
  return { node: input, input, value: () => input.value || null };
}

function list(value, changed) {
  const given = typeof value === "string" ? [value] : value ?? [];
  const input = h("input", { value: given.join(", "), oninput: changed, placeholder: "with commas between them" });
  const read = () => input.value.split(",").map((one) => one.trim()).filter(Boolean);
  return { node: input, input, value: () => (read().length ? read() : empty(value) ? null : []) };
}

function truth(value, changed) {
  const input = h("input", { type: "checkbox", checked: Boolean(value), onchange: changed });
  return { node: input, input, value: () => input.checked };
}

function json(value, changed) {
  const input = h("textarea", { class: "mono", rows: 2, value: empty(value) ? "" : JSON.stringify(value, null, 1), oninput: changed, placeholder: "{ }" });
  const read = () => {
    if (!input.value.trim()) return null;
    try {
      return JSON.parse(input.value);
    } catch {
      return undefined;
    }
  };
  return { node: input, input, value: read };
}
