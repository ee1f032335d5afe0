// The author in the right column: record, sanctions, notes; and notes on the comment.

import { boot, call, Problem, Unreachable } from "../api.js";
import { byId, h } from "../dom.js";
import { ago, number, said, t, when } from "../texts.js";
import { mention } from "./mentions.js";

const SANCTIONS = { always_hold: said("always held"), suspended: said("suspended"), banned: said("banned") };
const DAYS = [1, 3, 7, 30, 90];

/** Return the author's record, what lies on them, and what colleagues noted. */
export function author(evidence, desk) {
  const { card, author: record } = evidence;
  return [
    h("p", {}, h("strong", {}, h("bdi", {}, card.author.name)), card.author.is_guest ? ` · ${t("guest")}` : ""),
    h("p", {}, h("button", { type: "button", class: "bare inline", onclick: () => desk.filters.set("author", card.author.id, card.author.name) }, t("all that waits of this author"))),
    h("p", { class: "record" },
      h("span", { class: "good" }, t("{n} approved", { n: number(record.approved) })), " · ",
      h("span", { class: "bad" }, t("{n} rejected", { n: number(record.rejected) })), " ", t("in 30 days")),
    h("p", { class: "soft small" }, t("Ever: {approved} approved, {rejected} rejected.",
      { approved: number(record.approved_ever), rejected: number(record.rejected_ever) })),
    sanction(record, card, desk),
    record.recent.length ? h("details", {}, h("summary", {}, t("Other comments")), h("ol", { class: "thread" }, record.recent.map((each) => mention(each)))) : null,
    notes(record.notes, `/authors/${record.id}/notes`, t("Note about this author"), desk),
  ].filter(Boolean);
}

/** Return the notes at `path` with a field to write one. */
export function notes(found, path, label, desk) {
  const field = h("input", { maxlength: "2000", "aria-label": label, placeholder: label, value: drafts.get(path) ?? "",
    oninput: (event) => drafts.set(path, event.target.value) });
  const write = (event) => {
    event.preventDefault();
    if (!field.value.trim()) return;
    done(desk, call("POST", path, { body: { body: field.value } }).then(() => drafts.delete(path)), t("Noted."));
  };
  return h("div", { class: "notes" },
    found.map((each) => h("p", { class: "small note-line" }, h("strong", {}, each.by), " ", h("span", { class: "soft" }, ago(each.written_at)), " ", h("bdi", {}, each.body),
      each.is_mine && h("button", { type: "button", class: "bare inline", "aria-label": t("Delete this note"),
        onclick: () => done(desk, call("DELETE", `/notes/${each.id}`), t("The note is deleted.")) }, "×"))),
    h("form", { class: "row", onsubmit: write }, field, h("button", {}, t("Note it"))));
}

// What is typed survives that the column is drawn anew.
const drafts = new Map();

function sanction({ id, sanction: laid }, card, desk) {
  if (!laid) return h("p", {}, h("button", { type: "button", onclick: () => openSanction(id, card, desk) }, t("Sanction…")));
  const kind = t(SANCTIONS[laid.kind]);
  const text = laid.until ? t("{kind} until {when}, by {by}", { kind, when: when(laid.until), by: laid.laid_by }) : t("{kind}, by {by}", { kind, by: laid.laid_by });
  const lift = () => {
    const why = new URLSearchParams({ why: t("Lifted on the review page.") });
    done(desk, call("DELETE", `/authors/${id}/sanctions?${why}`), t("The sanction is lifted."));
  };
  return h("div", { class: "notice warn" }, h("p", {}, h("strong", {}, text)), h("p", { class: "small" }, h("bdi", {}, laid.why)),
    h("div", { class: "row" }, h("button", { type: "button", onclick: lift }, t("Lift it")),
      h("button", { type: "button", onclick: () => openSanction(id, card, desk) }, t("Change it…"))));
}

function openSanction(id, card, desk) {
  const dialog = byId("sanction");
  const said = h("p", { class: "notice bad", role: "alert", hidden: true });
  const kinds = Object.keys(SANCTIONS).filter((kind) => kind !== "banned" || boot.may_bulk);
  const days = h("select", { id: "sanction-days" }, DAYS.map((n) => h("option", { value: String(n), selected: n === 7 }, t("{n} days", { n: number(n) }))));
  const until = h("div", { hidden: true }, h("label", { for: "sanction-days" }, t("For")), days);
  const kind = h("select", { id: "sanction-kind", onchange: () => { until.hidden = kind.value !== "suspended"; } },
    kinds.map((each) => h("option", { value: each }, t(SANCTIONS[each]))));
  const why = h("input", { id: "sanction-why", required: true, maxlength: "2000" });
  const reasons = h("select", { id: "sanction-reject" }, h("option", { value: "" }, t("leave them")),
    (boot.reasons[card.site] ?? []).map((each) => h("option", { value: each.code }, t("reject them: {reason}", { reason: t(each.title) }))));
  const send = async (event) => {
    event.preventDefault();
    const body = { kind: kind.value, why: why.value };
    if (kind.value === "suspended") body.until = new Date(Date.now() + Number(days.value) * 86400000).toISOString();
    if (reasons.value) body.reject_for = reasons.value;
    try {
      const { rejected } = await call("POST", `/authors/${id}/sanctions`, { body });
      dialog.close();
      if (rejected) desk.status.decidedMany(rejected, "rejected");
      else desk.status.say(t("Sanctioned: {kind}.", { kind: t(SANCTIONS[body.kind]) }));
      desk.seeAgain();
    } catch (error) {
      if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
      said.textContent = error instanceof Unreachable ? t("The server cannot be reached.") : error.words;
      said.hidden = false;
    }
  };
  dialog.replaceChildren(h("form", { class: "stack", onsubmit: send },
    h("div", { class: "dialog-head" }, h("h2", { id: "sanction-title" }, t("Sanction {name}", { name: card.author.name })),
      h("button", { type: "button", class: "bare", onclick: () => dialog.close() }, t("Close"))),
    said, h("div", {}, h("label", { for: "sanction-kind" }, t("What")), kind), until,
    h("div", {}, h("label", { for: "sanction-why" }, t("Why (for colleagues)")), why),
    h("div", {}, h("label", { for: "sanction-reject" }, t("What is held of this author")), reasons),
    h("div", { class: "row" }, h("button", { class: "primary" }, t("Sanction")))));
  dialog.showModal();
  why.focus();
}

async function done(desk, call_, text) {
  try {
    await call_;
    desk.status.say(text);
    desk.seeAgain();
  } catch (error) {
    desk.failed(error, null);
  }
}
