// The link of an e-mail opens its receipt in any browser, months later: with the services, the file and the
// authorization, and with nothing of its secret in an address, a title, a request's address or a log. It can be ended.
import assert from 'node:assert/strict';
import { books, stateOf } from '../books.mjs';
import { BANK } from '../journey.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const PAYER = 'ana.oneill@example.org';
const TO = { name: 'Ana O’Neill', email: PAYER };

scene('the link of an e-mail opens the receipt in another browser, and can be ended there', async ({ payer, member, stack, another }) => {
  await payer.reachesReview(member, { who: TO });
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  const number = await payer.receiptNumber();
  const link = (await payer.newestEmail(PAYER, /#/)).text.match(/https?:\S+#\S+/)[0];
  const secret = link.split('#')[1];

  const reader = await another();
  await reader.page.goto(link);
  await reader.sees('Paid. Thank you.');
  await reader.reads(number);
  await reader.reads('Leila Haddad, MD');
  assert.doesNotMatch(reader.page.url(), /#./);
  assert.doesNotMatch(await reader.page.title(), new RegExp(secret));
  assert.ok(reader.seen.requests.every((request) => !request.url().includes(secret)), 'no address has the secret');
  const download = reader.page.waitForEvent('download');
  await reader.main.getByRole('link', { name: 'Save as PDF' }).click();
  assert.equal((await download).suggestedFilename(), `receipt-${number}.pdf`);
  await payer.newestEmail(PAYER, /used a browser that had not opened it before/);

  // Loaded again, the secret is gone with the page that held it.
  await reader.page.reload();
  await reader.sees('Open the link in your e-mail again');
  await reader.page.goto(link);
  await reader.page.goto('about:blank');
  await reader.page.goto(link);
  await reader.sees('Paid. Thank you.');
  await reader.main.getByRole('button', { name: 'End this link' }).click();
  await reader.sees('The link has ended');
  await reader.page.goto('about:blank');
  await reader.page.goto(link);
  await reader.sees('This link no longer works');
  assert.ok(stack.logs().length > 0 && !stack.logs().includes(secret));
});

scene('a member sees how often the link of an e-mail was opened, and turns it off', async ({ payer, another }) => {
  await payer.signsIn();
  await payer.goes('/pay/amount');
  await payer.sees(payer.words.owe);
  await payer.takes('hospital', 'none');
  await payer.continues();
  await payer.sees(payer.words.how);
  await payer.byCard();
  await payer.toReview();
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  await payer.reads(/^An e-mail has a link that shows this receipt without signing in\. Not opened yet\./);
  const link = (await payer.newestEmail(PAYER, /#/)).text.match(/https?:\S+#\S+/)[0];
  const reader = await another();
  await reader.page.goto(link);
  await reader.sees('Paid. Thank you.');
  assert.equal(await reader.main.getByRole('button', { name: 'Turn this link off' }).count(), 0);
  await payer.page.reload();
  await payer.reads(/Opened once, last on .+\. Whenever another browser opens it, we e-mail the person who paid\./);
  await payer.main.getByRole('button', { name: 'Turn this link off' }).click();
  await payer.reads('Turned off: the links in e-mails show this receipt no more.');
  assert.match(await payer.page.evaluate(() => document.activeElement.innerText), /^Turned off/, 'the button that went had the focus');
  await payer.page.reload();
  await payer.sees('Paid. Thank you.');
  await payer.page.waitForLoadState('networkidle');
  assert.doesNotMatch(await payer.text(), /e-mail has a link|Turn this link off/);
  await reader.page.goto('about:blank');
  await reader.page.goto(link);
  await reader.sees('This link no longer works');
});

scene('who ends a link, presses twice and leaves before the answer finds the page that they went to', async ({ payer, member, another }) => {
  await payer.reachesReview(member, { who: TO });
  await payer.pays();
  await payer.sees('Paid. Thank you.');
  const link = (await payer.newestEmail(PAYER, /#/)).text.match(/https?:\S+#\S+/)[0];
  const reader = await another();
  await reader.page.goto(link);
  await reader.sees('Paid. Thank you.');
  let [answer, asked] = [null, 0];
  const isHeld = new Promise((resolve) => (answer = resolve));
  await reader.page.route('**/receipt-links/revoke', async (route) => {
    asked += 1;
    await isHeld;
    await route.continue();
  });
  const end = reader.main.getByRole('button', { name: 'End this link' });
  const request = reader.page.waitForRequest('**/receipt-links/revoke');
  await end.dblclick();
  await request;
  await reader.page.locator('.pay-top__mark').first().click();
  const home = reader.page.getByRole('link', { name: reader.words.payOnce });
  await home.waitFor();
  const answered = reader.page.waitForResponse('**/receipt-links/revoke');
  answer();
  await answered;
  await reader.settles();
  await home.waitFor();
  assert.equal(asked, 1);
});

scene('the link of a debit that came back opens what happened, with its date and file and nothing of a visit', async ({ payer, member, stack, another }) => {
  const before = books(stack);
  await payer.reachesReview(member, { who: TO, bank: { ...BANK, account: '000111111116' } });
  await payer.pays();
  await payer.sees('Sent to your bank');
  const link = (await payer.newestEmail(PAYER, /#/)).text.match(/https?:\S+#\S+/)[0];
  await stack.later(7 * 86_400);
  await stack.until(() => stateOf(stack, before) === 'returned', 'the bank debit is returned');
  const reader = await another();
  await reader.page.goto(link);
  await reader.sees('Your bank returned the payment');
  assert.doesNotMatch(await reader.text(), /kept for this visit/);
  await reader.main.getByRole('link', { name: 'Find your bill' }).waitFor();
  await reader.main.getByRole('link', { name: 'Save as PDF' }).waitFor();
  await reader.main.getByRole('button', { name: 'End this link' }).click();
  await reader.sees('The link has ended');
});
