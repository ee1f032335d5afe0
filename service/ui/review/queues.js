// The queues by name: what they are called, their key after `g`, and the orders they can be put in.

import { said } from "../texts.js";

export const TITLES = {
  held: said("Held"), uncertain: said("Uncertain"), reported: said("Reported"), notices: said("Illegal-content notices"), appeals: said("Appeals"),
  audit: said("Audit"), disagreement: said("Disagreement"), escalated: said("Escalated"), recent: said("Recent decisions"),
};
export const LETTERS = {
  held: "h", uncertain: "u", reported: "p", notices: "n", appeals: "a", audit: "b", disagreement: "d", escalated: "e", recent: "r",
};
// What is said under the heading of a queue that is not plain.
export const MEANINGS = {
  uncertain: said("Closest to where your policy decides: here a decision teaches the classifier most."),
  reported: said("Readers reported these. Approve to keep one published; reports are then answered."),
  notices: said("Somebody says that these break a law. Each notice is owed an answer."),
  appeals: said("Their authors ask for another look. Whoever rejected one does not read its appeal."),
  audit: said("Judge by the text alone: what was decided is not shown, and nothing changes for readers."),
  disagreement: said("Two say different things of these. A lead has the last word."),
};
const ANY_ORDER = ["priority", "oldest", "newest", "highest", "lowest"];
const ORDERS = { held: ANY_ORDER, escalated: ANY_ORDER, uncertain: ["nearest", ...ANY_ORDER], recent: [] };
const OF_HELD = new Set(["held", "uncertain", "escalated"]);

export const SORT_TITLES = {
  priority: said("priority"), oldest: said("oldest"), newest: said("newest"), highest: said("highest score"), lowest: said("lowest score"), nearest: said("nearest call"),
};

/** Return the orders of a queue; the first is its natural one. */
export const ordersOf = (queue) => ORDERS[queue] ?? ["oldest", "newest"];

/** Say whether all in this queue is held: what is decided leaves it. */
export const isOfHeld = (queue) => OF_HELD.has(queue);

/** Return the queue of a key that follows `g`. */
export const queueOf = (code) => Object.keys(LETTERS).find((name) => `Key${LETTERS[name].toUpperCase()}` === code) ?? null;
