// What the moderator has in hand: the comment in focus and the next few, so that deciding never
// waits for the network, and nobody else is handed the same.

import { call, Unreachable } from "../api.js";
import { inWords } from "../sentences.js";
import { t } from "../texts.js";

export const AHEAD = 5;
export const STILL_TO_DO = new Set(["todo", "taking"]);

export class Hand {
  constructor(desk) {
    this.desk = desk;
    this.left = Promise.resolve();
  }

  keepAhead() {
    const at = this.desk.entries.findIndex((entry) => entry.card.id === this.desk.focus);
    if (at < 0) return Promise.resolve();
    const ahead = this.desk.entries.slice(at).filter((entry) => STILL_TO_DO.has(entry.state)).slice(0, AHEAD + 1);
    return this.keep(ahead.filter((entry) => entry.state === "taking"));
  }

  /** Take these in hand, or keep them; who was refused shows why. */
  async keep(entries) {
    const waiting = entries.filter((entry) => STILL_TO_DO.has(entry.state));
    if (!waiting.length) return;
    await this.left; // or letting go of another list would let go of this one
    try {
      const kept = await call("PUT", "/claims", { body: { comments: waiting.map((entry) => entry.card.id), queue: this.desk.claimsIn } });
      for (const { comment_id: id, card, code, detail } of kept) {
        const entry = this.desk.entry(id) ?? waiting.find((each) => each.card.id === id);
        if (!entry || !STILL_TO_DO.has(entry.state)) continue;
        if (card) this.taken(entry, card);
        else if (code !== "too_many_claims") {
          entry.state = "taken";
          entry.notice = inWords(code, detail);
          this.desk.redraw(entry);
          if (entry.card.id === this.desk.focus && !this.desk.isTyping) this.desk.advance();
        }
      }
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      this.desk.status.lineIsDown();
    }
  }

  taken(entry, card) {
    const isNew = entry.state !== "todo";
    if (card.revision !== entry.card.revision) entry.notice = t("The author has changed the text: this is the new one.");
    const changed = isNew || card.revision !== entry.card.revision;
    entry.card = card;
    entry.state = "todo";
    if (changed) this.desk.redraw(entry);
  }

  renew() {
    const at = this.desk.entries.findIndex((entry) => entry.card.id === this.desk.focus);
    return this.keep(this.desk.entries.slice(Math.max(0, at)).filter((entry) => entry.state === "todo").slice(0, AHEAD + 1));
  }

  leave() {
    this.left = call("DELETE", "/claims", { leaving: true }).catch(() => { /* the leases run out by themselves */ });
  }
}
