// The 256 slots of the store and where they live.

import { byId, draw, keyed, make, set, write } from './dom.js';
import { count, size } from './words.js';
import { slotsOf } from './state.js';

const columns = 32;
const cell = 18;
const rise = 30; // a cell's height: room for the band of each copy
const tintsMax = 12; // more nodes than that no eye tells apart by tint: then a slot shows how many of its copies live

export function slots(host, pick) {
  const svg = draw('svg', { viewBox: `0 0 ${columns * cell} ${256 / columns * rise}`, role: 'img' });
  const cells = [];
  for (let slot = 0; slot < 256; slot++) {
    const place = `translate(${slot % columns * cell} ${Math.floor(slot / columns) * rise})`;
    const group = draw('g', { transform: place, 'data-slot': slot }, draw('title'));
    cells.push(group);
    svg.append(group);
  }
  host.append(svg);
  const legend = make('ul', { class: 'keepers', 'aria-label': 'Who keeps slots' });
  host.append(legend);
  svg.addEventListener('click', event => {
    const group = event.target.closest('[data-slot]');
    if (group?.rojFirst)
      pick(group.rojFirst, true);
  });

  return (frame, state) => {
    const store = frame.store;
    const note = byId('store-note');
    host.hidden = !store || store.slots.length === 0;
    if (!store || store.slots.length === 0) {
      write(note, frame.isRewound ? 'not known for that moment' : store ? 'nobody keeps anything yet'
        : 'this node keeps nothing: it has no data directory, or decides by majority');
      keyed(byId('slot-rows'), [], item => item, () => null, () => { });
      return;
    }
    const nodes = new Map(frame.nodes.map(node => [node.id, node]));
    const isHere = store.keepers.map(id => ['alive', 'suspect'].includes(nodes.get(id)?.state));
    const isTinted = store.keepers.length <= tintsMax;
    const picked = store.keepers.indexOf(state.selected);
    let [short, lost] = [0, 0];
    for (let slot = 0; slot < 256; slot++) {
      const owners = store.slots[slot];
      const living = owners.filter(place => isHere[place]).length;
      lost += living === 0 ? 1 : 0;
      short += living > 0 && living < owners.length ? 1 : 0;
      const names = owners.map(place => nodes.get(store.keepers[place])?.name ?? store.keepers[place].slice(0, 8));
      paintCell(cells[slot], { owners, isHere, isTinted, living, picked, names, slot, first: store.keepers[owners[0]] });
    }
    const trouble = lost > 0 ? `${lost} slots have no living copy`
      : short > 0 ? `${short} slots have fewer living copies` : 'every copy lives';
    set(svg, 'aria-label',
      `256 slots on ${store.keepers.length} nodes, ${store.copies} copies each: ${trouble}. The table below says who keeps how many.`);
    set(svg, 'data-picked', picked >= 0 ? 'yes' : null);
    write(note, [
      `${count(store.records)} records here`, size(store.liveBytes), `${store.copies} copies`,
      store.hints > 0 && `${count(store.hints)} writes kept for others`,
      store.slotsToHandOn > 0 && `${store.slotsToHandOn} slots to hand on`,
      store.isFull && 'the disk is full', trouble,
    ].filter(Boolean).join(' · '));
    paintKeepers(legend, store, nodes, isTinted, picked);
    paintTable(store, nodes);
  };
}

function paintCell(group, { owners, isHere, isTinted, living, picked, names, slot, first }) {
  group.rojFirst = first;
  const rank = picked < 0 ? -1 : owners.indexOf(picked);
  const key = `${isTinted}|${owners.map(place => `${place}${isHere[place] ? '' : '!'}`)}|${rank}`;
  if (group.rojKey === key)
    return;
  group.rojKey = key;
  const [title] = group.children;
  write(title, `slot ${slot}: ${names.join(', ') || 'nobody'}`);
  const height = (rise - 4) / Math.max(1, owners.length);
  const bands = owners.map((place, index) => {
    const band = draw('rect', {
      x: 1.5, width: cell - 3, y: (2 + index * height).toFixed(2), height: (height - (index < owners.length - 1 ? 1.4 : 0)).toFixed(2),
      class: isHere[place] ? isTinted ? 'band' : 'band count' : 'band away',
    });
    if (isTinted && isHere[place])
      band.style.setProperty('--hue', String(hue(place)));
    return band;
  });
  group.replaceChildren(title, ...bands);
  set(group, 'class', [living === 0 && 'lost', rank === 0 && 'first', rank > 0 && 'copy'].filter(Boolean).join(' ') || null);
}

// The golden angle: neighbours in the list are far apart in tint.
const hue = place => Math.round(32 + place * 137.508) % 360;

function paintKeepers(list, store, nodes, isTinted, picked) {
  const nameOf = id => nodes.get(id)?.name ?? id.slice(0, 8);
  const items = isTinted ? store.keepers.map((id, place) => ({ id, place, name: nameOf(id), isPicked: place === picked })) : [];
  keyed(list, items, item => item.id,
    () => make('li', {}, make('span', { class: 'swatch', 'aria-hidden': 'true' }), make('span')),
    (item, { place, name, isPicked }) => {
      item.firstChild.style.setProperty('--hue', String(hue(place)));
      set(item, 'class', isPicked ? 'picked' : null);
      write(item.lastChild, name);
    });
}

function paintTable(store, nodes) {
  const counts = [...slotsOf(store)].map(([id, one]) => ({ id, name: nodes.get(id)?.name ?? id.slice(0, 8), ...one }));
  counts.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  keyed(byId('slot-rows'), counts, one => one.id,
    () => make('tr', {}, make('th', { scope: 'row' }), make('td', { class: 'number' }), make('td', { class: 'number' })),
    (row, one) => [one.name, one.first, one.all].forEach((text, index) => write(row.children[index], String(text))));
}
