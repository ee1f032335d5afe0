// What this browser keeps for its reader, by site: never sent anywhere by itself.
// Where the browser keeps nothing (blocked, full), it lasts as long as the page.

const memory = new Map();

/** Return a store of one site's values, which are JSON. */
export function storeOf(site) {
  const key = (name) => `parley:${site}:${name}`;
  return {
    read(name, otherwise) {
      try {
        const text = memory.get(key(name)) ?? localStorage.getItem(key(name));
        return text ? JSON.parse(text) : otherwise;
      } catch {
        return otherwise;
      }
    },
    write(name, value) {
      const text = JSON.stringify(value);
      try {
        if (value === null) localStorage.removeItem(key(name));
        else localStorage.setItem(key(name), text);
        memory.delete(key(name));
      } catch {
        memory.set(key(name), text);
      }
    },
  };
}

/** Return a random UUID, also where the page is not secure and `crypto.randomUUID` is missing. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
