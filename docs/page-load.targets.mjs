// What the page-load bench measures here (docs/performance.md says how to run it): the first page, a deep link to a
// page that comes in a later chunk of the wasm, and the bench's own hand-written page, which is the floor.
import path from 'node:path';

const floor = process.env.BENCH_FLOOR ?? path.resolve('../shared/bench/floor');
const guest = (request) => (request.path.startsWith('/api/') ? { status: 401, json: { status: 401, code: 'signed_out' } } : undefined);

export default [
  { name: 'floor', dir: floor, route: '/', usable: 'input[type=password]' },
  { name: 'home', dir: 'dist', route: '/', usable: 'main a.pay-button--main', api: guest },
  { name: 'help', dir: 'dist', route: '/help', usable: 'main h1[tabindex]', api: guest },
];
