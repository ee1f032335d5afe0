// How many comments an article has. All badges that come in one go ask in one request.

import { callerOf } from "./api.js";
import { languageOf, wordsOf } from "./language.js";

const IN_ONE_REQUEST = 100;
let waiting = [];

/** Return the site's public key: the element's own, or that of the page around it. */
export function siteOf(element) {
  return element.getAttribute("site") ?? element.closest("[data-parley-site]")?.dataset.parleySite ?? "";
}

export class ParleyCount extends HTMLElement {
  static observedAttributes = ["article"];

  connectedCallback() {
    if (waiting.push(this) === 1) queueMicrotask(askForAll);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }
}

function askForAll() {
  const bySite = {};
  for (const badge of new Set(waiting)) (bySite[siteOf(badge)] ??= []).push(badge);
  waiting = [];
  for (const [site, badges] of Object.entries(bySite)) {
    for (let from = 0; from < badges.length; from += IN_ONE_REQUEST) {
      // Without an answer, what the page has written into the badge stays.
      ask(site, badges.slice(from, from + IN_ONE_REQUEST)).catch(() => {});
    }
  }
}

async function ask(site, badges) {
  const articleOf = (badge) => badge.getAttribute("article") ?? "";
  const query = badges.map((badge) => ["article", articleOf(badge)]);
  const { counts } = await callerOf(site)("GET", "/counts", { query });
  for (const badge of badges) {
    const t = await wordsOf(languageOf(badge));
    const count = counts[articleOf(badge)] ?? 0;
    badge.textContent = badge.hasAttribute("bare") ? t.number(count) : t("comments.count", { count });
  }
}
