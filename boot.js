// Starts the app: a deferred module, so the page is parsed. Knows the files from the preload links that Trunk writes,
// and fetches the wasm with the integrity given there (browsers ignore it on the preload itself).

// leptos builds static HTML through innerHTML; none of it comes from outside the wasm
globalThis.trustedTypes?.createPolicy('default', { createHTML: (html) => html });

const link = (rel) => document.querySelector(`link[rel=${rel}]`);

function unavailable() {
  document.getElementById('app').hidden = true;
  const words = document.getElementById('unavailable');
  words.hidden = false;
  words.focus();
}
document.getElementById('again').addEventListener('click', () => location.reload());

// A page translator puts <font> elements in place of text nodes, which the app goes on writing to. A node that it uses
// stands in its place again.
function follow(text, font) {
  const back = () => {
    delete text.nodeValue;
    delete text.parentNode;
    delete text.remove;
    font.replaceWith(text);
  };
  const configurable = true;
  Object.defineProperties(text, {
    nodeValue: { configurable, set: (value) => { back(); text.nodeValue = value; } },
    parentNode: { configurable, get: () => { back(); return text.parentNode; } },
    remove: { configurable, value: () => { back(); text.remove(); } },
  });
}
new MutationObserver((records) => {
  const gone = records.flatMap((at) =>
    [...at.removedNodes].filter((node) => node.nodeType === 3 && !node.isConnected).map((text) => ({ text, at })));
  for (const record of records) {
    const { target, addedNodes, previousSibling, nextSibling } = record;
    for (const font of addedNodes) {
      if (font.nodeName !== 'FONT') continue;
      const found = gone.findLast(({ at }) => at === record)
        ?? gone.findLast(({ at }) => at.target === target && at.previousSibling === previousSibling && at.nextSibling === nextSibling)
        ?? gone.findLast(({ text }) => text === previousSibling || text === nextSibling);
      if (found) follow(gone.splice(gone.indexOf(found), 1)[0].text, font);
    }
  }
}).observe(document.body, { childList: true, subtree: true });

try {
  const { href, integrity } = link('preload');
  // crossOrigin=anonymous on the preload means `same-origin` credentials: the same here, or it is fetched twice
  const wasm = fetch(href, { integrity, credentials: 'same-origin', mode: 'cors' });
  wasm.catch(() => {});
  const app = await import(link('modulepreload').href);
  await app.default({ module_or_path: wasm });
} catch (error) {
  console.error(error);
  unavailable();
}
