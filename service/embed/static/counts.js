// How many comments articles have. All badges that come in one go ask in one request.

import { callerOf, siteOf } from "./api.js";
import { languageOf, wordsOf } from "./language.js";

const IN_ONE_REQUEST = 100;
let waiting = [];

/** Fill a badge, together with all others that ask in the same moment. */
export function fillBadge(badge) {
  if (waiting.push(badge) === 1) queueMicrotask(askForAll);
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
