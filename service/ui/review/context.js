// The right column: all that bears on the comment in focus.

import { h, link } from "../dom.js";
import { inWords } from "../sentences.js";
import { many, said, t, when } from "../texts.js";
import { LABELS } from "./labels.js";
import { mention } from "./mentions.js";
import { author, notes } from "./people.js";
import { TITLES } from "./queues.js";

const STATES = { open: said("can still be undone"), undone: said("undone"), void: said("void: the text changed") };

/** Fill the column with the evidence of one comment, or empty it. */
export function showContext(column, evidence, desk) {
  column.replaceChildren(...(evidence ? sections(evidence, desk) : [h("p", { class: "soft" }, t("No comment in focus."))]));
}

function sections(evidence, desk) {
  const { card } = evidence;
  return [
    h("button", { type: "button", class: "bare narrow-only", onclick: () => document.body.classList.remove("shows-context") }, t("Close")),
    section("article", t("Article"), article(evidence, desk)),
    section("thread", t("Thread"), thread(evidence)),
    section("scores", t("Scores"), scores(evidence)),
    evidence.words.length ? section("words", t("Listed words"), words(evidence)) : null,
    section("author-record", t("Author"), author(evidence, desk)),
    card.is_blind ? null : section("comment-notes", t("Notes"), notes(evidence.notes, `/comments/${card.id}/notes`, t("Note about this comment"), desk)),
    evidence.site_policy ? section("site-policy", t("Comment policy"), policy(evidence.site_policy)) : null,
    evidence.revisions.length ? section("texts", t("Earlier texts"), h("ol", {}, evidence.revisions.map((each) =>
      h("li", { class: "mention" }, h("span", { class: "soft small" }, when(each.written_at)), h("p", { dir: "auto" }, each.body))))) : null,
    section("trail", t("Decisions"), trail(evidence)),
  ].filter(Boolean);
}

function section(id, title, ...content) {
  return h("section", { id, tabindex: "-1", "aria-labelledby": `${id}-title` }, h("h2", { id: `${id}-title` }, title), ...content);
}

function article({ article: around, card }, desk) {
  return [
    h("p", {}, link(around.url, around.title)),
    h("p", { class: "soft small" }, [
      many("{n} comment published", "{n} comments published", around.published),
      around.is_open ? null : t("closed"), around.is_pre_moderated ? t("a person sees each comment first") : null,
    ].filter(Boolean).join(" · ")),
    h("p", {}, h("button", { type: "button", class: "bare inline", onclick: () => desk.filters.set("article", card.article.id, card.article.title) }, t("all that waits under it"))),
  ];
}

const KINDS = { banned: said("banned"), suspect: said("suspect"), innocent: said("innocent") };

function words({ words: found }) {
  return h("ul", { class: "words" }, found.map((each) => h("li", {}, h("mark", { class: each.kind === "banned" ? "strong" : "some" }, each.as_written), " ",
    h("span", { class: "soft small" }, `${t(KINDS[each.kind])}: ${each.word}${each.note ? ` · ${each.note}` : ""}`))));
}

/** Show the policy that readers are shown; the server has made its HTML safe, and scripts are forbidden here. */
function policy({ html, version }) {
  const text = new DOMParser().parseFromString(html, "text/html");
  return h("details", {}, h("summary", {}, t("As readers see it, version {version}", { version })), h("div", { class: "policy-text" }, [...text.body.childNodes]));
}

function thread({ card, ancestors, siblings, replies }) {
  const beside = siblings.length ? h("details", {}, h("summary", {}, t("Beside it")), h("ol", { class: "thread" }, siblings.map((each) => mention(each)))) : null;
  if (!ancestors.length && !replies.length) return beside ??  h("p", { class: "soft" }, t("It stands alone."));
  return [h("ol", { class: "thread" },
    ancestors.map((each) => mention(each)),
    h("li", { class: "here" }, h("span", { class: "small" }, t("this comment, by {name}", { name: card.author.name }))),
    replies.map((each) => mention(each, "reply"))), beside].filter(Boolean);
}

function scores({ card, scores: found, policy_version: version }) {
  if (card.is_blind) return h("p", { class: "soft" }, t("Not shown: this one is read blind."));
  const shown = found.filter((each) => each.score !== null).sort((a, b) => b.score - a.score);
  if (!shown.length) return h("p", { class: "soft" }, t("The classifier has not scored this text."));
  return [
    h("table", { class: "scores" }, h("tbody", {}, shown.map(scoreRow))),
    h("p", { class: "soft small" }, version
      ? t("│ held from here, ┃ rejected from here, by policy version {version}", { version })
      : t("│ held from here, ┃ rejected from here, by the built-in policy")),
    basis(shown),
  ].filter(Boolean);
}

/** Say what the operating points rest on, of the labels that came near theirs. */
function basis(shown) {
  const told = shown.filter((each) => each.basis.length && each.hold !== null && each.score >= each.hold);
  if (!told.length) return null;
  return h("details", {}, h("summary", {}, t("What these limits rest on")),
    told.flatMap((each) => each.basis.map(({ sentence }) => h("p", { class: "small" }, h("strong", {}, t(LABELS[each.label])), ` · ${inWords("operating_point", sentence)}`))));
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

function trail({ trail: steps }) {
  return h("ol", { class: "trail" }, steps.map((step) => h("li", { class: step.state },
    h("strong", {}, t(step.status)), " ", t("by {name}", { name: t(step.by) }), " ",
    h("time", { datetime: step.at, class: "soft small" }, when(step.at)),
    step.state in STATES ? h("em", { class: "small" }, ` ${t(STATES[step.state])}`) : null,
    step.queue && step.queue !== "held" ? h("em", { class: "small" }, ` ${t(TITLES[step.queue])}`) : null,
    step.is_bulk ? h("em", { class: "small" }, ` ${t("in bulk")}`) : null,
    step.reasons.map((each) => h("p", { class: "small" }, inWords(each.code, each.sentence))),
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
