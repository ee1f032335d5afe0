// Asks before a draft that nobody saved is left. Without scripts, the page is the same form.

const form = document.querySelector("form.draft");
let isSent = false;

// Against what the page came with, not what stood when this ran: a browser may have put back by then
// what was typed before.
function isChanged(field) {
  if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
  if (field.options) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(0, first);
  }
  return "defaultValue" in field && field.value !== field.defaultValue;
}

form.addEventListener("submit", () => { isSent = true; });
window.addEventListener("pageshow", () => { isSent = false; });
window.addEventListener("beforeunload", (event) => {
  // What was tried or refused came back into the fields and is saved no more than what is typed.
  const isUnsaved = "unsaved" in form.dataset || [...form.elements].some(isChanged);
  if (isUnsaved && !isSent) event.preventDefault();
});
