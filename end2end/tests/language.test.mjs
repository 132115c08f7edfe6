// Switching the language anywhere keeps what was typed and where one was.
import assert from 'node:assert/strict';
import { BEGINS } from '../harness.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

scene('switching in the middle of the form keeps what was typed', async ({ payer, member }) => {
  await payer.arrives();
  const [first, second] = Object.entries(member.identifiers).sort();
  await payer.types(Object.fromEntries([first, second]));
  await payer.speaks('es');
  await payer.sees('Busque su factura');
  assert.equal(await payer.field(first[0]).inputValue(), first[1]);
  assert.equal(await payer.field(second[0]).inputValue(), second[1]);
  await payer.speaks('en');
  await payer.sees('Find your bill');
  assert.equal(await payer.field(first[0]).inputValue(), first[1]);
});

scene('errors on the page change their language with it', async ({ payer }) => {
  await payer.arrives();
  await payer.finds({ zip: '9461' });
  await payer.reads('ZIP code: use 5 digits, or 5 and 4');
  await payer.speaks('es');
  await payer.reads('Código postal (ZIP): use 5 dígitos');
});

scene('switching on the way of paying keeps amounts, card, name and e-mail', async ({ payer, member }) => {
  await payer.reachesMethod(member, { professional: 'all', hospital: '150' });
  await payer.byCard();
  await payer.says({ name: 'Zoë Núñez', email: 'zoe@example.org' });
  await payer.speaks('es');
  await payer.sees(payer.words.how);
  assert.equal(await payer.frame.getByLabel(payer.words.cardNumber).inputValue(), '4242 4242 4242 4242');
  assert.equal(await payer.page.getByLabel(payer.words.name).inputValue(), 'Zoë Núñez');
  assert.equal(await payer.page.getByLabel(payer.words.email).inputValue(), 'zoe@example.org');
  await payer.toReview();
  await payer.reads('Zoë Núñez');
  await payer.speaks('en');
  await payer.sees('Review and pay');
  await payer.reads('Visa card ending in 4242');
  assert.equal((await payer.payButton.innerText()).trim(), 'Pay $214.10 now');
});

scene('a first visit is in the browser’s language, and the choice is remembered', { locale: 'es-MX', language: 'es' }, async ({ payer }) => {
  await payer.goes('/');
  await payer.sees('Pague la factura de su plan de salud');
  await payer.speaks('en');
  await payer.sees('Pay your health plan bill');
  await payer.page.reload();
  await payer.sees('Pay your health plan bill');
});

scene('whether somebody answers the phone is said by the server’s clock, whatever the device’s shows', async ({ payer, another }) => {
  const says = async (one) => {
    await one.arrives();
    const words = one.page.getByRole('contentinfo').getByText(/^(Open|Closed) now/);
    await words.waitFor();
    return words.innerText();
  };
  const right = await says(payer);
  for (const hours of [-12, 12, 3 * 24]) {
    assert.equal(await says(await another({ now: BEGINS + hours * 3_600_000 })), right, `${hours} hours off`);
  }
});
