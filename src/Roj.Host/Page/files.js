// The files: a strip for each node that has some of one, filling up; with many nodes, all of them in one.

import { byId, keyed, make, set, write } from './dom.js';
import { count, size } from './words.js';

const rowsMax = 12;

export function files() {
  const host = byId('file-rows');
  return frame => {
    const nodes = new Map(frame.nodes.map(node => [node.id, node]));
    const more = frame.fileCount - frame.files.length;
    write(byId('files-note'), frame.isRewound ? 'not known for that moment'
      : frame.fileCount === 0 ? 'this node shares nothing yet: roj file share PATH'
      : `${frame.fileCount} ${frame.fileCount === 1 ? 'file' : 'files'}${more > 0 ? `, ${frame.files.length} shown` : ''}`);
    keyed(host, frame.files, file => file.id, block, (element, file) => paint(element, file, nodes, frame.self));
  };
}

function block() {
  return make('article', { class: 'file' },
    make('h3'), make('p', { class: 'note' }), make('div', { class: 'strips' }), make('p', { class: 'sum note' }));
}

function paint(element, file, nodes, self) {
  const [title, note, strips, sum] = element.children;
  write(title, file.name ?? `${file.id.slice(0, 12)}…`);
  const holders = file.holders.filter(holder => file.parts > 0);
  const done = holders.filter(holder => holder.have === file.parts).length;
  write(note, file.isFailed ? 'given up here: “roj file list” on this node says why'
    : file.parts === 0 ? 'its description is not known yet'
      : `${size(file.size)} · ${count(file.parts)} ${file.parts === 1 ? 'part' : 'parts'} · whole at ${done} of ${holders.length}`);
  const rows = holders.map(holder => ({
    ...holder, parts: file.parts, name: nodes.get(holder.node)?.name ?? holder.address, isSelf: holder.node === self,
    isAway: holder.node !== null && !['alive', 'suspect'].includes(nodes.get(holder.node)?.state),
  })).sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
  const isMany = rows.length > rowsMax;
  const drawn = isMany ? [together(rows, file.parts), ...unready(rows, file.parts)] : rows;
  keyed(strips, drawn, row => `${row.node}${row.address}`, strip, paintStrip);
  write(sum, isMany ? `${done} of ${rows.length} have all of it; those that have least are shown` : '');
  sum.hidden = !isMany;
}

/** How much of each stretch is there, on average: of all who have some. */
export function together(rows, parts) {
  const length = Math.max(0, ...rows.map(row => row.sketch.length));
  let sketch = '';
  for (let i = 0; i < length; i++)
    sketch += Math.floor(rows.reduce((sum, row) => sum + parseInt(row.sketch[i] ?? '0', 16), 0) / rows.length).toString(16);
  const have = Math.floor(rows.reduce((sum, row) => sum + row.have, 0) / rows.length);
  return { node: 'all', address: '', name: 'all', have, parts, sketch, isSelf: false, isAway: false, isSum: true };
}

const unready = (rows, parts) => rows.filter(row => row.have < parts).sort((a, b) => a.have - b.have).slice(0, rowsMax - 4);

function strip() {
  return make('div', { class: 'strip' },
    make('span', { class: 'who' }),
    make('div', { class: 'fill', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100 }),
    make('span', { class: 'share number' }));
}

function paintStrip(element, row) {
  const [who, fill, share] = element.children;
  const percent = row.parts === 0 ? 0 : Math.floor(100 * row.have / row.parts);
  write(who, row.name);
  write(share, `${percent} %`);
  const classes = ['strip', row.isSelf && 'self', row.isAway && 'away', row.isSum && 'all', percent === 100 && 'whole'];
  set(element, 'class', classes.filter(Boolean).join(' '));
  set(fill, 'aria-label', `Parts at ${row.name}`);
  set(fill, 'aria-valuenow', percent);
  set(fill, 'aria-valuetext', `${row.have} of ${row.parts} parts`);
  if (fill.rojSketch === row.sketch)
    return;
  fill.rojSketch = row.sketch;
  fill.style.setProperty('background-image', gradient(row.sketch));
}

// Equal stretches in one gradient, equal neighbours as one stop: sixty-four elements a strip would be twenty thousand.
function gradient(sketch) {
  const stops = [];
  for (let i = 0; i < sketch.length;) {
    let end = i + 1;
    while (end < sketch.length && sketch[end] === sketch[i])
      end++;
    const percent = Math.round(parseInt(sketch[i], 16) * 100 / 15);
    const [from, to] = [i, end].map(at => `${(100 * at / sketch.length).toFixed(2)}%`);
    stops.push(`color-mix(in oklab, var(--part) ${percent}%, var(--hollow)) ${from} ${to}`);
    i = end;
  }
  return stops.length > 0 ? `linear-gradient(90deg, ${stops.join(', ')})` : 'none';
}
