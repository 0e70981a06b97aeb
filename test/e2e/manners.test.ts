import type { Page } from 'playwright-core';
import { afterEach, expect, test } from 'vitest';
import { tallied } from '../support/fault-line.ts';
import { type FaultScene, makeFaultScene } from '../support/fault-scene.ts';

const FILE_MIB = 60;
/** Slow while something is to be seen of the upload, on a busy machine too; fast when only its end is waited for. */
const MIB_PER_S = 4;
const FAST_BYTES_PER_S = 20 * 1_048_576;

let scene: FaultScene;
afterEach(() => scene.dispose());

const status = (page: Page) => page.getByRole('status', { name: 'This device' });
const says = (page: Page, words: string) => status(page).filter({ hasText: words }).waitFor();

/** Said by a tab that only waits, beside what the other one does. */
const byOtherTab = (page: Page) => page.getByText('Another tab of this browser has this upload.');

/** Who carried what, as the grid of this page has it. */
async function carriedBy(page: Page): Promise<Record<string, number>> {
  return JSON.parse((await page.getByTestId('grid').getAttribute('data-done-by')) ?? '{}');
}

const untilNothingIsLeased = (page: Page) =>
  page.waitForFunction(
    () => document.querySelector('[data-testid=grid]')?.getAttribute('data-leased') === '',
  );

/** Parts that began to leave, each as often as it did. */
const begun = () => [...scene.line.parts.values()].reduce((sum, part) => sum + part.begun, 0);

/** The second tab has carried what the first one left, and nothing is missing. */
async function expectTakenOver(): Promise<void> {
  scene.line.carry(FAST_BYTES_PER_S);
  await scene.finish(60_000);
  const carried = Object.values(await carriedBy(scene.page()));
  expect(carried).toHaveLength(2);
  expect(carried.reduce((sum, parts) => sum + parts, 0)).toBe(scene.partCount);
  expect(tallied(scene.line.parts, scene.partCount).missing).toEqual([]);
}

/** Turns at an upload that tabs of this browser hold; none where it has no locks. */
const turnsHeld = (page: Page) =>
  page.evaluate(async () => {
    const { held = [] } = (await navigator.locks?.query()) ?? {};
    return held.filter(({ name }) => name?.startsWith('tributary.turn.')).length;
  });

/** As on plain http. */
const withoutLocks = (page: Page) =>
  page.context().addInitScript(() => {
    Reflect.deleteProperty(Navigator.prototype, 'locks');
  });

test('of two tabs of one browser one uploads and both show it; when that one is closed, the other goes on', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(2);
  const first = scene.page();
  await says(first, 'This device is uploading');
  await scene.openAgain();
  await says(scene.page(), 'Another tab of this browser is uploading this');
  await scene.untilDone(4);
  expect(Object.keys(await carriedBy(scene.page()))).toHaveLength(1);
  await first.close({ runBeforeUnload: true });
  await says(scene.page(), 'This device is uploading');
  await expectTakenOver();
});

test('the same where a browser has no locks', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await withoutLocks(scene.page());
  await scene.begin(2);
  const first = scene.page();
  await scene.openAgain();
  await says(scene.page(), 'Another tab of this browser is uploading this');
  await first.close({ runBeforeUnload: true });
  await says(scene.page(), 'This device is uploading');
  await expectTakenOver();
});

test.each([
  ['', true],
  [' where a browser has no locks', false],
])(
  'what a person pauses or stops in one tab no other tab of the browser goes on with%s',
  async (_, hasLocks) => {
    scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
    if (!hasLocks) await withoutLocks(scene.page());
    await scene.begin(2);
    const first = scene.page();
    await scene.openAgain();
    const second = scene.page();
    await says(second, 'Another tab of this browser is uploading this');
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

    await press(first, 'Pause this device');
    await says(second, 'Paused on this device.');
    await untilNothingIsLeased(second);
    const beforePause = begun();
    await first.close({ runBeforeUnload: true });
    await byOtherTab(second).waitFor({ state: 'detached' });
    await says(second, 'Paused on this device.');
    expect(begun()).toBe(beforePause);
    await press(second, 'Go on');
    await says(second, 'This device is uploading');

    await scene.openAgain();
    const third = scene.page();
    await says(third, 'Another tab of this browser is uploading this');
    // What is paused in a tab that only waits is paused in the one that uploads.
    await press(third, 'Pause this device');
    await says(second, 'Paused on this device.');
    await press(third, 'Go on');
    await says(second, 'This device is uploading');
    await says(third, 'Another tab of this browser is uploading this');

    await press(second, 'Stop helping');
    await says(third, 'This device is not uploading: it needs the file again.');
    await untilNothingIsLeased(third);
    // With locks, whoever waits for the turn has it by then.
    await expect.poll(() => turnsHeld(third), { timeout: 20_000 }).toBe(0);
    const beforeStart = begun();
    await says(third, 'This device is not uploading: it needs the file again.');
    expect(begun()).toBe(beforeStart);
    await third.getByLabel('Choose this file here').dispatchEvent('click');
    await says(third, 'This device is uploading');
    await says(second, 'Another tab of this browser is uploading this');
    scene.line.carry(FAST_BYTES_PER_S);
    await scene.finish(60_000);
  },
);

test('a device keeps to the data that its person allows it, says so, and goes on when it may send more', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(1);
  const page = scene.page();
  const allow = async (gb: string) => {
    await page.getByRole('button', { name: 'Limit this device' }).click();
    await page.getByLabel('Data, at most in all (GB)').fill(gb);
    await page.getByRole('button', { name: 'Save' }).click();
  };
  await allow('0.02');
  const before = begun();
  await says(page, 'The data allowance of this device is used up.');
  await untilNothingIsLeased(page);
  // Three parts of 5 MiB are in 20 MB; those that were on their way are counted with them.
  expect(begun() - before).toBeLessThanOrEqual(3);
  // Another number counts anew, and a page that is loaded again counts on.
  await allow('0.025');
  const later = begun();
  for (let reloads = 0, last = later; reloads < 3; reloads++) {
    await expect.poll(begun, { timeout: 20_000 }).toBeGreaterThan(last);
    last = begun();
    await page.reload();
    if ((await allowanceLeft(page)) < PART_BYTES) break;
  }
  await says(page, 'The data allowance of this device is used up.');
  expect(begun() - later).toBeLessThanOrEqual(4);
  // Another tab says so too, and claims no upload.
  await scene.openAgain();
  await byOtherTab(scene.page()).waitFor();
  await says(scene.page(), 'The data allowance of this device is used up.');
  await allow('');
  scene.line.carry(FAST_BYTES_PER_S);
  await scene.finish(60_000);
});

const PART_BYTES = 5 * 1_048_576;

/** By what this browser keeps of it. */
async function allowanceLeft(page: Page): Promise<number> {
  const kept = await page.evaluate(() => localStorage.getItem('tributary.limits'));
  const { allowanceBytes, spentBytes } = JSON.parse(kept ?? '{}');
  return allowanceBytes - spentBytes;
}

test('paused, here or for all, nothing is under way and the page says why; it goes on where it was', async () => {
  scene = await makeFaultScene(FILE_MIB, MIB_PER_S);
  await scene.begin(2);
  const page = scene.page();
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click();
  await press('Pause this device');
  await says(page, 'Paused on this device.');
  await untilNothingIsLeased(page);
  await page.reload();
  await says(page, 'Paused on this device.');
  await press('Go on');
  await says(page, 'This device is uploading');
  await press('Pause for all devices');
  await says(page, 'You have paused this upload for all devices.');
  await untilNothingIsLeased(page);
  const before = begun();
  await page.reload();
  await says(page, 'You have paused this upload for all devices.');
  expect(begun()).toBe(before);
  await press('Go on for all devices');
  scene.line.carry(FAST_BYTES_PER_S);
  await scene.finish(60_000);
});
