/** Drawing: elements, in which whatever is text goes in as text and never as markup, icons, and long work in slices. */

import { below } from "./texts.js";

const ADDRESSES = ["href", "src"];

// Where what is put above the place that is read would push it away, all is done at once.
const ANCHORED = CSS.supports("overflow-anchor", "auto");

/**
 * Make an element with attributes and children; strings become text nodes.
 * `onclick` and the like are listeners, a false, null or undefined attribute is left out, an address of the service stands below its path.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Object<string, any>} [attributes]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (ADDRESSES.includes(name)) element.setAttribute(name, below(String(value)));
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  const there = children.filter((child) => child !== null && child !== undefined && child !== false);
  element.append(.../** @type {(Node|string)[]} */ (there));
  return element;
}

/**
 * Draw a line icon.
 * @param {string} path the `d` of its one path in a box of 24 by 24
 */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of [["viewBox", "0 0 24 24"], ["width", "20"], ["height", "20"], ["aria-hidden", "true"]]) {
    svg.setAttribute(name, value);
  }
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * Do the parts of a long work one after another, the first at once; between them the page answers to keys and wheels.
 * @template T
 * @param {Array<T>} parts
 * @param {(part: T) => boolean} work  false ends it
 */
export async function inSlices(parts, work) {
  for (const part of parts) {
    if (!work(part)) return;
    if (ANCHORED) await new Promise((resolve) => setTimeout(resolve));
  }
}
