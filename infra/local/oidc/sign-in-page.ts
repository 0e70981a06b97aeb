import type { SignInProblem, SignInWords } from './sign-in-words.ts';

export interface SignInForm {
  action: string;
  name: string;
  /** What went wrong with the last try. */
  problem: SignInProblem | undefined;
  /** From elsewhere, an account is made with the server's key only. */
  asksForKey: boolean;
  words: SignInWords;
}

/** One page for both: signing in, and making an account. No script, no style from elsewhere. */
export function signInPage({ action, name, problem, asksForKey, words }: SignInForm): string {
  return `<!doctype html>
<html lang="${words.language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>${words.title}</title>
    <link rel="stylesheet" href="/oidc/sign-in.css" />
  </head>
  <body>
    <main>
      <h1>${words.heading}</h1>
      <p>${words.what}</p>
      ${problem ? `<p role="alert">${words.problems[problem]}</p>` : ''}
      <form method="post" action="${escaped(action)}">
        <label for="name">${words.name}</label>
        <input id="name" name="name" value="${escaped(name)}" required maxlength="64" autocomplete="username" autocapitalize="none" ${name ? '' : 'autofocus'} />
        <label for="passphrase">${words.passphrase}</label>
        <input id="passphrase" name="passphrase" type="password" required minlength="8" maxlength="256" autocomplete="current-password" ${name ? 'autofocus' : ''} />
        ${asksForKey ? keyField(words) : ''}
        <button name="what" value="sign-in">${words.signIn}</button>
        <button name="what" value="make" class="quiet">${words.make}</button>
      </form>
      <p class="small">${words.kept}</p>
    </main>
  </body>
</html>
`;
}

export const SIGN_IN_CSS = `
:root { color-scheme: light dark; font: 100%/1.5 system-ui, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0; display: grid; place-items: center; min-height: 100vh; background: light-dark(#f4f6f9, #0f1216); color: light-dark(#171b21, #e9ecf1); }
main { width: min(25rem, 100vw - 2rem); padding: 1.5rem; border-radius: 0.75rem; background: light-dark(#fff, #181c23); box-shadow: 0 1px 3px #0003; }
h1 { margin: 0; font-size: 1.5rem; }
form { display: grid; gap: 0.5rem; }
label { font-weight: 600; }
input, button { width: 100%; min-height: 2.75rem; font: inherit; padding: 0.6rem 0.75rem; border-radius: 0.5rem; border: 1px solid light-dark(#767c88, #8b93a1); }
input { background: transparent; color: inherit; }
button { margin-top: 0.5rem; border-color: transparent; background: light-dark(#1b5fc4, #82b2ff); color: light-dark(#fff, #0b1a33); font-weight: 600; cursor: pointer; }
button.quiet { margin-top: 0; background: transparent; color: inherit; border-color: light-dark(#767c88, #8b93a1); }
:focus-visible { outline: 3px solid #2f7de1; outline-offset: 2px; }
[role='alert'] { padding: 0.5rem 0.75rem; border-radius: 0.5rem; background: light-dark(#fde8e6, #4a1f1b); }
.small { font-size: 0.85rem; opacity: 0.8; }
`;

function keyField({ key, keyWords }: SignInWords): string {
  return `<label for="key">${key}</label>
        <input id="key" name="key" maxlength="43" autocomplete="off" autocapitalize="none" aria-describedby="key-words" />
        <p class="small" id="key-words">${keyWords}</p>`;
}

/** For a client that went astray: nothing of the request is repeated. */
export const LOST_PAGE =
  '<!doctype html><meta charset="utf-8"><title>Sign in</title><p>This sign-in is not under way any more. Go back to the page and sign in again.</p>';

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
