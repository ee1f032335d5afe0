// How long the reader's own comment may still be changed.

const AN_HOUR = 3600;

/** Keep the element saying it: until when, and in the last hour how long; then paint the comment anew. */
export function countDown({ t, signal }, element, node, until, what) {
  let said = "";
  const tick = () => {
    if (!element.isConnected) return clearInterval(timer);
    const seconds = (Date.parse(until) - Date.now()) / 1000;
    if (seconds <= 0) return node.paint(node.item);
    const words = seconds < AN_HOUR ? t(`own.${what}_left`, { time: t.left(seconds) }) : t(`own.${what}_until`, { time: t.when(until) });
    if (words !== said) element.textContent = said = words;
  };
  const timer = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(timer));
  tick();
}
