// The page's address may name one comment: `#parley-…`.

/** Go to the comment with this id; bring it and what it answers, where the list has not come to it yet. */
export async function goTo(section, id) {
  const { root, call, signal, thread } = section;
  if (!thread.nodeOf(id)) {
    const found = await call("GET", `/comments/${id}`).catch(() => null);
    if (!found || signal.aborted) return;
    const isNew = !thread.nodeOf(found.thread.id);
    const top = thread.hang(found.thread);
    if (isNew) thread.list.prepend(top);
  }
  const node = thread.nodeOf(id);
  if (!node) return;
  root.querySelector(".linked")?.classList.remove("linked");
  node.classList.add("linked");
  node.focus({ preventScroll: true });
  node.scrollIntoView({ block: "center" });
}
