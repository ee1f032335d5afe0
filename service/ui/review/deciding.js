// Approve, reject, escalate, skip; and undo. Each is on its way before the next card is in focus.

import { boot, call, Problem } from "../api.js";
import { byId } from "../dom.js";
import { t } from "../texts.js";
import { Outbox } from "./outbox.js";

/** Put what was typed back into the fields of a card that is to be decided again. */
function keepTyped(entry, sent) {
  entry.note ||= sent?.note ?? "";
  entry.answer ||= sent?.answer ?? entry.answered ?? "";
}

export class Deciding {
  constructor(desk) {
    this.desk = desk;
    this.lastReason = null;
    this.outbox = new Outbox(`parley.outbox.${boot.me.id}`, (entry) => this.post(entry), {
      sent: (sent, choice) => this.sent(sent, choice),
      refused: (sent, problem) => this.refused(sent, problem),
      changed: () => desk.status.show(),
    });
  }

  approve() { this.decide("approved", null); }

  reject(reason) {
    this.lastReason = reason;
    this.decide("rejected", reason);
  }

  decide(status, reason) {
    const entry = this.desk.current;
    if (!entry) return;
    const isOver = entry.state === "gone" || entry.state === "done";
    const answers = entry.state === "todo" && this.desk.hears && entry.card.status !== "held";
    const replaces = isOver || answers ? entry.card.decision_id : null;
    if (entry.state !== "todo" && !(replaces && entry.card.status !== "held" && entry.card.status !== status)) return;
    const body = { status, revision: entry.card.revision, queue: isOver ? "held" : this.desk.queue };
    if (this.desk.words || this.desk.queue === "recent") body.queue = "held";
    if (reason) body.reason = reason;
    if (body.queue === "appeals" && entry.answer?.trim()) body.answer = entry.answer.trim();
    if (entry.note?.trim()) body.note = entry.note.trim();
    if (replaces) body.replaces = replaces;
    Object.assign(entry, { state: "sending", choice: body, notice: null, note: "", answer: "", answered: body.answer });
    this.desk.choosing = false;
    this.desk.evidence.delete(entry.card.id);
    this.desk.status.decided(entry);
    this.desk.advance();
    this.desk.redraw(entry);
    this.outbox.push({ comment: entry.card.id, body });
  }

  post({ comment, body }) {
    return call("POST", `/comments/${comment}/decisions`, { body });
  }

  async sent({ comment, recalled }, choice) {
    const entry = this.desk.entry(comment);
    if (entry) {
      Object.assign(entry, { state: "done", choice });
      this.desk.redraw(entry);
    }
    this.desk.status.sent(comment, choice);
    if (recalled) await this.undoChoice(choice, entry);
  }

  refused({ comment, body }, problem) {
    const entry = this.desk.entry(comment);
    this.desk.status.refused(comment, problem);
    if (!entry) return;
    keepTyped(entry, body);
    if (problem.code === "edited_meanwhile") {
      Object.assign(entry, { state: "taking", choice: null });
      this.desk.hand.keep([entry]);
      return;
    }
    const isOver = ["decided_meanwhile", "withdrawn_meanwhile", "comment_not_found", "not_held", "not_waiting"].includes(problem.code);
    Object.assign(entry, { state: isOver ? "gone" : "taken", choice: null, notice: problem.words });
    this.desk.redraw(entry);
    this.desk.watch.now();
  }

  chooseReason() {
    const entry = this.desk.current;
    if (!entry || !["todo", "gone", "done"].includes(entry.state)) return;
    if (entry.state !== "todo" && (entry.card.status === "rejected" || !entry.card.decision_id)) return;
    this.desk.choosing = true;
    document.body.classList.remove("shows-context");
    this.desk.redraw(entry);
    byId(`c-${entry.card.id}`).querySelector(".reasons button").focus();
  }

  stopChoosing() {
    this.desk.choosing = false;
    if (this.desk.current) {
      this.desk.redraw(this.desk.current);
      byId(`c-${this.desk.focus}`).querySelector("article").focus();
    }
  }

  async undo() {
    const last = this.desk.status.undoable();
    if (!last) {
      if (this.desk.status.isOver) this.desk.status.tooLate();
      else this.desk.status.say(t("There is nothing to undo."));
      return;
    }
    const entry = this.desk.entry(last.comment);
    if (last.bulk) await this.undoMany(last);
    else if (last.takeBack) await this.takeWordBack(last);
    else if (last.escalated) await this.takeBack(last, entry);
    else if (this.outbox.recall(last.comment)) this.desk.status.say(t("It will be undone as soon as the server can be reached."));
    else await this.undoChoice(last.choice, entry);
  }

  async undoChoice(choice, entry) {
    try {
      await call("POST", `/decisions/${choice.id}/undo`);
      this.desk.status.forget(choice.comment_id);
      this.desk.status.say(t("Undone: nothing has left the house."));
      if (entry) this.bringBack(entry);
    } catch (error) {
      this.desk.status.forget(choice.comment_id);
      if (error instanceof Problem && error.code === "undo_too_late") this.desk.status.tooLate();
      else this.desk.failed(error, null);
    }
  }

  async undoMany(last) {
    try {
      const { undone, too_late: late } = await call("POST", `/bulk/${last.bulk}/undo`);
      this.desk.status.drop(last);
      this.desk.status.say(late ? t("Undone: {n}. Too late for {late}.", { n: undone, late }) : t("Undone: {n}. Nothing has left the house.", { n: undone }));
      await this.desk.load();
    } catch (error) {
      this.desk.failed(error, null);
    }
  }

  async takeWordBack(last) {
    this.desk.status.drop(last);
    if (await last.takeBack()) this.desk.status.say(t("Undone: nothing has left the house."));
  }

  bringBack(entry) {
    keepTyped(entry, entry.choice);
    Object.assign(entry, { state: "taking", choice: null, notice: null });
    this.desk.evidence.delete(entry.card.id);
    this.desk.focusOn(entry.card.id);
  }

  async escalate() {
    const entry = this.desk.current;
    if (!entry || entry.state !== "todo") return;
    const note = entry.note?.trim() || null;
    try {
      await call("PUT", `/comments/${entry.card.id}/escalation`, { body: { note } });
      Object.assign(entry, { state: "escalated", notice: t("Left to a lead.") });
      this.desk.status.escalated(entry);
      this.desk.advance();
      this.desk.redraw(entry);
    } catch (error) {
      this.desk.failed(error, () => this.escalate());
    }
  }

  async takeBack(last, entry) {
    try {
      await call("DELETE", `/comments/${last.comment}/escalation`);
      this.desk.status.forget(last.comment);
      this.desk.status.say(t("Undone: nothing has left the house."));
      if (entry) this.bringBack(entry);
    } catch (error) {
      this.desk.failed(error, null);
    }
  }

  skip() {
    const entry = this.desk.current;
    if (!entry) return;
    if (entry.state === "todo") {
      entry.state = "skipped";
      this.desk.status.say(t("Skipped"));
      call("DELETE", `/claims/${entry.card.id}`).catch(() => { /* the lease runs out by itself */ });
    }
    this.desk.advance();
    this.desk.redraw(entry);
  }
}
