// The members: a table, and what is known of the one that was picked.

import { byId, keyed, make, set, write } from './dom.js';
import { figures, isWanted, slotsOf } from './state.js';
import { ago, clock, span } from './words.js';

const worst = { suspect: 0, dead: 1, left: 3, alive: 2 };

/** Tells whom the user picks. */
export function members(pick) {
  const rows = byId('member-rows');
  rows.addEventListener('click', event => {
    const row = event.target.closest('tr');
    if (row)
      pick(row.dataset.node, true);
  });
  return (frame, state) => {
    const slots = slotsOf(frame.store);
    const list = frame.nodes.map((node, number) => ({
      node, heard: frame.heard[number], slots: slots.get(node.id), isLeader: frame.leader.id === node.id, isSelf: frame.self === node.id,
      isPicked: state.selected === node.id, holds: frame.tokens.filter(token => token.holder === node.id).map(token => token.name),
    })).filter(item => isWanted(state, item.node));
    // Those that want a look first; else by name, as people count.
    list.sort((a, b) => rank(a) - rank(b) || a.node.name.localeCompare(b.node.name, 'en', { numeric: true }));
    keyed(rows, list, item => item.node.id, row, paint);
    const sum = figures(frame);
    const isAll = list.length === frame.nodes.length;
    write(byId('members-count'), isAll ? '' : `${list.length} of ${frame.nodes.length} members shown`);
    const empty = byId('members-empty');
    empty.hidden = list.length > 0;
    write(empty, state.onlyUnwell && state.filter === '' ? `All ${sum.alive} are well.` : 'Nobody is called that.');
    paintDetail(byId('detail'), frame, state, slots);
  };
}

const rank = item => worst[item.node.state] < 2 ? worst[item.node.state] : 2;

function row(item) {
  const name = make('button', { type: 'button', class: 'name' });
  return make('tr', { 'data-node': item.node.id },
    make('th', { scope: 'row' }, make('span', { class: 'chip', 'aria-hidden': 'true' }), name, make('span', { class: 'marks' })),
    make('td', { class: 'state' }), make('td', { class: 'part' }), make('td', { class: 'number' }),
    make('td', { class: 'number heard' }, make('span', { class: 'bar', 'aria-hidden': 'true' }), make('span')));
}

function paint(row, { node, heard, slots, isLeader, isSelf, isPicked, holds }) {
  const [head, state, part, kept, last] = row.children;
  const [chip, name, marks] = head.children;
  set(row, 'class', [isPicked && 'picked', node.state].filter(Boolean).join(' '));
  set(name, 'aria-pressed', isPicked ? 'true' : 'false');
  const isGone = node.state === 'dead' || node.state === 'left';
  set(chip, 'class', `chip ${isGone ? 'gone' : node.color ?? 'plain'} ${node.state}`);
  write(name, node.name);
  write(marks, [isLeader && 'leads', ...holds.map(token => `holds ${token}`), isSelf && 'this node'].filter(Boolean).join(' · '));
  write(state, node.state);
  write(part, isGone ? '–' : node.color ?? '–');
  write(kept, slots ? String(slots.all) : '–');
  const [bar, text] = last.children;
  write(text, isSelf ? 'itself' : ago(heard));
  // A full bar is now, an empty one ten seconds ago.
  const fresh = isSelf ? 1 : Math.max(0, 1 - (heard ?? 10) / 10);
  bar.style.setProperty('--fresh', fresh.toFixed(2));
}

function paintDetail(box, frame, state, slots) {
  const number = frame.nodes.findIndex(node => node.id === state.selected);
  box.hidden = number < 0;
  if (number < 0)
    return;
  const node = frame.nodes[number];
  const kept = slots.get(node.id);
  const facts = [
    ['id', node.id], ['address', node.address], [node.state === 'alive' ? 'alive for' : `${node.state} since`,
      node.state === 'alive' ? span((frame.time - node.sinceAt) / 1000) : clock(node.sinceAt)],
    ['heard', node.id === frame.self ? 'it speaks here' : heardOf(frame.heard[number])],
    ['keeps', frame.isRewound ? '–' : kept ? `${kept.all} slots, of ${kept.first} it is asked first` : 'no slots'],
  ];
  const shownFacts = JSON.stringify([node.id, node.state]);
  if (box.dataset.of !== shownFacts) {
    box.dataset.of = shownFacts;
    const list = make('dl');
    for (const [term] of facts)
      list.append(make('div', {}, make('dt', {}, term), make('dd')));
    const isElsewhere = node.httpPort && node.id !== frame.self;
    box.replaceChildren(make('h3', {}, node.name), list, ...isElsewhere
      ? [make('p', {}, make('a', { href: `http://${node.address}:${node.httpPort}/` }, 'Its own page'))] : []);
  }
  box.querySelectorAll('dd').forEach((value, index) => write(value, facts[index][1]));
}

const heardOf = heard => heard === null ? 'never by this node itself' : heard === undefined ? '–' : `${ago(heard)} ago`;
