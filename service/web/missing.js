/** The pages that have but what all pages have: of an address that there is not, and of no network. */

import "./texts.js";
