// One key, one act. Bound to the key's place (`event.code`): on a Cyrillic keyboard the key that
// says J types another letter. Single keys can be switched off (WCAG 2.1.4), all or one by one.

const STORE = "parley.keys";

export const PRESETS = {
  parley: {
    next: "KeyJ", previous: "KeyK", approve: "KeyA", reject: "KeyR", escalate: "KeyE", skip: "KeyS",
    undo: "KeyU", scores: "KeyX", author: "KeyH", thread: "KeyC", single: "KeyZ", arrivals: "KeyN",
    goto: "KeyG", search: "Slash", help: "Shift+Slash",
  },
  coral: {
    next: "KeyJ", previous: "KeyK", approve: "KeyF", reject: "KeyD", escalate: "KeyE", skip: "KeyS",
    undo: "KeyU", scores: "KeyX", author: "KeyB", thread: "KeyC", single: "KeyZ", arrivals: "KeyN",
    goto: "KeyT", search: "Slash", help: "Shift+Slash",
  },
};

let kept = { preset: "parley", off: [] };
try { kept = { ...kept, ...JSON.parse(localStorage.getItem(STORE)) }; } catch { /* the default then */ }
if (!(kept.preset in PRESETS)) kept.preset = "parley";

export const settings = {
  get preset() { return kept.preset; },
  set preset(name) { kept.preset = name; save(); },
  isOn: (act) => !kept.off.includes(act),
  turn(act, on) {
    kept.off = on ? kept.off.filter((each) => each !== act) : [...new Set([...kept.off, act])];
    save();
  },
};

function save() {
  localStorage.setItem(STORE, JSON.stringify(kept));
}

/** Return what is printed on the key of an act: "a", "?", "/". */
export function cap(act) {
  const code = PRESETS[kept.preset][act];
  if (code === "Slash") return "/";
  if (code === "Shift+Slash") return "?";
  return code.replace("Key", "").toLowerCase();
}

// Signs that a help text names: many keyboards have them on other keys than Slash.
const SIGNS = { "?": "help", "/": "search" };

/** Return the act of a key press, or null. */
export function actOf(event) {
  const code = (event.shiftKey ? "Shift+" : "") + event.code;
  const act = SIGNS[event.key] ?? Object.entries(PRESETS[kept.preset]).find(([, each]) => each === code)?.[0];
  return act && settings.isOn(act) ? act : null;
}

/** Say whether the press belongs to something that is being typed in, or to the browser. */
export function isTaken(event) {
  if (event.isComposing || event.altKey || event.metaKey || event.ctrlKey || event.defaultPrevented) return true;
  const at = event.target;
  if (document.querySelector("dialog[open]")) return true;
  return at instanceof HTMLElement && at.matches('[contenteditable], textarea, select, input:not([type="checkbox"])');
}

/** Return the digit of a key press, on the row or the pad, or null. */
export function digitOf(event) {
  const found = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  return found && !event.shiftKey ? Number(found[1]) : null;
}
