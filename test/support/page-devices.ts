import { PHONE } from './browser.ts';

/** The devices that take part; what they say of themselves becomes their name. */
const CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
export const LAPTOP = {
  viewport: { width: 1_280, height: 800 },
  userAgent: `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) ${CHROME}`,
};
export const OFFICE_PC = {
  viewport: { width: 1_280, height: 800 },
  userAgent: `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${CHROME} Edg/140.0.0.0`,
};
export const SMALL_PHONE = { ...PHONE, viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 };
