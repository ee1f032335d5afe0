// The review page: a list that stands still, one comment in focus, one key to decide.

import { boot, call, Problem, Unreachable } from "../api.js";
import { byId } from "../dom.js";
import { t } from "../texts.js";
import { openBulk } from "./bulk.js";
import { cardItem } from "./cards.js";
import { showContext } from "./context.js";
import { openHelp } from "./help.js";
import { actOf, digitOf, isTaken } from "./keys.js";
import { Outbox } from "./outbox.js";
import { openPalette } from "./palette.js";
import { Status } from "./status.js";
import { Watch } from "./watch.js";

const AHEAD = 5;
const QUEUE_KEYS = { KeyH: "held", KeyE: "escalated", KeyR: "recent" };
const STILL_TO_DO = new Set(["todo", "taking"]);

class Desk {
  constructor() {
    this.queue = "held";
    this.words = "";
    this.entries = [];
    this.focus = null;
    this.next = null;
    this.asOf = null;
    this.choosing = false;
    this.awaitsQueue = false;
    this.lastReason = null;
    this.evidence = new Map();
    this.loading = 0;
    this.status = new Status(this);
    this.outbox = new Outbox(`parley.outbox.${boot.me.id}`, (entry) => this.post(entry), {
      sent: (sent, choice) => this.sent(sent, choice),
      refused: (sent, problem) => this.refused(sent, problem),
      changed: () => this.status.show(),
    });
    this.watch = new Watch(this);
  }

  get site() { return byId("site").value || null; }
  get sort() { return byId("sort").value; }
  get current() { return this.entries.find((entry) => entry.card.id === this.focus) ?? null; }
  entry(id) { return this.entries.find((entry) => entry.card.id === id); }
  reasonsOf(card) { return boot.reasons[card.site] ?? []; }
  reasonTitle(card, code) { return t(this.reasonsOf(card).find((each) => each.code === code)?.title ?? code); }

  // --- the list

  async load() {
    const turn = ++this.loading;
    byId("main").setAttribute("aria-busy", "true");
    try {
      const page = await call("GET", this.listPath());
      if (turn !== this.loading) return;
      this.asOf = page.as_of;
      this.next = page.next;
      this.entries = page.items.map((card) => this.fresh(card));
      this.focus = null;
      await this.keep(this.entries.slice(0, AHEAD + 1));
      if (turn !== this.loading) return;
      // The list has not been on the screen yet: what a colleague was handed meanwhile is left out.
      this.entries = this.entries.filter((entry) => entry.state !== "taken");
      this.show();
      this.focusOn(this.entries.find((entry) => STILL_TO_DO.has(entry.state))?.card.id ?? this.entries[0]?.card.id ?? null);
      this.watch.now();
    } catch (error) {
      this.failed(error, () => this.load());
    } finally {
      if (turn === this.loading) byId("main").setAttribute("aria-busy", "false");
    }
  }

  listPath(cursor = null) {
    const query = new URLSearchParams({ limit: "50" });
    if (this.site) query.set("site", this.site);
    if (cursor) query.set("cursor", cursor);
    if (this.words) {
      query.set("q", this.words);
      return `/search?${query}`;
    }
    query.set("queue", this.queue);
    query.set("sort", this.sort);
    return `/queue?${query}`;
  }

  async more() {
    if (!this.next) return;
    try {
      const page = await call("GET", this.listPath(this.next));
      const known = new Set(this.entries.map((entry) => entry.card.id));
      this.next = page.next;
      this.entries.push(...page.items.filter((card) => !known.has(card.id)).map((card) => this.fresh(card)));
      this.show();
    } catch (error) {
      this.failed(error, () => this.more());
    }
  }

  fresh(card) {
    const sending = this.outbox.get(card.id);
    if (sending) return { card, state: sending.waiting ? "waiting" : "sending", choice: sending.body };
    if (card.choice?.state === "open") {
      return card.choice.is_mine
        ? { card, state: "done", choice: card.choice }
        : { card: { ...card, status: card.choice.status }, state: "gone", by: card.choice.by };
    }
    if (card.status !== "held") return { card, state: "gone" };
    return { card, state: card.claim?.is_mine ? "todo" : "taking" };
  }

  show() {
    byId("list").replaceChildren(...this.entries.map((entry) => this.item(entry)));
    byId("list").classList.toggle("single", this.single === true);
    this.status.showEnd();
  }

  item(entry) {
    const inFocus = entry.card.id === this.focus;
    return cardItem(entry, { inFocus, choosing: inFocus && this.choosing }, this);
  }

  redraw(entry) {
    const old = byId(`c-${entry.card.id}`);
    if (!old) return;
    const hadFocus = old.contains(document.activeElement);
    const fresh = this.item(entry);
    old.replaceWith(fresh);
    if (hadFocus && entry.card.id === this.focus) fresh.querySelector("article").focus({ preventScroll: true });
  }

  async focusOn(id, { quietly = false } = {}) {
    const before = this.current;
    document.body.classList.remove("shows-context");
    this.choosing = false;
    this.focus = id;
    if (before && before.card.id !== id) this.redraw(before);
    const entry = this.current;
    if (!entry) {
      showContext(byId("context"), null);
      this.status.showEnd();
      return;
    }
    this.redraw(entry);
    const item = byId(`c-${id}`);
    if (!quietly) item.querySelector("article").focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
    this.showEvidence(entry);
    await this.keepAhead();
  }

  move(step) {
    const at = this.entries.findIndex((entry) => entry.card.id === this.focus);
    const next = this.entries[at + step];
    if (next) this.focusOn(next.card.id);
    else if (step > 0 && this.next) this.more().then(() => this.entries[at + 1] && this.move(1));
  }

  /** Go on to what is still to do, below first. */
  advance() {
    const at = this.entries.findIndex((entry) => entry.card.id === this.focus);
    const order = [...this.entries.slice(at + 1), ...this.entries.slice(0, Math.max(0, at))];
    const next = order.find((entry) => STILL_TO_DO.has(entry.state));
    if (next) this.focusOn(next.card.id);
    else if (this.next) this.more().then(() => this.entries.some((entry) => STILL_TO_DO.has(entry.state)) && this.advance());
    else this.finish();
  }

  finish() {
    const entry = this.current;
    this.choosing = false;
    if (entry) this.redraw(entry);
    this.status.showEnd();
    this.watch.now();
  }

  // --- in hand

  keepAhead() {
    const at = this.entries.findIndex((entry) => entry.card.id === this.focus);
    if (at < 0) return Promise.resolve();
    const ahead = this.entries.slice(at).filter((entry) => STILL_TO_DO.has(entry.state)).slice(0, AHEAD + 1);
    return this.keep(ahead.filter((entry) => entry.state === "taking"));
  }

  /** Take these in hand, or keep them; who was refused shows why. */
  async keep(entries) {
    const waiting = entries.filter((entry) => STILL_TO_DO.has(entry.state));
    if (!waiting.length) return;
    try {
      const kept = await call("PUT", "/claims", { body: { comments: waiting.map((entry) => entry.card.id) } });
      for (const { comment_id: id, card, code, detail } of kept) {
        const entry = this.entry(id) ?? waiting.find((each) => each.card.id === id);
        if (!entry || !STILL_TO_DO.has(entry.state)) continue;
        if (card) this.taken(entry, card);
        else if (code !== "too_many_claims") {
          entry.state = "taken";
          entry.notice = t(detail);
          this.redraw(entry);
          if (entry.card.id === this.focus) this.advance();
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.status.lineIsDown();
    }
  }

  taken(entry, card) {
    const isNew = entry.state !== "todo";
    if (card.revision !== entry.card.revision) entry.notice = t("The author has changed the text: this is the new one.");
    const changed = isNew || card.revision !== entry.card.revision;
    entry.card = card;
    entry.state = "todo";
    if (changed) this.redraw(entry);
  }

  renew() {
    const at = this.entries.findIndex((entry) => entry.card.id === this.focus);
    return this.keep(this.entries.slice(Math.max(0, at)).filter((entry) => entry.state === "todo").slice(0, AHEAD + 1));
  }

  leave() {
    call("DELETE", "/claims", { leaving: true }).catch(() => { /* the leases run out by themselves */ });
  }

  // --- deciding

  approve() { this.decide("approved", null); }

  reject(reason) {
    this.lastReason = reason;
    this.decide("rejected", reason);
  }

  decide(status, reason) {
    const entry = this.current;
    if (!entry) return;
    const replaces = entry.state === "gone" || entry.state === "done" ? entry.card.decision_id : null;
    if (entry.state !== "todo" && !(replaces && entry.card.status !== "held" && entry.card.status !== status)) return;
    const body = { status, revision: entry.card.revision };
    if (reason) body.reason = reason;
    if (entry.note?.trim()) body.note = entry.note.trim();
    if (replaces) body.replaces = replaces;
    Object.assign(entry, { state: "sending", choice: body, notice: null, note: "" });
    this.choosing = false;
    this.evidence.delete(entry.card.id);
    this.status.decided(entry);
    this.advance();
    this.redraw(entry);
    this.outbox.push({ comment: entry.card.id, body });
  }

  post({ comment, body }) {
    return call("POST", `/comments/${comment}/decisions`, { body });
  }

  async sent({ comment, recalled }, choice) {
    const entry = this.entry(comment);
    if (entry) {
      Object.assign(entry, { state: "done", choice });
      this.redraw(entry);
    }
    this.status.sent(comment, choice);
    if (recalled) await this.undoChoice(choice, entry);
  }

  refused({ comment }, problem) {
    const entry = this.entry(comment);
    this.status.refused(comment, problem);
    if (!entry) return;
    if (problem.code === "edited_meanwhile") {
      Object.assign(entry, { state: "taking", choice: null });
      this.keep([entry]);
      return;
    }
    const isOver = ["decided_meanwhile", "withdrawn_meanwhile", "comment_not_found", "not_held"].includes(problem.code);
    Object.assign(entry, { state: isOver ? "gone" : "taken", choice: null, notice: t(problem.message) });
    this.redraw(entry);
    this.watch.now();
  }

  chooseReason() {
    const entry = this.current;
    if (!entry || entry.card.status === "rejected" || !["todo", "gone", "done"].includes(entry.state)) return;
    if (entry.state !== "todo" && !entry.card.decision_id) return;
    this.choosing = true;
    this.redraw(entry);
    byId(`c-${entry.card.id}`).querySelector(".reasons button").focus();
  }

  stopChoosing() {
    this.choosing = false;
    if (this.current) {
      this.redraw(this.current);
      byId(`c-${this.focus}`).querySelector("article").focus();
    }
  }

  async undo() {
    const last = this.status.undoable();
    if (!last) {
      this.status.say(t("There is nothing to undo."));
      return;
    }
    const entry = this.entry(last.comment);
    if (last.bulk) await this.undoMany(last);
    else if (last.escalated) await this.takeBack(last, entry);
    else if (this.outbox.recall(last.comment)) this.status.say(t("It will be undone as soon as the server can be reached."));
    else await this.undoChoice(last.choice, entry);
  }

  async undoChoice(choice, entry) {
    try {
      await call("POST", `/decisions/${choice.id}/undo`);
      this.status.forget(choice.comment_id);
      this.status.say(t("Undone: nothing has left the house."));
      if (entry) this.bringBack(entry);
    } catch (error) {
      this.status.forget(choice.comment_id);
      this.failed(error, null);
    }
  }

  async undoMany(last) {
    try {
      const { undone, too_late: late } = await call("POST", `/bulk/${last.bulk}/undo`);
      this.status.done = this.status.done.filter((each) => each !== last);
      this.status.say(late ? t("Undone: {n}. Too late for {late}.", { n: undone, late }) : t("Undone: {n}. Nothing has left the house.", { n: undone }));
      await this.load();
    } catch (error) {
      this.failed(error, null);
    }
  }

  bringBack(entry) {
    Object.assign(entry, { state: "taking", choice: null, notice: null });
    this.evidence.delete(entry.card.id);
    this.focusOn(entry.card.id);
  }

  async escalate() {
    const entry = this.current;
    if (!entry || entry.state !== "todo") return;
    const note = entry.note?.trim() || null;
    try {
      await call("PUT", `/comments/${entry.card.id}/escalation`, { body: { note } });
      Object.assign(entry, { state: "escalated", notice: t("Left to a lead.") });
      this.status.escalated(entry);
      this.advance();
      this.redraw(entry);
    } catch (error) {
      this.failed(error, () => this.escalate());
    }
  }

  async takeBack(last, entry) {
    try {
      await call("DELETE", `/comments/${last.comment}/escalation`);
      this.status.forget(last.comment);
      this.status.say(t("Undone: nothing has left the house."));
      if (entry) this.bringBack(entry);
    } catch (error) {
      this.failed(error, null);
    }
  }

  skip() {
    const entry = this.current;
    if (!entry) return;
    if (entry.state === "todo") {
      entry.state = "skipped";
      call("DELETE", `/claims/${entry.card.id}`).catch(() => { /* the lease runs out by itself */ });
    }
    this.advance();
    this.redraw(entry);
  }

  select(id, on) {
    this.entry(id).selected = on;
    this.status.showBulk();
  }

  // --- around

  async showEvidence(entry) {
    const { id } = entry.card;
    if (!this.evidence.has(id)) {
      try {
        this.evidence.set(id, await call("GET", `/comments/${id}/evidence`));
      } catch (error) {
        if (!(error instanceof Unreachable || error instanceof Problem)) throw error;
      }
    }
    if (this.focus === id && this.evidence.has(id)) showContext(byId("context"), this.evidence.get(id));
  }

  failed(error, again) {
    if (error instanceof Unreachable) this.status.lineIsDown(again);
    else if (error instanceof Problem) this.status.say(t(error.message), { bad: true });
    else throw error;
  }

  goTo(queue) {
    if (!boot.queues.includes(queue)) return;
    this.leave();
    this.queue = queue;
    this.words = byId("search").value = "";
    this.startAnew();
  }

  find(words) {
    this.leave();
    this.words = words.trim();
    this.startAnew();
  }

  /** Another list: nothing of the one before stays to be decided by mistake. */
  startAnew() {
    this.entries = [];
    this.focus = null;
    byId("list").replaceChildren();
    this.status.showTitle();
    this.load();
  }

  look(section) {
    document.body.classList.add("shows-context");
    byId(section)?.focus();
    byId(section)?.scrollIntoView({ block: "nearest" });
  }

  oneAtATime() {
    this.single = !this.single;
    byId("list").classList.toggle("single", this.single);
  }

  do(act) {
    const acts = {
      next: () => this.move(1), previous: () => this.move(-1), approve: () => this.approve(),
      reject: () => (this.choosing ? this.lastReason && this.reject(this.lastReason) : this.chooseReason()),
      escalate: () => this.escalate(), skip: () => this.skip(), undo: () => this.undo(),
      scores: () => this.look("scores"), author: () => this.look("author-record"), thread: () => this.look("thread"),
      single: () => this.oneAtATime(), arrivals: () => this.load(), goto: () => this.awaitQueue(),
      search: () => byId("search").focus(), help: () => openHelp(this), bulk: () => openBulk(this),
      held: () => this.goTo("held"), escalated: () => this.goTo("escalated"), recent: () => this.goTo("recent"),
    };
    acts[act]();
  }

  awaitQueue() {
    this.awaitsQueue = true;
    setTimeout(() => { this.awaitsQueue = false; }, 1500);
  }

  pressed(event) {
    if (event.code === "KeyK" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      openPalette(this);
      return;
    }
    if (event.key === "Escape") {
      document.body.classList.remove("shows-context");
      if (this.choosing) this.stopChoosing();
    }
    if (isTaken(event) || event.repeat) return;
    const digit = digitOf(event);
    if (this.choosing && digit) {
      const reason = this.reasonsOf(this.current.card)[digit - 1];
      if (reason) this.reject(reason.code);
    } else if (this.awaitsQueue && event.code in QUEUE_KEYS) {
      this.awaitsQueue = false;
      this.goTo(QUEUE_KEYS[event.code]);
    } else {
      const act = actOf(event);
      if (!act) return;
      event.preventDefault();
      this.do(act);
    }
    event.preventDefault();
  }

  start() {
    addEventListener("keydown", (event) => this.pressed(event));
    addEventListener("pagehide", () => this.leave());
    byId("site").addEventListener("change", () => { this.leave(); this.startAnew(); });
    byId("sort").addEventListener("change", () => { this.leave(); this.startAnew(); });
    byId("arrivals").addEventListener("click", () => this.load());
    byId("undo").addEventListener("click", () => this.undo());
    byId("open-help").addEventListener("click", () => openHelp(this));
    byId("open-palette").addEventListener("click", () => openPalette(this));
    byId("open-bulk").addEventListener("click", () => openBulk(this));
    byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); this.find(byId("search").value); });
    byId("search").addEventListener("keydown", (event) => { if (event.key === "Escape") { event.target.value = ""; event.target.blur(); if (this.words) this.find(""); } });
    setInterval(() => { if (!document.hidden) this.renew(); }, boot.lease_ms / 3);
    this.status.showTitle();
    this.outbox.resume();
    this.load();
    this.watch.start();
  }
}

new Desk().start();
