// The form: usable before the server has said a word, and nothing that is written in it gets lost.

import { counter } from "./counter.js";
import { button, h } from "./dom.js";
import { countChars, normalForm } from "./length.js";
import { newId } from "./store.js";

const EMAIL_FORM = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
const NAME_MAX = 100;

export function commentForm(section) {
  const { t, store, article } = section;
  const draftName = `draft:${article.id}`;
  const inputs = {
    name: h("input", { id: "name", autocomplete: "name" }),
    email: h("input", { id: "email", type: "email", autocomplete: "email" }),
    body: h("textarea", { id: "body", rows: 5 }),
  };
  // For programs that fill in every field: people neither see it nor come to it.
  const trap = h("input", { name: "website", tabindex: -1, autocomplete: "off" });
  const chars = counter(section, inputs.body, "left");
  const errors = Object.fromEntries(Object.keys(inputs).map((each) =>
    [each, h("p", { class: "error", id: `${each}-error`, hidden: true })]));
  const send = h("button", { class: "primary" }, t("form.send"));
  const reply = h("p", { class: "to", hidden: true });
  const asking = h("div", {});
  const trouble = h("p", { class: "error notice", hidden: true });
  const fields = h("div", { class: "fields" },
    reply,
    h("p", { class: "soft" }, t("form.required_legend")),
    h("div", { class: "pair" }, field("name"), field("email", t("form.email_hint"))),
    field("body", null, chars.element),
    h("p", { class: "trap", "aria-hidden": "true" }, h("label", {}, "Website", trap)),
    asking, trouble,
    h("p", { class: "row" }, send));
  const form = h("form", { novalidate: true, "aria-label": t("form.title"), onsubmit, oninput }, fields);
  const closed = h("p", { class: "notice", hidden: true }, t("article.closed"));
  const element = h("div", { class: "write" }, closed, form);
  let parent = null;
  let asked = null;
  let last = null;
  let busy = false;

  function field(name, hint, ...below) {
    const input = inputs[name];
    const label = h("label", { for: name }, t(`form.${name}`), " ", h("span", { class: "star", "aria-hidden": "true" }, "*"));
    const described = [hint && `${name}-hint`, below.length && "left", `${name}-error`].filter(Boolean);
    input.setAttribute("aria-describedby", described.join(" "));
    return h("div", { class: `field ${name}` }, label, input,
      hint && h("p", { class: "soft hint", id: `${name}-hint` }, hint),
      h("div", { class: "under" }, errors[name], below));
  }

  function require(required) {
    for (const [name, input] of Object.entries(inputs)) {
      input.required = required.includes(name);
      input.parentElement.querySelector(".star").hidden = !input.required;
    }
  }

  function oninput() {
    store.write("me", { name: inputs.name.value, email: inputs.email.value });
    const body = inputs.body.value;
    store.write(draftName, body || parent ? { body, parent, asked } : null);
    for (const name in inputs) {
      if (!errors[name].hidden && !wrong(name)) tell(name, "");
    }
  }

  /** Return what is wrong with a field, in words; nothing when it is right. */
  function wrong(name) {
    const value = normalForm(inputs[name].value);
    if (name === "body") {
      if (!value) return t("error.body_empty");
      return chars.left() < 0 ? t("form.too_many", { count: -chars.left() }) : "";
    }
    if (!value) return inputs[name].required ? t(`error.${name}`) : "";
    if (name === "email") return EMAIL_FORM.test(value) ? "" : t("error.email");
    return countChars(value) > NAME_MAX ? t("error.name") : "";
  }

  function tell(name, words) {
    errors[name].textContent = words;
    errors[name].hidden = !words;
    inputs[name].setAttribute("aria-invalid", String(Boolean(words)));
  }

  /** Say beside each field what is wrong with it, and go to the first; true when there was something. */
  function tellAll(words) {
    for (const name in inputs) tell(name, words[name] ?? "");
    const first = Object.keys(inputs).find((name) => words[name]);
    if (!first) return false;
    inputs[first].focus();
    section.say(words[first]);
    return true;
  }

  function tellTrouble(words) {
    trouble.textContent = words;
    trouble.hidden = !words;
    if (words) section.say(words);
  }

  async function onsubmit(event) {
    event.preventDefault();
    if (busy) return;
    tellTrouble("");
    asking.replaceChildren();
    if (tellAll(Object.fromEntries(Object.keys(inputs).map((name) => [name, wrong(name)])))) return;
    work(true);
    try {
      if (await reconsider()) return;
      const entry = written();
      const sent = await (await section.outbox()).send(entry);
      clear();
      section.own.greet(sent);
    } catch (error) {
      refused(error);
    } finally {
      work(false);
    }
  }

  /** Ask once, if the site wants so and the text would be held, whether it is to be sent as it is. */
  async function reconsider() {
    if (asked !== null || !section.settings?.thinks_twice) return false;
    const { thinkTwice, wouldBeHeld } = await import("./reconsider.js");
    if (!(await wouldBeHeld(section, written()))) return false;
    asked = normalForm(inputs.body.value);
    oninput();
    work(false);
    const sends = await thinkTwice(section, asking);
    work(sends);
    if (!sends) inputs.body.focus();
    return !sends;
  }

  function written() {
    const [name, email, body] = Object.values(inputs).map((input) => normalForm(input.value));
    const same = last && last.name === name && last.email === email && last.body === body && last.parent?.id === parent?.id;
    last = {
      // The same again is the same comment for the server, even if its first answer was lost.
      client_id: same ? last.client_id : newId(),
      article: article.id, name, email, body, parent, website: trap.value,
      second_thought: asked === null ? undefined : asked === body ? "sent_anyway" : "edited",
      created_at: new Date().toISOString(),
    };
    return last;
  }

  function work(now) {
    busy = now;
    send.setAttribute("aria-disabled", String(now));
    send.textContent = t(now ? "form.sending" : "form.send");
    inputs.body.readOnly = now;
  }

  function refused(error) {
    const words = section.wordsFor(error);
    const byField = {};
    for (const { pointer } of error.errors ?? []) {
      const name = pointer.split("/").pop();
      if (name in inputs) byField[name] = t(`error.${name}`);
    }
    if (String(error.code).startsWith("body_")) byField.body = words;
    if (!tellAll(byField)) tellTrouble(words);
  }

  function clear() {
    inputs.body.value = "";
    asked = last = null;
    asking.replaceChildren();
    go(null);
    chars.update();
    store.write(draftName, null);
  }

  /** Put the form below a comment that it answers, or back to its place. */
  function go(item, node) {
    parent = item && { id: item.id, name: item.author_name ?? item.parent?.name ?? "", thread: item.thread_id ?? item.id };
    reply.hidden = !parent;
    if (parent) {
      reply.replaceChildren(t("comment.reply_to", { name: parent.name }), " ", button(t("form.cancel_reply"), cancel, { class: "bare" }));
    }
    moveTo(node ? node.seat : element);
    oninput();
  }

  /** Move the form, and neither a letter nor the place of the cursor is lost by it. */
  function moveTo(place) {
    if (form.parentElement === place) return;
    const focused = section.root.activeElement;
    place.append(form);
    if (form.contains(focused)) focused.focus();
  }

  function cancel() {
    const from = form.closest("li");
    go(null);
    (from?.querySelector(".reply") ?? inputs.body).focus();
  }

  require(["name", "body"]);
  const me = store.read("me", {});
  inputs.name.value = me.name ?? "";
  inputs.email.value = me.email ?? "";
  const draft = store.read(draftName, null);
  if (draft) {
    inputs.body.value = draft.body;
    asked = draft.asked ?? null;
    parent = draft.parent;
    chars.update();
    if (parent) go({ id: parent.id, author_name: parent.name, thread_id: parent.thread });
  }

  return {
    element,
    adopt({ form: wants, article: { is_open: isOpen } }) {
      require(wants.required);
      inputs.email.parentElement.hidden = wants.email === "off";
      closed.hidden = isOpen;
      form.hidden = !isOpen;
      element.parentElement.classList.toggle("closed", !isOpen);
      chars.update();
    },
    reply(item, node) {
      go(item, node);
      inputs.body.focus();
    },
    /** Bring the form home before the comments around it go. */
    rescue: () => moveTo(element),
    /** Give a text back that has not been sent. */
    restore({ name, email, body, parent: to, ...entry }) {
      inputs.name.value = name;
      inputs.email.value = email;
      inputs.body.value = body;
      last = { name, email, body, parent: to, ...entry };
      go(to && { id: to.id, author_name: to.name, thread_id: to.thread });
      chars.update();
      inputs.body.focus();
    },
  };
}
