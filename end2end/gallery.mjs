// A picture of every page and state, 360 and 1280 px wide, light and dark, English and Spanish, into target/gallery/
// with an index.html to lay them beside the drawn pages. `node gallery.mjs --only find` takes the walks and states
// whose name has that; with the whole name of a walk, it walks no other; with `email`, it shows e-mails only.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { DESK, PHONE, launch, visitor } from './browser.mjs';
import { Stack, ROOT } from './harness.mjs';
import { Member } from './member.mjs';
import { WALKS } from './states.mjs';

const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : '';
const out = process.env.KPPAY_GALLERY ?? path.join(ROOT, 'target/gallery');
const taken = [];

async function picture({ page }, { name }, language) {
  for (const size of [PHONE, DESK]) {
    await page.setViewportSize(size);
    for (const scheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme: scheme });
      const file = `${name}-${size.width}-${scheme}-${language}.png`;
      await page.screenshot({ path: path.join(out, file), fullPage: true });
      taken.push({ name, size: size.width, scheme, language, file });
    }
  }
}

function index() {
  const states = [...new Set(taken.map(({ name }) => name))];
  const pages = new Map();
  for (const name of states) pages.set(name.split('-')[0], [...(pages.get(name.split('-')[0]) ?? []), name]);
  const cell = (name, scheme, language) => {
    const both = taken.filter((one) => one.name === name && one.scheme === scheme && one.language === language);
    return `<figure><figcaption>${scheme}, ${language}</figcaption>${both.map(({ file, size }) =>
      `<a href="${file}"><img src="${file}" alt="${name}, ${size} px, ${scheme}, ${language}" loading="lazy" width="${size === 360 ? 180 : 640}"></a>`).join('')}</figure>`;
  };
  const sections = [...pages].map(([page, names]) => `<h2 id="${page}">${page}</h2>${names.map((name) =>
    `<h3 id="${name}">${name}</h3><div>${['en', 'es'].flatMap((language) =>
      ['light', 'dark'].map((scheme) => cell(name, scheme, language))).join('')}</div>`).join('')}`);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery · kppay</title>
<style>body{font:16px/1.5 sans-serif;margin:2rem;background:#ddd}div{display:flex;flex-wrap:wrap;gap:1rem}figure{margin:0;display:flex;flex-wrap:wrap;gap:.5rem;align-items:flex-start}figcaption{width:100%}img{height:auto;background:#fff;box-shadow:0 0 2px #0006}nav a{margin-right:1em}</style>
<h1>Gallery</h1><nav>${[...pages.keys()].map((page) => `<a href="#${page}">${page}</a>`).join('')}</nav>${sections.join('\n')}</html>`;
}

fs.rmSync(out, { recursive: true, force: true });
fs.mkdirSync(out, { recursive: true });
const browser = await launch();
const failures = [];
for (const language of ['en', 'es']) {
  for (const [walkName, walk] of Object.entries(WALKS)) {
    if ((only in WALKS && walkName !== only) || only.startsWith('email')) continue;
    const stack = await Stack.open();
    const visitors = [];
    const another = async () => {
      const one = await visitor(browser, { now: stack.now(), locale: language === 'es' ? 'es-US' : 'en-US', size: DESK });
      visitors.push(one);
      return new Member(stack, one, { language });
    };
    try {
      const payer = await another();
      for await (const state of walk({ stack, payer, member: await stack.member(), another })) {
        if (!only || state.name.includes(only) || walkName.includes(only)) await picture(payer, state, language);
      }
      console.log(`${language} ${walkName}`);
    } catch (problem) {
      failures.push(`${language} ${walkName}: ${problem.message}`);
      console.error(failures.at(-1));
    }
    for (const { context } of visitors) await context.close();
    await stack.close();
  }
}
// E-mails, as `cargo test -p server --test emails` leaves them.
const emails = path.join(ROOT, 'target/tmp/emails');
for (const file of fs.existsSync(emails) ? fs.readdirSync(emails) : []) {
  const [, name, language] = file.match(/^(.+)-(en|es)\.html$/) ?? [];
  if (!name || (only && !`email-${name}`.includes(only))) continue;
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(pathToFileURL(path.join(emails, file)).href);
  await picture({ page }, { name: `email-${name}` }, language);
  await context.close();
}
await browser.close();
fs.writeFileSync(path.join(out, 'index.html'), index());
console.log(`${taken.length} pictures: ${path.join(out, 'index.html')}`);
process.exitCode = failures.length ? 1 : 0;
