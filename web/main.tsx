import { render } from 'solid-js/web';
import { openJournal } from './browser/journal.ts';
import { createApp } from './state/app.ts';
import { Page } from './ui/page.tsx';
import './ui/style/tokens.css';
import './ui/style/base.css';
import './ui/style/controls.css';
import './ui/style/start.css';
import './ui/style/board.css';

const root = document.getElementById('page');
if (!root) throw new Error('expected an element #page in index.html; found none');
const journal = await openJournal();
render(() => {
  const app = createApp(journal);
  return <Page app={app} />;
}, root);
