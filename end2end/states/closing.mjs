// Walk of closing an account: one that is closed, and one with money in it.

import { MEI, PASSWORD } from '../member.mjs';
import { stop } from './stop.mjs';

export async function* closingTheAccount({ payer, stack }) {
  const { identifiers, email } = await stack.member(({ name }) => name === 'Mei Tanaka');
  await payer.registers(identifiers);
  await payer.opens(MEI.mail, email);
  await payer.signsIn(MEI.mail);
  await payer.goes('/account/profile/close');
  await payer.main.getByLabel(payer.words.knowClosing).waitFor();
  yield stop('close', '');
  await payer.presses('closeIt');
  await payer.invalid();
  yield stop('close', 'error');
  await payer.main.getByLabel(payer.words.knowClosing).check();
  await payer.control('currentPassword').fill(PASSWORD);
  await payer.presses('closeIt');
  await payer.sees(payer.words.accountClosed);
  // the page was loaded anew, and has the server's time once that has answered
  await payer.page.getByRole('contentinfo').getByText(/^(Open now|Abierto ahora)/).waitFor();
  yield stop('account-closed', '');
  await payer.signsIn();
  await payer.goes('/account/profile/close');
  await payer.main.getByRole('heading', { name: payer.words.cantClose }).waitFor();
  yield stop('close', 'balance');
}
