// A person paying a bill: each method is one thing that a person does or sees, in words of the page (its labels,
// headings and buttons), never by a class or an id. The drawn pages have these words.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { BEGINS } from './harness.mjs';

/**
 * Every way to say that nothing was taken, sent or changed, in both languages; the app says some of them no more
 * (tests/words/denials.rs).
 */
export const DENIALS = [
  'No money was taken', 'No payment was sent', 'sent no payment', 'did not reach us', 'nothing was begun', 'Nothing was paid', 'Nothing of it was paid',
  'Nothing was charged', 'se envió ningún pago', 'no nos llegó', 'no se inició nada', 'se pagó nada', 'No se pagó', 'No se cobró',
];

export const WORDS = {
  en: {
    payOnce: /^Pay once, without an account/,
    region: 'Where is your health plan?', goOn: 'Continue', yes: /^Yes/, no: /^No/,
    find: 'Find your bill', findButton: 'Find my bill', noMatch: 'We found no bill with these numbers', tooMany: /^Too many tries/,
    toPutRight: /^There (is|are) \d+ problems?$/, offline: 'You are offline', tryAgain: 'Try again', help: 'All ways to reach us', faulty: 'Something is wrong on our side',
    signedOut: 'Your visit ended to protect your information', endVisit: 'End this visit', visitEnded: 'Your visit has ended',
    noCookies: 'Your browser blocks cookies', resumed: /^You were paying/, notHere: 'We can’t show this receipt here',
    identifiers: {
      group: 'Group', subgroup: 'Subgroup', billgroup: 'Billgroup', zip: 'ZIP code', hrn: 'Health record number',
      billing_unit: /^Billing unit/,
    },
    owe: /^You owe/, bills: { professional: 'Professional bill', hospital: 'Hospital bill', premium: 'Plan premium' },
    all: /^All of it/, part: /^Part of it/, notNow: /^Not now/, howMuch: /: amount to pay$/,
    how: 'How would you like to pay?', bank: /^Bank account/, card: /^Card/,
    cardNumber: 'Card number', expires: 'Expires', code: 'Security code',
    routing: 'Routing number', account: 'Account number', checking: 'Checking', savings: 'Savings',
    formAgain: 'Load the form again', name: 'Your name', email: 'E-mail for the receipt', toReview: 'Continue to review', otherDetails: 'Use other details',
    review: 'Review and pay', agree: /^I agree/, pay: /^Pay \$[\d,.]+ now/, justPaid: 'There was a payment on one of these bills a few minutes ago.',
    payAgain: /I mean to pay again$/, stillOwed: 'See what you still owe', changeAmount: /^Change the amount/, lately: 'Paid recently', cameBack: /You owe it again\./, neverArrived: 'Your payment did not reach us.', tooLate: 'It was too long on its way to us',
    paid: 'Paid. Thank you.', sent: 'Sent to your bank', none: 'No money was taken', checkingPayment: 'We are checking your payment',
    returned: 'Your bank returned the payment', useAnother: 'Use another card or account', typeCode: 'Try again with the right code',
  },
  es: {
    payOnce: /^Pagar una vez, sin cuenta/,
    region: '¿Dónde está su plan de salud?', goOn: 'Continuar', yes: /^Sí/, no: /^No/,
    find: 'Busque su factura', findButton: 'Buscar mi factura', noMatch: 'No encontramos ninguna factura con estos números',
    tooMany: /^Demasiados intentos/, toPutRight: /^Hay \d+ problemas?$/, offline: 'No tiene conexión',
    tryAgain: 'Intentar otra vez', faulty: 'Algo falla de nuestro lado', signedOut: 'Su visita terminó para proteger su información', endVisit: 'Terminar la visita', visitEnded: 'Su visita ha terminado',
    noCookies: 'Su navegador bloquea las cookies', resumed: /^Estaba pagando/, notHere: 'No podemos mostrar este recibo aquí',
    owe: /^(Usted debe|No debe nada)/,
    bills: { professional: 'Factura profesional', hospital: 'Factura de hospital', premium: 'Prima del plan' },
    all: /^Todo/, part: /^Una parte/, notNow: /^Ahora no/, howMuch: /: importe que va a pagar$/,
    how: '¿Cómo quiere pagar?', bank: /^Cuenta bancaria/, card: /^Tarjeta/,
    cardNumber: 'Número de tarjeta', expires: 'Vence', code: 'Código de seguridad',
    routing: 'Número de ruta', account: 'Número de cuenta', checking: 'Corriente', savings: 'De ahorros',
    formAgain: 'Volver a cargar el formulario', name: 'Su nombre', email: 'Correo electrónico para el recibo', toReview: 'Continuar a la revisión', otherDetails: 'Usar otros datos',
    review: 'Revise y pague', agree: /^Estoy de acuerdo/, pay: /^Pagar \$[\d,.]+ ahora/,
    justPaid: 'Hubo un pago de una de estas facturas hace unos minutos.', payAgain: /Quiero pagar otra vez$/,
    stillOwed: 'Ver lo que todavía debe', changeAmount: /^Cambiar el importe/, lately: 'Pagado hace poco', cameBack: /Los debe otra vez\./, neverArrived: 'Su pago no nos llegó.', tooLate: 'Tardó demasiado en llegarnos',
    paid: 'Pagado. Gracias.', sent: 'Enviado a su banco', none: 'No se cobró nada',
    checkingPayment: 'Estamos comprobando su pago', returned: 'Su banco devolvió el pago', useAnother: 'Usar otra tarjeta o cuenta', typeCode: 'Intentar otra vez con el código correcto',
    identifiers: {
      group: 'Grupo (Group)', subgroup: 'Subgrupo (Subgroup)', billgroup: 'Grupo de facturación (Billgroup)',
      zip: 'Código postal (ZIP)', hrn: 'Número de historia clínica (HRN)', billing_unit: /Billing unit/,
    },
  },
};

/** Of a card that is good for years, whenever the tests begin. */
export const EXPIRES = `12/${String(new Date(BEGINS).getUTCFullYear() + 4).slice(-2)}`;
export const VISA = { number: '4242424242424242', expires: EXPIRES, code: '123' };
export const BANK = { routing: '110000000', account: '000123456789' };

export class Payer {
  constructor(stack, { page, context, seen }, { language = 'en' } = {}) {
    Object.assign(this, { stack, page, context, seen, language });
  }
  get words() {
    return WORDS[this.language];
  }

  // --- seeing

  /** The page's one heading, once it says so. */
  async sees(heading, { timeout } = {}) {
    await this.page.getByRole('heading', { level: 1, name: heading }).waitFor({ timeout });
  }
  async reads(text, { timeout } = {}) {
    await this.page.getByRole('main').getByText(text).first().waitFor({ timeout });
  }
  async text() {
    return (await this.page.getByRole('main').innerText()).replaceAll('\u00a0', ' ').replaceAll('\u202f', ' ');
  }

  /** The page says that there is a problem. */
  async invalid() {
    await this.page.getByRole('main').getByRole('heading', { name: this.words.toPutRight }).waitFor();
  }
  /** Nothing of this page is still being fetched or drawn. */
  async settles() {
    await this.page.getByRole('heading', { level: 1 }).waitFor();
    await this.page.waitForFunction(() => !document.querySelector('main [aria-busy=true], main[aria-busy=true]'));
  }
  /**
   * Of what is read out, nothing is left in English but what is printed on the statement and the link to the other
   * language.
   */
  async noEnglish() {
    const tree = (await this.page.locator('body').ariaSnapshot()).split('\n').filter((line) => !line.includes('/url:')).join('\n');
    const found = tree.match(/.*\b(the|you|your|we|this|with|from|pay|paid|bill|bills|owe|card|review|continue|change|back|due|all of it)\b.*/gi);
    assert.equal(found, null, 'English is left');
  }
  async noSidewaysScroll() {
    const [wide, window] = await this.page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wide <= window, `the page is ${wide} px wide in a window of ${window}`);
  }
  /** WCAG 1.4.4 and 1.4.10: with text at 200 % nothing is beside the window, neither on the page nor in its frame. */
  async readsLargeText() {
    const frames = this.page.frames();
    const size = (percent) => Promise.all(frames.map((frame) => frame.evaluate((percent) => {
      document.documentElement.style.fontSize = percent;
      return [document.documentElement.scrollWidth, document.documentElement.clientWidth];
    }, percent)));
    const sizes = await size('200%');
    await size('');
    for (const [wide, window] of sizes) assert.ok(wide <= window, `with text at 200 % ${wide} px wide in ${window}`);
  }
  /** Nothing in the capture frame is scrolled to inside of it, with text of any size. */
  async seesAllOfTheFrame() {
    const frame = this.page.frames().find((frame) => frame.url().includes('/capture?'));
    for (const size of ['', '200%']) {
      for (const of of this.page.frames()) await of.evaluate((size) => { document.documentElement.style.fontSize = size; }, size);
      // a browser lays out a frame of another origin once it is in view
      await this.page.locator('#capture').scrollIntoViewIfNeeded();
      await frame.waitForFunction(() => {
        const { scrollHeight, scrollWidth } = document.documentElement;
        return scrollHeight <= innerHeight && scrollWidth <= innerWidth;
      });
    }
    for (const of of this.page.frames()) await of.evaluate(() => { document.documentElement.style.fontSize = ''; });
  }
  /** What this browser profile keeps: cookies, both storages, databases, caches. */
  async keeps() {
    const pages = await Promise.all(this.context.pages().flatMap((page) => page.frames()).map((frame) => frame.evaluate(async () => {
      const bases = await Promise.all(((await indexedDB.databases?.()) ?? []).map(({ name }) => name));
      const cached = await Promise.all((await caches.keys()).map(async (name) => {
        const cache = await caches.open(name);
        return Promise.all((await cache.keys()).map(async (request) => [request.url, await (await cache.match(request)).text()]));
      }));
      return [location.href, { ...localStorage }, { ...sessionStorage }, history.state, bases, cached];
    })));
    return JSON.stringify([await this.context.cookies(), await this.context.storageState({ indexedDB: true }), pages]);
  }
  /** Switches the language with the link in the page's head. */
  async speaks(language) {
    const name = { en: 'English', es: 'Español' }[language];
    await this.page.getByRole('banner').getByRole('link', { name }).or(this.page.getByRole('banner').getByRole('button', { name })).click();
    this.language = language;
    await this.page.locator(`html[lang=${language}]`).waitFor({ state: 'attached' });
  }
  async secondTab() {
    return new this.constructor(this.stack, { page: await this.context.newPage(), context: this.context, seen: this.seen }, { language: this.language });
  }

  // --- by keyboard

  /** Role and name of what has the focus, as assistive technology hears it: `button Continue`. */
  async focused() {
    const tree = await this.page.locator(':focus').first().ariaSnapshot();
    const found = tree.match(/^- ([a-z]+)(?: "((?:[^"\\]|\\.)*)")?/);
    return found ? `${found[1]} ${found[2] ?? ''}` : tree;
  }
  /** Presses Tab until the focus is there. */
  async tabsTo(role, name, { most = 60 } = {}) {
    const target = this.page.getByRole(role, { name, exact: typeof name === 'string' });
    for (let presses = 0; presses < most; presses += 1) {
      await this.page.keyboard.press('Tab');
      for (const element of await target.all()) {
        if (await element.evaluate((element) => element === document.activeElement)) return;
      }
    }
    assert.fail(`${most} times Tab never reached the ${role} ${name}`);
  }
  /** Tab until the focus is in the capture frame, on the field with this label. */
  async tabsIntoFrame(label, { most = 30 } = {}) {
    const field = this.frame.getByLabel(label, { exact: true });
    for (let presses = 0; presses < most; presses += 1) {
      await this.page.keyboard.press('Tab');
      if (await field.evaluate((element) => element === document.activeElement && document.hasFocus())) return;
    }
    assert.fail(`${most} times Tab never reached ${label} in the frame`);
  }
  /** With the arrow keys, among the radio buttons of the group in focus. */
  async chooses(name, { most = 6 } = {}) {
    for (let presses = 0; presses < most; presses += 1) {
      const label = await this.page.evaluate(() => document.activeElement.closest('label')?.innerText ?? '');
      if (name.test(label.trim())) return this.page.keyboard.press('Space');
      await this.page.keyboard.press('ArrowDown');
    }
    assert.fail(`the arrow keys never reached ${name}`);
  }

  // --- getting to what is owed

  async goes(path) {
    await this.page.goto(this.stack.app + path);
  }
  /** From now on the browser refuses every cookie. */
  async keepsNoCookies() {
    await this.page.route('**/api/v1/**', async (route) => {
      const answer = await route.fetch();
      await this.context.clearCookies();
      const { 'set-cookie': _, ...headers } = answer.headers();
      await route.fulfill({ response: answer, headers });
    });
  }
  async arrives(region = 'California', { southWest } = {}) {
    await this.goes('/');
    await this.page.getByRole('link', { name: this.words.payOnce }).click();
    await this.sees(this.words.region);
    await this.page.getByRole('radio', { name: new RegExp(`^${region}`) }).check();
    if (southWest !== undefined) await this.page.getByRole('radio', { name: southWest ? this.words.yes : this.words.no }).check();
    await this.page.getByRole('button', { name: this.words.goOn }).click();
    await this.sees(this.words.find);
  }
  field(identifier) {
    return this.page.getByLabel(this.words.identifiers[identifier], { exact: true });
  }
  async types(identifiers) {
    for (const [identifier, value] of Object.entries(identifiers)) await this.field(identifier).fill(value);
  }
  async finds(identifiers) {
    await this.types(identifiers);
    await this.page.getByRole('button', { name: this.words.findButton }).click();
  }

  // --- choosing

  bill(kind) {
    return this.page.getByRole('region', { name: this.words.bills[kind] });
  }
  /** `how` is 'all', 'none', or an amount as typed. */
  async takes(kind, how) {
    const bill = this.bill(kind);
    const choice = how === 'all' ? this.words.all : how === 'none' ? this.words.notNow : this.words.part;
    await bill.getByRole('radio', { name: choice }).check();
    if (choice === this.words.part) await bill.getByRole('textbox', { name: this.words.howMuch }).fill(how);
  }
  async continues() {
    await this.page.getByRole('main').getByRole('button', { name: this.words.goOn, exact: true }).or(
      this.page.getByRole('main').getByRole('link', { name: this.words.goOn, exact: true })).click();
  }

  // --- how to pay

  get frame() {
    return this.page.frameLocator('iframe');
  }
  async byCard({ number, expires, code } = VISA) {
    await this.page.getByRole('radio', { name: this.words.card }).check();
    await this.frame.getByLabel(this.words.cardNumber).fill(number);
    await this.frame.getByLabel(this.words.expires).fill(expires);
    await this.frame.getByLabel(this.words.code).fill(code);
  }
  async byBank({ routing, account, savings = false } = BANK) {
    await this.page.getByRole('radio', { name: this.words.bank }).check();
    await this.frame.getByRole('radio', { name: savings ? this.words.savings : this.words.checking }).check();
    await this.frame.getByLabel(this.words.routing).fill(routing);
    await this.frame.getByLabel(this.words.account, { exact: true }).fill(account);
  }
  async says({ name = 'Ana O’Neill', email = 'ana.oneill@example.org' } = {}) {
    await this.page.getByLabel(this.words.name).fill(name);
    await this.page.getByLabel(this.words.email).fill(email);
  }
  async toReview() {
    await this.page.getByRole('button', { name: this.words.toReview }).click();
    await this.sees(this.words.review);
  }

  // --- paying

  get agreement() {
    return this.page.getByRole('checkbox', { name: this.words.agree });
  }
  get payButton() {
    return this.page.getByRole('button', { name: this.words.pay });
  }
  /**
   * The review says first that no money was taken, then that the order never arrived; the box is to be ticked anew. It
   * says so only once the order can't begin any more: that takes twenty seconds.
   */
  async paysAgain() {
    await this.reads(this.words.none, { timeout: 40_000 });
    await this.reads(this.words.neverArrived);
    await this.pays();
  }
  /** A page that was loaded anew knows by now that there is a visit, and offers to end it. */
  async hasVisit() {
    await this.page.getByRole('banner').getByRole('button', { name: this.words.endVisit }).waitFor();
  }
  async usesAnother() {
    await this.page.getByRole('main').getByRole('link', { name: this.words.useAnother }).click();
  }
  async agrees() {
    await this.agreement.check();
  }
  async pays() {
    await this.agrees();
    await this.payButton.click();
  }

  /** From nothing to a review of what `shares` says, by card unless told otherwise. */
  async reachesReview(member, { shares = { professional: 'all', hospital: 'none' }, bank, card, who } = {}) {
    await this.reachesMethod(member, shares);
    if (bank) await this.byBank(bank === true ? BANK : bank);
    else await this.byCard(card);
    await this.says(who);
    await this.toReview();
  }
  async reachesMethod(member, shares = { professional: 'all', hospital: 'none' }) {
    await this.reachesOwed(member);
    for (const [kind, how] of Object.entries(shares)) await this.takes(kind, how);
    await this.continues();
    await this.sees(this.words.how);
  }
  async reachesOwed(member) {
    const washington = member.region === 'WA';
    await this.arrives(NAMES[member.region], washington ? { southWest: false } : {});
    await this.finds(member.identifiers);
    await this.sees(this.words.owe);
  }

  /** The idempotency key that the review on screen would send; the server keeps it with the payer's draft. */
  async key() {
    // `waitForFunction` takes the promise of a predicate for an answer.
    for (let tries = 0; tries < 100; tries += 1) {
      const key = await this.page.evaluate(async () => (await (await fetch('/api/v1/payment-draft')).json()).key);
      if (key) return key;
      await pause(100);
    }
    assert.fail('no key is kept with the draft');
  }

  /** The receipt's number as the page shows it. */
  async receiptNumber() {
    const found = (await this.text()).match(/KP-[0-9A-Z]{4}-[0-9A-Z]{4}/);
    assert.ok(found, 'the page shows no receipt number');
    return found[0];
  }
}

export const NAMES = {
  CA: 'California', CO: 'Colorado', GA: 'Georgia', HI: 'Hawaii', OR: 'Oregon', WA: 'Washington',
};
