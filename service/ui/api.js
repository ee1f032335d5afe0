// Calls to the review API. An ended session asks for the password and goes on where it was.

import { byId } from "./dom.js";
import { inWords } from "./sentences.js";
import { t } from "./texts.js";

export const boot = JSON.parse(byId("boot").textContent);
let csrf = boot.csrf;
let session = 0; // how often somebody has signed in again

/** What the server answered instead (RFC 9457). */
export class Problem extends Error {
  constructor(status, document) {
    super(document.detail ?? String(status));
    this.status = status;
    this.code = document.code ?? "unknown";
  }

  /** What was said, in the page's language. */
  get words() {
    return inWords(this.code, this.message);
  }

  /** Whether the same call may succeed a little later. */
  get isPassing() {
    return this.status === 429 || this.status >= 500;
  }
}

/** The server was not reached: the line, or the server, is down. */
export class Unreachable extends Error {}

/** Call the API; `leaving` lets the call outlive the page. */
export async function call(method, path, { body, leaving = false } = {}) {
  for (let refreshed = false; ; ) {
    const sentIn = session;
    const answer = await reach(method, path, body, leaving);
    if (answer.status === 204) return null;
    const document = await answer.json().catch(() => ({}));
    if (answer.ok) return document;
    if (answer.status === 401 && path !== "/sign-in" && !leaving) {
      // An answer to the ended session may come when there is a new one already.
      if (sentIn === session) await signInAgain();
    } else if (document.code === "foreign_request" && !refreshed) {
      // Signed in anew in another tab: the cookie is that session's, the token is not.
      refreshed = true;
      adopt(await call("GET", "/me"));
    } else {
      throw new Problem(answer.status, document);
    }
  }
}

async function reach(method, path, body, leaving) {
  try {
    return await fetch(`/v1/review${path}`, {
      method,
      headers: {
        Accept: "application/json",
        ...(method === "GET" ? {} : { "X-CSRF-Token": csrf }),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      keepalive: leaving,
    });
  } catch {
    throw new Unreachable();
  }
}

function adopt(me) {
  // Somebody else's session: what is on the screen is not theirs.
  if (me.id !== boot.me.id) location.reload();
  csrf = me.csrf_token;
  for (const field of document.querySelectorAll('input[name="csrf"]')) field.value = csrf;
}

let asking = null;

function signInAgain() {
  asking ??= ask().finally(() => { asking = null; });
  return asking;
}

async function ask() {
  const dialog = byId("sign-in-again");
  const form = dialog.querySelector("form");
  const said = dialog.querySelector("[role=alert]");
  const password = byId("again-password");
  dialog.oncancel = (event) => event.preventDefault();
  dialog.showModal();
  password.focus();
  for (;;) {
    await new Promise((resolve) => { form.onsubmit = (event) => { event.preventDefault(); resolve(); }; });
    try {
      const body = { email: byId("again-email").value, password: password.value, cookie: true };
      const signed = await call("POST", "/sign-in", { body });
      adopt({ ...signed.moderator, csrf_token: signed.csrf_token });
      session += 1;
      break;
    } catch (error) {
      said.textContent = error instanceof Unreachable ? t("The server cannot be reached.") : error.words;
      said.hidden = false;
    }
  }
  said.hidden = true;
  password.value = "";
  dialog.close();
}
