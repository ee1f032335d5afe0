// Reports of a comment, and notices of illegal content: each a form in a dialog.

import { openDialog } from "./dialogs.js";
import { button, focusOn, h } from "./dom.js";

const WORDS_MAX = 1000;
const PATH = (item, what) => `/comments/${encodeURIComponent(item.id)}/${what}`;

export async function reportDialog(section, item) {
  const { t, settings } = section;
  const reasons = (settings?.report_reasons ?? ["other"]).map((each) =>
    h("label", { class: "choice" }, h("input", { type: "radio", name: "reason", value: each, required: true }), t(`report.reason.${each}`)));
  const words = field(t("report.words"), h("textarea", { name: "words", rows: 3, maxlength: WORDS_MAX }));
  const form = letter(section, {
    send: t("report.send"),
    thanks: t("report.thanks"),
    content: [h("fieldset", {}, h("legend", {}, t("report.question")), reasons), words],
    complaints: { reason: t("report.choose") },
    post: (values) => section.call("POST", PATH(item, "reports"), {
      body: { reason: values.reason, words: values.words.trim() || undefined, reader: section.reader },
    }),
  });
  const notice = button(t("notice.open"), () => {
    dialog.close();
    noticeDialog(section, item);
  }, { class: "bare" });
  const dialog = await openDialog(section, t("report.title"), quote(item), form, h("p", { class: "apart" }, notice));
}

function noticeDialog(section, item) {
  const { t } = section;
  const form = letter(section, {
    send: t("notice.send"),
    thanks: t("notice.thanks"),
    content: [
      h("p", {}, t("notice.text")),
      h("p", { class: "soft" }, t("form.required_legend")),
      field(t("notice.law"), h("input", { name: "law", required: true, maxlength: 500 })),
      field(t("notice.explanation"), h("textarea", { name: "explanation", required: true, rows: 4, maxlength: 5000 })),
      field(t("notice.contact"), h("input", { name: "contact", type: "email", autocomplete: "email", maxlength: 254 })),
      h("label", { class: "choice" }, h("input", { type: "checkbox", name: "good_faith", required: true }),
        h("span", {}, t("notice.good_faith"), star())),
    ],
    complaints: {
      law: t("notice.law_missing"), explanation: t("notice.explanation_missing"),
      contact: t("error.email"), good_faith: t("notice.good_faith_missing"),
    },
    post: (values) => section.call("POST", PATH(item, "notices"), {
      body: {
        law: values.law.trim(), explanation: values.explanation.trim(), good_faith: true,
        contact: values.contact.trim() || undefined, language: t.language,
      },
    }),
  });
  openDialog(section, t("notice.title"), quote(item), form);
}

const quote = (item) => h("blockquote", { dir: "auto" }, item.body);

const star = () => h("span", { class: "star", "aria-hidden": "true" }, " *");

function field(words, input) {
  return h("label", { class: "field" }, h("span", {}, words, input.required && star()), input);
}

/** Return a form that says beside a field what is missing, sends, and ends with thanks. */
function letter(section, { content, complaints, send, thanks, post }) {
  const trouble = h("p", { class: "error", id: "dialog-error", role: "alert" });
  const form = h("form", { novalidate: true, onsubmit }, content, trouble, h("p", { class: "row" }, h("button", { class: "primary" }, send)));

  async function onsubmit(event) {
    event.preventDefault();
    for (const each of form.elements) each.removeAttribute("aria-invalid");
    const wrong = [...form.elements].find((each) => !each.checkValidity() || (each.required && !each.value.trim()));
    if (wrong) return refuse(complaints[wrong.name], wrong);
    let answer;
    try {
      answer = await post(Object.fromEntries(new FormData(form)));
    } catch (error) {
      const pointed = error.errors?.map(({ pointer }) => pointer.slice(1)).find((name) => name in complaints);
      return refuse(complaints[pointed] ?? section.wordsFor(error), form.elements[pointed]);
    }
    const said = h("p", { class: "strong" }, thanks, " ", answer?.receipt_url &&
      h("a", { href: answer.receipt_url, target: "_blank", rel: "noopener" }, section.t("notice.receipt")));
    form.closest("dialog").querySelector(".apart")?.remove();
    form.replaceWith(said);
    focusOn(said);
    return null;
  }

  function refuse(words, input) {
    trouble.textContent = words;
    if (!(input instanceof HTMLElement)) return;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", trouble.id);
    input.focus();
  }

  return form;
}
