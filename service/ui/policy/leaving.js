// Asks before a draft that nobody saved is left. Without scripts, the page is the same form.

const form = document.querySelector("form.draft");
const written = () => new URLSearchParams(new FormData(form)).toString();
const stood = written();
let isSent = false;

form.addEventListener("submit", () => { isSent = true; });
window.addEventListener("pageshow", () => { isSent = false; });
window.addEventListener("beforeunload", (event) => {
  // What was tried or refused came back into the fields and is saved no more than what is typed.
  const isUnsaved = "unsaved" in form.dataset || written() !== stood;
  if (isUnsaved && !isSent) event.preventDefault();
});
