// The drawn statement beside the field that has the focus, on a phone.
import assert from 'node:assert/strict';
import { PHONE } from '../browser.mjs';
import { scene, useBrowser } from '../stage.mjs';

useBrowser();

const FIELDS = ['group', 'subgroup', 'billgroup', 'zip', 'hrn'];

/** Where picture, the spot that it lights, and field are in the window. */
async function places(payer, identifier) {
  await payer.field(identifier).focus();
  await payer.page.locator(`figure[data-lit=${identifier}] g[data-lit] rect`).waitFor();
  return payer.page.evaluate((id) => {
    const box = (element) => element.getBoundingClientRect().toJSON();
    const field = document.getElementById(id);
    const { x, y, width, height } = box(field);
    return {
      picture: box(field.closest('.pay-journey').querySelector('figure')),
      window: box(document.querySelector('figure > div')),
      lit: box(document.querySelector('g[data-lit] rect')),
      field: { top: y, bottom: y + height },
      isOnTop: document.elementFromPoint(x + width / 2, y + height / 2) === field,
      height: innerHeight,
    };
  }, identifier);
}

scene('on a phone the picture stays beside the field that has the focus, and lights it in sight', { size: PHONE }, async ({ payer }) => {
  await payer.arrives();
  for (const identifier of [...FIELDS, ...FIELDS.toReversed()]) {
    const { picture, window, lit, field, isOnTop, height } = await places(payer, identifier);
    assert.ok(picture.top >= 0 && picture.bottom <= field.top, `${identifier}: the picture is at ${picture.top}, the field at ${field.top}`);
    assert.ok(lit.top >= window.top && lit.bottom <= window.bottom, `${identifier}: lit at ${lit.top} in ${window.top} to ${window.bottom}`);
    assert.ok(isOnTop && field.bottom <= height, `${identifier} can be seen`);
  }
});

scene('in a low window the picture leaves the room to the fields', { size: { width: 640, height: 360 } }, async ({ payer }) => {
  await payer.arrives();
  for (const identifier of FIELDS) assert.ok((await places(payer, identifier)).isOnTop, identifier);
  assert.ok((await places(payer, 'hrn')).picture.bottom <= 0, 'it has scrolled away');
});
