// One comment as readers see it; the reader's own with its status, and what may still be done with it.

import { button, h } from "./dom.js";
import { waits } from "./own.js";

/**
 * Return the element of a comment. `node.paint(item)` shows another state of it; `node.replies` takes
 * the comments below it and `node.seat` the form.
 */
export function commentNode(section, item) {
  const content = h("article", {});
  const node = h("li", { class: "comment", id: `parley-${item.id}`, tabindex: -1 }, content);
  node.seat = h("div", { class: "seat" });
  node.replies = h("ol", { class: "replies" });
  node.append(node.seat, node.replies);
  node.paint = (changed) => {
    node.item = changed;
    // It is being edited: what is written there matters more than what the server says meanwhile.
    if (content.querySelector("form")) return;
    const hadFocus = content.contains(section.root.activeElement);
    node.classList.toggle("mine", Boolean(section.own.of(changed)));
    content.replaceChildren(...contentOf(section, node));
    if (hadFocus) node.focus();
  };
  node.paint(item);
  return node;
}

function contentOf(section, node) {
  const { t } = section;
  const mine = section.own.of(node.item);
  const item = mine ? { ...node.item, ...mine } : node.item;
  if (!mine && item.body === null) {
    return [h("p", { class: "soft gone" }, t(goneWords(item)))];
  }
  const answered = item.parent?.name ?? section.thread.nodeOf(item.parent_id)?.item.author_name;
  const body = h("p", { class: "body", dir: "auto" }, item.body);
  return [
    h("header", {},
      h("b", { class: "name", dir: "auto" }, item.author_name),
      when(t, item),
      item.edited && h("span", { class: "soft" }, t("comment.edited")),
      mine && h("span", { class: `chip ${item.status}` }, t(chipWords(item.status)))),
    answered && h("p", { class: "soft answers" }, t("comment.reply_to", { name: answered })),
    body,
    linesOf(section, node, mine && item, body),
  ].filter(Boolean);
}

/** Return what may be done with a comment; one that is not sent yet brings that along. */
function linesOf(section, node, mine, body) {
  if (mine) return mine.lines?.() ?? ownLines(section, node, mine, body);
  return h("p", { class: "row actions" }, actions(section, node));
}

function when(t, item) {
  const time = h("time", { datetime: item.created_at, title: t.when(item.created_at) }, t.ago(item.created_at));
  return item.status === "unsent" ? time : h("a", { class: "when", href: `#parley-${item.id}` }, time);
}

const goneWords = (item) =>
  item.status === "withdrawn" ? "comment.withdrawn" : waits(item) ? "comment.waiting" : "comment.removed";

const chipWords = (status) => (status === "approved" ? "own.yours" : `status.${status}`);

function actions(section, node) {
  const { t } = section;
  const { item } = node;
  const name = { name: item.author_name };
  return [
    button(t("comment.reply"), () => section.form.reply(item, node),
      { class: "bare reply", "aria-label": t("comment.reply_to", name) }),
    button(t("comment.report"), async () => (await import("./reporting.js")).reportDialog(section, item),
      { class: "bare", "aria-label": t("report.whose", name) }),
  ];
}

function ownLines(section, node, item, body) {
  const { t, own } = section;
  const changing = () => import("./changing.js");
  const now = Date.now();
  const may = (until) => until && Date.parse(until) > now;
  const left = h("span", { class: "soft left", role: "timer" });
  const edit = may(item.edit_until) && item.status !== "rejected" &&
    button(t("own.edit"), async () => (await changing()).edit(section, node, item, body), { class: "bare edit" });
  const withdraw = may(item.withdraw_until) &&
    button(t("own.withdraw"), async () => (await changing()).withdraw(section, node, item), { class: "bare" });
  const why = item.status === "rejected" && item.statement_url &&
    h("a", { href: item.statement_url, target: "_blank", rel: "noopener" }, t("own.why"));
  const hide = item.status === "rejected" && button(t("own.hide"), () => own.forget(item.id), { class: "bare" });
  const next = edit ? "edit" : withdraw && "withdraw";
  if (next) import("./left.js").then(({ countDown }) => countDown(section, left, node, item[`${next}_until`], next));
  return h("p", { class: "row actions" },
    item.status === "approved" && actions(section, node)[0], why, edit, withdraw, hide, left);
}
