import type { BrowserContext, Page, WebSocketRoute } from 'playwright-core';
import { openPage } from './browser.ts';
import { LAPTOP, SMALL_PHONE } from './page-devices.ts';
import type { StateName } from './page-state-names.ts';
import type { StartedServer } from './started-server.ts';

const PASSPHRASE = 'correct horse battery staple';
/** Of a secret's form, and of no link. */
const NO_LINK = `#${'x'.repeat(22)}`;

export interface Scene {
  newContext(device: object): Promise<BrowserContext>;
  server: StartedServer;
  /** A small file. */
  note: string;
  visit(name: StateName, page: Page): Promise<void>;
}

/** The states of a page that has no board to show: nothing is under way in them, so nothing can be late. */
export async function visitWithoutUpload(scene: Scene): Promise<void> {
  const { newContext, server, visit } = scene;
  const open = async (device: object, hash = '') =>
    (await openPage(await newContext(device), `${server.origin}/${hash}`)).page;

  const cut = await open(SMALL_PHONE, '#cut-off');
  await cut.getByText('not whole').waitFor();
  await visit('broken-link', cut);
  await cut.close();

  const refused = await open(SMALL_PHONE, NO_LINK);
  await refused.getByRole('heading', { name: 'This link does not open an upload' }).waitFor();
  await visit('refused', refused);
  await refused.close();

  const answered = async (device: object, answer: Answer, hash = '') => {
    const page = await (await newContext(device)).newPage();
    await page.routeWebSocket(/\/ws$/, (socket) => answerBy(socket, answer));
    await page.goto(`${server.origin}/${hash}`);
    return page;
  };
  const silent = await answered(SMALL_PHONE, () => undefined, NO_LINK);
  await silent.getByText('The server cannot be reached').waitFor();
  await visit('opening', silent);
  await silent.close();

  const old = await answered(LAPTOP, () => refusal('wrong-version'));
  await old.getByRole('heading', { name: 'This page is older' }).waitFor();
  await visit('old-page', old);
  await old.close();

  const welcome = { type: 'welcome', serverNowMs: Date.now() };
  const late = await answered(
    SMALL_PHONE,
    (type) => (type === 'hello' ? welcome : refusal('not-admitted', 'run-out')),
    NO_LINK,
  );
  await late.getByRole('heading', { name: 'This link has run out' }).waitFor();
  await visit('run-out', late);
  await late.close();

  await visitSignIn(scene, open);
}

async function visitSignIn({ note, visit }: Scene, open: (device: object) => Promise<Page>): Promise<void> {
  const signIn = async (page: Page, what: string, look = async () => {}) => {
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByLabel('Name').fill('Ada');
    await look();
    await page.getByLabel('Passphrase').fill(PASSPHRASE);
    await page.getByRole('button', { name: what, exact: true }).click();
    await page.getByText('Signed in as Ada').waitFor();
  };
  const laptop = await open(LAPTOP);
  await signIn(laptop, 'Make an account of this name', () => visit('sign-in', laptop));
  await laptop.getByLabel('Choose a file').setInputFiles(note);
  await laptop.getByRole('heading', { name: 'Complete' }).waitFor();
  await laptop.close();

  const phone = await open(SMALL_PHONE);
  await signIn(phone, 'Sign in');
  await phone.getByRole('list', { name: 'Yours, made on other devices' }).getByRole('link').waitFor();
  await visit('signed-in', phone);
  await phone.close();
}

type Answer = (type: string) => object | undefined;

/** A server that answers each message by its type, or not at all. */
function answerBy(socket: WebSocketRoute, answer: Answer): void {
  socket.onMessage((message) => {
    const { id, type } = JSON.parse(String(message)) as { id: number; type: string };
    const said = answer(type);
    if (said) socket.send(JSON.stringify({ ...said, re: id }));
  });
}

function refusal(kind: string, value?: string): object {
  return { type: 'error', error: { kind, message: 'No.', ...(value === undefined ? {} : { value }) } };
}
