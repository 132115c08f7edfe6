// An HTTP proxy that can misbehave on purpose, one named request at a time. It stands between the browser and the
// server, and a second one between the server and the processor. It knows nothing of billing.
//
// A fault is `{ method, path, times, ...what }`; `path` is a RegExp on path and query. What it can do:
//   drop             cut the connection before anything reaches the other side
//   late(millis)     cut the connection, and bring the request to the other side later: it was on its way all the time
//   instead(answer)  answer `{ status, headers, body }` by itself; nothing reaches the other side
//   lose             let the other side finish, then cut the connection instead of answering
//   answer(status)   let the other side finish, then answer something else
//   hold             let the other side finish, and keep its answer until `release()`; never released is a time-out
//   before, after    call a function when the request is here, or once the other side has answered (awaited)
//
// Connections to the browser are closed after each answer: Chromium silently repeats a request whose *reused*
// connection was cut, which would hide what a test wants to see. `keepAlive: true` gives that behaviour back.
import http from 'node:http';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'te', 'trailer']);

const endToEnd = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));

async function body(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export class Fault {
  constructor({ method = 'POST', path, times = 1, ...what }) {
    Object.assign(this, { method, path, times, what, seen: 0 });
    this.held = [];
    this.reached = new Promise((resolve) => (this.arrive = resolve));
  }
  takes(request) {
    return this.seen < this.times && (this.method === '*' || request.method === this.method) && this.path.test(request.url);
  }
  /** Lets every answer kept so far go, and those that come later. */
  release() {
    this.released = true;
    for (const go of this.held.splice(0)) go();
  }
  waitForRelease() {
    return this.released ? Promise.resolve() : new Promise((go) => this.held.push(go));
  }
}

export class Proxy {
  static async start(target, { port = 0, keepAlive = false, name = '127.0.0.1' } = {}) {
    const proxy = new Proxy();
    Object.assign(proxy, { target, keepAlive, faults: [], offline: false, requests: [], sockets: new Set() });
    proxy.server = http.createServer((request, response) => proxy.#pass(request, response));
    proxy.server.on('connection', (socket) => {
      if (proxy.offline) return socket.destroy();
      proxy.sockets.add(socket);
      socket.on('close', () => proxy.sockets.delete(socket));
      socket.on('error', () => {});
    });
    proxy.server.listen(port, '127.0.0.1');
    await once(proxy.server, 'listening');
    proxy.port = proxy.server.address().port;
    proxy.origin = `http://${name}:${proxy.port}`;
    return proxy;
  }

  /** Arms a fault; it is spent after `times` requests. */
  fault(description) {
    const fault = new Fault(description);
    this.faults.push(fault);
    return fault;
  }

  /** No connection gets through, and those that are open are cut. */
  cut() {
    this.offline = true;
    for (const socket of this.sockets) socket.destroy();
  }
  restore() {
    this.offline = false;
  }

  /** How often a request got through to this proxy: `proxy.count('POST', /payments/)`. */
  count(method, path) {
    return this.requests.filter((request) => request.method === method && path.test(request.url)).length;
  }

  async stop() {
    for (const fault of this.faults) fault.release();
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  async #pass(request, response) {
    this.requests.push({ method: request.method, url: request.url, key: request.headers['idempotency-key'] });
    const fault = this.faults.find((fault) => fault.takes(request));
    if (fault) fault.seen += 1;
    const what = fault?.what ?? {};
    try {
      const sent = await body(request);
      await what.before?.();
      if (what.drop) {
        fault.arrive();
        return request.socket.destroy();
      }
      if (what.instead) {
        fault.arrive();
        return this.#answer(response, what.instead);
      }
      if (what.late !== undefined) {
        request.socket.destroy();
        await pause(what.late);
      }
      const answer = await this.#forward(request, sent);
      await what.after?.(answer);
      fault?.arrive(answer);
      if (what.lose || what.late !== undefined) return request.socket.destroy();
      if (what.hold) await fault.waitForRelease();
      if (what.answer) return this.#answer(response, { status: what.answer });
      this.#reply(response, answer.status, answer.headers, answer.body);
    } catch {
      fault?.arrive();
      request.socket.destroy();
    }
  }

  #answer(response, { status, headers = {}, body = '<h1>Bad gateway</h1>' }) {
    this.#reply(response, status, { 'content-type': 'text/html', ...headers }, body);
  }

  #reply(response, status, headers, payload) {
    if (!this.keepAlive) response.setHeader('connection', 'close');
    response.writeHead(status, headers);
    response.end(payload);
  }

  async #forward(request, sent) {
    const { hostname, port } = new URL(this.target);
    const onward = http.request({
      hostname, port, method: request.method, path: request.url, headers: { ...endToEnd(request.headers) }, agent: false,
    });
    onward.end(sent);
    const [answer] = await once(onward, 'response');
    return { status: answer.statusCode, headers: endToEnd(answer.headers), body: await body(answer) };
  }
}
