// The site's comment policy. It comes as HTML that the server has cleaned; we build from it only what
// a text of rules needs, so that nothing else could come in even if the server let it.

import { openDialog } from "./dialogs.js";
import { h } from "./dom.js";

const ALLOWED = ["P", "BR", "HR", "STRONG", "EM", "CODE", "PRE", "BLOCKQUOTE", "UL", "OL", "LI", "A", "H3", "H4", "H5", "H6"];

export function policyDialog(section) {
  const { t, settings } = section;
  const text = h("div", { class: "policy-text", tabindex: 0, role: "region", "aria-label": t("policy.title"), lang: settings.policy.language },
    built(settings.policy.html));
  openDialog(section, t("policy.title"), text);
}

/** Return new elements for those that are allowed; of the others what stands in them as text. */
function built(html) {
  // A document that is only parsed: nothing in it is loaded or run.
  const parse = Document.parseHTML ?? ((text) => new DOMParser().parseFromString(text, "text/html"));
  return copies(parse.call(Document, html).body);
}

function copies(from) {
  return [...from.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.data];
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    if (!ALLOWED.includes(node.tagName)) return copies(node);
    return [h(node.tagName.toLowerCase(), linkOf(node), copies(node))];
  });
}

function linkOf(node) {
  const address = node.tagName === "A" ? node.getAttribute("href") ?? "" : "";
  return /^(https?:\/\/|mailto:)/i.test(address) ? { href: address, rel: "noopener nofollow", target: "_blank" } : {};
}
