// What the labels are called in English; `t` says it in the page's language.

export const LABELS = {
  toxicity: "toxicity", severe_toxicity: "severe toxicity", insult: "insult", threat: "threat",
  identity_attack: "identity attack", obscenity: "obscenity", sexual: "sexual", spam: "spam",
};
