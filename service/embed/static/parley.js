// `<parley-comments>`: the comments under an article. `<parley-count>`: how many it has, for lists.
// Each module here runs as it stands; `service/embed/published.py` joins those that load at first.

import { ParleyComments } from "./comments.js";

let counts = null;

class ParleyCount extends HTMLElement {
  static observedAttributes = ["article"];

  async connectedCallback() {
    // One promise for all badges, so that they come to it in the same moment.
    counts ??= import("./counts.js");
    (await counts).fillBadge(this);
  }

  attributeChangedCallback() {
    if (this.isConnected) this.connectedCallback();
  }
}

const ELEMENTS = { "parley-comments": ParleyComments, "parley-count": ParleyCount };

for (const [name, element] of Object.entries(ELEMENTS)) {
  customElements.get(name) ?? customElements.define(name, element);
}
