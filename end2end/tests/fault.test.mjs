// The fault layer itself, against a server of three lines: a fault that did not happen would make every test above it a
// lie. And the stack that a test can't open.
import assert from 'node:assert/strict';
import http from 'node:http';
import { once } from 'node:events';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Proxy } from '../fault.mjs';
import { Stack } from '../harness.mjs';

let counting, reached, proxy;
before(async () => {
  counting = http.createServer((request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'] });
    request.pipe(response);
  });
  counting.listen(0, '127.0.0.1');
  await once(counting, 'listening');
});
after(() => counting.close());
beforeEach(async () => {
  reached = [];
  proxy = await Proxy.start(`http://127.0.0.1:${counting.address().port}`);
});
afterEach(() => proxy.stop());

const post = (path) => fetch(proxy.origin + path, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } });

test('without a fault it passes everything through, both cookies too', async () => {
  const answer = await post('/payments?x=1');
  assert.equal(answer.status, 201);
  assert.equal(await answer.text(), '{"a":1}');
  assert.deepEqual(answer.headers.getSetCookie(), ['a=1', 'b=2']);
  assert.deepEqual(reached, ['POST /payments?x=1']);
});

test('a dropped request never reaches the server, and the next one does', async () => {
  proxy.fault({ path: /payments/, drop: true });
  await assert.rejects(post('/payments'));
  assert.deepEqual(reached, []);
  assert.equal((await post('/payments')).status, 201);
});

test('a lost response was committed all the same', async () => {
  proxy.fault({ path: /payments/, lose: true });
  await assert.rejects(post('/payments'));
  assert.deepEqual(reached, ['POST /payments']);
});

test('a 500 after the commit is a 500 that is not even JSON', async () => {
  proxy.fault({ path: /payments/, answer: 500 });
  const answer = await post('/payments');
  assert.equal(answer.status, 500);
  assert.match(await answer.text(), /^<h1>/);
  assert.deepEqual(reached, ['POST /payments']);
});

test('a held answer waits until it is released', async () => {
  const fault = proxy.fault({ path: /payments/, hold: true });
  let answered = false;
  const answer = post('/payments').then((answer) => ((answered = true), answer));
  await fault.reached;
  assert.deepEqual(reached, ['POST /payments']);
  assert.equal(answered, false);
  fault.release();
  assert.equal((await answer).status, 201);
});

test('cut off, nothing gets through until it is restored', async () => {
  proxy.cut();
  await assert.rejects(post('/payments'));
  proxy.restore();
  assert.equal((await post('/payments')).status, 201);
  assert.deepEqual(reached, ['POST /payments']);
});

test('a fault takes only the method and the path it was armed for', async () => {
  proxy.fault({ method: 'GET', path: /payments/, drop: true });
  assert.equal((await post('/payments')).status, 201);
  proxy.fault({ path: /elsewhere/, drop: true });
  assert.equal((await post('/payments')).status, 201);
});

test('a stack that can not open leaves no program running', async () => {
  const running = () => process.getActiveResourcesInfo().filter((what) => what === 'ProcessWrap').length;
  const before = running();
  await assert.rejects(Stack.open({ settings: ['--no-such-option'] }), /no-such-option/);
  for (let looks = 0; looks < 100 && running() > before; looks += 1) await pause(20);
  assert.equal(running(), before);
});
