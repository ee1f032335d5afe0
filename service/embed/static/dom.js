// Elements from values. Text is always text: nothing here parses HTML.

/** Return an element; `on…` properties are listeners, children may be text, elements or nothing. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child || child === 0));
  return element;
}

/** Return a button; it never sends the form around it. */
export function button(text, onclick, properties = {}) {
  return h("button", { type: "button", onclick, ...properties }, text);
}

/** Put the focus on what takes none by itself. */
export function focusOn(element) {
  element.tabIndex = -1;
  element.focus();
}
