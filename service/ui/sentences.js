// What the server says, in the page's language: the same as `service/wording.py` does for templates.

import { t } from "./texts.js";

const { lines, words } = JSON.parse(document.getElementById("sentences")?.textContent || '{"lines": {}, "words": []}');
const PARTS = "parts";
const patterns = new Map();

/** Return a sentence that was said under a stable code; as it is, where no line of the code made it. */
export function inWords(code, sentence) {
  // A site names the codes of its own reasons as it likes, "constructor" among them.
  for (const line of Object.hasOwn(lines, code) ? lines[code] : []) {
    const found = patternOf(line).exec(sentence);
    if (!found) continue;
    const told = Object.entries(found.groups ?? {}).map(([name, value]) => [name, words.includes(name) ? part(value) : value]);
    return t(line, Object.fromEntries(told));
  }
  return t(sentence);
}

function part(value) {
  if (lines[PARTS]?.includes(value)) return t(value);
  const parts = value.split(", ");
  const told = parts.map(tell);
  // A word that somebody wrote stands in marks of ours, and needs no translation.
  if (parts.every((each, at) => told[at] !== each || each.startsWith("«"))) return told.join(", ");
  return tell(value);
}

function tell(part) {
  const told = inWords(PARTS, part);
  const begun = part.charAt(0).toUpperCase() + part.slice(1);
  if (told !== part || begun === part) return told;
  // A word that begins a line elsewhere, such as the name of a field.
  const other = t(begun);
  return other === begun ? part : other.charAt(0).toLowerCase() + other.slice(1);
}

function patternOf(line) {
  if (!patterns.has(line)) {
    const parts = line.split(/\{(\w+)\}/).map((each, at) => (at % 2 ? `(?<${each}>.+?)` : each.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")));
    patterns.set(line, new RegExp(`^${parts.join("")}$`, "su"));
  }
  return patterns.get(line);
}
