// The ring: who is here, who leads, where the token is. A list box to the keyboard and to screen readers.

import { draw, isStill, keyed, set, write } from './dom.js';
import { at, ease, onward, places } from './geometry.js';
import { count } from './words.js';
import { isWanted } from './state.js';

const outer = 214;
const track = 168; // where tokens run
const dial = 136; // the 256 slots
const labelsMax = 24; // with more nodes only those have a name that are worth a look
const passMs = 480;
const tokensMax = 4;

/** Draws into a host; tells whom the user picks. */
export function ring(host, pick) {
  const ticks = draw('g', { class: 'dial' });
  const lanes = draw('g', { class: 'lanes' });
  const trail = draw('path', { class: 'trail' });
  const spokes = draw('g');
  const nodes = draw('g', { class: 'nodes' });
  const tokens = draw('g');
  const big = draw('text', { class: 'big', y: 16 });
  const small = draw('text', { class: 'small', y: 46 });
  const top = draw('text', { class: 'small', y: -52 });
  const backdrop = draw('g', { 'aria-hidden': 'true' }, lanes, ticks, spokes, trail, top, big, small);
  const front = draw('g', { 'aria-hidden': 'true' }, tokens);
  const svg = draw('svg', {
    viewBox: '-292 -262 584 524', role: 'listbox', tabindex: 0, 'aria-label': 'Nodes on the ring; arrow keys go round', id: 'ring-list',
  }, backdrop, nodes, front);
  host.append(svg);
  for (let slot = 0; slot < 256; slot++)
    ticks.append(tick(slot));

  let order = [];
  let selected = null;
  svg.addEventListener('keydown', event => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const now = order.findIndex(id => id === selected);
    const next = step ? order[(Math.max(now, step < 0 ? 0 : -1) + step + order.length) % order.length]
      : event.key === 'Home' ? order[0] : event.key === 'End' ? order.at(-1) : event.key === 'Escape' ? null : undefined;
    if (next === undefined || order.length === 0)
      return;
    event.preventDefault();
    pick(next, false);
  });
  svg.addEventListener('click', event => {
    const node = event.target.closest('[data-node]');
    pick(node ? node.dataset.node : null, true);
  });

  return (frame, state) => {
    const layout = places(frame.nodes.length, outer + (frame.nodes.length > labelsMax ? 26 : 0));
    order = frame.nodes.map(node => node.id);
    selected = state.selected;
    set(svg, 'aria-activedescendant', order.includes(selected) ? `node-${selected}` : null);
    set(svg, 'data-crowd', frame.nodes.length > labelsMax ? 'yes' : null);
    paintLanes(lanes, layout);
    paintTicks(ticks, frame.store, selected);
    const holders = new Set(frame.tokens.map(token => token.holder));
    const items = frame.nodes.map((node, number) => ({
      node, place: layout.nodes[number], dot: layout.dot, edge: layout.lanes[0] + layout.dot,
      isCrowd: frame.nodes.length > labelsMax, isFar: !isWanted(state, node),
      isLeader: node.id === frame.leader.id, isSelf: node.id === frame.self, isSelected: node.id === selected, holds: holders.has(node.id),
      tokens: frame.tokens.filter(token => token.holder === node.id).map(token => token.name),
    }));
    keyed(nodes, items, item => item.node.id, nodeMark, paintNode);
    paintTokens(tokens, trail, frame, items, state.at !== null);
    paintMiddle(top, big, small, frame);
  };
}

function tick(slot) {
  const angle = 2 * Math.PI * (slot + 0.5) / 256;
  const from = at(angle, dial);
  const to = at(angle, dial - 7);
  return draw('path', { d: `M${from.x.toFixed(2)} ${from.y.toFixed(2)}L${to.x.toFixed(2)} ${to.y.toFixed(2)}` });
}

function paintLanes(group, layout) {
  const circles = [...layout.lanes, track];
  keyed(group, circles.map((radius, index) => ({ radius, index })), item => item.index,
    () => draw('circle'),
    (circle, item) => {
      set(circle, 'r', item.radius);
      set(circle, 'class', item.index === circles.length - 1 ? 'track' : null);
    });
}

function paintTicks(group, store, selected) {
  const place = store ? store.keepers.indexOf(selected) : -1;
  const ticks = group.children;
  for (let slot = 0; slot < 256; slot++) {
    const rank = place < 0 || !store.slots[slot] ? -1 : store.slots[slot].indexOf(place);
    set(ticks[slot], 'class', rank < 0 ? null : rank === 0 ? 'first' : 'copy');
  }
}

function nodeMark(item) {
  const mark = draw('g', { role: 'option', 'data-node': item.node.id, id: `node-${item.node.id}` },
    draw('circle', { class: 'halo' }),
    draw('path', { class: 'body' }),
    draw('path', { class: 'cross' }),
    draw('circle', { class: 'here' }),
    draw('path', { class: 'crown', d: 'M-9 5-9-4.5-4 .5 0-7 4 .5 9-4.5 9 5z' }),
    draw('text', { class: 'label' }));
  mark.style.setProperty('opacity', '1');
  return mark;
}

function paintNode(mark, item) {
  const { node, place, dot } = item;
  const [halo, body, cross, here, crown, label] = mark.children;
  const isGone = node.state === 'dead' || node.state === 'left';
  const isBig = item.isLeader || item.holds || item.isSelected;
  const radius = item.isCrowd && isBig ? dot + 1.4 : dot;
  set(mark, 'transform', `translate(${place.x.toFixed(2)} ${place.y.toFixed(2)})`);
  set(mark, 'aria-label', describe(item));
  set(mark, 'aria-selected', item.isSelected ? 'true' : 'false');
  set(mark, 'class', ['node', node.state, node.color ?? 'plain', item.isSelected && 'picked', item.isFar && 'far', item.holds && 'holds']
    .filter(Boolean).join(' '));
  set(halo, 'r', radius + (item.isCrowd ? 4.5 : 7));
  set(body, 'd', isGone || node.color !== 'red' ? disc(radius) : diamond(radius * (item.isCrowd ? 1.1 : 1.16)));
  set(body, 'class', `body ${isGone ? 'gone' : node.color ?? 'plain'} ${node.state}`);
  const arm = radius * 0.42;
  set(cross, 'd', node.state === 'dead' ? `M${-arm} ${-arm} ${arm} ${arm}M${arm} ${-arm} ${-arm} ${arm}` : null);
  set(here, 'r', item.isSelf && !isGone ? radius * 0.34 : 0);
  set(crown, 'visibility', item.isLeader ? null : 'hidden');
  const isNamed = !item.isCrowd || isBig || node.state !== 'alive';
  write(label, isNamed ? node.name.length > 15 ? `${node.name.slice(0, 14)}…` : node.name : '');
  const side = Math.sin(place.angle);
  // In a crowd names stand outside of all circles, the crown between.
  const out = item.isCrowd ? item.edge - place.radius + 14 : radius + 14;
  const away = out + (item.isLeader && (item.isCrowd || (Math.abs(place.x) < 60 && place.y < 0)) ? 16 : 0);
  set(crown, 'transform', !item.isLeader ? null : item.isCrowd
    ? `translate(${(out * side).toFixed(1)} ${(-out * Math.cos(place.angle)).toFixed(1)})`
    : `translate(0 ${-radius - (item.holds || item.isSelected ? 15 : 11)})`);
  const anchor = Math.abs(side) < 0.3 ? 'middle' : side > 0 ? 'start' : 'end';
  set(label, 'text-anchor', anchor);
  set(label, 'x', (away * side).toFixed(1));
  set(label, 'y', (-away * Math.cos(place.angle) + 4.5).toFixed(1));
}

const disc = r => `M${-r} 0a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`;
const diamond = r => `M0 ${-r}L${r} 0 0 ${r} ${-r} 0z`;

function describe({ node, isLeader, isSelf, tokens }) {
  return [
    node.name, node.state, node.color, isLeader && 'leads', tokens.length > 0 && `holds ${tokens.join(', ')}`, isSelf && 'this node',
    node.address,
  ].filter(Boolean).join(', ');
}

function paintTokens(group, trail, frame, items, isPast) {
  const held = frame.tokens.filter(token => token.holder).slice(0, tokensMax).map((token, index) => ({ token, index }))
    .map(one => ({ ...one, item: items.find(item => item.node.id === one.token.holder) })).filter(one => one.item);
  if (held.length === 0)
    set(trail, 'd', null);
  keyed(group, held, one => one.token.name,
    () => draw('g', { class: 'token' }, draw('circle', { r: 13, class: 'glow' }), draw('circle', { r: 7.5, class: 'token' })),
    (mark, one) => {
      const radius = track - one.index * 15;
      const target = one.item.place.angle;
      const goal = mark.rojGoal;
      if (goal === undefined || isPast || isStill() || document.hidden) {
        cancelAnimationFrame(mark.rojFrame);
        [mark.rojAngle, mark.rojGoal] = [target, target];
        move(mark, target, radius);
        if (one.index === 0)
          set(trail, 'd', null);
      } else if (Math.abs(goal - target) > 1e-6) {
        mark.rojGoal = target;
        pass(mark, one.index === 0 ? trail : null, mark.rojAngle, target, radius);
      }
    });
}

function move(mark, angle, radius) {
  const { x, y } = at(angle, radius);
  mark.setAttribute('transform', `translate(${x.toFixed(2)} ${y.toFixed(2)})`);
}

// From hand to hand, and a thread behind it.
function pass(mark, trail, from, target, radius) {
  const to = onward(from % (2 * Math.PI), target);
  const start = from % (2 * Math.PI);
  const begun = performance.now();
  cancelAnimationFrame(mark.rojFrame);
  const step = now => {
    const done = Math.min(1, (now - begun) / passMs);
    mark.rojAngle = start + (to - start) * ease(done);
    move(mark, mark.rojAngle, radius);
    if (trail)
      trail.setAttribute('d', arc(Math.max(start, mark.rojAngle - 1.1), mark.rojAngle, radius));
    if (done < 1)
      mark.rojFrame = requestAnimationFrame(step);
    else
      mark.rojAngle = target;
  };
  mark.rojFrame = requestAnimationFrame(step);
}

function arc(from, to, radius) {
  const [a, b] = [at(from, radius), at(to, radius)];
  return `M${a.x.toFixed(1)} ${a.y.toFixed(1)}A${radius} ${radius} 0 ${to - from > Math.PI ? 1 : 0} 1 ${b.x.toFixed(1)} ${b.y.toFixed(1)}`;
}

function paintMiddle(top, big, small, frame) {
  const pi = frame.tokens.find(token => token.work === 'pi');
  const here = frame.nodes.filter(node => node.state === 'alive').length;
  write(top, frame.leader.id ? `term ${frame.leader.term}` : 'nobody leads');
  write(big, pi ? count(pi.progress) : String(here));
  write(small, pi ? `decimal${pi.progress === 1 ? '' : 's'} of π` : here === 1 ? 'node here' : 'nodes here');
}
