// `npm run icons`: the page's icons as pictures, from the one drawing, for systems that take no SVG.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareWithBrowser } from '../infra/setup/prepare.mjs';

await prepareWithBrowser();
const { chromium } = await import('playwright-core');
const folder = fileURLToPath(new URL('../web/public/', import.meta.url));
const drawing = readFileSync(`${folder}favicon.svg`, 'utf8');
/** Systems cut a maskable icon to their own shape: what counts is within the middle 80 %. */
const ICONS = [
  { name: 'icon-192.png', side: 192, share: 0.8, ground: '#fff', radius: 0.22 },
  { name: 'icon-512.png', side: 512, share: 0.8, ground: '#fff', radius: 0.22 },
  { name: 'icon-maskable-512.png', side: 512, share: 0.56, ground: '#fff', radius: 0 },
  { name: 'apple-touch-icon.png', side: 180, share: 0.7, ground: '#fff', radius: 0 },
];

const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH,
  chromiumSandbox: process.getuid?.() !== 0,
});
for (const { name, side, share, ground, radius } of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<style>body{margin:0}div{width:${side}px;height:${side}px;display:grid;place-items:center;background:${ground};border-radius:${side * radius}px}svg{width:${side * share}px}</style><div>${drawing}</div>`,
  );
  await page.screenshot({ path: `${folder}${name}`, omitBackground: true });
  await page.close();
}
await browser.close();
console.log(
  `${ICONS.map(({ name }) => `web/public/${name}`).join(', ')} are as web/public/favicon.svg is now.`,
);
