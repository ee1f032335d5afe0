// Many at once, for leads: what was selected, or a range on the histogram of scores. What the
// preview lists is exactly what is decided.

import { boot, call, Problem, Unreachable } from "../api.js";
import { byId, h } from "../dom.js";
import { many, number, t } from "../texts.js";

const MOST = 500;

export function openBulk(desk) {
  if (!boot.may_bulk || byId("bulk").open) return;
  const selected = desk.entries.filter((entry) => entry.selected && entry.state === "todo").map((entry) => entry.card);
  new Bulk(desk, selected).open();
}

class Bulk {
  constructor(desk, selected) {
    this.desk = desk;
    this.chosen = selected;
    this.bySelection = selected.length > 0;
    this.dialog = byId("bulk");
    this.low = 0.9;
    this.high = 1;
    this.turn = 0;
  }

  async open() {
    this.said = h("p", { role: "status", class: "soft" });
    this.list = h("ol", { class: "preview", tabindex: "0", "aria-label": t("These comments") });
    this.reason = h("select", { id: "bulk-reason" }, this.reasons().map((each) => h("option", { value: each.code }, t(each.title))));
    this.dialog.replaceChildren(h("div", { class: "stack" },
      h("div", { class: "dialog-head" }, h("h2", { id: "bulk-title" }, t("Decide many")),
        h("button", { type: "button", class: "bare", onclick: () => this.dialog.close() }, t("Close"))),
      this.bySelection ? null : this.picker(),
      this.said, this.list,
      h("div", { class: "row" },
        h("button", { type: "button", class: "good", onclick: () => this.decide("approved") }, t("Approve all of these")),
        h("span", { class: "row" },
          h("button", { type: "button", class: "bad", onclick: () => this.decide("rejected") }, t("Reject all of these")),
          h("label", { class: "row", for: "bulk-reason" }, t("because"), this.reason)))));
    this.dialog.showModal();
    if (this.bySelection) this.preview(this.chosen);
    else await this.load();
  }

  reasons() {
    const site = this.desk.site ?? this.desk.current?.card.site ?? Object.keys(boot.reasons)[0];
    return boot.reasons[site] ?? [];
  }

  picker() {
    this.bars = h("div", { class: "histogram", "aria-hidden": "true" });
    const handle = (name, label) => h("input", { type: "range", min: "0", max: "1", step: "0.02", value: String(this[name]), "aria-label": label,
      oninput: (event) => this.drag(name, Number(event.target.value)), onchange: () => this.load({ counts: false }) });
    this.edges = h("output", {});
    const axis = [0, 0.25, 0.5, 0.75, 1].map((each) => h("span", {}, number(each)));
    return h("div", {}, h("p", { id: "bulk-range" }, t("Comments by their highest score, from 0 to 1:")), this.bars,
      h("div", { class: "axis soft small", "aria-hidden": "true" }, axis),
      h("div", { class: "handles" }, handle("low", t("From this score")), handle("high", t("To this score"))),
      h("p", {}, this.edges));
  }

  drag(name, value) {
    this[name] = value;
    this.colour();
  }

  get range() {
    return [Math.min(this.low, this.high), Math.max(this.low, this.high)];
  }

  colour() {
    const [low, high] = this.range;
    let inside = 0;
    [...this.bars.children].forEach((bar, index, all) => {
      const middle = (index + 0.5) / all.length;
      const isInside = middle >= low && middle <= high;
      bar.classList.toggle("inside", isInside);
      if (isInside) inside += this.counts[index];
    });
    this.edges.textContent = t("From {low} to {high}: {n}", { low: low.toFixed(2), high: high.toFixed(2), n: number(inside) });
  }

  query(more = {}) {
    return new URLSearchParams({ ...(this.desk.site ? { site: this.desk.site } : {}), ...more });
  }

  async load({ counts = true } = {}) {
    const turn = ++this.turn;
    const [low, high] = this.range;
    try {
      if (counts) this.draw(await call("GET", `/histogram?${this.query()}`));
      const found = await call("GET", `/range?${this.query({ low, high, limit: MOST })}`);
      if (turn === this.turn) this.preview(found);
    } catch (error) {
      this.failed(error);
    }
  }

  draw({ counts }) {
    this.counts = counts;
    const most = Math.max(1, ...counts);
    this.bars.replaceChildren(...counts.map((count) => {
      const bar = h("span", { title: number(count) });
      bar.style.setProperty("--share", count / most);
      return bar;
    }));
    this.colour();
  }

  preview(cards) {
    this.chosen = cards;
    this.said.textContent = cards.length >= MOST
      ? t("The first {n} comments of this range:", { n: number(cards.length) })
      : many("{n} comment:", "{n} comments:", cards.length);
    this.list.replaceChildren(...cards.map((card) => h("li", {}, h("span", { class: "value" }, card.urgency.toFixed(2)), h("p", { dir: "auto" }, card.body))));
  }

  async decide(status) {
    if (!this.chosen.length) return;
    const comments = this.chosen.map((card) => ({ id: card.id, revision: card.revision }));
    const body = { comments, status, ...(status === "rejected" ? { reason: this.reason.value } : {}) };
    try {
      const made = await call("POST", "/bulk", { body });
      this.dialog.close();
      this.desk.status.decidedMany(made, status);
      await this.desk.load();
    } catch (error) {
      this.failed(error);
    }
  }

  failed(error) {
    if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
    this.said.textContent = error instanceof Unreachable ? t("The server cannot be reached.") : error.words;
  }
}
