// What a person can show beside a password: the codes of an authenticator app, made anew here (RFC 6238), and
// Chromium's virtual authenticator, which holds passkeys.
import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const STEP = 30_000;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function bytes(secret) {
  const bits = [...secret.replaceAll(' ', '')].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/**
 * The code that an app shows at the stack's time, or `steps` steps of 30 s away from it. The server accepts a code that
 * is one step off, and each step once. So a test that sets up an app with the code of the step before can sign in with
 * the present one, and need not wait. In the last seconds of a step it waits for the next: the code could be old on
 * arrival.
 */
export async function appCode(stack, secret, steps = 0) {
  const left = STEP - (stack.now() % STEP);
  if (left < 4_000) await pause(left + 50);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(stack.now() / STEP) + steps));
  const hash = createHmac('sha1', bytes(secret)).update(counter).digest();
  const from = hash[19] & 15;
  return String((hash.readUInt32BE(from) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** A phone or computer that holds passkeys and always says yes. */
export class Authenticator {
  static async in({ page, context }) {
    const own = new Authenticator();
    own.cdp = await context.newCDPSession(page);
    await own.cdp.send('WebAuthn.enable');
    const options = {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true,
    };
    own.id = (await own.cdp.send('WebAuthn.addVirtualAuthenticator', { options })).authenticatorId;
    return own;
  }
  async passkeys() {
    return (await this.cdp.send('WebAuthn.getCredentials', { authenticatorId: this.id })).credentials;
  }
  /** The device is reset: it knows none of its passkeys any more. */
  async forgets() {
    await this.cdp.send('WebAuthn.clearCredentials', { authenticatorId: this.id });
  }
}
