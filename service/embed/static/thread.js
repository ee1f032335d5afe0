// The published comments: in the order the reader wants, with their replies, page by page.

import { untilAnswered } from "./api.js";
import { commentNode } from "./comment.js";
import { button, focusOn, h } from "./dom.js";

const SORTS = ["newest", "oldest", "replies"];

export function thread(section) {
  const { t, call, line, signal, article, store } = section;
  const nodes = new Map();
  const list = h("ol", { class: "list" });
  const trouble = h("p", { class: "notice", hidden: true });
  const empty = h("p", { class: "soft empty", hidden: true }, t("list.empty"));
  const more = button(t("more.comments"), () => grow(), { class: "more", hidden: true });
  const sort = h("select", { id: "sort", onchange: () => { store.write("sort", sort.value); load(); } },
    SORTS.map((each) => h("option", { value: each }, t(`sort.${each}`))));
  const bar = h("p", { class: "sort" }, h("label", { for: "sort" }, t("sort.label")), sort);
  const element = h("div", { class: "thread" }, bar, trouble, list, empty, more);
  let next = null;
  let turn = 0;

  sort.value = SORTS.find((each) => each === store.read("sort", null)) ?? SORTS[0];

  /** List the first page anew; in another order, if one is named. */
  async function load(order = sort.value) {
    const mine = ++turn;
    sort.value = order;
    element.setAttribute("aria-busy", "true");
    const failed = (error) => {
      trouble.replaceChildren(section.wordsFor(error), " ", button(t("own.try_now"), () => line.dispatchEvent(new Event("again"))));
      trouble.hidden = false;
    };
    const page = await untilAnswered(() => ask({}), { line, signal, failed }).catch(() => null);
    if (!page || mine !== turn || signal.aborted) return;
    trouble.hidden = true;
    section.form.rescue();
    const own = clear();
    show(page);
    section.listed = page.count;
    for (const item of own) place(item, section.own.element);
    element.removeAttribute("aria-busy");
  }

  /** Empty the list; return the reader's own comments that no page of the list would bring back. */
  function clear() {
    const own = [];
    for (const [id, { item }] of nodes) {
      const mine = section.own.of(item);
      if (mine && mine.status !== "approved") own.push(item);
      nodes.delete(id);
    }
    section.own.element.replaceChildren();
    list.replaceChildren();
    return own;
  }

  function ask({ cursor }) {
    const query = { article: article.id, sort: sort.value, ...(cursor && { cursor }) };
    return call("GET", "/comments", { query });
  }

  function show(page) {
    const first = page.items.map(hang)[0];
    next = page.next;
    more.hidden = !next;
    section.count(page.count);
    empty.hidden = page.count > 0;
    bar.classList.toggle("there", page.count > 1);
    return first;
  }

  async function grow() {
    try {
      show(await ask({ cursor: next }))?.focus();
    } catch (error) {
      section.say(section.wordsFor(error));
    }
  }

  /** Show a top-level comment with the replies that came with it. */
  function hang({ replies, replies_next: rest, reply_count: count, ...item }) {
    const node = place(item);
    for (const each of replies) place(each);
    if (rest && !node.querySelector(":scope > .more")) node.append(repliesButton(node, rest, count - replies.length));
    return node;
  }

  function repliesButton(node, cursor, left) {
    const asked = button(t("more.replies", { count: left }), async () => {
      try {
        const page = await call("GET", `/comments/${encodeURIComponent(node.item.id)}/replies`, { query: { cursor } });
        const [first] = page.items.map((each) => place(each));
        if (page.next) asked.before(repliesButton(node, page.next, left - page.items.length));
        asked.remove();
        first?.focus();
      } catch (error) {
        section.say(section.wordsFor(error));
      }
    }, { class: "more" });
    return asked;
  }

  /** Show a comment as it stands: where it is, else below its parent, else in `otherwise`. */
  function place(item, otherwise = list) {
    let node = nodes.get(item.id);
    if (node) {
      node.paint(item);
      return node;
    }
    node = commentNode(section, item);
    nodes.set(item.id, node);
    const parent = nodes.get(item.parent_id) ?? nodes.get(item.thread_id);
    if (parent && parent !== node) parent.replies.append(node);
    else if (otherwise === list) list.append(node);
    else otherwise.prepend(node);
    return node;
  }

  return {
    element, bar, list, load, hang, place,
    nodeOf: (id) => nodes.get(id),
    rename(node, state) {
      nodes.delete(node.item.id);
      nodes.set(state.id, node);
      node.id = `parley-${state.id}`;
    },
    remove(id) {
      const node = nodes.get(id);
      if (!node) return;
      if (node.contains(section.root.activeElement)) focusOn(section.root.querySelector("h2"));
      section.form.rescue();
      if (node.replies.childElementCount) return node.paint({ ...node.item, status: "withdrawn", body: null });
      nodes.delete(id);
      node.remove();
    },
  };
}
