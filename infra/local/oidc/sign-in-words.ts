/** What the sign-in page says, in the languages of the page that sends people there. */
export interface SignInWords {
  language: string;
  title: string;
  heading: string;
  what: string;
  name: string;
  passphrase: string;
  signIn: string;
  make: string;
  kept: string;
  key: string;
  /** Of HTML: where the key is to be found. */
  keyWords: string;
  problems: Record<SignInProblem, string>;
}

export type SignInProblem = 'bad-name' | 'bad-passphrase' | 'wants-key' | 'too-often' | 'taken' | 'no-match';

const english: SignInWords = {
  language: 'en',
  title: 'Sign in to Tributary',
  heading: 'Sign in',
  what: 'Your uploads are then yours on every device where you sign in to this server.',
  name: 'Name',
  passphrase: 'Passphrase',
  signIn: 'Sign in',
  make: 'Make an account of this name',
  kept: 'Eight characters at least; a few words are better. It is kept as a hash on this machine, and nobody can tell it to you again.',
  key: 'Key of this server, to make an account',
  keyWords:
    'It is the end of the address that the server shows when it starts, behind <code>key=</code>. Signing in needs none.',
  problems: {
    'bad-name': 'A name has 1 to 64 letters.',
    'bad-passphrase': 'A passphrase has 8 to 256 characters.',
    'wants-key':
      'From this network, an account is made with the key of this server only. It is in the address that the server shows when it starts.',
    'too-often': 'That was tried too often. Wait a minute, then try again.',
    taken: 'Somebody has that name already. Choose another one, or sign in.',
    'no-match': 'This name and this passphrase do not go together.',
  },
};

const german: SignInWords = {
  language: 'de',
  title: 'Bei Tributary anmelden',
  heading: 'Anmelden',
  what: 'Deine Uploads gehören dir dann auf jedem Gerät, auf dem du dich bei diesem Server anmeldest.',
  name: 'Name',
  passphrase: 'Passphrase',
  signIn: 'Anmelden',
  make: 'Konto mit diesem Namen anlegen',
  kept: 'Mindestens acht Zeichen; ein paar Wörter sind besser. Auf dieser Maschine liegt nur ein Hash davon, und niemand kann sie dir noch einmal sagen.',
  key: 'Schlüssel dieses Servers, um ein Konto anzulegen',
  keyWords:
    'Er steht am Ende der Adresse, die der Server beim Start zeigt, hinter <code>key=</code>. Zum Anmelden braucht es keinen.',
  problems: {
    'bad-name': 'Ein Name hat 1 bis 64 Buchstaben.',
    'bad-passphrase': 'Eine Passphrase hat 8 bis 256 Zeichen.',
    'wants-key':
      'Aus diesem Netz lässt sich ein Konto nur mit dem Schlüssel dieses Servers anlegen. Er steht in der Adresse, die der Server beim Start zeigt.',
    'too-often': 'Das wurde zu oft versucht. Warte eine Minute und versuche es dann noch einmal.',
    taken: 'Diesen Namen hat schon jemand. Wähle einen anderen, oder melde dich an.',
    'no-match': 'Dieser Name und diese Passphrase gehören nicht zusammen.',
  },
};

const spanish: SignInWords = {
  language: 'es',
  title: 'Entrar en Tributary',
  heading: 'Entrar',
  what: 'Tus subidas serán tuyas en todos los dispositivos donde entres en este servidor.',
  name: 'Nombre',
  passphrase: 'Frase de contraseña',
  signIn: 'Entrar',
  make: 'Crear una cuenta con este nombre',
  kept: 'Ocho caracteres como mínimo; mejor unas cuantas palabras. En esta máquina solo se guarda un hash, y nadie puede volver a decírtela.',
  key: 'Clave de este servidor, para crear una cuenta',
  keyWords:
    'Está al final de la dirección que el servidor muestra al arrancar, tras <code>key=</code>. Para entrar no hace falta.',
  problems: {
    'bad-name': 'Un nombre tiene de 1 a 64 letras.',
    'bad-passphrase': 'Una frase de contraseña tiene de 8 a 256 caracteres.',
    'wants-key':
      'Desde esta red solo se crea una cuenta con la clave de este servidor. Está en la dirección que el servidor muestra al arrancar.',
    'too-often': 'Se ha intentado demasiadas veces. Espera un minuto y prueba otra vez.',
    taken: 'Alguien tiene ya ese nombre. Elige otro, o entra.',
    'no-match': 'Este nombre y esta frase no van juntos.',
  },
};

/** `locales`: OpenID Connect's `ui_locales`, the most wanted first, spaces between. */
export function signInWords(locales: unknown): SignInWords {
  const wanted = typeof locales === 'string' ? locales.split(' ') : [];
  const known = wanted.flatMap((tag) =>
    [english, german, spanish].filter(({ language }) => tag.toLowerCase().split('-')[0] === language),
  );
  return known[0] ?? english;
}
