// All that the page knows, and how it changes: a pure function of what it knew and what happened. Nothing here asks a clock, a node or
// the document.

import { frameOf, frameAt, keep, spanMs } from './history.js';

const eventsMax = 1024; // as many as a node remembers

/** Before anything was heard. */
export const initial = Object.freeze({
  link: 'connecting', // connecting, live, lost or denied
  trouble: '', // why, for people
  lastHeard: 0, // when the node last answered, by this machine's clock
  frames: [],
  events: [], // the oldest first
  newest: 0, // the number of the last one
  at: null, // the moment that is shown; null for now
  selected: null, // a node's id
  filter: '',
  onlyUnwell: false,
  isEvery: false, // whether the small news are listed too
});

/** What is known after an action. */
export function reduce(state, action) {
  switch (action.type) {
    case 'overview': return overview(state, action.view, action.now);
    case 'event': return event(state, action.event);
    case 'missed': return add(state, { seq: null, at: last(state), kind: 'page.missed', node: null, data: { missed: action.count } });
    case 'lost': return lost(state, action.trouble);
    case 'denied': return { ...state, link: 'denied', trouble: action.trouble };
    case 'asked': return { ...state, link: 'connecting', trouble: '' };
    case 'scrub': return { ...state, at: momentOf(state, action.at) };
    case 'select': return { ...state, selected: action.id === state.selected && action.isToggle ? null : action.id };
    case 'filter': return { ...state, filter: action.text.trim().toLowerCase() };
    case 'unwell': return { ...state, onlyUnwell: !state.onlyUnwell };
    case 'every': return { ...state, isEvery: !state.isEvery };
    default: throw new Error(`no action ${action.type}`);
  }
}

/** The frame to be drawn: of the moment that is shown; null before anything was heard. */
export function shown(state) {
  const frame = state.at === null ? state.frames.at(-1) : frameAt(state.frames, state.events, state.at);
  return frame ?? null;
}

/** The events up to the moment that is shown. */
export const shownEvents = state => state.at === null ? state.events : state.events.filter(one => one.at <= state.at);

/** Whether a node is among those that are looked for. */
export function isWanted(state, node) {
  if (state.onlyUnwell && node.state === 'alive')
    return false;
  const words = [node.name, node.address, node.id, node.state, node.color ?? ''];
  return state.filter === '' || words.some(word => word.toLowerCase().includes(state.filter));
}

/** Who is here, how many are green, and so on. */
export function figures(frame) {
  const here = frame.nodes.filter(node => node.state === 'alive' || node.state === 'suspect');
  return {
    here: here.length,
    alive: here.filter(node => node.state === 'alive').length,
    suspect: here.filter(node => node.state === 'suspect').length,
    gone: frame.nodes.length - here.length,
    green: here.filter(node => node.color === 'green').length,
    red: here.filter(node => node.color === 'red').length,
  };
}

/** How many slots each node keeps, by id: of how many it is asked first, and of how many it has a copy. */
export function slotsOf(store) {
  const counts = new Map((store?.keepers ?? []).map(id => [id, { first: 0, all: 0 }]));
  for (const owners of store?.slots ?? []) {
    owners.forEach((place, rank) => {
      const one = counts.get(store.keepers[place]);
      one.all++;
      one.first += rank === 0 ? 1 : 0;
    });
  }
  return counts;
}

/** The newest time that is known, by the node's clock. */
export const last = state => state.frames.at(-1)?.time ?? 0;

// Who was never there is not lost; and without a token nothing else matters.
function lost(state, trouble) {
  return state.link === 'denied' ? state : { ...state, link: state.frames.length > 0 ? 'lost' : 'connecting', trouble };
}

// Null for now, and for whatever is not before it.
function momentOf(state, at) {
  return at === null || state.frames.length === 0 || at >= last(state) ? null : Math.max(at, last(state) - spanMs);
}

function overview(state, view, now) {
  const before = state.frames.at(-1);
  const frame = frameOf(view, before);
  const frames = keep(state.frames, frame);
  const heard = { ...state, frames, link: 'live', trouble: '', lastHeard: now };
  const moved = state.at !== null && state.at < frame.time - spanMs ? { ...heard, at: frame.time - spanMs } : heard;
  const isNewLife = before && (before.self !== frame.self || frame.uptime < before.uptime);
  return isNewLife ? add(moved, { seq: null, at: frame.time, kind: 'page.restarted', node: frame.self, data: null }) : moved;
}

function event(state, event) {
  if (event.seq <= state.newest && state.events.some(one => one.seq === event.seq))
    return state; // told twice: the connection was lost in between
  const one = { seq: event.seq, at: Date.parse(event.time), kind: event.kind, node: event.node, data: event.data };
  return add({ ...state, newest: event.seq }, one);
}

function add(state, one) {
  const events = state.events.length >= eventsMax ? state.events.slice(1 - eventsMax) : state.events;
  return { ...state, events: [...events, one] };
}
