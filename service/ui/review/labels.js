// What the labels are called in English; `t` says it in the page's language.

import { said } from "../texts.js";

export const LABELS = {
  toxicity: said("toxicity"), severe_toxicity: said("severe toxicity"), insult: said("insult"), threat: said("threat"),
  identity_attack: said("identity attack"), obscenity: said("obscenity"), sexual: said("sexual"), spam: said("spam"),
};
