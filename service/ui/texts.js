// The page's lines in the reader's language. English texts are the keys, as in gettext.

const lines = JSON.parse(document.getElementById("lines")?.textContent || "{}");
const page = document.documentElement.lang;
// The reader's own region, where it speaks the page's language: 24 hours or 12, and the like.
const language = navigator.languages.find((each) => each.startsWith(page)) ?? page;

/** Return the line in the page's language, with `{name}` filled in. */
export function t(text, values = {}) {
  // People's own words come here too, "constructor" among them.
  const found = Object.hasOwn(lines, text) ? lines[text] : text;
  return fill(Array.isArray(found) ? found[0] : found, values);
}

function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? values[name] ?? whole : whole));
}

/** Mark a line that is translated where it is shown: translators find it. */
export const said = (line) => line;

// The order in which catalogues have the forms of a number.
const ORDER = ["zero", "one", "two", "few", "many", "other"];

/** Return the form of the line that fits the number, with `{n}` and `{name}` filled in. */
export function many(one, others, n, values = {}) {
  const found = lines[one];
  let text = n === 1 ? one : others;
  if (Array.isArray(found)) {
    const rules = new Intl.PluralRules(page);
    const kinds = ORDER.filter((each) => rules.resolvedOptions().pluralCategories.includes(each));
    text = found[Math.min(kinds.indexOf(rules.select(n)), found.length - 1)];
  }
  return fill(text, { n: number(n), ...values });
}

const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];

// Not every browser knows every language of ours, and then it would say "-2 min".
const RELATIVE = spoken(new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }));

function spoken(format) {
  return format.format(-2, "day").startsWith("-") ? null : format;
}

function unitsAgo(unit, n) {
  if (RELATIVE) return RELATIVE.format(-n, unit);
  if (unit === "day") return t("{n} d ago", { n });
  return unit === "hour" ? t("{n} h ago", { n }) : t("{n} min ago", { n });
}

/** Return how long ago that was, in words: "14 min. ago". */
export function ago(iso, now = Date.now()) {
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  for (const [unit, size] of STEPS) {
    if (seconds >= size) return unitsAgo(unit, Math.floor(seconds / size));
  }
  return t("just now");
}

/** Return a point in time, to the minute. */
export function when(iso) {
  // Without the months' names the longer form would say "2026 M11 25".
  const format = new Intl.DateTimeFormat(language, { dateStyle: RELATIVE ? "medium" : "short", timeStyle: "short" });
  return format.format(new Date(iso));
}

/** Return a whole number as the language writes it. */
export function number(value) {
  return new Intl.NumberFormat(language).format(value);
}
