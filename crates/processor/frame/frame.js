// The capture frame: fields, their checks (by the contract's rules, in wasm), and a few words with the page that embeds
// it. What is typed goes to this origin's POST /capture/tokens and nowhere else; the parent gets a token and the last
// four digits.
import init, * as rules from '/capture/capture.js';
import { WORDS } from '/capture/words.js';

const asked = new URLSearchParams(location.search);
const parentOrigin = asked.get('parent');
const kind = asked.get('kind') === 'bank' ? 'bank' : 'card';
const fields = kind === 'bank' ? ['routing', 'account'] : ['number', 'expiry', 'code'];
const form = document.getElementById(kind);
const control = (name) => document.getElementById(name);
let locale = asked.get('locale') === 'es' ? 'es' : 'en';
let binding = null;
let checked = false;
let sending = false;
/** What the server said about a value: it stays said until the value changes. */
const refused = new Map();

const words = () => WORDS[locale];
const send = (message) => parent.postMessage({ v: 1, ...message }, parentOrigin);
const today = () => {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
};
const problem = (name) => {
  const text = control(name).value;
  if (refused.get(name)?.text === text) return refused.get(name).key;
  return {
    number: () => rules.check_card(text),
    expiry: () => rules.check_expiry(text, today()),
    code: () => rules.check_code(text, control('number').value),
    routing: () => rules.check_routing(text),
    account: () => rules.check_account(text),
  }[name]();
};

function say() {
  document.documentElement.lang = locale;
  document.title = words()[`title_${kind}`];
  for (const place of document.querySelectorAll('[data-word]')) place.textContent = words()[place.dataset.word];
  live();
  if (checked) fields.forEach(show);
}

/** What changes while typing, apart from errors. */
function live() {
  if (kind === 'card') {
    const number = control('number').value;
    control('number-brand').textContent = rules.brand(number);
    control('code-hint').textContent = words().code_hint(rules.code_length(number));
  } else {
    const good = rules.check_routing(control('routing').value) === '';
    const echo = control('routing-echo');
    echo.toggleAttribute('data-good', good);
    echo.textContent = good ? words().routing_good : '';
  }
}

function show(name) {
  const key = problem(name);
  const error = control(`${name}-error`);
  const input = control(name);
  const described = input.getAttribute('aria-describedby').split(' ').filter((id) => id !== error.id);
  error.hidden = key === '';
  if (key === '') {
    error.textContent = '';
    input.removeAttribute('aria-invalid');
  } else {
    const said = words().errors[name][key] ?? words().errors[name].other;
    error.textContent = '';
    const text = document.createElement('span');
    text.textContent = typeof said === 'function' ? said(rules.code_length(control('number').value)) : said;
    error.append(text);
    input.setAttribute('aria-invalid', 'true');
    described.push(error.id);
  }
  input.setAttribute('aria-describedby', described.join(' '));
  return key === '';
}

/** Shows what is wrong; `goes` to the first of it. */
function check({ goes = true } = {}) {
  checked = true;
  const wrong = fields.filter((name) => !show(name));
  if (goes && wrong.length > 0) control(wrong[0]).focus();
  return wrong.length === 0;
}

async function submit() {
  if (sending) return;
  control('notice').textContent = '';
  if (!check()) return send({ type: 'invalid' });
  sending = true;
  try {
    const typed = Object.fromEntries(new FormData(form));
    const answer = await fetch('/capture/tokens', {
      method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ kind, binding, ...typed }),
    });
    const said = await answer.json();
    if (answer.status === 201) {
      const { token, brand, last4, expiry, funding } = said;
      return send({ type: 'token', token, brand, last4, expiry, funding });
    }
    if (answer.status !== 422) throw new Error('refused');
    const name = kind === 'bank' ? 'account' : said.code === 'expired' ? 'expiry' : 'number';
    refused.set(name, { text: control(name).value, key: said.code });
    check();
    send({ type: 'invalid' });
  } catch {
    control('notice').textContent = words().unavailable;
    send({ type: 'unavailable' });
  } finally {
    sending = false;
  }
}

function receive(event) {
  if (event.origin !== parentOrigin || event.source !== parent || event.data?.v !== 1) return;
  const { type } = event.data;
  if (type === 'configure' && typeof event.data.binding === 'string') binding = event.data.binding;
  if (type === 'locale' && WORDS[event.data.locale]) { locale = event.data.locale; say(); }
  if (type === 'submit') submit();
  // the parent has something of its own to put right first: it keeps the focus, and no token is made
  if (type === 'check' && !check({ goes: false })) send({ type: 'invalid' });
}

form.addEventListener('input', (event) => {
  const { target } = event;
  if (target.id === 'number' && !event.isComposing) {
    const tidied = rules.tidy_card(target.value, target.selectionStart ?? target.value.length);
    if (tidied.text !== target.value) {
      target.value = tidied.text;
      target.setSelectionRange(tidied.caret, tidied.caret);
    }
    tidied.free();
  }
  live();
  if (checked && target.id) fields.forEach(show);
});
const checkHere = (event) => {
  event.preventDefault();
  send({ type: check() ? 'enter' : 'invalid' });
};
form.addEventListener('submit', checkHere);
// Enter in a field checks what is there, and sends a message to the parent, which goes on as by its button: it asks for
// the token.
form.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target.id) checkHere(event); });

const scheme = asked.get('scheme');
if (scheme === 'light' || scheme === 'dark') document.documentElement.dataset.scheme = scheme;
addEventListener('message', receive);
await init();
form.hidden = false;
say();
send({ type: 'ready' });
