/** The page of an address that there is not: it has but what all pages have. */

import "./texts.js";
