// Card and account numbers are typed into another origin's frame and are nowhere else afterwards: not in a database, a
// log, an address, a request of the app, or anything the browser keeps.
import assert from 'node:assert/strict';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const CARD = { number: '5555555555554444', expires: '11/31', code: '739' };
const ACCOUNT = { routing: '121000358', account: '000123456789' };
// a code of three digits turns up by chance, so it is looked for where it would be told apart: as a JSON or form value
const SECRETS = [CARD.number, '5555 5555 5555 4444', '5555-5555-5555-4444', ACCOUNT.account];
const CODES = [`"${CARD.code}"`, `=${CARD.code}&`, `code":${CARD.code}`, `cvc=${CARD.code}`];

const without = (where, text, secrets = [...SECRETS, ...CODES]) => {
  for (const secret of secrets) assert.equal(text.includes(secret), false, `${secret} is in ${where}`);
};

scene('after paying by card and by bank no full number and no code is kept anywhere', { timeout: 90_000 }, async ({ stack, payer, member, another }) => {
  const bodies = [];
  payer.context.on('request', (request) => {
    if (new URL(request.url()).origin === stack.app) bodies.push(request.url(), request.postData() ?? '');
  });
  await payer.reachesReview(member, { card: CARD });
  const kept = [await payer.keeps()];
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  kept.push(await payer.keeps());

  const second = await another();
  second.context.on('request', (request) => {
    if (new URL(request.url()).origin === stack.app) bodies.push(request.url(), request.postData() ?? '');
  });
  await second.reachesReview(member, { shares: { hospital: '150' }, bank: ACCOUNT });
  await second.pays();
  await second.sees('Sent to your bank');
  kept.push(await second.keeps());

  assert.ok(bodies.some((body) => body.includes('"token"')), 'the payment was among the requests looked at');
  for (const body of bodies) without('a request of the app', body);
  for (const person of [payer, second]) {
    for (const request of person.seen.requests) without('an address', request.url());
  }
  for (const text of kept) without('what the browser keeps', text);
  without('the logs', stack.logs());
  const files = stack.databaseBytes();
  assert.ok(files.some(({ name }) => name.startsWith('billing')) && files.some(({ name }) => name.startsWith('processor')));
  for (const { name, bytes } of files) without(name, bytes.toString('latin1'));
});

scene('nothing of who paid is in an address, a title, the browser’s storage or a log', async ({ stack, payer, member }) => {
  const titles = [];
  payer.page.on('framenavigated', async (frame) => titles.push(await frame.title().catch(() => '')));
  await payer.reachesReview(member);
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  titles.push(await payer.page.title());
  const personal = ['O’Neill', "O'Neill", 'ana.oneill', member.identifiers.hrn, '94612-3610', 'Haddad'];
  for (const request of payer.seen.requests) without('an address', decodeURIComponent(request.url()), personal);
  without('a title', titles.join('\n'), personal);
  without('what the browser keeps', await payer.keeps(), personal);
  without('the logs', stack.logs(), personal);
});
