// What people and machines type that they should not: every page answers in words, keeps what was typed, and nothing is
// paid.
import assert from 'node:assert/strict';
import { books, untouched } from '../books.mjs';
import { EXPIRES, VISA } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

scene('an empty form: a summary takes the focus, names every field and leads to it', async ({ payer }) => {
  await payer.arrives();
  await payer.finds({});
  await payer.reads('There are 5 problems');
  assert.match(await payer.page.title(), /^Error: /);
  assert.match(await payer.page.evaluate(() => document.activeElement.innerText), /There are 5 problems/);
  await payer.page.getByRole('main').getByRole('link', { name: /^Subgroup: / }).click();
  assert.equal(await payer.page.evaluate(() => document.activeElement.labels[0].innerText), 'Subgroup');
  assert.equal(await payer.field('subgroup').getAttribute('aria-invalid'), 'true');
});

scene('wrong numbers have one answer, whatever was wrong', async ({ payer, member }) => {
  await payer.arrives();
  const wrong = { group: '999999', subgroup: '999', billgroup: 'ZZ9', zip: '94105', hrn: '987654321' };
  for (const [identifier, value] of Object.entries(wrong).slice(0, 3)) {
    await payer.finds({ ...member.identifiers, [identifier]: value });
    await payer.reads('We found no bill with these numbers');
    assert.equal(await payer.field(identifier).inputValue(), value, 'what was typed is still there');
  }
  assert.doesNotMatch(await payer.text(), /undefined|null|\[object|404|error/i);
});

scene('too many tries are slowed, with when to come back', async ({ payer, member }) => {
  await payer.arrives();
  const busy = payer.page.getByRole('heading', { name: /Too many tries/ });
  for (let tries = 0; tries < 60 && !(await busy.isVisible()); tries += 1) {
    const answered = payer.page.waitForResponse(/bill-lookups/);
    await payer.finds({ ...member.identifiers, group: String(900000 + tries) });
    await answered;
    await payer.page.getByRole('heading', { name: /We found no bill|Too many tries/ }).waitFor();
  }
  await busy.waitFor();
  await payer.reads(/Come back in \d+ minutes?/);
  assert.equal(await payer.field('zip').inputValue(), member.identifiers.zip);
});

for (const [typed, words] of [
  ['-5', /pay at least \$1\.00/], ['0', /pay at least \$1\.00/], ['0.50', /pay at least \$1\.00/], ['1.234', /dollars and cents/], ['1e3', /dollars and cents/],
  ['1150.01', /more than the \$1,150\.00 that is owed/], ['99999999999', /more than the \$1,150\.00 that is owed/],
  ['', /from \$1\.00 to \$1,150\.00/], ['4242 4242 4242 4242', /card number/],
]) {
  scene(`the amount “${typed}” is refused in words, at its field`, async ({ stack, payer, member }) => {
    const before = books(stack);
    await payer.reachesOwed(member);
    await payer.takes('professional', 'none');
    await payer.takes('hospital', typed);
    await payer.continues();
    const field = payer.bill('hospital').getByRole('textbox', { name: payer.words.howMuch });
    await payer.page.waitForFunction(() => document.querySelector('main input[aria-invalid=true]'));
    assert.equal(await field.getAttribute('aria-invalid'), 'true');
    const said = await field.evaluate((input) =>
      input.getAttribute('aria-describedby').split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' '));
    assert.match(said, words);
    assert.match(payer.page.url(), /\/pay\/amount$/);
    untouched(stack, before);
  });
}

scene('nothing chosen is said, not punished', async ({ payer, member }) => {
  await payer.reachesOwed(member);
  await payer.takes('professional', 'none');
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.reads(/There is 1 problem/);
});

for (const [what, typed] of [['a card number', '4242 4242 4242 4242'], ['a code', '123']]) {
  scene(`${what} typed as a name is refused, and never leaves the browser`, async ({ payer, member }) => {
    const sent = [];
    payer.context.on('request', (request) => sent.push(request.postData() ?? ''));
    await payer.reachesMethod(member);
    await payer.byCard();
    await payer.says({ name: typed });
    await payer.page.getByRole('button', { name: payer.words.toReview }).click();
    await payer.reads(/looks like a card number or its code; we have not kept it/);
    assert.equal(sent.some((body) => body.includes(`"${typed}"`)), false, 'it was sent');
    // As a value of its own: three digits also stand in keys and checksums made by chance.
    assert.doesNotMatch(await payer.keeps(), new RegExp(`(?<![\\w.-])${typed}(?![\\w.-])`), 'it was kept');
  });
}

scene('an e-mail address that mail servers read as another one is named at its field, and the form goes on from there', async ({ stack, payer, member }) => {
  const before = books(stack);
  const { page, words } = payer;
  await payer.reachesMethod(member);
  await payer.byCard();
  await payer.says({ email: 'ana@\uff45xample.org' });
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.reads('There is 1 problem');
  await payer.reads(/E-mail for the receipt: use an e-mail address such as/);
  await page.getByRole('main').getByRole('link', { name: /^E-mail for the receipt/ }).click();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'email');
  assert.match(page.url(), /\/pay\/method$/);
  untouched(stack, before);
  await payer.says();
  await payer.toReview();
  await payer.pays();
  await payer.sees(words.paid);
});

scene('a card number typed as the health record number is refused with the reason', async ({ payer, member }) => {
  const sent = [];
  payer.context.on('request', (request) => sent.push(request.url() + (request.postData() ?? '')));
  await payer.arrives();
  await payer.finds({ ...member.identifiers, hrn: '4242424242424242' });
  await payer.reads(/Health record number: .*card number; we have not kept it/);
  assert.equal(sent.some((text) => text.includes('4242424242424242')), false, 'it was sent');
});

scene('everything that is wrong is said in one go, in the form and in the frame, and the title says that there is something', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesMethod(member);
  await payer.byCard({ number: '4242 4242 4242 4241', expires: '13/30', code: '1' });
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.reads('There are 4 problems');
  await payer.reads(/Your name: type a name/);
  const { main } = payer;
  for (const field of ['Card number', 'Expiration date', 'Security code']) await main.getByRole('link', { name: `${field}: fix what the form shows` }).waitFor();
  assert.equal(await payer.frame.locator('[aria-invalid=true]').count(), 3);
  assert.match(await page.title(), /^Error: /);
  assert.match(await page.evaluate(() => document.activeElement.innerText), /There are 4 problems/, 'the frame took the focus away');
  // each line leads into its field, and goes as soon as that is right
  for (const field of ['Security code', 'Card number']) {
    await main.getByRole('link', { name: `${field}: fix` }).press('Enter');
    await payer.frame.locator(':focus').and(payer.frame.getByLabel(field)).waitFor();
  }
  await page.keyboard.press('Control+A');
  await page.keyboard.type('4242424242424242');
  await main.getByRole('link', { name: /^Card number/ }).waitFor({ state: 'detached' });
  await payer.reads('There are 3 problems');
  await payer.says();
  await page.getByRole('button', { name: words.toReview }).click();
  await payer.reads('There are 2 problems');
  await payer.frame.locator(':focus').and(payer.frame.getByLabel('Expires')).waitFor();
  await payer.byCard();
  await payer.toReview();
  assert.doesNotMatch(await page.title(), /^Error/);
});

scene('two bills of one kind are told apart in every word about them', async ({ stack, payer }) => {
  const grace = (await stack.members()).find(({ name }) => name === 'Grace Boateng');
  await payer.arrives('Georgia');
  await payer.finds(grace.identifiers);
  await payer.sees(payer.words.owe);
  for (const part of await payer.page.getByRole('radio', { name: payer.words.part }).all()) await part.check();
  await payer.continues();
  await payer.invalid();
  assert.match(await payer.page.title(), /^Error: /);
  const lines = await payer.page.getByRole('main').getByRole('link', { name: /type how much to pay/ }).allInnerTexts();
  assert.equal(new Set(lines).size, 2, lines.join(' | '));
  const fields = await payer.page.getByRole('textbox').evaluateAll((inputs) => inputs.map((input) => input.labels[0].innerText));
  assert.equal(new Set(fields).size, 2, fields.join(' | '));
  await payer.reads(/Past due since/);
  assert.doesNotMatch(await payer.text(), /Stays due Thu, Nov 5/);
});

scene('script in a text is text: it runs nowhere and is shown as it was typed', async ({ payer, member }) => {
  await payer.arrives();
  await payer.finds({ ...member.identifiers, group: '<img src=x onerror=alert(1)>' });
  await payer.reads(/Group: /);
  let ran = false;
  payer.page.on('dialog', (dialog) => ((ran = true), dialog.dismiss()));
  await payer.finds(member.identifiers);
  await payer.sees(payer.words.owe);
  await payer.goes('/pay/%3Cscript%3Ealert(1)%3C%2Fscript%3E');
  await payer.sees('This page does not exist');
  assert.equal(ran, false);
});

scene('markup and characters that turn the writing of a name are refused', async ({ payer, member }) => {
  await payer.reachesMethod(member);
  await payer.byCard();
  for (const name of ['Ana \u202eO’Neill', '<script>alert(1)</script>']) {
    await payer.says({ name });
    await payer.page.getByRole('button', { name: payer.words.toReview }).click();
    await payer.reads(/Your name: /);
  }
});

scene('an e-mail address that is none is refused, a likely typo is only offered', async ({ payer, member }) => {
  await payer.reachesMethod(member);
  await payer.byCard();
  await payer.says({ email: 'ana@' });
  await payer.page.getByRole('button', { name: payer.words.toReview }).click();
  await payer.reads(/E-mail for the receipt: /);
  await payer.says({ email: 'ana@gmial.com' });
  await payer.reads(/ana@gmail\.com/);
  assert.equal(await payer.page.getByLabel(payer.words.email).inputValue(), 'ana@gmial.com');
});

scene('pay without agreeing: it says so and sends nothing', async ({ stack, payer, member }) => {
  await payer.reachesReview(member);
  const before = books(stack);
  await payer.payButton.click();
  await payer.reads(/There is 1 problem/);
  assert.equal(await payer.agreement.isChecked(), false);
  untouched(stack, before);
  assert.equal(stack.edge.count('POST', /\/payments$/), 0);
});

scene('a session that ended: it says that pressing Pay sent nothing, and nothing was', async ({ stack, payer, member }) => {
  await payer.reachesReview(member);
  const before = books(stack);
  await payer.context.clearCookies();
  await payer.pays();
  await payer.reads(payer.words.signedOut);
  await payer.reads(/so this time it sent no payment\. Find your bill again to see what you still owe/);
  untouched(stack, before);
});

scene('a step that was not reached yet leads to the first one, not to an error', async ({ payer }) => {
  for (const path of ['/pay/amount', '/pay/method', '/pay/review']) {
    await payer.goes(path);
    await payer.settles();
    assert.doesNotMatch(await payer.text(), /wrong on our side|undefined/);
  }
});

scene('the frame refuses what is no test card, in words, with the focus on the field', async ({ stack, payer, member }) => {
  await payer.reachesMethod(member);
  const before = books(stack);
  for (const number of ['4242424242424241', '4111111111111112', '0000000000000000', '42']) {
    await payer.byCard({ number, expires: EXPIRES, code: '123' });
    await payer.says();
    await payer.page.getByRole('button', { name: payer.words.toReview }).click();
    await payer.frame.locator('[aria-invalid=true]').first().waitFor();
    assert.equal(await payer.frame.getByLabel(payer.words.cardNumber).getAttribute('aria-invalid'), 'true');
  }
  await payer.byCard({ number: '4242424242424242', expires: '01/20', code: '12' });
  await payer.page.getByRole('button', { name: payer.words.toReview }).click();
  await payer.frame.locator('[aria-invalid=true]').nth(1).waitFor();
  untouched(stack, before);
});

for (const width of [320, 360, 1280]) {
  for (const locale of ['en-US', 'es-US']) {
    scene(`the frame has room for everything that is wrong in it, ${width} px, ${locale}`, { size: { width, height: 800 }, locale, language: locale.slice(0, 2) }, async ({ payer, member }) => {
      const { page } = payer;
      await payer.reachesMethod(member);
      for (const wrong of [
        () => payer.byCard({ number: '4242 4242 4242 4241', expires: '01/20', code: '1' }),
        () => payer.byBank({ routing: '011401534', account: '1' }),
        () => payer.byBank({ routing: '', account: '' }),
      ]) {
        await wrong();
        await page.getByRole('button', { name: payer.words.toReview }).click();
        await payer.frame.locator('[aria-invalid=true]').nth(1).waitFor();
        await payer.seesAllOfTheFrame();
        await page.reload();
        await payer.settles();
      }
    });
  }
}

scene('a form that did not load takes the focus once it is asked for again', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesMethod(member);
  await page.route('**/capture?**', (route) => route.abort());
  await page.getByRole('radio', { name: words.bank }).check();
  await payer.says();
  await page.getByRole('button', { name: words.toReview }).click();
  await page.unroute('**/capture?**');
  await page.getByRole('button', { name: words.formAgain }).click();
  await page.waitForFunction(() => document.activeElement.tagName === 'IFRAME');
  await payer.frame.getByLabel(words.routing).waitFor();
});

scene('"use other details" leads to the form that comes in place of the known card', async ({ payer, member }) => {
  const { page, words } = payer;
  await payer.reachesReview(member);
  await payer.goes('/pay/method');
  await page.getByRole('button', { name: words.otherDetails }).click();
  await payer.frame.getByLabel(words.cardNumber).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'IFRAME');
});

for (const [where, days] of [['ahead', 40], ['behind', -40]]) {
  scene(`on a device whose clock is ${days} days ${where} a card is valid until the end of its month`, async ({ stack, payer, member }) => {
    const month = (at) => `${String(at.getUTCMonth() + 1).padStart(2, '0')}/${String(at.getUTCFullYear()).slice(2)}`;
    const now = new Date(stack.now());
    const device = new Date(now.getTime() + days * 86_400_000);
    await payer.page.clock.setSystemTime(device);
    await payer.reachesReview(member, { card: { ...VISA, expires: month(now) } });
    await payer.pays();
    await payer.sees(payer.words.paid);
  });
}

scene('on a device whose clock is 40 days behind a card that expired is refused in its form', async ({ stack, payer, member }) => {
  const now = new Date(stack.now());
  const last = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
  await payer.page.clock.setSystemTime(new Date(now.getTime() - 40 * 86_400_000));
  await payer.reachesMethod(member);
  await payer.byCard({ ...VISA, expires: `${String(last.getUTCMonth() + 1).padStart(2, '0')}/${String(last.getUTCFullYear()).slice(2)}` });
  await payer.says();
  const tokens = [];
  payer.page.on('request', (request) => { if (request.url().endsWith('/capture/tokens')) tokens.push(request); });
  await payer.page.getByRole('button', { name: payer.words.toReview }).click();
  await payer.frame.getByText('this card has expired').waitFor();
  assert.equal(tokens.length, 0);
});
