// `<parley-comments>`: the comments under an article. `<parley-count>`: how many it has, for lists.
// Each module here runs as it stands; `service/embed/published.py` joins those that load at first.

import { ParleyComments } from "./comments.js";
import { ParleyCount } from "./counts.js";

const ELEMENTS = { "parley-comments": ParleyComments, "parley-count": ParleyCount };

for (const [name, element] of Object.entries(ELEMENTS)) {
  customElements.get(name) ?? customElements.define(name, element);
}
