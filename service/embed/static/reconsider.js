// The gentle second thought: once, before a text is sent that would be held. No score is shown.

import { button, focusOn, h } from "./dom.js";

// The server answers within 300 ms or says no; the rest is the way there and back.
const WITHIN = 1000;

/** Return whether the reader may be asked to think again; no answer in time is a no. */
export async function wouldBeHeld({ t, call }, { body, article }) {
  const asked = { article, body, language: t.language };
  const answer = await call("POST", "/second-thought", { body: asked, within: WITHIN }).catch(() => null);
  return Boolean(answer?.reconsider);
}

/** Ask in `place` whether the text is to be sent as it is; return whether it is. */
export function thinkTwice({ t, say }, place) {
  return new Promise((resolve) => {
    const choose = (sends) => () => {
      place.replaceChildren();
      resolve(sends);
    };
    const question = h("p", { class: "strong" }, t("reconsider.title"));
    place.replaceChildren(h("div", { class: "notice", role: "group", "aria-label": t("reconsider.title") },
      question, h("p", {}, t("reconsider.text")),
      h("p", { class: "row" },
        button(t("reconsider.edit"), choose(false), { class: "primary" }),
        button(t("reconsider.send"), choose(true)))));
    focusOn(question);
    say(`${t("reconsider.title")} ${t("reconsider.text")}`);
  });
}
