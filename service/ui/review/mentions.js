// Another comment, in brief: in threads and in an author's record.

import { h } from "../dom.js";
import { ago, t } from "../texts.js";

export function mention(comment, classes = "") {
  return h("li", { class: `mention ${classes}` },
    h("span", { class: "small" }, h("strong", {}, h("bdi", {}, comment.author || t("withdrawn"))), " ",
      h("span", { class: "soft" }, `${t(comment.status)} · ${ago(comment.created_at)}`)),
    h("p", { dir: "auto" }, comment.body || "…"));
}
