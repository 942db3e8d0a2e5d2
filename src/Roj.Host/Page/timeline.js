// The last ten minutes: a slider, with a mark for each event.

import { byId, set, write } from './dom.js';
import { spanMs } from './history.js';
import { last } from './state.js';
import { clock, span, tone } from './words.js';

const gapMs = 4000; // longer than that without a frame, nothing is known of the time between
const step = { PageUp: -60, PageDown: 60, ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

/** Tells which moment the user wants to see: a time, null for now. */
export function timeline(scrub) {
  const slider = byId('slider');
  const canvas = byId('track');
  let end = 0;
  slider.addEventListener('input', () => scrub(Number(slider.value) >= 0 ? null : end + Number(slider.value) * 1000));
  // Native sliders differ in what the page keys do: a minute here.
  slider.addEventListener('keydown', event => {
    const by = step[event.key];
    if (!by || Math.abs(by) < 60)
      return;
    event.preventDefault();
    const value = Math.min(0, Math.max(-spanMs / 1000, Number(slider.value) + by));
    slider.value = String(value);
    scrub(value >= 0 ? null : end + value * 1000);
  });
  byId('now').addEventListener('click', () => scrub(null));

  return state => {
    const newest = last(state);
    // While somebody looks back, the window stands still under his hand until he would fall out of it.
    end = state.at === null ? newest : Math.max(Math.min(end || newest, newest), state.at, newest - spanMs + 1);
    const back = state.at === null ? 0 : Math.round((state.at - end) / 1000);
    if (Number(slider.value) !== back)
      slider.value = String(back);
    const isNow = state.at === null;
    const agoText = isNow ? 'now' : `${span((newest - state.at) / 1000)} ago`;
    set(slider, 'aria-valuetext', isNow ? 'now' : `${agoText}, ${clock(state.at)}`);
    set(byId('now'), 'aria-pressed', isNow ? 'true' : 'false');
    set(document.documentElement, 'data-past', isNow ? null : 'yes');
    write(byId('moment'), newest === 0 ? '' : isNow ? clock(newest) : `${clock(state.at)} · ${agoText}`);
    paint(canvas, state, end);
  };
}

function paint(canvas, state, end) {
  const { clientWidth: width, clientHeight: height } = canvas;
  if (width === 0)
    return;
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale))
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
  const look = getComputedStyle(canvas);
  const ink = name => look.getPropertyValue(name).trim();
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const x = time => 8 + (width - 16) * (1 + (time - end) / spanMs); // the thumb is 16 wide: its middle is the moment
  const base = height / 2;

  pen.lineWidth = 2;
  pen.strokeStyle = ink('--line');
  line(pen, x(end - spanMs), x(end), base);
  pen.strokeStyle = ink('--quiet');
  let from = null;
  state.frames.forEach((frame, index) => {
    from ??= frame.time;
    const next = state.frames[index + 1];
    if (!next || next.time - frame.time > gapMs) {
      line(pen, x(from), Math.max(x(from) + 1, x(frame.time)), base);
      from = null;
    }
  });

  pen.fillStyle = ink('--quiet');
  for (let minute = 0; minute <= 10; minute++)
    pen.fillRect(x(end - minute * 60000) - 0.5, height - 4, 1, 4);

  const tall = { crown: 11, bad: 11, good: 7, file: 6, plain: 6, quiet: 3 };
  const inks = { crown: '--honey', bad: '--bad', good: '--good', file: '--part', plain: '--muted', quiet: '--quiet' };
  const colors = Object.fromEntries(Object.entries(inks).map(([kind, name]) => [kind, ink(name)]));
  for (const event of state.events) {
    if (event.at < end - spanMs || event.at > end)
      continue;
    const kind = tone(event);
    pen.fillStyle = colors[kind];
    if (kind === 'bad') // pointing down: not by colour alone
      pen.fillRect(x(event.at) - 1, base, 2, tall.bad);
    else
      pen.fillRect(x(event.at) - 1, base - tall[kind], 2, tall[kind]);
  }
}

function line(pen, from, to, y) {
  pen.beginPath();
  pen.moveTo(from, y);
  pen.lineTo(to, y);
  pen.stroke();
}
