// The element under an article: what the reader answers, writes and reads there.

import { callerOf, sheetOf, siteOf, untilAnswered } from "./api.js";
import { button, h } from "./dom.js";
import { commentForm } from "./form.js";
import { languageOf, wordsOf } from "./language.js";
import { ownComments } from "./own.js";
import { reaction } from "./reaction.js";
import { newId, storeOf } from "./store.js";
import { thread } from "./thread.js";

const LINK = /^#parley-([0-9a-f-]{36})$/;

// The element has its room from the first moment, so that nothing below it moves when it is filled.
const ROOM = new CSSStyleSheet();
ROOM.replaceSync(":host { display: block; min-height: var(--parley-reserve, 46rem) }");

export class ParleyComments extends HTMLElement {
  static observedAttributes = ["site", "article", "lang"];
  #running = null;

  connectedCallback() {
    this.#start();
  }

  disconnectedCallback() {
    this.#running?.abort();
    this.#running = null;
  }

  attributeChangedCallback() {
    if (this.#running) this.#start();
  }

  async #start() {
    this.#running?.abort();
    const { signal } = (this.#running = new AbortController());
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [ROOM];
    const line = new EventTarget();
    // As long as the words cannot be had, the page's own content stays to be seen.
    const failed = () => root.replaceChildren(h("slot"));
    try {
      const ask = () => Promise.all([sheetOf("./style.css"), wordsOf(languageOf(this))]);
      const [look, t] = await untilAnswered(ask, { line, signal, failed });
      if (signal.aborted) return;
      root.adoptedStyleSheets = [ROOM, look];
      await fill(sectionOf(this, { root, t, line, signal }));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}

/** Return what all parts of one section share. */
function sectionOf(host, { root, t, line, signal }) {
  const site = siteOf(host);
  const store = storeOf(site);
  const call = callerOf(site);
  const id = host.getAttribute("article") ?? "";
  const address = host.getAttribute("article-url") ?? location.href;
  const live = h("p", { class: "unseen", role: "status" });
  let asked = null;
  let box = null;
  const section = {
    root, t, line, signal, store, call, live,
    article: {
      id,
      title: host.getAttribute("article-title") ?? document.title,
      url: new URL(address, location.href).href.replace(/#.*$/, ""),
    },
    /** What the site wants here, once the server has said it. */
    settings: null,
    /** Ask the server for `settings`; several who ask at once share the answer. */
    learn() {
      asked ??= call("GET", "/article", { query: { article: id, lang: t.language } })
        .then((answer) => {
          answer.form.since = Date.now();
          return (section.settings = answer);
        })
        .finally(() => { asked = null; });
      return asked;
    },
    /** Who answers and reports, to be counted once: a random number of this browser for this site. */
    get reader() {
      const known = store.read("reader", null) ?? newId();
      store.write("reader", known);
      return known;
    },
    /** Return what sends, fetched once: see `sending.js`. */
    async outbox() {
      const { outbox } = await import("./sending.js");
      return (box ??= outbox(section));
    },
    /** Have a screen reader say it; the same again is said again. */
    say(text) {
      live.textContent = "";
      setTimeout(() => { live.textContent = text; }, 50);
    },
    /** Return what went wrong, in the reader's words. */
    wordsFor(error) {
      const id = `error.${error.code ?? "unknown"}`;
      if (!t.has(id)) console.warn("parley-comments:", error);
      return t(t.has(id) ? id : "error.unknown", { count: error.seconds || 60 });
    },
  };
  return section;
}

async function fill(section) {
  const { root, t, line, signal } = section;
  const title = h("h2", {}, t("comments.title"));
  section.count = (count) => {
    section.published = count;
    title.textContent = t("comments.count", { count });
  };
  // Of how many the reader knows, who need not have brought all pages of the list.
  section.listed = 0;
  section.oneMore = () => {
    section.listed++;
    section.count((section.published ?? 0) + 1);
  };
  const policy = button(t("policy.title"), () => openPolicy(section), { class: "bare policy" });
  const parts = { reaction: reaction(section), form: (section.form = commentForm(section)) };
  section.own = ownComments(section);
  section.thread = thread(section);
  const header = h("header", {}, title, policy);
  root.replaceChildren(
    h("section", { "aria-label": t("comments.title"), lang: t.language },
      parts.reaction.element, header, parts.form.element, section.own.element, section.thread.element),
    section.live,
  );
  if (section.store.read("unsent", []).some((each) => each.article === section.article.id)) {
    section.outbox().then((outbox) => outbox.resume());
  }
  const listed = section.thread.load();
  window.addEventListener("hashchange", () => follow(section), { signal });
  const settings = await untilAnswered(() => section.learn(), { line, signal }).catch((error) => {
    // The site has not been set up for this page: said to its developer, and the page's own content stays.
    console.error("parley-comments:", error.message);
    root.replaceChildren(h("slot"));
    throw error;
  });
  if (settings.policy) policy.classList.add("there");
  parts.reaction.adopt(settings);
  parts.form.adopt(settings);
  await listed;
  await untilAnswered(() => section.own.refresh(), { line, signal });
  follow(section);
  // Here before it is needed: the server may not be when something is to be sent.
  section.outbox();
  (await import("./news.js")).watchNews(section);
}

async function follow(section) {
  const id = location.hash.match(LINK)?.[1];
  if (id) (await import("./link.js")).goTo(section, id);
}

async function openPolicy(section) {
  const { policyDialog } = await import("./policy.js");
  policyDialog(section);
}
