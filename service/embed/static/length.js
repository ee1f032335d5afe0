// How long a text counts: as `service/texts.py` and `service/comments/rules.py` count it.

// Over this many code points no limit is kept whatever the normal form is, and NFC would take long.
const NORMALISED_MAX = 8000;

/** Return the text in NFC, with LF for CRLF and CR, without blanks at its ends. */
export function normalForm(text) {
  const trimmed = text.replace(/\r\n?/g, "\n").trim();
  return codePoints(trimmed) > NORMALISED_MAX ? trimmed : trimmed.normalize("NFC").trim();
}

/** Return how many Unicode code points the text has in its normal form. */
export function countChars(text) {
  return codePoints(normalForm(text));
}

function codePoints(text) {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
