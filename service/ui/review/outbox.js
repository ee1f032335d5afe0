// Decisions on their way. Each stays here, and in the browser's storage, until the server has
// answered: a lost line, a reload or an ended session loses none.

import { Problem, Unreachable } from "../api.js";

const LONGEST_PAUSE = 15000;

export class Outbox {
  /**
   * @param {string} key where to keep what is unsent, by moderator.
   * @param {(entry) => Promise<object>} post sends one decision and returns the server's answer.
   * @param {{sent, refused, changed}} tell what to call when something came of an entry.
   */
  constructor(key, post, tell) {
    this.key = key;
    this.post = post;
    this.tell = tell;
    this.entries = new Map();
    addEventListener("online", () => this.retry());
    addEventListener("beforeunload", (event) => { if (this.entries.size) event.preventDefault(); });
  }

  /** Send what an earlier page left behind. */
  resume() {
    for (const name of Object.keys(localStorage).filter((each) => each.startsWith(`${this.key}.`))) {
      this.push(JSON.parse(localStorage.getItem(name)));
    }
  }

  /** Send a decision: `{comment, body}`. */
  push({ comment, body, recalled = false }) {
    const entry = { comment, body, tries: 0, waiting: false, recalled, timer: 0 };
    this.entries.set(comment, entry);
    this.save(entry);
    return this.send(entry);
  }

  get(comment) {
    return this.entries.get(comment);
  }

  /** Have the decision on this comment taken back as soon as the server can be asked. */
  recall(comment) {
    const entry = this.entries.get(comment);
    if (!entry) return false;
    entry.recalled = true;
    this.save(entry);
    return true;
  }

  get waiting() {
    return [...this.entries.values()].filter((entry) => entry.waiting).length;
  }

  retry() {
    for (const entry of this.entries.values()) {
      if (!entry.waiting) continue;
      clearTimeout(entry.timer);
      this.send(entry);
    }
  }

  async send(entry) {
    try {
      const answer = await this.post(entry);
      this.forget(entry);
      await this.tell.sent(entry, answer);
    } catch (error) {
      if (error instanceof Unreachable || (error instanceof Problem && error.isPassing)) {
        this.wait(entry);
      } else {
        this.forget(entry);
        if (!(error instanceof Problem)) throw error;
        this.tell.refused(entry, error);
      }
    }
    this.tell.changed();
  }

  wait(entry) {
    entry.waiting = true;
    const pause = Math.min(LONGEST_PAUSE, 1000 * 2 ** entry.tries);
    entry.tries += 1;
    entry.timer = setTimeout(() => this.send(entry), pause);
  }

  forget(entry) {
    this.entries.delete(entry.comment);
    localStorage.removeItem(`${this.key}.${entry.comment}`);
  }

  /** Keep one decision under a name of its own: another tab keeps its own beside it. */
  save({ comment, body, recalled }) {
    localStorage.setItem(`${this.key}.${comment}`, JSON.stringify({ comment, body, recalled }));
  }
}
