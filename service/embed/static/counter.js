// "1500 / 1500", counting down what is left of a comment, as the server counts it.

import { h } from "./dom.js";
import { countChars } from "./length.js";

/** From here on a screen reader hears what is left, at every such step. */
const SAID_FROM = 100;
const SAID_EVERY = 25;

/** Return a line that follows the textarea: `{ element, update, left }`. */
export function counter(section, textarea, id) {
  const { t } = section;
  const figures = h("span", { "aria-hidden": "true" });
  const words = h("span", { class: "unseen" });
  const element = h("p", { class: "counter", id }, figures, words);
  const most = () => section.settings?.form.max_chars ?? 1500;
  const left = () => most() - countChars(textarea.value);
  let said = most();

  function update() {
    const count = left();
    figures.textContent = `${String(count).replace("-", "−")} / ${most()}`;
    words.textContent = count < 0 ? t("form.too_many", { count: -count }) : t("form.chars_left", { count });
    element.classList.toggle("over", count < 0);
    element.classList.toggle("few", count >= 0 && count <= SAID_FROM);
    const step = Math.floor(count / SAID_EVERY);
    if (count <= SAID_FROM && step !== said) section.say(words.textContent);
    said = count <= SAID_FROM ? step : most();
  }

  textarea.addEventListener("input", update);
  update();
  return { element, update, left };
}
