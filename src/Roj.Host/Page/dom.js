// Small words for the document; nothing here knows of nodes.

const svgSpace = 'http://www.w3.org/2000/svg';

export const byId = id => document.getElementById(id);

/** An element with attributes and children; text is text, never markup. */
export function make(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** The same for drawings. */
export function draw(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(svgSpace, tag), attributes, children);
}

/** Changes what is written only where it differs: a screen reader hears of nothing that is as it was. */
export function write(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

/** Sets an attribute where it differs; null takes it away. */
export function set(element, name, value) {
  if (value === null || value === undefined || value === false)
    element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value))
    element.setAttribute(name, String(value));
}

/** Makes a parent's children those of the list, in its order, one for each key: made once, kept, brought up to date. */
export function keyed(parent, list, keyOf, create, update) {
  const known = parent.rojKnown ??= new Map();
  const wanted = new Set();
  let at = parent.firstChild;
  for (const item of list) {
    const key = keyOf(item);
    wanted.add(key);
    let child = known.get(key);
    if (!child)
      known.set(key, child = create(item));
    update(child, item);
    if (child === at)
      at = at.nextSibling;
    else
      parent.insertBefore(child, at);
  }
  for (const [key, child] of known) {
    if (!wanted.has(key)) {
      child.remove();
      known.delete(key);
    }
  }
}

/** Whether the user asked for less motion. */
export const isStill = () => matchMedia('(prefers-reduced-motion: reduce)').matches;

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes))
    set(element, name, value);
  element.append(...children);
  return element;
}
