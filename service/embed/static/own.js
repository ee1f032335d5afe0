// The reader's own comments: known by the tokens that this browser keeps, without an account.

import { FIRST_WAIT, LONGEST_WAIT, pause } from "./api.js";
import { h } from "./dom.js";

const ASKED_AT_ONCE = 50;
const KEPT = 200;
const WAITING = ["pending", "held"];

/** Whether a comment is still to be decided. */
export const waits = ({ status }) => WAITING.includes(status);

export function ownComments(section) {
  const { t, store, call, line, signal, article } = section;
  const list = h("ol", { class: "own" });
  const states = new Map();
  let polling = false;

  const kept = () => store.read("own", []);
  const write = (items) => store.write("own", items.slice(-KEPT));
  const here = () => kept().filter((each) => each.article_id === article.id);
  const tokenOf = (id) => kept().find((each) => each.id === id)?.token;

  /** Return what is known of the reader's own comment, or nothing when it is somebody else's. */
  function of(item) {
    return item.status === "unsent" ? item : states.get(item.id);
  }

  /** Keep the token of what was just sent, and its state. */
  function keep({ token, ...state }) {
    const { id, article_id, parent } = state;
    write([...kept().filter((each) => each.id !== id), { id, token, article_id, parent }]);
    states.set(id, state);
    return state;
  }

  /** Show a comment of the reader's own as it stands; `before` is the id that it had until now. */
  function show(state, before) {
    const old = before && section.thread.nodeOf(before);
    if (old) {
      // The same text under the server's id: it stays where it is.
      section.thread.rename(old, state);
    }
    const node = section.thread.place(state, list);
    if (waits(state)) poll();
    return node;
  }

  /** Show what was just sent, say how it stands, and put the reader there. */
  function greet(state) {
    const node = show(state);
    if (state.status === "approved") section.oneMore();
    section.say(t(`sent.${state.status}`));
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: "nearest" });
  }

  /** Ask where the reader's comments under this article stand, and show those that are not published. */
  async function refresh() {
    const asked = here().slice(-ASKED_AT_ONCE);
    if (!asked.length) return;
    const comments = asked.map(({ id, token }) => ({ id, token }));
    const { items } = await call("POST", "/own", { body: { comments } });
    if (signal.aborted) return;
    const found = new Set(items.map((each) => each.id));
    write(kept().filter((each) => found.has(each.id) || !asked.some(({ id }) => id === each.id)));
    items.forEach(adopt);
  }

  /** Take over how a comment of the reader's own stands now, and show it where it is or should be. */
  function adopt(answer) {
    const before = states.get(answer.id);
    const state = { ...answer, parent: kept().find(({ id }) => id === answer.id)?.parent };
    states.set(state.id, state);
    if (waits(state)) poll();
    if (state.status === "withdrawn") return forget(state.id);
    const node = section.thread.nodeOf(state.id);
    if (node && before && JSON.stringify(before) === JSON.stringify(state)) return;
    if (before && before.status !== state.status) {
      section.say(t(`sent.${state.status}`));
      if (state.status === "approved") section.oneMore();
    }
    if (node || state.status !== "approved") section.thread.place(state, list);
  }

  /** Ask again from time to time, while something waits and the page is looked at. */
  async function poll() {
    if (polling) return;
    polling = true;
    for (let wait = FIRST_WAIT; someWait() && !signal.aborted; wait = Math.min(wait * 2, LONGEST_WAIT)) {
      await pause(wait, line, signal);
      // What went wrong may be better the next time.
      if (!document.hidden) await refresh().catch(() => {});
    }
    polling = false;
  }

  const someWait = () => [...states.values()].some(waits);

  function forget(id) {
    states.delete(id);
    write(kept().filter((each) => each.id !== id));
    section.thread.remove(id);
  }

  return {
    element: list,
    of, keep, show, greet, refresh,
    adopt, forget, tokenOf,
  };
}
