// The reader changes an own comment, or takes it back, as long as the site allows it.

import { counter } from "./counter.js";
import { openDialog } from "./dialogs.js";
import { button, h } from "./dom.js";

/** Put a field in the place of the comment's text; its new text is judged like a new comment. */
export function edit(section, node, item, body) {
  const { t } = section;
  const text = h("textarea", { id: "edit", rows: 5, "aria-label": t("form.body"), "aria-describedby": "edit-left edit-error" });
  text.value = item.body;
  const chars = counter(section, text, "edit-left");
  const trouble = h("p", { class: "error", id: "edit-error" });
  const form = h("form", { class: "field body", novalidate: true, onsubmit }, text,
    h("div", { class: "under" }, trouble, chars.element),
    h("p", { class: "row" }, h("button", { class: "primary" }, t("own.save")), button(t("own.keep"), close)));

  function close() {
    form.remove();
    node.paint(node.item);
    node.querySelector(".edit")?.focus();
  }

  async function onsubmit(event) {
    event.preventDefault();
    const words = !text.value.trim() ? t("error.body_empty") : chars.left() < 0 ? t("form.too_many", { count: -chars.left() }) : "";
    if (words) return refuse(words);
    try {
      const letter = { token: section.own.tokenOf(item.id), body: text.value };
      const state = await section.call("PUT", `/comments/${item.id}`, { body: letter });
      form.remove();
      section.own.adopt(state);
      node.focus();
    } catch (error) {
      refuse(section.wordsFor(error));
    }
    return null;
  }

  function refuse(words) {
    trouble.textContent = words;
    text.setAttribute("aria-invalid", "true");
    text.focus();
    section.say(words);
  }

  node.querySelector(".actions").hidden = true;
  body.replaceWith(form);
  text.focus();
}

/** Ask once more, then take the comment back. */
export async function withdraw(section, node, item) {
  const { t } = section;
  const trouble = h("p", { class: "error", role: "alert" });
  const dialog = await openDialog(section, t("own.withdraw_title"),
    h("p", {}, t("own.withdraw_text")), trouble,
    h("p", { class: "row" },
      button(t("own.withdraw"), confirm, { class: "primary" }),
      button(t("own.keep"), () => dialog.close())));

  async function confirm() {
    try {
      const headers = { "X-Reader-Token": section.own.tokenOf(item.id) };
      await section.call("DELETE", `/comments/${item.id}`, { headers });
      section.own.forget(item.id);
      dialog.close();
      section.say(t("own.withdrawn"));
    } catch (error) {
      trouble.textContent = section.wordsFor(error);
    }
  }
}
