// Ctrl-K: every act by its name.

import { boot } from "../api.js";
import { byId, h } from "../dom.js";
import { t } from "../texts.js";

const ACTS = [
  ["approve", "Approve"], ["reject", "Reject…"], ["escalate", "Escalate"], ["skip", "Skip"], ["undo", "Undo"],
  ["held", "Go to Held"], ["escalated", "Go to Escalated"], ["recent", "Go to Recent decisions"], ["arrivals", "Load what is new"],
  ["search", "Search"], ["author", "Show the author"], ["thread", "Show the thread"], ["scores", "Show what carried the score"],
  ["single", "One at a time"], ["bulk", "Decide many…"], ["help", "Keys and help"],
];

export function openPalette(desk) {
  const dialog = byId("palette");
  if (dialog.open) return;
  const acts = ACTS.filter(([act]) => (act !== "bulk" || boot.may_bulk) && (act !== "escalated" || boot.queues.includes("escalated")));
  const list = h("ul", { class: "palette-list" });
  const choose = (act) => { dialog.close(); desk.do(act); };
  const fill = (words) => list.replaceChildren(...acts.filter(([, name]) => t(name).toLowerCase().includes(words.toLowerCase()))
    .map(([act, name]) => h("li", {}, h("button", { type: "button", onclick: () => choose(act) }, t(name)))));
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
