// The line at the bottom, the heading, the queues and their counts.

import { boot } from "../api.js";
import { byId, h } from "../dom.js";
import { inWords } from "../sentences.js";
import { ago, number, t } from "../texts.js";
import { cap } from "./keys.js";
import { isOfHeld, LETTERS, MEANINGS, ordersOf, SORT_TITLES, TITLES } from "./queues.js";

export class Status {
  constructor(desk) {
    this.desk = desk;
    this.done = [];
    this.isOver = false;
    this.counts = new Map();
    this.retry = null;
    setInterval(() => this.tick(), 250);
  }

  say(text, { bad = false } = {}) {
    byId("said").textContent = text;
    byId("said").classList.toggle("bad", bad);
  }

  /** Say that a decision has left the house, and lead to where it can be reversed. */
  tooLate() {
    this.say("", { bad: true });
    byId("said").append(t("It is too late to undo: the decision has left the house. To reverse it, decide anew under:"), " ",
      h("button", { type: "button", class: "bare inline", onclick: () => this.desk.goTo("recent") }, t(TITLES.recent)));
  }

  // --- what can be undone

  decided(entry) {
    const { status, reason } = entry.choice;
    const text = status === "approved" ? t("Approved") : `${t("Rejected")} «${this.desk.reasonTitle(entry.card, reason)}»`;
    this.done.push({ comment: entry.card.id, text, until: Date.now() + boot.undo_ms, choice: null });
    this.say(text);
    this.tick();
  }

  escalated(entry) {
    this.done.push({ comment: entry.card.id, text: t("Escalated"), until: Date.now() + boot.undo_ms, escalated: true });
    this.say(t("Escalated"));
    this.tick();
  }

  /** Something was kept that `takeBack` takes back. */
  noted(text, takeBack) {
    this.done.push({ text, until: Date.now() + boot.undo_ms, takeBack });
    this.say(text);
    this.tick();
  }

  decidedMany({ id, decided, refused }, status) {
    const text = t(status === "approved" ? "Approved: {n}" : "Rejected: {n}", { n: number(decided) });
    const left = refused.length ? " " + t("Not decided: {n}. {why}", { n: number(refused.length), why: inWords(refused[0].code, refused[0].detail) }) : "";
    this.say(text + left);
    this.done.push({ bulk: id, text, until: Date.now() + boot.undo_ms });
    this.tick();
  }

  sent(comment, choice) {
    const found = this.done.find((each) => each.comment === comment && !each.escalated);
    // The server's clock may differ from ours; the span does not.
    if (found) Object.assign(found, { choice, until: Date.now() + Math.max(0, Date.parse(choice.settles_at) - Date.parse(choice.decided_at)) });
  }

  refused(comment, problem) {
    this.forget(comment);
    this.say(problem.words, { bad: true });
  }

  forget(comment) {
    this.done = this.done.filter((each) => each.comment !== comment);
    this.tick();
  }

  drop(one) {
    this.done = this.done.filter((each) => each !== one);
    this.tick();
  }

  undoable() {
    return this.done.findLast((each) => this.canUndo(each)) ?? null;
  }

  canUndo(each) {
    return each.until > Date.now() || (each.comment !== undefined && this.desk.deciding.outbox.get(each.comment) !== undefined);
  }

  tick() {
    const over = this.done.filter((each) => !this.canUndo(each));
    // Whoever presses undo a second too late is told how to reverse what they decided.
    if (over.some((each) => each.bulk || (each.comment && !each.escalated))) this.isOver = true;
    this.done = this.done.filter((each) => !over.includes(each));
    const last = this.undoable();
    const button = byId("undo");
    button.hidden = last === null;
    if (!last) return;
    const seconds = Math.max(0, Math.ceil((last.until - Date.now()) / 1000));
    const label = `${t("Undo")} (${seconds})`;
    if (button.dataset.label !== label) {
      button.dataset.label = label;
      button.replaceChildren(label, " ", h("kbd", { "aria-hidden": "true" }, cap("undo")));
    }
  }

  // --- the line to the server

  lineIsDown(again = null) {
    this.retry = again ?? this.retry;
    this.isDown = true;
    this.show();
  }

  lineIsUp() {
    if (!this.isDown) return;
    this.isDown = false;
    const again = this.retry;
    this.retry = null;
    this.desk.deciding.outbox.retry();
    this.show();
    if (again) again();
  }

  show() {
    const { waiting } = this.desk.deciding.outbox;
    const line = byId("line");
    line.hidden = !waiting && !this.isDown;
    line.textContent = waiting
      ? t("No connection. Decisions that wait to be sent: {n}. They are kept and sent by themselves.", { n: waiting })
      : t("No connection. Trying again…");
  }

  // --- headings and counts

  showTitle() {
    byId("title").textContent = this.desk.words ? t("Search: {words}", { words: this.desk.words }) : t(TITLES[this.desk.queue]);
    byId("meaning").textContent = this.desk.words ? "" : this.meaningOf(this.desk.queue);
    byId("sort").disabled = byId("sort").options.length < 2 || Boolean(this.desk.words);
    byId("sort").closest("label").hidden = !byId("sort").options.length || Boolean(this.desk.words);
    byId("open-filters").disabled = Boolean(this.desk.words);
    this.showCounts();
  }

  showOrders() {
    byId("sort").replaceChildren(...ordersOf(this.desk.queue).map((name) => h("option", { value: name }, t(SORT_TITLES[name]))));
  }

  /** Explain the order of the list, as the server tells it. */
  showOrder(sentence) {
    byId("sort").title = sentence ? t(sentence) : "";
  }

  /** Show what whoever works here should know now: scoring is behind, the oldest waits too long. */
  showAlerts(alerts) {
    const seen = JSON.stringify(alerts);
    if (seen === this.alerts) return;
    this.alerts = seen;
    byId("alerts").replaceChildren(...alerts.map(({ site, code, sentence, since }) => h("p", { class: "notice warn" },
      Object.keys(boot.reasons).length > 1 ? h("strong", {}, `${site}: `) : "", inWords(code, sentence), since ? h("span", { class: "soft small" }, " ", t("since {ago}", { ago: ago(since) })) : "")));
  }

  changed({ queues, alerts, arrived, pace }) {
    this.showAlerts(alerts);
    this.counts = new Map();
    for (const { queue, count, is_capped: capped, oldest_at: oldest } of queues) {
      const sum = this.counts.get(queue) ?? { count: 0, oldest: null, capped: false };
      sum.count += count;
      sum.capped ||= capped;
      if (oldest && (!sum.oldest || oldest < sum.oldest)) sum.oldest = oldest;
      this.counts.set(queue, sum);
    }
    this.showCounts();
    if (!this.desk.entries.length && byId("main").getAttribute("aria-busy") === "false") this.showEnd();
    const button = byId("arrivals");
    button.hidden = !arrived || this.desk.queue !== "held" || Boolean(this.desk.words);
    button.replaceChildren(t("New: {n}", { n: number(arrived) }), " ", h("kbd", { "aria-hidden": "true" }, cap("arrivals")));
    byId("pace").textContent = [
      t("you: {n} decided", { n: number(pace.decided) }),
      pace.median_seconds === null ? null : t("median {n} s", { n: number(Math.round(pace.median_seconds)) }),
      t("{n} in hand", { n: number(pace.in_hand) }),
    ].filter(Boolean).join(" · ");
  }

  showCounts() {
    const { queue, words } = this.desk;
    byId("queues").replaceChildren(...boot.queues.map((name) => h("li", {}, h("button", {
      type: "button", class: "queue", "aria-current": !words && name === queue ? "page" : null, "data-queue": name,
      "aria-keyshortcuts": `${cap("goto")} ${LETTERS[name]}`, title: this.meaningOf(name) || null, onclick: () => this.desk.goTo(name),
    }, h("span", {}, t(TITLES[name])), this.counts.has(name) ? h("span", { class: "number" }, this.counted(name)) : null))));
    const here = words ? null : this.counts.get(queue);
    byId("count").textContent = here ? [this.counted(queue), here.oldest && t("oldest {ago}", { ago: ago(here.oldest) })].filter(Boolean).join(" · ") : "";
    this.showBulk();
  }

  meaningOf(queue) {
    return MEANINGS[queue] ? t(MEANINGS[queue]) : "";
  }

  counted(queue) {
    const { count, capped } = this.counts.get(queue);
    return `${number(count)}${capped ? "+" : ""}`;
  }

  showBulk() {
    const button = byId("open-bulk");
    const selected = this.desk.entries.filter((entry) => entry.selected && entry.state === "todo").length;
    // What was found is decided by selecting it; the histogram is of the queue.
    const isHere = this.desk.words ? selected > 0 : isOfHeld(this.desk.queue);
    button.hidden = !boot.may_bulk || !isHere;
    button.textContent = selected ? t("Decide the selected {n}…", { n: selected }) : t("Decide many…");
  }

  /** Whether something waits in this queue, and nothing of it is free. */
  get isInOtherHands() {
    const { desk } = this;
    const waits = this.counts.get(desk.queue)?.count > 0;
    return waits && !desk.entries.length && !desk.words && !desk.filters.chosen.size && desk.queue !== "recent";
  }

  again() {
    return h("button", { type: "button", class: "primary", onclick: () => this.desk.load() }, t("Look again"), " ", h("kbd", { "aria-hidden": "true" }, cap("arrivals")));
  }

  /** Say what comes after the last card: more, nothing yet, or that all is done. */
  showEnd() {
    const { desk } = this;
    const left = desk.entries.some((entry) => ["todo", "taking", "taken"].includes(entry.state));
    const end = byId("list-end");
    if (desk.next) end.replaceChildren(h("button", { type: "button", onclick: () => desk.more() }, t("Show more")));
    else if (this.isInOtherHands) {
      end.replaceChildren(h("p", { class: "empty" }, t("Colleagues have all of this in hand. What they leave comes back by itself."), " ", this.again()));
    } else if (!desk.entries.length) end.replaceChildren(h("p", { class: "empty" }, desk.words ? t("Nothing was found.") : t("Nothing waits here.")));
    else if (!left && desk.queue !== "recent" && !desk.words) {
      end.replaceChildren(h("p", { class: "empty" }, t("All of this list is done."), " ", this.again()));
    } else end.replaceChildren();
  }
}
