// The capture frame: fields, their checks (by the contract's rules, in wasm), and a few words with the page that embeds
// it. What is typed goes to this origin's POST /capture/tokens and nowhere else; before that, the first eight digits of
// a whole card number to POST /capture/funding. The parent gets a token, the last four digits, whether it is a credit
// card, and which fields are wrong.
import init, * as rules from '/capture/capture.js';
import { WORDS } from '/capture/words.js';

const asked = new URLSearchParams(location.search);
const parentOrigin = asked.get('parent');
// `code` is the card's form with its security code only: the card was typed before, and its code was wrong.
const FIELDS = { bank: ['routing', 'account'], card: ['number', 'expiry', 'code'], code: ['code'] };
const kind = FIELDS[asked.get('kind')] ? asked.get('kind') : 'card';
const fields = FIELDS[kind];
const form = document.getElementById(kind === 'bank' ? 'bank' : 'card');
const control = (name) => document.getElementById(name);
let locale = asked.get('locale') === 'es' ? 'es' : 'en';
let binding = null;
/** By the parent's server: a device's clock may be wrong. Unknown, the expiry is left to this server. */
let today = '';
/** Of kind `code`: the card's token, and how long its security code is. */
let card = { token: null, code_length: 3 };
let checked = false;
/** The wrong fields that the parent knows of. */
let reported = '';
let sending = false;
/** The issuer's digits of the number that is typed, once it is whole, and the funding that the parent knows of. */
let issuer = '';
let told = null;
/** What the server said about a value: it stays said until the value changes. */
const refused = new Map();

const words = () => WORDS[locale];
const ask = (what, body) => fetch(`/capture/${what}`, {
  method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body),
});
const send = (message) => parent.postMessage({ v: 1, ...message }, parentOrigin);
const codeLength = () => (kind === 'code' ? card.code_length : rules.code_length(control('number').value));
const problem = (name) => {
  const text = control(name).value;
  if (refused.get(name)?.text === text) return refused.get(name).key;
  return {
    number: () => rules.check_card(text),
    expiry: () => rules.check_expiry(text, today),
    code: () => rules.check_code(text, codeLength()),
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
  if (kind !== 'bank') {
    control('number-brand').textContent = rules.brand(control('number').value);
    control('code-hint').textContent = words().code_hint(codeLength());
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
    text.textContent = typeof said === 'function' ? said(codeLength()) : said;
    error.append(text);
    input.setAttribute('aria-invalid', 'true');
    described.push(error.id);
  }
  input.setAttribute('aria-describedby', described.join(' '));
  return key === '';
}

/** Tells the parent whether the card is a credit card as soon as its number is whole: by then a fee can be known. */
async function tellFunding() {
  const number = control('number').value;
  const now = kind === 'card' && rules.check_card(number) === '' ? number.replaceAll(' ', '').slice(0, 8) : '';
  if (now === issuer) return;
  issuer = now;
  const tell = (funding) => funding !== told && send({ type: 'funding', funding: (told = funding) });
  // the number before is gone
  tell(null);
  if (now === '') return;
  const answer = await ask('funding', { issuer: now }).then((answer) => answer.json()).catch(() => null);
  // another number by now
  if (issuer !== now) return;
  // without an answer it is asked again with the next key
  if (answer) tell(answer.funding ?? null);
  else issuer = '';
}

/** The names of the wrong fields, which are marked. */
function showAll() {
  const wrong = fields.filter((name) => !show(name));
  reported = wrong.join();
  return wrong;
}

/** Shows what is wrong and tells the parent; `goes` to the first of it. */
function check({ goes = true } = {}) {
  checked = true;
  const wrong = showAll();
  if (wrong.length === 0) return true;
  if (goes) control(wrong[0]).focus();
  send({ type: 'invalid', fields: wrong });
  return false;
}

async function submit() {
  if (sending) return;
  control('notice').textContent = '';
  if (!check()) return;
  sending = true;
  try {
    const typed = kind === 'code' ? { token: card.token, code: control('code').value } : Object.fromEntries(new FormData(form));
    const answer = await ask('tokens', { kind, binding, ...typed });
    const said = await answer.json();
    if (answer.status === 201) {
      const { token, brand, last4, expiry, funding } = said;
      return send({ type: 'token', token, brand, last4, expiry, funding });
    }
    if (answer.status !== 422) throw new Error('refused');
    if (said.code === 'no_such_card') return send({ type: 'forgotten' });
    const name = { bank: 'account', code: 'code' }[kind] ?? (said.code === 'expired' ? 'expiry' : 'number');
    refused.set(name, { text: control(name).value, key: said.code });
    check();
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
  if (type === 'configure' && typeof event.data.binding === 'string') {
    binding = event.data.binding;
    if (typeof event.data.today === 'string') today = event.data.today;
    if (event.data.card) { card = event.data.card; live(); }
  }
  if (type === 'locale' && WORDS[event.data.locale]) { locale = event.data.locale; say(); }
  if (type === 'submit') submit();
  // the parent has something of its own to put right first: it keeps the focus, and no token is made
  if (type === 'check') check({ goes: false });
  if (type === 'focus' && fields.includes(event.data.field)) control(event.data.field).focus();
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
  tellFunding();
  if (!checked || !target.id) return;
  const before = reported;
  const wrong = showAll();
  if (reported !== before) send({ type: 'changed', fields: wrong });
});
const checkHere = (event) => {
  event.preventDefault();
  if (check()) send({ type: 'enter' });
};
form.addEventListener('submit', checkHere);
// Enter in a field checks what is there, and sends a message to the parent, which goes on as by its button: it
// asks for the token.
form.addEventListener('keydown', (event) => { if (event.key === 'Enter' && event.target.matches('input')) checkHere(event); });

const scheme = asked.get('scheme');
if (scheme === 'light' || scheme === 'dark') document.documentElement.dataset.scheme = scheme;
addEventListener('message', receive);
await init();
for (const field of form.querySelectorAll('[data-field]')) field.hidden = !fields.includes(field.dataset.field);
form.hidden = false;
say();
send({ type: 'ready' });
// the parent makes room for all of it
new ResizeObserver(() => {
  send({ type: 'height', height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
}).observe(document.body);
