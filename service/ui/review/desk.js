// The review page: a list that stands still, one comment in focus, one key to decide.

import { boot, call, Problem, Unreachable } from "../api.js";
import { byId } from "../dom.js";
import { t } from "../texts.js";
import { openBulk } from "./bulk.js";
import { cardItem } from "./cards.js";
import { showContext } from "./context.js";
import { Deciding } from "./deciding.js";
import { Filters } from "./filters.js";
import { AHEAD, Hand, STILL_TO_DO } from "./hand.js";
import { openHelp } from "./help.js";
import { openPalette } from "./palette.js";
import { Pieces } from "./pieces.js";
import { Pressing } from "./pressing.js";
import { isOfHeld } from "./queues.js";
import { Status } from "./status.js";
import { Watch } from "./watch.js";

const isField = (element) => element instanceof HTMLInputElement && element.type !== "checkbox";

class Desk {
  constructor() {
    this.queue = "held";
    this.words = "";
    this.entries = [];
    this.focus = null;
    this.next = null;
    this.asOf = null;
    this.choosing = false;
    this.evidence = new Map();
    this.loading = 0;
    this.status = new Status(this);
    this.deciding = new Deciding(this);
    this.hand = new Hand(this);
    this.watch = new Watch(this);
    this.filters = new Filters(this);
    this.pieces = new Pieces(this);
    this.pressing = new Pressing(this);
  }

  get site() { return byId("site").value || null; }
  get sort() { return byId("sort").value || null; }
  /** Whether what is listed waits for a word although it may be decided already. */
  get hears() { return !this.words && this.queue !== "recent" && !isOfHeld(this.queue); }
  get current() { return this.entries.find((entry) => entry.card.id === this.focus) ?? null; }
  /** The queue of which what is in hand is claimed. */
  get claimsIn() { return this.words || this.queue === "recent" ? "held" : this.queue; }
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
      this.status.showOrder(page.order);
      this.entries = page.items.map((card) => this.fresh(card));
      this.focus = null;
      await this.hand.keep(this.entries.slice(0, AHEAD + 1));
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
    if (this.sort) query.set("sort", this.sort);
    this.filters.into(query);
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
    const sending = this.deciding.outbox.get(card.id);
    if (sending) return { card, state: sending.waiting ? "waiting" : "sending", choice: sending.body };
    if (card.choice?.state === "open") {
      return card.choice.is_mine
        ? { card, state: "done", choice: card.choice }
        : { card: { ...card, status: card.choice.status }, state: "gone", by: card.choice.by };
    }
    if (card.status !== "held" && !this.hears) return { card, state: "gone" };
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
    const typing = hadFocus && isField(document.activeElement) ? document.activeElement : null;
    const fresh = this.item(entry);
    old.replaceWith(fresh);
    if (!hadFocus || entry.card.id !== this.focus) return;
    // Whoever is typing goes on where they were: otherwise the next letters would decide.
    const field = typing && fresh.querySelector(`[name="${typing.name}"]`);
    if (field) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(typing.selectionStart, typing.selectionEnd);
    } else fresh.querySelector("article").focus({ preventScroll: true });
  }

  async focusOn(id, { quietly = false } = {}) {
    const before = this.current;
    document.body.classList.remove("shows-context");
    this.choosing = false;
    this.focus = id;
    if (before && before.card.id !== id) this.redraw(before);
    const entry = this.current;
    if (!entry) {
      showContext(byId("context"), null, this);
      this.status.showEnd();
      return;
    }
    this.redraw(entry);
    const item = byId(`c-${id}`);
    if (!quietly) item.querySelector("article").focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
    this.showEvidence(entry);
    this.pieces.show();
    await this.hand.keepAhead();
  }

  move(step) {
    const at = this.entries.findIndex((entry) => entry.card.id === this.focus);
    const next = this.entries[at + step];
    if (next) this.focusOn(next.card.id);
    else if (step > 0 && this.next) this.more().then(() => this.entries[at + 1] && this.move(1));
  }

  /** Whether somebody is typing on the card in focus. */
  get isTyping() { return isField(document.activeElement) && byId("list").contains(document.activeElement); }

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
    if (this.focus === id && this.evidence.has(id)) showContext(byId("context"), this.evidence.get(id), this);
  }

  /** Ask again for all that bears on the comment in focus: something about it was changed. */
  seeAgain() {
    if (!this.current) return;
    this.evidence.delete(this.focus);
    this.showEvidence(this.current);
  }

  failed(error, again) {
    if (error instanceof Unreachable) this.status.lineIsDown(again);
    else if (error instanceof Problem) this.status.say(error.words, { bad: true });
    else throw error;
  }

  goTo(queue) {
    if (!boot.queues.includes(queue)) return;
    this.queue = queue;
    this.words = byId("search").value = "";
    this.filters.clear();
    this.status.showOrders();
    this.anew();
  }

  find(words) {
    this.words = words.trim();
    this.anew();
  }

  /** Go back to the queue. */
  endSearch() {
    if (!this.words) return;
    byId("search").value = "";
    this.find("");
  }

  /** Another list: nothing of the one before stays to be decided by mistake. */
  anew() {
    this.hand.leave();
    this.entries = [];
    this.focus = null;
    byId("list").replaceChildren();
    this.status.showTitle();
    this.load();
  }

  look(section) {
    document.body.classList.add("shows-context");
    const found = byId(section);
    // What is folded away is what was asked for.
    if (section === "thread") found?.querySelector(":scope > details")?.setAttribute("open", "");
    found?.focus();
    found?.scrollIntoView({ block: "nearest" });
  }

  oneAtATime() {
    this.single = !this.single;
    byId("list").classList.toggle("single", this.single);
  }

  start() {
    addEventListener("pagehide", () => this.hand.leave());
    byId("site").addEventListener("change", () => this.anew());
    byId("sort").addEventListener("change", () => this.anew());
    byId("arrivals").addEventListener("click", () => this.load());
    byId("undo").addEventListener("click", () => this.deciding.undo());
    byId("open-help").addEventListener("click", () => openHelp(this));
    byId("open-palette").addEventListener("click", () => openPalette(this));
    byId("open-bulk").addEventListener("click", () => openBulk(this));
    byId("search-form").addEventListener("submit", (event) => { event.preventDefault(); this.find(byId("search").value); });
    byId("search").addEventListener("keydown", (event) => { if (event.key === "Escape") { event.target.value = ""; event.target.blur(); this.endSearch(); } });
    setInterval(() => { if (!document.hidden) this.hand.renew(); }, boot.lease_ms / 3);
    this.status.showOrders();
    this.status.showTitle();
    this.deciding.outbox.resume();
    this.load();
    this.watch.start();
  }
}

new Desk().start();
