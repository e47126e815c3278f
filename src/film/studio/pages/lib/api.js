// Questions to the studio. What goes wrong comes as a Problem, which has the studio's own words and the next step.

export class Problem extends Error {
  constructor(body) {
    super(body.title ?? "something went wrong");
    Object.assign(this, body);
  }
}

export async function ask(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined && method === "GET" ? headers : { "content-type": "application/json", ...headers },
      body: body === undefined ? (method === "GET" ? undefined : "{}") : JSON.stringify(body),
      credentials: "same-origin",
    });
  } catch {
    throw new Problem({ status: 0, code: "offline", title: "the studio does not answer", hint: "it may have been closed; what is ordered is not lost" });
  }
  if (answer.status === 204) return null;
  const said = await answer.json().catch(() => ({ title: `the studio answered ${answer.status}`, status: answer.status }));
  if (!answer.ok) throw new Problem(said);
  return said;
}

export const get = (path) => ask("GET", path);
export const post = (path, body, headers) => ask("POST", path, body, headers);
export const patch = (path, body, headers) => ask("PATCH", path, body, headers);
export const put = (path, body) => ask("PUT", path, body);
export const remove = (path, headers) => ask("DELETE", path, undefined, headers);

export const at = (film, ...rest) => `/films/${encodeURIComponent(film)}${rest.map((one) => `/${encodeURIComponent(one)}`).join("")}`;
export const small = (film, asset, width) => `/api/v1${at(film, "media", asset)}/small?width=${width}`;
export const media = (film, asset) => `/api/v1${at(film, "media", asset)}`;
