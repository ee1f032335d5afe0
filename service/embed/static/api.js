// Calls to the public endpoints of the site. Nothing but what is in the call leaves: no cookies.

const PATIENCE = 20000;
export const FIRST_WAIT = 2000;
export const LONGEST_WAIT = 60000;

/** Where this version of Parley is served: everything up to `/embed/`. */
export const BASE = import.meta.url.replace(/\/embed\/.*$/, "/embed/");

/** Return the site's public key: the element's own, or that of the page around it. */
export function siteOf(element) {
  return element.getAttribute("site") ?? element.closest("[data-parley-site]")?.dataset.parleySite ?? "";
}

/** What the server answered instead (RFC 9457), or that it did not: then the status is 0. */
export class Problem extends Error {
  constructor(status, { code = "unreachable", detail = code, errors = [] } = {}, seconds = 0) {
    super(detail);
    Object.assign(this, { status, code, errors: errors ?? [], seconds });
  }

  /** Whether the same call may succeed a little later. */
  get isPassing() {
    return !this.status || this.status === 429 || this.status >= 500;
  }
}

/** Return the call to a site's endpoints: `call("POST", "/comments", { body })`. */
export function callerOf(site) {
  return async (method, path, { query, body, headers, within = PATIENCE } = {}) => {
    const address = `${BASE}v1/${encodeURIComponent(site)}${path}`;
    const answer = await reach(query ? `${address}?${new URLSearchParams(query)}` : address, {
      method,
      credentials: "omit",
      headers: { ...headers, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(within),
    });
    if (answer.ok) return answer.json().catch(() => { throw new Problem(0); });
    const seconds = Number(answer.headers.get("Retry-After")) || 0;
    throw new Problem(answer.status, await answer.json().catch(() => ({ code: "unknown" })), seconds);
  };
}

/** Return the text of a file that comes with this script. */
export async function fileOf(name) {
  const { href, search } = new URL(import.meta.url);
  const answer = await reach(new URL(name + search, href), { credentials: "omit" });
  if (answer.ok) return answer.text();
  throw new Problem(answer.status);
}

const sheets = {};

/** Return a style sheet that comes with this script, which needs no permission of the page's policy. */
export function sheetOf(name) {
  sheets[name] ??= fileOf(name).then((text) => new CSSStyleSheet().replace(text));
  sheets[name].catch(() => { delete sheets[name]; });
  return sheets[name];
}

async function reach(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    throw new Problem(0);
  }
}

/**
 * Ask until there is an answer: again after 2 s, 4 s … a minute, and at once when the line is back
 * or somebody says `again` to `line`. `failed` hears of each failure.
 */
export async function untilAnswered(ask, { line, signal, failed = () => {} }) {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      return await ask();
    } catch (error) {
      if (!error.isPassing || signal.aborted) throw error;
      failed(error);
      await pause(Math.max(error.seconds * 1000, wait), line, signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Wait so long, or until the line is back, somebody says `again`, or all is over. */
export function pause(milliseconds, line, signal) {
  return new Promise((resolve) => {
    const heard = new AbortController();
    const done = () => {
      clearTimeout(timer);
      heard.abort();
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    for (const [target, name] of [[window, "online"], [line, "again"], [signal, "abort"]]) {
      target.addEventListener(name, done, { signal: heard.signal });
    }
  });
}
