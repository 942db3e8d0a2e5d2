// What happened, the newest first; and what of it is read out.

import { byId, keyed, make, set, write } from './dom.js';
import { shownEvents } from './state.js';
import { clock, isSmall, isWorthSaying, say, tone } from './words.js';

const shownMax = 160;
const quietMs = 1200; // a screen reader that is given a line for each of sixty nodes says none of them to its end
const saidMax = 3;

export function events() {
  const list = byId('event-rows');
  let heard = null; // how many were known when the page began to listen
  let waiting = [];
  let timer = 0;
  let lastEvents = null;
  let lastAt = null;
  let lastEvery = false;

  return state => {
    if (state.events === lastEvents && state.at === lastAt && state.isEvery === lastEvery)
      return;
    const isNew = state.events !== lastEvents;
    const before = lastEvents ?? [];
    [lastEvents, lastAt, lastEvery] = [state.events, state.at, state.isEvery];
    const all = shownEvents(state).filter(one => state.isEvery || !isSmall(one));
    keyed(list, all.slice(-shownMax).reverse(), keyOf, row, paint);
    write(byId('events-note'), all.length === 0 ? 'nothing yet' : all.length > shownMax ? `the last ${shownMax} of ${all.length}` : '');
    if (!isNew || state.at !== null)
      return;
    const news = state.events.slice(Math.max(0, state.events.indexOf(before.at(-1)) + 1));
    heard ??= performance.now() + 3000; // what was before is no news
    if (performance.now() < heard)
      return;
    waiting.push(...news.filter(isWorthSaying).map(say));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const rest = waiting.length - saidMax;
      write(byId('said'), waiting.slice(0, saidMax).join('. ') + (rest > 0 ? `, and ${rest} more` : ''));
      waiting = [];
    }, quietMs);
  };
}

const keyOf = event => event.seq ?? `${event.kind}${event.at}`;

function row(event) {
  return make('li', { class: tone(event) }, make('time'), make('span', { class: 'pip', 'aria-hidden': 'true' }), make('span'));
}

function paint(row, event) {
  const [time, , text] = row.children;
  if (text.textContent !== '')
    return; // what happened does not change
  set(time, 'datetime', new Date(event.at).toISOString());
  write(time, clock(event.at));
  write(text, say(event));
}
