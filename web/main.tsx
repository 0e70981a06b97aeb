import { render } from 'solid-js/web';
import { openJournal } from './browser/journal.ts';
import { installServiceWorker } from './browser/service-worker.ts';
import { createApp } from './state/app.ts';
import { Page, preloadView } from './ui/page.tsx';
import { preferredLanguage, speak, words } from './words/words.ts';
import './ui/style/tokens.css';
import './ui/style/base.css';
import './ui/style/controls.css';
import './ui/style/start.css';
import './ui/style/board.css';
import './ui/style/links.css';
import './ui/style/result.css';
import './ui/style/dialog.css';

async function start(): Promise<void> {
  const root = document.getElementById('page');
  if (!root) throw new Error('expected an element #page in index.html; found none');
  preloadView(location.hash);
  // A language that does not come leaves the page in English.
  const [journal] = await Promise.all([openJournal(), speak(preferredLanguage()).catch(() => {})]);
  render(() => {
    const app = createApp(journal, words);
    return <Page app={app} />;
  }, root);
  installServiceWorker();
}

// Not awaited: a language is a chunk that imports from this one, and would wait for what waits for it.
void start();
