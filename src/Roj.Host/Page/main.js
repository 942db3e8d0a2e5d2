// The page: asks, keeps, draws. What is known is in state.js; who draws what is said here.

import * as api from './api.js';
import { byId, set, write } from './dom.js';
import { events } from './events.js';
import { files } from './files.js';
import { gate } from './gate.js';
import { members } from './members.js';
import { ring } from './ring.js';
import { slots } from './slots.js';
import { figures, initial, reduce, shown } from './state.js';
import { follow } from './stream.js';
import { timeline } from './timeline.js';
import { span } from './words.js';

const quickMs = 500; // with few nodes, whose overview is a few kilobytes
const slowMs = 1000;
const hiddenMs = 5000; // nobody looks, but the history goes on
const soonMs = 120; // after an event: there are often several
const retryMinMs = 500;
const retryMaxMs = 4000;
const quickNodesMax = 40;
const streamPauseMs = 3000; // where no stream is to be had, as when too many listen
const silentMs = 40_000; // the stream says every fifteen seconds that it is there

let state = initial;
let isDrawing = false;
let pollTimer = 0;
let isAsking = false;
let retryMs = retryMinMs;
let streaming = null;
let streamFrom = 0;

const views = {
  ring: ring(byId('ring'), pick), members: members(pick), slots: slots(byId('slots'), pick), files: files(),
  events: events(), timeline: timeline(at => act({ type: 'scrub', at })), gate: gate(given),
};

byId('filter').addEventListener('input', event => act({ type: 'filter', text: event.target.value }));
byId('unwell').addEventListener('click', () => act({ type: 'unwell' }));
byId('every').addEventListener('click', () => act({ type: 'every' }));
document.addEventListener('visibilitychange', () => poll(0));
addEventListener('resize', () => redraw());
addEventListener('keydown', event => {
  if (event.key !== '/' || event.target.closest?.('input, dialog[open]'))
    return;
  event.preventDefault();
  byId('filter').focus();
});

poll(0);
listen();
setInterval(redraw, 1000); // how long ago things were goes on though nothing comes

function act(action) {
  state = reduce(state, action);
  redraw();
}

function pick(id, isToggle) {
  act({ type: 'select', id, isToggle });
}

function given(token) {
  api.show(token);
  act({ type: 'asked' });
  streamFrom = 0;
  retryMs = retryMinMs;
  poll(0);
  listen();
}

function poll(afterMs) {
  clearTimeout(pollTimer);
  pollTimer = setTimeout(ask, afterMs);
}

async function ask() {
  if (isAsking || state.link === 'denied')
    return;
  isAsking = true;
  try {
    act({ type: 'overview', view: await api.overview(), now: Date.now() });
    retryMs = retryMinMs;
    if (!streaming)
      listen();
  } catch (trouble) {
    fail(trouble);
  } finally {
    isAsking = false;
  }
  const isFew = (state.frames.at(-1)?.nodes.length ?? 0) <= quickNodesMax;
  poll(state.link !== 'live' ? backOff() : document.hidden ? hiddenMs : isFew ? quickMs : slowMs);
}

async function listen() {
  if (streaming || state.link === 'denied' || performance.now() < streamFrom)
    return;
  const end = streaming = new AbortController();
  let silence = 0;
  const hush = () => {
    clearTimeout(silence);
    silence = setTimeout(() => end.abort(), silentMs);
  };
  try {
    const bytes = await api.stream(state.newest, end.signal);
    hush();
    await follow({ read: async () => {
      const piece = await bytes.read();
      hush();
      return piece;
    } }, take);
  } catch (trouble) {
    streamFrom = performance.now() + (silence === 0 ? streamPauseMs : 0);
    if (trouble instanceof api.Denied)
      fail(trouble);
  } finally {
    clearTimeout(silence);
    streaming = null;
    poll(soonMs); // it begins anew once the node answers
  }
}

function take(said) {
  if (said.kind === 'missed')
    act({ type: 'missed', count: Number(said.data) });
  else
    act({ type: 'event', event: JSON.parse(said.data) });
  poll(soonMs);
}

function fail(trouble) {
  if (trouble instanceof api.Denied && !trouble.isTooOften)
    act({ type: 'denied', trouble: trouble.message });
  else
    act({ type: 'lost', trouble: trouble.message });
}

function backOff() {
  const wait = retryMs;
  retryMs = Math.min(retryMaxMs, retryMs * 1.6);
  return wait;
}

function redraw() {
  if (isDrawing)
    return;
  isDrawing = true;
  // A hidden page has no frames to draw in, and needs none.
  requestAnimationFrame(() => {
    isDrawing = false;
    paint();
  });
}

function paint() {
  paintLink();
  views.gate(state, api.hasToken());
  const frame = shown(state);
  set(document.documentElement, 'data-empty', frame ? null : 'yes');
  set(byId('unwell'), 'aria-pressed', state.onlyUnwell ? 'true' : 'false');
  set(byId('every'), 'aria-pressed', state.isEvery ? 'true' : 'false');
  views.events(state);
  views.timeline(state);
  if (!frame)
    return;
  paintFigures(frame);
  views.ring(frame, state);
  views.members(frame, state);
  views.slots(frame, state);
  views.files(frame);
}

function paintLink() {
  const link = byId('link');
  const name = state.frames.at(-1)?.nodes.find(node => node.id === state.frames.at(-1).self)?.name ?? 'the node';
  const silent = state.lastHeard ? (Date.now() - state.lastHeard) / 1000 : 0;
  set(link, 'data-link', state.link);
  write(byId('link-text'), {
    connecting: 'connecting', live: `live from ${name}`, lost: `${name} does not answer`, denied: 'a token is wanted',
  }[state.link]);
  const banner = byId('banner');
  banner.hidden = state.link !== 'lost';
  write(banner, state.link === 'lost'
    ? `${name} has not answered for ${span(silent)}. What you see is what was known then; the page goes on by itself when it is back.`
    : '');
}

function paintFigures(frame) {
  const sum = figures(frame);
  document.title = `${frame.cluster}: ${sum.alive} of ${frame.nodes.length} – Roj`;
  write(byId('cluster'), frame.cluster);
  write(byId('figure-here'), sum.gone + sum.suspect > 0 ? `${sum.here} of ${frame.nodes.length}` : String(sum.here));
  write(byId('figure-leader'), frame.leader.id ? frame.leader.name || frame.leader.id.slice(0, 8) : 'nobody');
  write(byId('figure-term'), frame.leader.id ? String(frame.leader.term) : '–');
  write(byId('figure-green'), sum.green + sum.red > 0 ? `${sum.green} of ${sum.green + sum.red}` : '–');
  write(byId('figure-mode'), `${frame.mode}, ${frame.leader.election}`);
  const pi = frame.tokens.find(token => token.work === 'pi');
  const line = byId('pi');
  line.hidden = !pi?.digits;
  write(line, pi?.digits ? `${pi.digits.startsWith('3.') ? '' : '…'}${pi.digits.slice(-60).replace(/(\d{5})(?=\d)/g, '$1\u2009')}` : '');
}
