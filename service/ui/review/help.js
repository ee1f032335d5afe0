// Which key does what; each can be switched off, and people from Coral find theirs.

import { boot } from "../api.js";
import { byId, h } from "../dom.js";
import { said, t } from "../texts.js";
import { cap, PRESETS, settings } from "./keys.js";
import { LETTERS, TITLES } from "./queues.js";

const ACTS = {
  next: said("Next comment"), previous: said("Comment before"), approve: said("Approve"), reject: said("Reject, then 1–9 for the reason; twice for the last one"),
  escalate: said("Leave it to a lead"), skip: said("Skip: give it back"), undo: said("Undo"), scores: said("Show what carried the score"), author: said("Author"), thread: said("Thread"),
  single: said("One at a time"), arrivals: said("Load what is new"), goto: said("Go to a queue, by a second key"), search: said("Search"), help: said("This help"),
};
const NAMES = { parley: "Parley", coral: "Coral" };

export function openHelp(desk) {
  const dialog = byId("help");
  const select = h("select", { id: "preset", onchange: (event) => { settings.preset = event.target.value; fill(); desk.show(); } },
    Object.keys(PRESETS).map((name) => h("option", { value: name, selected: name === settings.preset }, NAMES[name])));
  const rows = h("tbody", {});
  const fill = () => rows.replaceChildren(...Object.keys(ACTS).map(row));
  fill();
  dialog.replaceChildren(
    h("div", { class: "dialog-head" }, h("h2", { id: "help-title" }, t("Keys")),
      h("button", { type: "button", class: "bare", onclick: () => dialog.close() }, t("Close"))),
    h("p", { class: "soft" }, t("Keys go by their place, so they work on every keyboard layout. They rest while you type.")),
    h("label", { for: "preset" }, t("Set of keys")), select,
    h("table", { class: "keys" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("Key")), h("th", { scope: "col" }, t("What it does")), h("th", { scope: "col" }, t("On")))), rows),
    h("p", { class: "soft small" }, boot.queues.map((name) => `${cap("goto")} ${LETTERS[name]}: ${t(TITLES[name])}`).join(" · ")));
  dialog.showModal();
}

function row(act) {
  return h("tr", {}, h("td", {}, h("kbd", {}, cap(act))), h("td", {}, t(ACTS[act])),
    h("td", {}, h("input", { type: "checkbox", checked: settings.isOn(act), "aria-label": t("Key {key} is on", { key: cap(act) }),
      onchange: (event) => settings.turn(act, event.target.checked) })));
}
