// Where the cluster has a key: the one place to say its token.

import { byId, write } from './dom.js';

/** Opens when the node wants a token; tells the one that is given. */
export function gate(give) {
  const dialog = byId('gate');
  const field = byId('token');
  byId('gate-form').addEventListener('submit', event => {
    event.preventDefault();
    if (field.value.trim() === '')
      return;
    dialog.close();
    give(field.value);
    field.value = '';
  });
  dialog.addEventListener('cancel', event => event.preventDefault()); // without a token there is nothing behind it
  return (state, hadToken) => {
    if (state.link !== 'denied') {
      if (dialog.open)
        dialog.close();
      return;
    }
    write(byId('gate-trouble'), hadToken ? state.trouble : '');
    if (!dialog.open) {
      dialog.showModal();
      field.focus();
    }
  };
}
