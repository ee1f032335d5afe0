// What has been written and not yet arrived: kept, tried again, and never sent as two.

import { pause, untilAnswered } from "./api.js";
import { button, h } from "./dom.js";

/** What goes away with a fresh ticket, and is tried again at once. */
const WITH_A_FRESH_TICKET = ["ticket_invalid", "work_needed", "work_wrong"];
const TRIES = 3;

export function outbox(section) {
  const { t, store, line, signal, article } = section;
  const unsent = () => store.read("unsent", []);
  const keep = (entry) => store.write("unsent", [...without(entry), entry]);
  const without = (entry) => unsent().filter((each) => each.client_id !== entry.client_id);
  const drop = (entry) => store.write("unsent", without(entry));
  let usedWork = null;

  /**
   * Send what was written; return the comment as the server has it, or as it waits here to be sent.
   *
   * Throws a `Problem` that trying again would not mend: the text is back in the form's hands.
   */
  async function send(entry) {
    keep(entry);
    try {
      return await arrive(entry);
    } catch (error) {
      if (!error.isPassing) {
        drop(entry);
        throw error;
      }
      insist(entry, error);
      return waiting(entry, error);
    }
  }

  async function arrive(entry) {
    const sent = await post(entry);
    drop(entry);
    // Taken back to the form meanwhile, or sent by another tab too: it is one comment all the same.
    return section.own.keep({ ...sent, article_id: entry.article, parent: entry.parent });
  }

  /** Go on trying in the background, and show how it stands. */
  async function insist(entry, error) {
    const show = (failure) => section.own.show(waiting(entry, failure));
    try {
      await pause(2000, line, signal);
      const isStillWanted = () => !signal.aborted && unsent().some((each) => each.client_id === entry.client_id);
      const sent = await untilAnswered(
        () => (isStillWanted() ? arrive(entry) : null), { line, signal, failed: show });
      if (!sent) return;
      section.own.show(sent, entry.client_id);
      section.say(t(`sent.${sent.status}`));
    } catch (failure) {
      if (!signal.aborted) show(failure);
    }
  }

  /** Return an unsent text in the shape of a comment. */
  function waiting(entry, error) {
    return {
      id: entry.client_id, status: "unsent",
      author_name: entry.name, body: entry.body, created_at: entry.created_at,
      lines: () => linesOf(entry, error), parent: entry.parent, parent_id: entry.parent?.id ?? null, thread_id: entry.parent?.thread ?? null,
    };
  }

  function linesOf(entry, error) {
    const takeBack = () => {
      drop(entry);
      section.thread.remove(entry.client_id);
      section.form.restore(entry);
    };
    return h("div", {},
      h("p", { class: "notice" }, error ? section.wordsFor(error) : t("own.trying")),
      h("p", { class: "row actions" },
        button(t("own.try_now"), () => line.dispatchEvent(new Event("again")), { class: "bare" }),
        button(t("own.take_back"), takeBack, { class: "bare" })));
  }

  async function post(entry) {
    for (let tries = 1; ; tries++) {
      const { form, policy } = section.settings ?? (await section.learn());
      try {
        if (form.proof_of_work && form.proof_of_work.challenge === usedWork) await renew(form);
        await pause(form.since + form.seconds_to_write * 1000 - Date.now(), line, signal);
        return await section.call("POST", "/comments", { body: await letter(entry, form, policy) });
      } catch (error) {
        if (tries === TRIES) throw error;
        if (WITH_A_FRESH_TICKET.includes(error.code)) await renew(form);
        else if (error.code === "written_too_fast") await pause(error.seconds * 1000, line, signal);
        else throw error;
      }
    }
  }

  async function renew(form) {
    Object.assign(form, await section.call("GET", "/ticket"), { since: Date.now() });
  }

  async function letter(entry, form, policy) {
    const { client_id, name, email, body, parent, website, second_thought } = entry;
    return {
      client_id, article, body, website, second_thought,
      author: { name, email: email || undefined },
      parent_id: parent?.id,
      language: t.language,
      reader: section.reader,
      policy_version: policy?.version,
      ticket: form.ticket,
      proof_of_work: form.proof_of_work ? await work(form.proof_of_work) : undefined,
    };
  }

  async function work(asked) {
    const { solve } = await import("./work.js");
    usedWork = asked.challenge;
    return { challenge: asked.challenge, solution: await solve(asked) };
  }

  return {
    send,
    /** Go on with what an earlier visit could not send. */
    resume() {
      for (const entry of unsent().filter((each) => each.article === article.id)) {
        section.own.show(waiting(entry));
        insist(entry);
      }
    },
  };
}
