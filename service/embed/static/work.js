// A small proof of work, asked for only while a site is under attack.

const AT_ONCE = 256;

/** Return text such that SHA-256 of `challenge:text` begins with so many zero bits; the page stays awake. */
export async function solve({ challenge, bits }) {
  const encoder = new TextEncoder();
  for (let from = 0; ; from += AT_ONCE) {
    const tries = Array.from({ length: AT_ONCE }, (_, each) => String(from + each));
    const digests = await Promise.all(
      tries.map((each) => crypto.subtle.digest("SHA-256", encoder.encode(`${challenge}:${each}`))));
    const found = digests.findIndex((digest) => zeroBits(new Uint8Array(digest)) >= bits);
    if (found >= 0) return tries[found];
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function zeroBits(digest) {
  const at = digest.findIndex((byte) => byte !== 0);
  return at < 0 ? digest.length * 8 : at * 8 + Math.clz32(digest[at]) - 24;
}
