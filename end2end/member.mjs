// A person with an account: registering, signing in, getting back in. As in journey.mjs, each method is one thing that
// a person does or sees, in words of the page; e-mails are read where the demo shows them.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { appCode } from './authenticator.mjs';
import { Payer, WORDS } from './journey.mjs';

export const PASSWORD = 'copper river lantern seven';
export const NEW_PASSWORD = 'seven lanterns on a copper river';

Object.assign(WORDS.en, {
  register: 'Register', begin: /^Begin with your statement/, bill: 'Your bill', terms: 'Terms', agreeTerms: /^I have read and agree/,
  you: 'About you', first: 'First name', last: 'Last name', street: 'Street and number', city: 'City', state: 'State',
  mail: 'E-mail', phone: 'Phone', password: 'Password', open: 'Open my account', confirmEmail: 'Confirm your e-mail',
  sendAgain: 'Send it again', otherAddress: 'Use another address', sendThere: 'Send it there', sentAgain: /^Sent\. Please check/,
  confirm: 'Open my account', confirmed: 'Your account is open', chosen: 'The password you chose', mailCode: 'Code from the other e-mail', notChosen: /this is not the password you registered with/, codeElsewhere: /your plan has another address on file/, refusedLink: 'This link no longer works', lostLink: 'Open the link in your e-mail again',
  signIn: 'Sign in', userId: 'User ID', signOut: 'Sign out', yourAccount: 'Your account', security: 'Security',
  wrong: 'User ID or password: one of them is not right', couldNot: 'We could not sign you in', moment: 'A moment, please',
  forgotId: 'Forgot user ID', sendId: 'Send my user ID', forgot: 'Forgot password', sendLink: 'Send the link', mailbox: 'Check your e-mail',
  reset: 'Choose a new password', newPassword: 'New password', current: 'Current password', savePassword: 'Save the new password', resetDone: 'Your password was changed',
  signedOutTitle: 'You are signed out', timedOut: 'Your visit ended to protect your information', moreTime: 'Do you need more time?',
  stay: 'Stay', payAll: 'Pay all or choose', changePassword: 'Change the password', endOthers: 'Sign out everywhere else',
  secondStep: 'One more step', changeFactors: 'Add or remove a second step', yourPassword: 'Your password', addPasskey: 'Add a passkey', addApp: 'Set up an authenticator app',
  appCode: 'Then type the code it shows', turnOn: 'Turn on', kept: 'I have kept them', tenLeft: '10 codes left', stepCode: 'Code from your authenticator app', recoveryCode: 'Recovery code',
  orRecovery: 'Use a recovery code', usePasskey: 'Use your passkey', factors: 'A second step when you sign in', renew: 'Make new ones', startOver: 'Sign in as somebody else',
  appOn: 'From now on, signing in asks for a code of your app.', passkeyOn: 'From now on, your passkey is the second step.', codeWrong: /^This code is not right/, cancel: 'Cancel',
  askAbout: /^Ask about this charge/, question: 'Your question', sendQuestion: 'Send the question', readStatement: 'Read the statement', statementPage: 'Statement',
  methods: 'Payment methods', addMethod: 'Add another', nickname: 'A name for it', myDefault: /^Make it my default/, saveIt: 'Save it for next time', makeDefault: (of) => `Make default ${of}`, verifyOf: (of) => `Verify ${of}`, amountsOf: (of) => `Enter the amounts ${of}`, removeIt: 'Remove', removeOf: (of) => `Remove ${of}`, replaceOf: (of) => `Replace ${of}`, nameOf: (of) => `Name it ${of}`, renameOf: (of) => `Rename ${of}`, savedMethods: 'Saved', nothingSaved: /^Nothing saved\./,
  notices: 'Notices', sendCode: 'Send me a code', agreeTexts: 'I agree', textCode: 'Code from the text message', confirmNumber: 'Confirm the number', endTexts: 'Turn text messages off', paperless: 'Go paperless', paperAgain: 'Get bills by mail again', downloadData: 'Download my data', profile: 'Profile', address: 'Mailing address', language: 'Language', newMail: 'New e-mail', currentPassword: 'Current password', sendLink: 'Send the link', keepMail: 'Keep the present address', mailChanged: 'Your e-mail is changed', closeAccount: 'Close your account', closeIt: 'Close my account', knowClosing: /^I know what happens/, accountClosed: 'Your account is closed', cantClose: 'You can’t close your account yet', zip: 'ZIP code', save: 'Save', saved: (part) => `Saved: ${part}.`, change: (part) => new RegExp(`^Change .*${part}$`, 'i'),
});
Object.assign(WORDS.es, {
  register: 'Registrarse', begin: /^Empezar con su estado de cuenta/, bill: 'Su factura', terms: 'Condiciones', agreeTerms: /^He leído/,
  you: 'Sobre usted', first: 'Nombre', last: 'Apellido', street: 'Calle y número', city: 'Ciudad', state: 'Estado',
  mail: 'Correo electrónico', phone: 'Teléfono', password: 'Contraseña', open: 'Abrir mi cuenta', confirmEmail: 'Confirme su correo electrónico',
  sendAgain: 'Enviarlo otra vez', otherAddress: 'Usar otra dirección', sendThere: 'Enviarlo allí', sentAgain: /^Enviado\. Revise/,
  confirm: 'Abrir mi cuenta', confirmed: 'Su cuenta está abierta', chosen: 'La contraseña que eligió', mailCode: 'Código del otro correo', notChosen: /no es la contraseña con la que se registró/, codeElsewhere: /su plan tiene registrada otra dirección/, refusedLink: 'Este enlace ya no funciona', lostLink: 'Abra otra vez el enlace de su correo',
  signIn: 'Iniciar sesión', userId: 'ID de usuario', signOut: 'Cerrar sesión', yourAccount: 'Su cuenta', security: 'Seguridad',
  wrong: 'ID de usuario o contraseña: uno de los dos no es correcto', couldNot: 'No pudimos iniciar su sesión', moment: 'Un momento, por favor',
  forgotId: 'Olvidé mi ID de usuario', sendId: 'Enviar mi ID de usuario', forgot: 'Olvidé mi contraseña', sendLink: 'Enviar el enlace', mailbox: 'Revise su correo electrónico',
  reset: 'Elija una nueva contraseña', newPassword: 'Nueva contraseña', current: 'Contraseña actual', savePassword: 'Guardar la nueva contraseña', resetDone: 'Su contraseña se cambió',
  signedOutTitle: 'Cerró su sesión', timedOut: 'Su visita terminó para proteger su información', moreTime: '¿Necesita más tiempo?',
  stay: 'Seguir aquí', payAll: 'Pagar todo o elegir', changePassword: 'Cambiar la contraseña', endOthers: 'Cerrar la sesión en los demás lugares',
  secondStep: 'Un paso más', changeFactors: 'Agregar o quitar un segundo paso', yourPassword: 'Su contraseña', addPasskey: 'Agregar una llave de acceso', addApp: 'Configurar una app de autenticación',
  appCode: 'Después escriba el código que muestra', turnOn: 'Activar', kept: 'Ya los guardé', tenLeft: 'Quedan 10 códigos', stepCode: 'Código de su app de autenticación', recoveryCode: 'Código de recuperación',
  orRecovery: 'Usar un código de recuperación', usePasskey: 'Usar su llave de acceso', factors: 'Un segundo paso al iniciar sesión', renew: 'Crear nuevos', startOver: 'Iniciar sesión como otra persona',
  appOn: 'Desde ahora, al iniciar sesión se pide un código de su app.', passkeyOn: 'Desde ahora, su llave de acceso es el segundo paso.', codeWrong: /^Este código no es correcto/, cancel: 'Cancelar',
  askAbout: /^Preguntar por este cargo/, question: 'Su pregunta', sendQuestion: 'Enviar la pregunta', readStatement: 'Leer el estado de cuenta', statementPage: 'Estado de cuenta',
  methods: 'Formas de pago', addMethod: 'Agregar otra', nickname: 'Un nombre para ella', myDefault: /^Hacerla mi preferida/, saveIt: 'Guardarla para la próxima vez', makeDefault: (of) => `Hacerla preferida ${of}`, verifyOf: (of) => `Verificar ${of}`, amountsOf: (of) => `Escribir los importes ${of}`, removeIt: 'Eliminar', removeOf: (of) => `Eliminar ${of}`, replaceOf: (of) => `Reemplazar ${of}`, nameOf: (of) => `Ponerle nombre ${of}`, renameOf: (of) => `Cambiar el nombre ${of}`, savedMethods: 'Guardadas', nothingSaved: /^No hay nada guardado\./,
  notices: 'Avisos', sendCode: 'Enviarme un código', agreeTexts: 'Acepto', textCode: 'Código del mensaje de texto', confirmNumber: 'Confirmar el número', endTexts: 'Desactivar los mensajes de texto', paperless: 'Recibir facturas sin papel', paperAgain: 'Volver a recibirlas por correo postal', downloadData: 'Descargar mis datos', profile: 'Perfil', address: 'Dirección postal', language: 'Idioma', newMail: 'Nuevo correo electrónico', currentPassword: 'Contraseña actual', sendLink: 'Enviar el enlace', keepMail: 'Conservar la dirección actual', mailChanged: 'Su correo electrónico cambió', closeAccount: 'Cerrar su cuenta', closeIt: 'Cerrar mi cuenta', knowClosing: /^Sé qué pasa/, accountClosed: 'Su cuenta está cerrada', cantClose: 'Todavía no puede cerrar su cuenta', zip: 'Código postal', save: 'Guardar', saved: (part) => `Guardado: ${part}.`, change: (part) => new RegExp(`^Cambiar .*${part}$`, 'i'),
});

export const MEI = {
  first: 'Mei', last: 'Tanaka', street: '1 Harbor Street', city: 'San Diego', mail: 'mei@example.org', phone: '(510) 555-0134', password: PASSWORD,
};

export class Member extends Payer {
  get main() {
    return this.page.getByRole('main');
  }
  /** The control with this label, and not the button beside it that shows a password. */
  control(name) {
    return this.main.getByLabel(this.words[name], { exact: true }).and(this.page.locator('input, select'));
  }
  async presses(name) {
    await this.main.getByRole('button', { name: this.words[name], exact: typeof this.words[name] === 'string' }).click();
  }

  // --- registering

  /** Up to the terms: region, unless one is chosen already, and what is printed on the statement. */
  async showsStatement(identifiers, region = 'California') {
    await this.goes('/register');
    await this.main.getByRole('link', { name: this.words.begin }).click();
    if (region) {
      await this.sees(this.words.region);
      await this.page.getByRole('radio', { name: new RegExp(`^${region}`) }).check();
      await this.presses('goOn');
    }
    await this.sees(this.words.bill);
    await this.types(identifiers);
    await this.presses('goOn');
    await this.sees(this.words.terms);
  }
  async agreesToTerms() {
    await this.page.getByRole('checkbox', { name: this.words.agreeTerms }).check();
    await this.presses('goOn');
    await this.sees(this.words.you);
  }
  async tells(person) {
    for (const [name, text] of Object.entries(person)) await this.control(name).fill(text);
  }
  async registers(identifiers, person = MEI, region = 'California') {
    await this.showsStatement(identifiers, region);
    await this.agreesToTerms();
    await this.tells(person);
    await this.presses('open');
    await this.sees(this.words.confirmEmail);
  }

  // --- e-mails

  /** The newest e-mail to an address whose text matches. */
  async newestEmail(to, matches = /./) {
    for (let tries = 0; tries < 50; tries += 1) {
      const found = (await this.stack.mail()).find((message) => message.to === to && matches.test(message.text));
      if (found) return found;
      await pause(100);
    }
    assert.fail(`no e-mail to ${to} that says ${matches}`);
  }
  /** What was asked for with this address and waits to be confirmed. */
  async asked(email) {
    const { stack } = this;
    const all = () => stack.billing(['SELECT opening FROM pending_account']).map(({ opening }) => JSON.parse(opening));
    const find = () => all().find((opening) => opening.email === email);
    await stack.until(find, `an account is asked for with ${email}`);
    return find();
  }
  /** The account with this user ID; nothing if there is none. */
  account(userId) {
    return this.stack.billing(['SELECT * FROM account WHERE user_id = ?', userId])[0];
  }
  /** Follows the link of the newest e-mail that has one. */
  async followsLink(to) {
    const { text } = await this.newestEmail(to, /#/);
    await this.page.goto(text.match(/https?:\S+#\S+/)[0]);
  }

  /** The newest code that went to the address that the plan has on file. */
  async code(onFile) {
    const code = /^[0-9a-z]{5}-[0-9a-z]{5}$/m;
    return (await this.newestEmail(onFile, code)).text.match(code)[0];
  }
  /**
   * Opens the account with the link, the password that was chosen and, where the plan has another address on file, its
   * code.
   */
  async opens(to, onFile, password = PASSWORD) {
    await this.followsLink(to);
    await this.sees(this.words.confirmEmail);
    await this.control('chosen').fill(password);
    if (onFile !== to) await this.control('mailCode').fill(await this.code(onFile));
    await this.presses('confirm');
    await this.sees(this.words.confirmed);
  }

  /** On the profile page: opens the form of this part. */
  async changes(part) {
    await this.main.getByRole('button', { name: this.words.change(this.words[part]) }).click();
  }

  /** On the page of notices: agrees to text messages, and a code is sent there. */
  async namesNumber(phone) {
    await this.control('phone').fill(phone);
    await this.page.getByRole('checkbox', { name: this.words.agreeTexts, exact: true }).check();
    await this.presses('sendCode');
    await this.control('textCode').waitFor();
  }
  async textedCode() {
    const [{ text }] = await this.stack.texts();
    return text.match(/\b[0-9a-z]{5}-[0-9a-z]{5}\b/)[0];
  }

  // --- saved methods

  async opensMethods() {
    await this.goes('/account/methods');
    await this.sees(this.words.methods);
    await this.main.getByRole('region', { name: this.words.addMethod }).waitFor();
  }
  /** On the page of methods: types a card or an account and saves it. `how` is `byCard` or `byBank`. */
  async savesMethod(how, nickname, details) {
    await this[how](details);
    await this.control('nickname').fill(nickname);
    await this.agreesToKeep();
    await this.presses('save');
    await this.main.getByRole('heading', { level: 3, name: nickname, exact: true }).waitFor();
  }
  /** On the page of methods: to the text that goes with what is typed. */
  async agreesToKeep() {
    await this.page.locator('#agreed').check();
  }
  async pressesOf(name, of) {
    await this.main.getByRole('button', { name: this.words[name](of), exact: true }).click();
  }
  /** In the form of the e-mail address, which is open. */
  async asksForMail(to) {
    await this.control('newMail').fill(to);
    await this.control('currentPassword').fill(PASSWORD);
    await this.presses('sendLink');
    await this.main.getByRole('status').getByText(to).waitFor();
  }

  // --- in and out

  async goesToSignIn() {
    await this.goes('/sign-in');
    await this.sees(this.words.signIn);
  }
  async triesToSignIn(userId, password = PASSWORD) {
    await this.control('userId').fill(userId);
    await this.control('password').fill(password);
    const answered = this.page.waitForResponse((answer) => answer.url().endsWith('/session') && answer.request().method() === 'POST');
    await this.presses('signIn');
    await answered;
  }
  async signsIn(userId = 'ana.oneill@example.org', password = PASSWORD) {
    await this.goesToSignIn();
    await this.triesToSignIn(userId, password);
    await this.sees(this.words.yourAccount);
  }

  // --- the second step

  get factors() {
    return this.main.getByRole('region', { name: this.words.factors });
  }
  /** On the security page: the password again, so that how one signs in can be changed. */
  async provesIt(password = PASSWORD) {
    await this.goes('/account/security');
    await this.factors.getByText(this.words.changeFactors).click();
    await this.control('yourPassword').fill(password);
    await this.factors.getByRole('button', { name: this.words.goOn }).click();
    await this.factors.getByRole('button', { name: this.words.addPasskey }).waitFor();
  }
  /** Up to the recovery codes, with the code of the step before. Gives the secret and the codes. */
  async setsUpApp() {
    await this.presses('addApp');
    const secret = await this.factors.locator('code').innerText();
    await this.control('appCode').fill(await appCode(this.stack, secret, -1));
    await this.presses('turnOn');
    await this.factors.getByText(this.words.appOn).waitFor();
    return { secret, codes: await this.codes() };
  }
  async codes() {
    await this.factors.getByRole('button', { name: this.words.kept }).waitFor();
    return this.factors.locator('li > code').allInnerTexts();
  }
  /** User ID and password, up to the second step. */
  async typesPassword(userId = 'ana.oneill@example.org', password = PASSWORD) {
    await this.goesToSignIn();
    await this.triesToSignIn(userId, password);
    await this.sees(this.words.secondStep);
  }

  async signsOut() {
    await this.page.getByRole('banner').getByRole('button', { name: this.words.signOut }).click();
    await this.sees(this.words.signedOutTitle);
  }
  get dialog() {
    return this.page.getByRole('dialog', { name: this.words.moreTime });
  }
}
