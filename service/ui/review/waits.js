// What waits on a comment beside its being held: reports, a notice, an appeal, a disagreement.

import { h } from "../dom.js";
import { ago, many, number, said, t } from "../texts.js";

const REPORTED = {
  spam: said("spam"), insult: said("an insult"), hate: said("hatred"), threat: said("a threat"), sexual: said("sexual content"), off_topic: said("off the subject"), other: said("something else"),
};
const SAID = { approved: said("approved"), rejected: said("rejected") };

/** Return what is to be answered by the decision, or nothing. */
export function waitsOn(card) {
  if (card.is_blind) return [h("p", { class: "notice" }, t("Blind: judge by the text alone. Your decision changes nothing for readers."))];
  const { reports, notices = [], notice_count: noticeCount, disagreement, appeal } = card.waits ?? {};
  return [
    reports && reported(reports),
    notices.length > 0 && noticed(notices, noticeCount),
    appeal && appealed(appeal),
    disagreement && disagreed(disagreement),
  ].filter(Boolean);
}

function reported({ count, counted, by_reason: reasons, said }) {
  const named = Object.entries(reasons).map(([reason, n]) => `${t(REPORTED[reason] ?? reason)} × ${number(n)}`).join(", ");
  return h("div", { class: "notice warn waits" },
    h("p", {}, h("strong", {}, many("{n} reader reported it", "{n} readers reported it", count)), `: ${named}`),
    counted < count && h("p", { class: "small" }, t("Some come from one network: together they count as {n}.", { n: number(counted) })),
    said.length > 0 && h("ul", { class: "quotes small" }, said.map(({ words, reason, at }) => h("li", {},
      "“", h("bdi", {}, words), "” ", h("span", { class: "soft" }, `${t(REPORTED[reason] ?? reason)} · ${ago(at)}`)))));
}

/** Show the notice that has waited longest; the others are a click away, and not all may be here. */
function noticed([first, ...others], count) {
  const left = count - others.length - 1;
  return h("div", { class: "notice bad waits" },
    h("p", {}, h("strong", {}, many("{n} notice of illegal content", "{n} notices of illegal content", count)), " · ", ago(first.since)),
    inNotice(first),
    others.length > 0 && h("details", {}, h("summary", { class: "small" }, t("The other notices")),
      others.map((each) => h("div", { class: "another" }, h("p", { class: "soft small" }, ago(each.since)), inNotice(each))),
      left > 0 && h("p", { class: "soft small" }, many("{n} more is not shown.", "{n} more are not shown.", left))));
}

function inNotice({ law, explanation }) {
  return [h("p", { class: "small" }, t("Law:"), " ", h("bdi", {}, law)), h("p", { class: "small", dir: "auto" }, h("bdi", {}, explanation))];
}

function appealed({ text, since, is_yours: isYours }) {
  return h("div", { class: "notice waits" },
    h("p", {}, h("strong", {}, t("The author appeals")), " · ", ago(since)),
    h("p", { class: "quote", dir: "auto" }, text),
    isYours && h("p", { class: "small" }, t("You rejected it yourself, so another person reads the appeal.")));
}

function disagreed({ by, said, is_audit: isAudit, gap }) {
  const line = isAudit
    ? t("{by}, who read it blind, would have {said} it.", { by, said: t(SAID[said]) })
    : t("{by} {said} it, and the scores say otherwise.", { by, said: t(SAID[said]) });
  return h("div", { class: "notice warn waits" }, h("p", {}, line, gap === null || gap === undefined ? "" : [" (", t("{n} apart", { n: gap.toFixed(2) }), ")"].join("")));
}
