// Elements from values. Text is always text: nothing here parses HTML.

/** Return an element; `on…` properties are listeners, children may be text, elements or nothing. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Return a link that only ever leads to the web. */
export function link(url, ...children) {
  const safe = /^https?:\/\//i.test(url);
  return safe
    ? h("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, ...children)
    : h("span", {}, ...children);
}

export const byId = (id) => document.getElementById(id);
