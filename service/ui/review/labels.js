// What the labels are called in English; `t` says it in the page's language.

import { said, t } from "../texts.js";

export const LABELS = {
  toxicity: said("toxicity"), severe_toxicity: said("severe toxicity"), insult: said("insult"), threat: said("threat"),
  identity_attack: said("identity attack"), obscenity: said("obscenity"), sexual: said("sexual"), spam: said("spam"),
};

const SCORED = /^(.+) scored ([\d.]+), and from ([\d.]+) a comment is (held|rejected)\.$/;

/** Return a reason in the page's language; what the server says with numbers in it is taken apart. */
export function inWords(sentence) {
  const found = SCORED.exec(sentence);
  if (!found) return t(sentence);
  const [, label, score, limit, outcome] = found;
  const values = { label: t(label), score, limit };
  return outcome === "held"
    ? t("{label} scored {score}; from {limit} a comment is held.", values)
    : t("{label} scored {score}; from {limit} a comment is rejected.", values);
}
