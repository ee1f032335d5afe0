// Dialogs: named, closed by Escape, and the focus goes back to where it was.

import { sheetOf } from "./api.js";
import { button, h } from "./dom.js";

/** Open a dialog with a title; return it once it is there. It is gone once it is closed. */
export async function openDialog({ root, t }, title, ...content) {
  const sheet = await sheetOf("./dialogs.css");
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  const dialog = h("dialog", { "aria-labelledby": "dialog-title" },
    h("header", {}, h("h2", { id: "dialog-title" }, title),
      button("×", () => dialog.close(), { class: "bare close", "aria-label": t("dialog.close") })),
    h("div", { class: "dialog-content" }, content));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  root.append(dialog);
  dialog.showModal();
  return dialog;
}
