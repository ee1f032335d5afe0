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
  const { reports, notices = [], disagreement, appeal } = card.waits ?? {};
  return [
    reports && reported(reports),
    ...notices.map(notice),
    appeal && appealed(appeal),
    disagreement && disagreed(disagreement),
  ].filter(Boolean);
}

function reported({ count, by_reason: reasons, said }) {
  const named = Object.entries(reasons).map(([reason, n]) => `${t(REPORTED[reason] ?? reason)} × ${number(n)}`).join(", ");
  return h("div", { class: "notice warn waits" },
    h("p", {}, h("strong", {}, many("{n} reader reported it", "{n} readers reported it", count)), `: ${named}`),
    said.map((each) => h("p", { class: "small" }, "“", h("bdi", {}, each.words), "”")));
}

function notice({ law, explanation, since }) {
  return h("div", { class: "notice bad waits" },
    h("p", {}, h("strong", {}, t("Notice of illegal content")), " · ", ago(since)),
    h("p", { class: "small" }, t("Law:"), " ", h("bdi", {}, law)), h("p", { class: "small" }, h("bdi", {}, explanation)));
}

function appealed({ text, since }) {
  return h("div", { class: "notice waits" },
    h("p", {}, h("strong", {}, t("The author appeals")), " · ", ago(since)), h("p", { dir: "auto" }, h("bdi", {}, text)));
}

function disagreed({ by, said, is_audit: isAudit, gap }) {
  const line = isAudit
    ? t("{by}, who read it blind, would have {said} it.", { by, said: t(SAID[said]) })
    : t("{by} {said} it, and the scores say otherwise.", { by, said: t(SAID[said]) });
  return h("div", { class: "notice warn waits" }, h("p", {}, line, gap === null || gap === undefined ? "" : ` (${t("{n} apart", { n: gap.toFixed(2) })})`));
}
