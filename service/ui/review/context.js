// The right column: all that bears on the comment in focus.

import { h, link } from "../dom.js";
import { ago, number, t, when } from "../texts.js";
import { LABELS } from "./labels.js";

const STATES = { open: "can still be undone", undone: "undone", void: "void: the text changed" };

/** Fill the column with the evidence of one comment, or empty it. */
export function showContext(column, evidence) {
  column.replaceChildren(...(evidence ? sections(evidence) : [h("p", { class: "soft" }, t("No comment in focus."))]));
}

function sections(evidence) {
  const { card } = evidence;
  return [
    h("button", { type: "button", class: "bare narrow-only", onclick: () => document.body.classList.remove("shows-context") }, t("Close")),
    section("article", t("Article"), h("p", {}, link(card.article.url, card.article.title))),
    section("thread", t("Thread"), thread(evidence)),
    section("scores", t("Scores"), scores(evidence)),
    section("author-record", t("Author"), author(evidence)),
    evidence.revisions.length ? section("texts", t("Earlier texts"), h("ol", {}, evidence.revisions.map((each) =>
      h("li", { class: "mention" }, h("span", { class: "soft small" }, when(each.written_at)), h("p", { dir: "auto" }, each.body))))) : null,
    section("trail", t("Decisions"), trail(evidence)),
  ].filter(Boolean);
}

function section(id, title, ...content) {
  return h("section", { id, tabindex: "-1", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), ...content);
}

function thread({ card, ancestors, replies }) {
  if (!ancestors.length && !replies.length) return h("p", { class: "soft" }, t("It stands alone."));
  return h("ol", { class: "thread" },
    ancestors.map((each) => mention(each)),
    h("li", { class: "here" }, h("span", { class: "small" }, t("this comment, by {name}", { name: card.author.name }))),
    replies.map((each) => mention(each, "reply")));
}

function mention(comment, classes = "") {
  return h("li", { class: `mention ${classes}` },
    h("span", { class: "small" }, h("strong", {}, comment.author || t("withdrawn")), " ",
      h("span", { class: "soft" }, `${t(comment.status)} · ${ago(comment.created_at)}`)),
    h("p", { dir: "auto" }, comment.body || "…"));
}

function scores({ scores: found, policy_version: version }) {
  const shown = found.filter((each) => each.score !== null).sort((a, b) => b.score - a.score);
  if (!shown.length) return h("p", { class: "soft" }, t("The classifier has not scored this text."));
  return [
    h("table", { class: "scores" }, h("tbody", {}, shown.map(scoreRow))),
    h("p", { class: "soft small" }, version
      ? t("│ held from here, ┃ rejected from here, by policy version {version}", { version })
      : t("│ held from here, ┃ rejected from here, by the built-in policy")),
  ];
}

function scoreRow({ label, score, hold, reject }) {
  const verdict = reject !== null && score >= reject ? "over" : hold !== null && score >= hold ? "in-band" : "under";
  const bar = h("span", { class: `bar ${verdict}`, role: "img", "aria-label": t("{score} of 1", { score: score.toFixed(2) }) });
  bar.style.setProperty("--score", score);
  for (const [name, at] of [["hold", hold], ["reject", reject]]) {
    if (at === null) continue;
    const mark = h("span", { class: `mark ${name}` });
    mark.style.setProperty("--at", at);
    bar.append(mark);
  }
  return h("tr", {}, h("th", { scope: "row" }, t(LABELS[label])), h("td", {}, bar), h("td", { class: "value" }, score.toFixed(2)));
}

function author({ card, author: record }) {
  return [
    h("p", {}, h("strong", {}, card.author.name), card.author.is_guest ? ` · ${t("guest")}` : ""),
    h("p", { class: "record" },
      h("span", { class: "good" }, t("{n} approved", { n: number(record.approved) })), " · ",
      h("span", { class: "bad" }, t("{n} rejected", { n: number(record.rejected) })), " ", t("in 30 days")),
    h("p", { class: "soft small" }, t("Ever: {approved} approved, {rejected} rejected.",
      { approved: number(card.author.approved_count), rejected: number(card.author.rejected_count) })),
    record.recent.length ? h("details", {}, h("summary", {}, t("Other comments")), h("ol", { class: "thread" }, record.recent.map((each) => mention(each)))) : null,
  ].filter(Boolean);
}

function trail({ trail: steps }) {
  return h("ol", { class: "trail" }, steps.map((step) => h("li", { class: step.state },
    h("strong", {}, t(step.status)), " ", t("by {name}", { name: t(step.by) }), " ",
    h("time", { datetime: step.at, class: "soft small" }, when(step.at)),
    step.state in STATES ? h("em", { class: "small" }, ` ${t(STATES[step.state])}`) : null,
    step.is_bulk ? h("em", { class: "small" }, ` ${t("in bulk")}`) : null,
    step.reasons.map((each) => h("p", { class: "small" }, t(each.sentence))),
    step.note ? h("p", { class: "small note" }, step.note) : null,
    provenance(step))));
}

function provenance(step) {
  const parts = [];
  if (step.policy_version === 0) parts.push(t("built-in policy"));
  else if (step.policy_version !== null) parts.push(t("policy version {version}", { version: step.policy_version }));
  if (step.model_version) parts.push(t("model {version}", { version: step.model_version.replace("sha256:", "").slice(0, 12) }));
  return parts.length ? h("p", { class: "soft small" }, parts.join(" · ")) : null;
}
