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
