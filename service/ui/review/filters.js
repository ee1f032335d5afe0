// Narrows a queue: by article, language, label, reason, author, days. The menus say how many each
// choice leaves; what is chosen stands above the list and goes with one click.

import { call, Problem, Unreachable } from "../api.js";
import { byId, h } from "../dom.js";
import { number, said, t } from "../texts.js";

const NAMES = { article: said("Article"), language: said("Language"), label: said("Label"), reason: said("Reason"), author: said("Author"), since: said("From"), until: said("Until") };
const MENUS = { article: "articles", language: "languages", label: "labels", reason: "reasons" };

export class Filters {
  constructor(desk) {
    this.desk = desk;
    this.chosen = new Map();
    byId("open-filters").addEventListener("click", () => this.open());
  }

  /** Put what is chosen into a query. */
  into(query) {
    for (const [name, { value }] of this.chosen) query.set(name, value);
  }

  /** Narrow by one value; `title` is what it is called. */
  set(name, value, title) {
    if (value) this.chosen.set(name, { value, title });
    else this.chosen.delete(name);
    this.show();
    this.desk.anew();
  }

  clear() {
    this.chosen.clear();
    this.show();
  }

  show() {
    byId("filters").replaceChildren(...[...this.chosen].map(([name, { title }]) => h("li", {},
      h("button", { type: "button", class: "chip", onclick: () => this.set(name, null) },
        `${t(NAMES[name])}: ${title}`, h("span", { "aria-hidden": "true" }, " ×"), h("span", { class: "unseen" }, t("take this filter away"))))));
  }

  async open() {
    const dialog = byId("filter-dialog");
    const query = new URLSearchParams({ queue: this.desk.queue });
    if (this.desk.site) query.set("site", this.desk.site);
    this.into(query);
    try {
      this.fill(dialog, await call("GET", `/facets?${query}`));
      dialog.showModal();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
      this.desk.failed(error, () => this.open());
    }
  }

  fill(dialog, facets) {
    const menus = Object.entries(MENUS).map(([name, plural]) => this.menu(name, facets[plural]));
    const days = ["since", "until"].map((name) => h("div", {},
      h("label", { for: `filter-${name}` }, t(NAMES[name])),
      h("input", { id: `filter-${name}`, type: "date", name, value: this.chosen.get(name)?.title ?? "" })));
    const form = h("form", { method: "dialog", class: "stack", onsubmit: (event) => this.take(new FormData(event.target)) },
      h("div", { class: "dialog-head" }, h("h2", { id: "filter-title" }, t("Show only")),
        h("button", { type: "button", class: "bare", onclick: () => dialog.close() }, t("Close"))),
      h("p", { class: "soft small" }, t("Counted over the first {n} of this queue.", { n: number(facets.counted) })),
      ...menus, h("div", { class: "pair" }, ...days),
      h("div", { class: "row" }, h("button", { class: "primary" }, t("Show these")),
        h("button", { type: "button", onclick: () => { dialog.close(); this.clear(); this.desk.anew(); } }, t("Show all"))));
    dialog.replaceChildren(form);
  }

  menu(name, choices) {
    const kept = this.chosen.get(name);
    const known = choices.some((each) => each.value === kept?.value);
    const all = kept && !known ? [{ ...kept, count: 0 }, ...choices] : choices;
    return h("div", {}, h("label", { for: `filter-${name}` }, t(NAMES[name])),
      h("select", { id: `filter-${name}`, name }, h("option", { value: "" }, t("any")),
        all.map((each) => h("option", { value: each.value, selected: each.value === kept?.value, "data-title": each.title }, `${t(each.title)} (${number(each.count)})`))));
  }

  take(form) {
    for (const name of Object.keys(MENUS)) {
      const value = form.get(name);
      const title = [...byId(`filter-${name}`).options].find((each) => each.value === value)?.dataset.title;
      if (value) this.chosen.set(name, { value, title: t(title) });
      else this.chosen.delete(name);
    }
    for (const name of ["since", "until"]) {
      const day = form.get(name);
      // The reader's own midnight; the last day is inside.
      const at = day && new Date(`${day}T00:00:00`);
      if (at && name === "until") at.setDate(at.getDate() + 1);
      if (at) this.chosen.set(name, { value: at.toISOString(), title: day });
      else this.chosen.delete(name);
    }
    this.show();
    this.desk.anew();
  }
}
