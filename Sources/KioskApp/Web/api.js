// All that the page says to the agent. Nothing is stored in the browser.

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.title ?? "");
    this.status = status;
    this.detail = problem.detail;
    this.code = (problem.type ?? "").split("/").pop() || `status-${status}`;
  }
}

async function exchange(method, path, body, signal) {
  const options = { method, signal, cache: "no-store", credentials: "same-origin", redirect: "error" };
  if (method === "POST") {
    options.headers = { "Content-Type": "application/json", "X-Blankett": "1" };
    options.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(path, options);
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => ({})));
  return response;
}

export const get = async (path, signal) => (await exchange("GET", path, undefined, signal)).json();

export async function post(path, body) {
  const response = await exchange("POST", path, body);
  return response.status === 204 ? undefined : response.json();
}

/** Takes the secret out of the address and exchanges it for a session. */
export async function signIn() {
  const secret = location.hash.slice(1);
  if (!secret || secret.startsWith("/") || secret === "main") return;
  history.replaceState(null, "", "#/");
  await post("/api/session", { secret });
}

/**
 * The address of a page's picture; another one once the page has been read.
 *
 * A browser shows again what it has shown under the same address, whatever it was told of caching: the scan as it came,
 * under boxes that fit the picture that was made while reading.
 */
export const picture = (page, state) => `/api/pages/${page}/picture?${state}`;
