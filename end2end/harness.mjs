// The real servers, for one test: processor and billing on free ports, over databases of their own in a temporary
// directory, with demo data; the browser's way in is a proxy that can misbehave, and so is billing's way to the
// processor.
//
//   browser -> stack.edge (Proxy) -> billing server -> stack.inner (Proxy) -> processor <- the capture frame, straight
//
// Where the programs are: KPPAY_SERVER_BIN, KPPAY_PROCESSOR_BIN, KPPAY_DIST (the built app), KPPAY_FRAME (the built
// frame).
//
// Every stack opens at one moment, KPPAY_TEST_NOW or the one in .cargo/config.toml, whatever day it is: both servers'
// clocks and the browser's begin there and tick on. Only `stack.later` moves the servers' further.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Proxy } from './fault.mjs';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

/** The moment at which every kept tree was taken, and at which tests begin unless the environment says otherwise. */
const USUAL = fs.readFileSync(path.join(ROOT, '.cargo/config.toml'), 'utf8').match(/^KPPAY_TEST_NOW = "(.+)"$/m)[1];
const begins = new Date(process.env.KPPAY_TEST_NOW ?? USUAL);
assert.ok(begins.getTime(), 'KPPAY_TEST_NOW is a moment such as 2026-11-23T17:52:00Z');
export const BEGINS = begins.getTime();
export const IS_USUAL = BEGINS === Date.parse(USUAL);
const moment = (millis) => new Date(millis).toISOString();

const firstThatExists = (...candidates) => candidates.find((candidate) => candidate && fs.existsSync(candidate));

function program(name, given) {
  const found = firstThatExists(given, path.join(ROOT, 'target/server', name), path.join(ROOT, 'target/debug', name));
  assert.ok(found, `${name} is not built: cargo build -p ${name.replace('kppay-', '')}`);
  return found;
}

function folder(what, given, fallback, how) {
  const found = firstThatExists(given, path.join(ROOT, fallback));
  assert.ok(found, `${what} is not built: ${how}`);
  return found;
}

/**
 * A port that nobody listens on, below those that the system gives away by itself: one of those may be somebody's
 * before our program has it, and it was.
 */
export async function freePort() {
  for (;;) {
    const probe = net.createServer().listen(randomInt(11_000, 32_000), '127.0.0.1');
    const isFree = await once(probe, 'listening').then(() => true, () => false);
    if (!isFree) continue;
    const { port } = probe.address();
    probe.close();
    await once(probe, 'close');
    return port;
  }
}

/** One of our programs that runs until it is stopped or killed, with everything it says kept. */
class Running {
  constructor(name, command, args, env, ready) {
    Object.assign(this, { name, command, args, env, ready, log: '' });
  }
  async start() {
    const child = spawn(this.command, this.args(), { env: { ...process.env, ...this.env }, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    this.gone = new Promise((resolve) => child.once('exit', resolve));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (this.log += chunk));
    for (let tries = 0; tries < 600; tries += 1) {
      if (child.exitCode !== null) throw new Error(`${this.name} ended with ${child.exitCode}:\n${this.log}`);
      if (await fetch(this.ready).then((answer) => answer.ok, () => false)) return;
      await pause(50);
    }
    throw new Error(`${this.name} is not ready after 30 s:\n${this.log.slice(-4000)}`);
  }
  /** As the power cut does it: no shutdown, no flush. */
  async kill() {
    this.child.kill('SIGKILL');
    await this.gone;
  }
  async stop() {
    if (this.child?.exitCode === null && this.child.signalCode === null) this.child.kill('SIGTERM');
    await this.gone;
  }
}

/** A directory with the demo's database, seeded once by this build for this moment: a copy is ready in milliseconds. */
let template;
const seeded = () => (template ??= seed());

async function seed() {
  const command = program('kppay-server', process.env.KPPAY_SERVER_BIN);
  const { size, mtimeMs } = fs.statSync(command);
  const all = path.join(ROOT, 'target/end2end/seeds');
  const built = `${size}-${Math.floor(mtimeMs)}`;
  const kept = path.join(all, `${built}-${BEGINS}`);
  if (fs.existsSync(kept)) return kept;
  fs.mkdirSync(all, { recursive: true });
  for (const old of fs.readdirSync(all)) {
    if (!old.startsWith(built)) fs.rmSync(path.join(all, old), { recursive: true, force: true });
  }
  const dir = fs.mkdtempSync(`${kept}-`);
  const port = await freePort();
  const server = new Running(
    'kppay-server',
    command,
    () => ['--listen', `127.0.0.1:${port}`, '--database-url', `sqlite:${path.join(dir, 'billing.db')}`, '--demo', '--clock', moment(BEGINS)],
    { KPPAY_PROCESSOR_SECRET: 'nobody is asked while seeding' },
    `http://127.0.0.1:${port}/readyz`,
  );
  await server.start();
  await server.stop();
  try {
    fs.renameSync(dir, kept);
  } catch {
    // Another file's tests were faster.
    fs.rmSync(dir, { recursive: true, force: true });
  }
  assert.ok(fs.existsSync(kept), 'the demo’s database is seeded');
  return kept;
}

export class Stack {
  static async open({ demo = true, settings = [] } = {}) {
    const stack = new Stack();
    stack.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'kppay-'));
    const [serverPort, processorPort, edgePort] = [await freePort(), await freePort(), await freePort()];
    const secret = randomBytes(24).toString('hex');
    const origin = `http://127.0.0.1:${serverPort}`;
    const processorOrigin = `http://localhost:${processorPort}`;
    stack.edge = await Proxy.start(origin, { port: edgePort, name: 'localhost' });
    stack.inner = await Proxy.start(`http://127.0.0.1:${processorPort}`);
    stack.app = stack.edge.origin;
    stack.processorOrigin = processorOrigin;
    stack.billingFile = path.join(stack.dir, 'billing.db');
    stack.processorFile = path.join(stack.dir, 'processor.db');
    if (demo) fs.cpSync(await seeded(), stack.dir, { recursive: true });
    stack.opened = performance.now();
    stack.processor = new Running(
      'kppay-processor',
      program('kppay-processor', process.env.KPPAY_PROCESSOR_BIN),
      () => [
        '--listen', `127.0.0.1:${processorPort}`, '--database', stack.processorFile, '--parent-origin', stack.app,
        '--frame', folder('the capture frame', process.env.KPPAY_FRAME, 'target/capture', 'cargo xtask start'),
        '--clock', moment(stack.now()),
        '--tokens', '100000',
      ],
      { KPPAY_PROCESSOR_SECRET: secret },
      `${processorOrigin}/healthz`,
    );
    stack.server = new Running(
      'kppay-server',
      program('kppay-server', process.env.KPPAY_SERVER_BIN),
      () => [
        '--listen', `127.0.0.1:${serverPort}`, '--database-url', `sqlite:${stack.billingFile}`, '--public-origin', stack.app,
        '--processor-url', stack.inner.origin, '--processor-public-url', processorOrigin,
        '--dist', folder('the app', process.env.KPPAY_DIST, 'dist', 'trunk build'), 
        // without the demo a server goes by the machine's clock
        ...(demo ? ['--demo', '--clock', moment(stack.now())] : []), ...settings,
      ],
      { KPPAY_PROCESSOR_SECRET: secret },
      `${origin}/readyz`,
    );
    stack.direct = origin;
    try {
      await stack.processor.start();
      await stack.server.start();
      return stack;
    } catch (problem) {
      // what runs already would keep this process alive for ever
      await stack.close();
      throw problem;
    }
  }

  /** What a clock shows that was set when the stack opened, in milliseconds: a browser's, a phone's. */
  now() {
    return BEGINS + Math.round(performance.now() - this.opened);
  }

  /** Everything both programs have said so far. */
  logs() {
    return this.server.log + this.processor.log;
  }

  async members() {
    this.known ??= await (await fetch(`${this.direct}/demo/members`)).json();
    return this.known;
  }
  /** The first demo member of whom `is` holds. */
  async member(is = (member) => member.name === 'Ana O’Neill') {
    const found = (await this.members()).find(is);
    assert.ok(found, 'no demo member is like that');
    return found;
  }

  /** Text messages, the newest first. */
  async texts() {
    return (await fetch(`${this.direct}/demo/texts`)).json();
  }
  async mail() {
    return (await fetch(`${this.direct}/demo/mail`)).json();
  }

  /** Small deposits as bank statements show them, the newest first. */
  async bank() {
    return (await fetch(`${this.direct}/demo/bank`)).json();
  }

  /** Moves the demo's clock on, billing's and the processor's. */
  async later(seconds) {
    const answer = await fetch(`${this.direct}/demo/clock`, {
      method: 'POST', headers: { 'content-type': 'application/json', origin: this.app }, body: JSON.stringify({ seconds }),
    });
    assert.equal(answer.ok, true, `the demo clock answers ${answer.status}`);
  }

  /**
   * Waits for something that one of our programs does in its own time, such as asking the processor what
   * became of a debit.
   */
  async until(holds, what) {
    for (let tries = 0; tries < 200; tries += 1) {
      if (holds()) return;
      await pause(100);
    }
    throw new Error(`it never happened: ${what}`);
  }

  /** Rows of billing's database; several questions, each `[sql, ...values]`, are asked of one and the same moment. */
  billing(...questions) {
    return read(this.billingFile, questions);
  }
  processing(...questions) {
    return read(this.processorFile, questions);
  }

  /** Somebody else writes to billing's database, and holds its lock until `release()`. */
  async holdBilling() {
    const held = spawn('python3', ['-S', '-E', '-c', HOLD, this.billingFile], { stdio: ['pipe', 'pipe', 'inherit'] });
    const gone = once(held, 'exit');
    await once(held.stdout, 'data');
    return {
      release: async () => {
        held.stdin.end();
        await gone;
      },
    };
  }

  /** The bytes of every file of both databases, write-ahead logs included. */
  databaseBytes() {
    return fs.readdirSync(this.dir).map((name) => ({ name, bytes: fs.readFileSync(path.join(this.dir, name)) }));
  }

  async close() {
    await this.edge.stop();
    await this.server.stop();
    await this.inner.stop();
    await this.processor.stop();
    if (!process.env.KPPAY_KEEP) fs.rmSync(this.dir, { recursive: true, force: true });
  }
}

const HOLD = `
import sqlite3, sys
base = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
base.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
base.execute("ROLLBACK")
`;

// Node 20 has no SQLite of its own; Python, which every machine that builds this has, does.
const READ = `
import json, sqlite3, sys
file, questions = json.load(sys.stdin)
base = sqlite3.connect("file:" + file + "?mode=ro", uri=True, timeout=10, isolation_level=None)
base.row_factory = sqlite3.Row
base.execute("BEGIN")
plain = lambda value: value.hex() if isinstance(value, bytes) else value
read = lambda row: {name: plain(row[name]) for name in row.keys()}
print(json.dumps([[read(row) for row in base.execute(sql, values)] for sql, *values in questions]))
`;

function read(file, questions) {
  const asked = questions.map((question) => [question].flat());
  const answers = JSON.parse(execFileSync('python3', ['-S', '-E', '-c', READ], { input: JSON.stringify([file, asked]), maxBuffer: 1 << 28 }));
  return asked.length === 1 ? answers[0] : answers;
}
