// How one comment looks in the list: full in focus, two lines otherwise.

import { boot } from "../api.js";
import { h, link } from "../dom.js";
import { inWords } from "../sentences.js";
import { ago, said, t, when } from "../texts.js";
import { cap } from "./keys.js";
import { waitsOn } from "./waits.js";

const STATUS = { approved: said("Approved"), rejected: said("Rejected"), held: said("Held"), pending: said("Waits for its score"), withdrawn: said("Withdrawn") };

/** Return the list item of an entry. `desk` offers what the buttons do. */
export function cardItem(entry, { inFocus, choosing }, desk) {
  const { card } = entry;
  const classes = ["card", entry.state, inFocus && "in-focus"].filter(Boolean).join(" ");
  const item = h("li", { class: classes, id: `c-${card.id}`, "data-comment": card.id, "data-state": entry.state },
    h("article", {
      tabindex: inFocus ? "0" : "-1", "aria-current": inFocus ? "true" : null,
      "aria-labelledby": `by-${card.id}`,
      onclick: (event) => { if (!inFocus && !event.target.closest("a, button, input")) desk.focusOn(card.id); },
    },
      head(entry, desk),
      entry.state === "taking" && inFocus
        ? h("p", { class: "text soft" }, t("Taking it in hand…"))
        : h("p", { class: "text", lang: card.language ?? null, dir: "auto" }, inFocus ? desk.pieces.marked(card) : card.body),
      inFocus && desk.pieces.list(card),
      inFocus && why(card),
      inFocus && waitsOn(card),
      outcome(entry, desk),
      inFocus && actions(entry, choosing, desk),
    ));
  return item;
}

function head(entry, desk) {
  const { card } = entry;
  return h("header", { class: "card-head" },
    boot.may_bulk && entry.state === "todo" && !desk.hears && h("input", {
      type: "checkbox", "aria-label": t("Select the comment of {name}", { name: card.author.name }),
      checked: entry.selected, onchange: (event) => desk.select(card.id, event.target.checked),
    }),
    h("strong", { id: `by-${card.id}`, class: "author" }, h("bdi", {}, card.author.name)),
    h("span", { class: "meta" },
      card.author.is_guest && h("span", {}, t("guest")),
      card.language && h("span", { title: card.language_certainty === null ? null : t("{n} sure", { n: card.language_certainty.toFixed(2) }) }, card.language),
      h("time", { datetime: card.created_at, title: when(card.created_at) }, ago(card.created_at)),
      card.parent_author && h("span", {}, "↩ ", t("reply to {name}", { name: card.parent_author })),
      card.edited_at && h("span", { class: "warn" }, t("edited")),
      h("span", { class: "article" }, link(card.article.url, card.article.title)),
    ));
}

function why(card) {
  // What readers reported stands below, with their own words.
  const reasons = card.why.filter((each) => each.code !== "reported" || !card.waits?.reports);
  if (!reasons.length) return null;
  return h("ul", { class: "why", "aria-label": t("Why it is here") },
    reasons.map((each) => h("li", {}, inWords(each.code, each.sentence))));
}

function outcome(entry, desk) {
  const lines = [];
  const choice = entry.choice;
  if (choice && ["sending", "waiting", "done"].includes(entry.state)) {
    const reason = choice.status === "rejected" && choice.reason && desk.reasonTitle(entry.card, choice.reason);
    lines.push(h("p", { class: `outcome ${choice.status}` },
      t(STATUS[choice.status]), reason && ` · ${reason}`,
      entry.state === "waiting" && " · ", entry.state === "waiting" && t("not sent yet")));
  } else if ((entry.card.status !== "held" && !entry.card.is_blind) || entry.state === "gone") {
    const by = entry.by ?? entry.card.choice?.by;
    lines.push(h("p", { class: `outcome ${entry.card.status}` },
      by ? t("{status} by {name}", { status: t(STATUS[entry.card.status]), name: by }) : t(STATUS[entry.card.status])));
  }
  if (entry.state === "skipped") lines.push(h("p", { class: "outcome soft" }, t("Skipped: it waits for whoever comes next.")));
  if (entry.notice) lines.push(h("p", { class: "notice warn", role: "alert" }, entry.notice));
  return lines;
}

function actions(entry, choosing, desk) {
  const { card } = entry;
  if (entry.state === "sending" || entry.state === "waiting") return null;
  const isOver = entry.state === "done" || entry.state === "gone";
  const canReplace = isOver && card.decision_id !== null && ["approved", "rejected"].includes(card.status);
  if (isOver && !canReplace) return null;
  if (choosing) return reasonList(card, desk);
  const answers = desk.hears && entry.state !== "gone";
  const off = entry.state === "taking" || entry.state === "taken";
  const button = (act, label, classes, does) => h("button",
    { type: "button", class: classes, disabled: off, "data-act": act, "aria-keyshortcuts": cap(act), onclick: once(card, desk, does) },
    label, " ", h("kbd", { "aria-hidden": "true" }, cap(act)));
  return h("div", { class: "actions" },
    (answers || card.status !== "approved") && button("approve", card.status === "approved" ? t("Keep it published") : t("Approve"), "good", () => desk.deciding.approve()),
    (answers || card.status !== "rejected") && button("reject", card.status === "rejected" ? t("Keep it rejected…") : t("Reject…"), "bad", () => desk.deciding.chooseReason()),
    card.status === "held" && button("escalate", t("Escalate"), "", () => desk.deciding.escalate()),
    button("skip", t("Skip"), "", () => desk.deciding.skip()),
    h("button", { type: "button", class: "bare narrow-only", onclick: () => desk.look("thread") }, t("More about it")),
    h("button", { type: "button", class: "bare narrow-only", "aria-pressed": String(desk.pieces.isOn), onclick: () => desk.pieces.toggle({ withScores: false }) }, t("What led the classifier")),
    answers && desk.queue === "appeals" && field(entry, "answer", t("Answer to the author (optional)"), 1000),
    canReplace && h("span", { class: "soft small" }, t("This replaces the decision above.")),
    field(entry, "note", t("Note for colleagues"), 2000));
}

function field(entry, name, label, most) {
  return h("label", { class: "note" }, h("span", { class: "unseen" }, label),
    h("input", { name, maxlength: String(most), placeholder: label, value: entry[name] ?? "", oninput: (event) => { entry[name] = event.target.value; } }));
}

/** A double click is one click, and a button speaks for its own comment only. */
function once(card, desk, does) {
  return (event) => { if (event.detail < 2 && desk.focus === card.id) does(); };
}

function reasonList(card, desk) {
  return h("div", { class: "reasons", role: "group", "aria-label": t("Reject because") },
    desk.reasonsOf(card).map((reason, index) => h("button",
      { type: "button", class: "bad", title: t(reason.sentence), "data-reason": reason.code,
        "aria-keyshortcuts": index < 9 ? String(index + 1) : null, onclick: once(card, desk, () => desk.deciding.reject(reason.code)) },
      index < 9 && h("kbd", { "aria-hidden": "true" }, String(index + 1)), " ", t(reason.title))),
    h("button", { type: "button", class: "bare", onclick: () => desk.deciding.stopChoosing() }, t("Cancel"), " ", h("kbd", { "aria-hidden": "true" }, "Esc")));
}
