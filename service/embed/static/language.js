// Texts, numbers and times in one of the five languages.
// Times have words of their own: browsers have none for Uzbek in Latin letters, nor for Kazakh.

import { fileOf } from "./api.js";

const STEPS = [["days", 86400], ["hours", 3600], ["minutes", 60]];
const A_WEEK = 7 * 86400;
const loading = new Map();

/** Return the language that the element, the page around it or the browser asks for; else English. */
export function languageOf(element) {
  const wanted = element.closest("[lang]")?.lang ?? "";
  for (const tag of [wanted, ...navigator.languages]) {
    const [language, ...rest] = tag.toLowerCase().split("-");
    if (language === "uz") return rest.includes("cyrl") ? "uz-Cyrl" : "uz-Latn";
    if (["en", "ru", "kk"].includes(language)) return language;
  }
  return "en";
}

/** Return `t(id, values)` of a language, once its file is there: see `tongue`. */
export function wordsOf(language) {
  if (!loading.has(language)) {
    const words = fileOf(`./locales/${language}.json`).then((text) => tongue(language, JSON.parse(text)));
    words.catch(() => loading.delete(language));
    loading.set(language, words);
  }
  return loading.get(language);
}

/**
 * Return `t`: the text of an id with `{name}` filled in, in the plural form of `count` where there are forms.
 * With it go `t.has(id)`, `t.number(n)`, `t.ago(iso)`, `t.when(iso)` and `t.left(seconds)`.
 */
function tongue(language, lines) {
  const plural = new Intl.PluralRules(language);
  // Uzbek and Kazakh group digits as Russian does, which every browser knows.
  const format = new Intl.NumberFormat(language === "en" ? "en" : "ru");
  const two = (value) => String(value).padStart(2, "0");

  function t(id, values = {}) {
    const line = lines[id];
    const text = typeof line === "string" ? line : line[plural.select(values.count)] ?? line.other;
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = values[name] ?? whole;
      return typeof value === "number" ? format.format(value) : value;
    });
  }

  t.language = language;
  t.has = (id) => id in lines;
  t.number = (value) => format.format(value);
  t.when = (iso) => {
    const at = new Date(iso);
    return t("time.date", {
      day: at.getDate(),
      month: t("time.months").split(" ")[at.getMonth()],
      year: String(at.getFullYear()),
      time: `${two(at.getHours())}:${two(at.getMinutes())}`,
    });
  };
  t.ago = (iso) => {
    const seconds = (Date.now() - Date.parse(iso)) / 1000;
    if (seconds > A_WEEK) return t.when(iso);
    for (const [unit, size] of STEPS) {
      if (seconds >= size) return t(`time.${unit}`, { count: Math.floor(seconds / size) });
    }
    return t("time.now");
  };
  t.left = (seconds) => `${Math.floor(seconds / 60)}:${two(Math.floor(seconds % 60))}`;
  return t;
}
