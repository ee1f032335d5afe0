// The pieces of a text that led the classifier: shown in it, confirmed, or called harmless.

import { call } from "../api.js";
import { byId, h } from "../dom.js";
import { t } from "../texts.js";
import { LABELS } from "./labels.js";

// What added less than this share of the strongest only distracts.
const LEAST = 1 / 5;

export class Pieces {
  constructor(desk) {
    this.desk = desk;
    this.isOn = false;
    this.known = new Map();
  }

  /** Show or hide what carried the scores, in the text itself. */
  async toggle({ withScores = true } = {}) {
    this.isOn = !this.isOn;
    if (this.isOn && withScores) this.desk.look("scores");
    await this.show();
    if (this.desk.current) this.desk.redraw(this.desk.current);
  }

  async show() {
    const entry = this.desk.current;
    if (!entry || !this.isOn || this.known.has(key(entry.card))) return;
    const { card } = entry;
    try {
      this.known.set(key(card), worthShowing(await call("GET", `/comments/${card.id}/highlights`)));
    } catch (error) {
      this.desk.failed(error, null);
    }
    if (this.desk.current === entry) this.desk.redraw(entry);
  }

  of(card) { return (this.isOn && this.known.get(key(card))) || []; }

  /** Return the text with its pieces marked; spans count code points, as the API does. */
  marked(card) {
    const points = Array.from(card.body);
    const pieces = this.of(card);
    const parts = [];
    let at = 0;
    for (const piece of pieces) {
      const { start, end, label } = piece;
      if (start < at || end > points.length) continue;
      parts.push(points.slice(at, start).join(""), h("mark", { class: strength(piece, pieces), title: t(LABELS[label]) }, points.slice(start, end).join("")));
      at = end;
    }
    return [...parts, points.slice(at).join("")];
  }

  /** Return the list in which each piece is confirmed or called harmless, and how it came about. */
  list(card) {
    const pieces = this.of(card);
    if (!pieces.length) return null;
    const points = Array.from(card.body);
    const method = pieces.find((piece) => piece.method)?.method;
    const list = h("ul", { class: "pieces small", "aria-label": t("What led the classifier") }, pieces.map((piece) => {
      const words = points.slice(piece.start, piece.end).join("");
      const label = t(LABELS[piece.label]);
      return h("li", {}, h("strong", {}, h("bdi", {}, words)), h("span", { class: "soft" }, label),
        this.button(card, piece, true, t("That is it"), t("«{words}» is what is wrong here: {label}", { words, label })),
        this.button(card, piece, false, t("Harmless"), t("«{words}» is harmless here: {label}", { words, label })),
        piece.said_by && h("span", { class: "soft" }, t("said by {name}", { name: piece.said_by })));
    }));
    return [list, method && h("p", { class: "soft small" }, howFound(method))];
  }

  button(card, piece, isRight, text, spoken) {
    return h("button", { type: "button", class: isRight ? "bad" : "good", "data-piece": place(piece, isRight), "aria-label": spoken, title: spoken,
      "aria-pressed": String(piece.is_right === isRight), onclick: () => this.say(card, piece, piece.is_right === isRight ? null : isRight, isRight) }, text);
  }

  /** Keep the word on a piece, or take it back (null); the button that was pressed stays in focus. */
  async say(card, piece, word, pressed) {
    const { is_right: before, is_yours: isOwn, said_by: name } = piece;
    if (word === null && !isOwn) return this.desk.status.say(t("said by {name}", { name }));
    if (!(await this.send(card, piece, word))) return;
    const { status } = this.desk;
    if (word === null) status.say(t("Taken back: the classifier learns nothing of it."));
    // A colleague's word cannot be brought back under their name: then there is no undo.
    else if (before !== null && !isOwn) status.say(t("Noted: the classifier learns from it in its next run."));
    else status.noted(t("Noted: the classifier learns from it in its next run."), () => this.send(card, piece, before));
    byId(`c-${card.id}`)?.querySelector(`[data-piece="${place(piece, pressed)}"]`)?.focus({ preventScroll: true });
  }

  async send(card, piece, word) {
    const { start, end, label } = piece;
    const where = { revision: card.revision, start, end, label };
    const path = `/comments/${card.id}/highlights`;
    try {
      if (word === null) await call("DELETE", `${path}?${new URLSearchParams(where)}`);
      const kept = word === null ? { is_right: null, said_by: null, is_yours: false } : await call("PUT", path, { body: { ...where, is_right: word } });
      Object.assign(piece, { is_right: kept.is_right, said_by: kept.said_by, is_yours: kept.is_yours });
    } catch (error) {
      this.desk.failed(error, null);
      return false;
    }
    if (this.desk.focus === card.id) this.desk.redraw(this.desk.current);
    return true;
  }
}

const key = ({ id, revision }) => `${id} ${revision}`;
const place = ({ start, end, label }, isRight) => `${start}-${end}-${label}-${isRight}`;
const strongest = (pieces) => Math.max(0, ...pieces.map((each) => each.contribution ?? 0));

function howFound(method) {
  return method === "exact" ? t("Exact: the score is a sum, and these words add most to it.") : t("By trial: the score falls most when the text is read without these words.");
}

function worthShowing(pieces) {
  const most = strongest(pieces);
  return pieces.filter(({ contribution, is_right: word }) => word !== null || contribution >= most * LEAST);
}

function strength(piece, pieces) {
  return piece.contribution > strongest(pieces) / 2 ? "strong" : "some";
}
