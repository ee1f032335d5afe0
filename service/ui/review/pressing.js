// What a key press does. Single keys rest while somebody types, and each can be switched off.

import { openBulk } from "./bulk.js";
import { openHelp } from "./help.js";
import { actOf, digitOf, isTaken } from "./keys.js";
import { openPalette } from "./palette.js";
import { byId } from "../dom.js";
import { queueOf } from "./queues.js";

const PATIENCE = 1500;

export class Pressing {
  constructor(desk) {
    this.desk = desk;
    this.awaitsQueue = false;
    addEventListener("keydown", (event) => this.pressed(event));
  }

  do(act) {
    const { desk } = this;
    const { deciding } = desk;
    const acts = {
      next: () => desk.move(1), previous: () => desk.move(-1), approve: () => deciding.approve(),
      reject: () => (desk.choosing ? deciding.lastReason && deciding.reject(deciding.lastReason) : deciding.chooseReason()),
      escalate: () => deciding.escalate(), skip: () => deciding.skip(), undo: () => deciding.undo(),
      scores: () => desk.pieces.toggle(), author: () => desk.look("author-record"), thread: () => desk.look("thread"),
      single: () => desk.oneAtATime(), arrivals: () => desk.load(), goto: () => this.awaitQueue(),
      search: () => byId("search").focus(), help: () => openHelp(desk), bulk: () => openBulk(desk), filters: () => desk.filters.open(),
    };
    acts[act]();
  }

  awaitQueue() {
    this.awaitsQueue = true;
    setTimeout(() => { this.awaitsQueue = false; }, PATIENCE);
  }

  pressed(event) {
    const { desk } = this;
    if (event.code === "KeyK" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      openPalette(desk);
      return;
    }
    if (event.key === "Escape" && !uncovered()) {
      if (desk.choosing) desk.deciding.stopChoosing();
      else if (desk.words && !isTaken(event)) desk.endSearch();
    }
    if (isTaken(event) || event.repeat) return;
    const digit = digitOf(event);
    if (desk.choosing && digit) {
      const reason = desk.reasonsOf(desk.current.card)[digit - 1];
      if (reason) desk.deciding.reject(reason.code);
    } else if (this.awaitsQueue && queueOf(event.code)) {
      this.awaitsQueue = false;
      desk.goTo(queueOf(event.code));
    } else {
      const act = actOf(event);
      if (!act) return;
      event.preventDefault();
      this.do(act);
    }
    event.preventDefault();
  }
}

/** Close the panel that covers the list on a narrow screen; false where none did. */
function uncovered() {
  const { classList } = document.body;
  const wasCovered = classList.contains("shows-context") && getComputedStyle(byId("context")).position === "fixed";
  classList.remove("shows-context");
  return wasCovered;
}
