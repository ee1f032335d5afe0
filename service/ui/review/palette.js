// Ctrl-K: every act by its name.

import { boot } from "../api.js";
import { byId, h } from "../dom.js";
import { said, t } from "../texts.js";
import { TITLES } from "./queues.js";

const ACTS = [
  ["approve", said("Approve")], ["reject", said("Reject…")], ["escalate", said("Escalate")], ["skip", said("Skip")], ["undo", said("Undo")],
  ["arrivals", said("Load what is new")], ["search", said("Search")], ["filters", said("Show only…")], ["author", said("Show the author")], ["thread", said("Show the thread")], ["scores", said("Show what carried the score")],
  ["single", said("One at a time")], ["bulk", said("Decide many…")], ["help", said("Keys and help")],
];

export function openPalette(desk) {
  const dialog = byId("palette");
  if (dialog.open) return;
  const acts = [
    ...ACTS.filter(([act]) => act !== "bulk" || boot.may_bulk).map(([act, name]) => [t(name), () => desk.pressing.do(act)]),
    ...boot.queues.map((name) => [t("Go to {queue}", { queue: t(TITLES[name]) }), () => desk.goTo(name)]),
  ];
  const list = h("ul", { class: "palette-list" });
  const fill = (words) => list.replaceChildren(...acts.filter(([name]) => name.toLowerCase().includes(words.toLowerCase()))
    .map(([name, act]) => h("li", {}, h("button", { type: "button", onclick: () => { dialog.close(); act(); } }, name))));
  const field = h("input", { type: "search", "aria-label": t("Command"), placeholder: t("Command"), oninput: (event) => fill(event.target.value) });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") list.querySelector("button")?.click();
    if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("button")?.focus(); }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    (document.activeElement.parentElement[step]?.firstElementChild ?? field).focus();
  });
  fill("");
  dialog.replaceChildren(field, list);
  dialog.showModal();
  field.focus();
}
