// Looks for what changed around the cards on the screen: at once when the server says that
// something did, and every few seconds where it cannot say so. Nothing moves in the list: a card
// says what happened to it, and arrivals wait behind a button.

import { call, Problem, Unreachable } from "../api.js";
import { byId } from "../dom.js";
import { t } from "../texts.js";

const EVERY = 3000;
// While the server speaks up by itself, asking is only a precaution.
const SELDOM = 20000;
const SOON = 200;
const MOST = 100;

export class Watch {
  constructor(desk) {
    this.desk = desk;
    this.timer = 0;
    this.asking = false;
    this.askAgain = false;
    this.events = null;
  }

  start() {
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.now(); });
    byId("site").addEventListener("change", () => this.listen());
    addEventListener("pagehide", () => this.events?.close());
    this.listen();
    this.later();
  }

  listen() {
    this.events?.close();
    const query = this.desk.site ? `?${new URLSearchParams({ site: this.desk.site })}` : "";
    this.events = new EventSource(`/v1/review/events${query}`);
    for (const name of ["counts", "arrived", "comments", "missed"]) this.events.addEventListener(name, () => this.now());
    // After an error the browser tries again by itself; where it gave up, asking goes on.
    this.events.addEventListener("error", () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), this.events?.readyState === EventSource.OPEN ? SELDOM : EVERY);
  }

  async now() {
    if (this.asking) this.askAgain = true;
    if (this.asking || document.hidden || !this.desk.asOf) return this.later();
    this.asking = true;
    this.askAgain = false;
    try {
      this.learn(await call("GET", `/changes?${this.question()}`));
      this.desk.status.lineIsUp();
    } catch (error) {
      if (error instanceof Unreachable) this.desk.status.lineIsDown();
      else if (!(error instanceof Problem)) throw error;
    } finally {
      this.asking = false;
      if (this.askAgain) setTimeout(() => this.now(), SOON);
      else this.later();
    }
  }

  question() {
    const query = new URLSearchParams({ since: this.desk.asOf, queue: this.desk.claimsIn });
    if (this.desk.site) query.set("site", this.desk.site);
    const watched = this.desk.entries.filter((entry) => !["sending", "waiting"].includes(entry.state));
    for (const { card } of watched.slice(-MOST)) query.append("comments", card.id);
    return query;
  }

  learn(changes) {
    this.desk.status.changed(changes);
    for (const standing of changes.comments) {
      const entry = this.desk.entry(standing.id);
      if (entry && this.apply(entry, standing)) this.desk.redraw(entry);
    }
  }

  /** Put what is so now on the card; say whether it looks different. */
  apply(entry, now) {
    if (["sending", "waiting"].includes(entry.state)) return false;
    if (now.status === "withdrawn") return this.end(entry, { ...entry.card, status: "withdrawn", body: "" }, null, t("The comment has been withdrawn: its text is erased."));
    if (now.choice?.state === "open" && !now.choice.is_mine) return this.end(entry, { ...entry.card, status: now.choice.status }, now.choice.by, null);
    if (entry.state === "done") return this.settle(entry, now);
    if (this.desk.hears) return this.hold(entry, now);
    if (now.status !== "held") {
      if (now.choice?.is_mine && now.choice.state === "open") return false;
      return this.end(entry, { ...entry.card, status: now.status }, now.choice?.state === "recorded" ? now.choice.by : null, null);
    }
    return this.hold(entry, now);
  }

  end(entry, card, by, notice) {
    if (entry.state === "gone" && entry.card.status === card.status) return false;
    Object.assign(entry, { card, by, notice, state: "gone" });
    this.refresh(entry);
    return true;
  }

  settle(entry, now) {
    if (now.choice?.state === "void") return this.end(entry, { ...entry.card, status: now.status }, null, t("Your decision is void: the text changed before it left."));
    if (now.choice?.state !== "recorded" || entry.card.status === now.status) return false;
    entry.card = { ...entry.card, status: now.status };
    this.refresh(entry);
    return false;
  }

  hold(entry, now) {
    const isTaken = now.claimed_by !== null && !now.is_mine;
    if (isTaken && ["todo", "taking"].includes(entry.state)) {
      Object.assign(entry, { state: "taken", notice: t("{name} has this comment in hand.", { name: now.claimed_by }) });
      return true;
    }
    if (!isTaken && (entry.state === "taken" || (entry.state === "gone" && !now.choice?.is_mine))) {
      const card = this.desk.hears ? entry.card : { ...entry.card, status: "held" };
      Object.assign(entry, { card, state: "taking", notice: null, by: null });
      return true;
    }
    return false;
  }

  /** Fetch the card anew, for the id of its newest decision. */
  async refresh(entry) {
    if (entry.card.status === "withdrawn") return;
    try {
      const card = await call("GET", `/comments/${entry.card.id}`);
      if (["done", "gone"].includes(entry.state) && card.choice?.state !== "open") {
        entry.card = card;
        this.desk.evidence.delete(card.id);
        this.desk.redraw(entry);
      }
    } catch (error) {
      if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
    }
  }
}
