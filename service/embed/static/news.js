// What other readers write meanwhile: said in a place that is kept for it, and shown when it is asked for.

import { button } from "./dom.js";

const EVERY = 60000;

/** Ask once a minute, while the page is looked at, whether there are more comments than were listed. */
export function watchNews(section) {
  const { t, call, signal, article, thread } = section;
  const show = button("", () => list(), { class: "bare news there", hidden: true });
  thread.bar.prepend(show);

  async function look() {
    if (document.hidden) return;
    const { counts } = await call("GET", "/counts", { query: { article: article.id } });
    const fresh = (counts[article.id] ?? 0) - section.listed;
    if (show.hidden && fresh > 0) section.say(t("list.fresh", { count: fresh }));
    show.textContent = t("list.fresh", { count: fresh });
    show.hidden = fresh <= 0;
  }

  async function list() {
    show.hidden = true;
    await thread.load("newest");
    thread.list.firstElementChild?.focus();
  }

  // What went wrong may be better the next time.
  const timer = setInterval(() => look().catch(() => {}), EVERY);
  signal.addEventListener("abort", () => clearInterval(timer));
}
