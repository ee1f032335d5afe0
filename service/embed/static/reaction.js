// "Do you like this article?": one answer of each reader, which may be changed or taken back.

import { button, h } from "./dom.js";

export function reaction(section) {
  const { t, store, article, call } = section;
  const answers = ["yes", "no"];
  const totals = Object.fromEntries(answers.map((each) => [each, h("span", { class: "total" })]));
  const buttons = answers.map((each) =>
    button([t(`reaction.${each}`), " ", totals[each]], () => answer(each), { "aria-pressed": "false" }));
  const trouble = h("p", { class: "error", hidden: true });
  const element = h("div", { class: "reaction", role: "group", "aria-labelledby": "question" },
    h("p", { id: "question" }, t("reaction.question")), buttons, trouble);
  let busy = false;

  const mine = () => store.read("answers", {})[article.id] ?? null;
  const keep = (value) => store.write("answers", { ...store.read("answers", {}), [article.id]: value ?? undefined });

  function paint(counted) {
    answers.forEach((each, at) => {
      buttons[at].setAttribute("aria-pressed", String(mine() === each));
      if (counted) totals[each].textContent = t.number(counted[each]);
    });
  }

  async function answer(which) {
    if (busy) return;
    busy = true;
    const before = mine();
    keep(before === which ? null : which);
    paint();
    try {
      const body = { article, answer: mine(), reader: section.reader };
      const counted = await call("POST", "/reactions", { body });
      keep(counted.mine);
      paint(counted);
      trouble.hidden = true;
      section.say(t(counted.mine ? "reaction.thanks" : "reaction.taken_back"));
    } catch (error) {
      keep(before);
      paint();
      trouble.textContent = section.wordsFor(error);
      trouble.hidden = false;
      section.say(trouble.textContent);
    } finally {
      busy = false;
    }
  }

  paint();
  return { element, adopt: (settings) => paint(settings.reaction) };
}
