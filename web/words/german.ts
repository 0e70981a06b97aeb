import type { Role } from '../../protocol/messages/common.ts';
import type { Words } from './english.ts';
import type { Numbers } from './numbers.ts';

export function german(n: Numbers): Words {
  const storeFull =
    'Die Festplatte des Servers ist voll. Was hochgeladen ist, bleibt erhalten; sobald dort jemand Platz schafft, geht es von selbst weiter.';
  const parts = (count: number) => `${n.count(count)} ${count === 1 ? 'Teil' : 'Teile'}`;
  const files = (count: number) => `${n.count(count)} ${count === 1 ? 'Datei' : 'Dateien'}`;
  const quoted = (name: string) => `„${name}“`;
  return {
    product: 'Tributary',
    what: 'Eine große Datei von mehreren Geräten zugleich hochladen: Jedes trägt Teile davon über seine eigene Verbindung.',
    language: 'Sprache',
    skipToMain: 'Zum Inhalt springen',

    chooseFile: 'Datei auswählen',
    chooseFolder: 'Ordner auswählen',
    orSeveral: 'oder mehrere',
    dropHint: 'Dateien oder Ordner irgendwo auf dieser Seite ablegen oder einfügen.',
    tapHint: 'Es geht sofort los, und du bekommst einen Link für deine anderen Geräte.',
    dropNow: 'Loslassen, um zu beginnen',
    dropToHelp: 'Datei loslassen, um zu helfen',
    dropBeside: 'Loslassen, um sie auch hochzuladen',
    noFile: 'Darin war keine Datei.',
    emptyFolder: 'In diesem Ordner sind keine Dateien.',
    queued: (count) =>
      `${files(count)} angenommen. Sie kommen nacheinander an die Reihe, jede mit eigenem Link.`,
    queuedBeside: (count) =>
      `${files(count)} zusätzlich angenommen: siehe die Liste auf der Startseite. Was schon läuft, geht vor.`,
    sharedIn: (count) => `${files(count)} aus einer anderen App übernommen.`,
    oneFileToHelp: (name) =>
      `Hier wird eine Datei gebraucht: ${quoted(name)}. Die anderen wurden nicht genommen.`,

    uploads: 'Deine Uploads',
    uploadsEmpty:
      'Noch nichts hier. Was du in diesem Browser hochlädst, steht hier und geht von hier aus weiter.',
    uploadsFacts: (size, when) => `${size}, ${when}`,
    summary: {
      waiting: 'wartet, bis es dran ist',
      opening: 'wird geöffnet',
      uploading: (share, speed, eta) => [n.wholePercent(share), speed, eta].filter(Boolean).join(', '),
      others: (share) => `${n.wholePercent(share)}, andere Geräte machen weiter`,
      paused: (share) => `${n.wholePercent(share)}, angehalten: braucht die Datei wieder`,
      pausedHere: (share) => `${n.wholePercent(share)}, auf diesem Gerät angehalten`,
      pausedForAll: (share) => `${n.wholePercent(share)}, für alle Geräte angehalten`,
      finishing: 'alle Teile sind da, wird zusammengesetzt',
      finished: 'vollständig',
      aborted: 'beendet',
      refused: 'nicht mehr vorhanden',
      problem: (share) => `${n.wholePercent(share)}, bitte nachsehen`,
      offline: 'wartet auf den Server',
    },
    removeFromList: (name) => `${name} aus der Liste nehmen`,
    startNow: 'Jetzt beginnen',

    dismiss: 'Schließen',
    notices: 'Hinweise',
    close: 'Schließen',
    backToStart: 'Zurück zum Start',
    opening: 'Wird geöffnet …',
    openingWords: 'Der Server wird nach dem Stand gefragt.',
    unreachable: 'Der Server ist nicht erreichbar. Was fertig ist, bleibt erhalten; neuer Versuch läuft.',
    unreachableAtStart:
      'Der Server ist gerade nicht erreichbar; neuer Versuch läuft. Du kannst trotzdem schon eine Datei auswählen.',
    offline: 'Dieses Gerät ist offline. Was fertig ist, bleibt erhalten; mit Netz geht es von selbst weiter.',
    reconnected: 'Wieder verbunden.',
    brokenLink:
      'Der Link in der Adresszeile ist nicht vollständig. Vielleicht fehlt sein Ende; bitte neu anfordern.',
    refused: {
      link: { title: 'Dieser Link öffnet keinen Upload', more: 'Auf diesem Gerät wurde nichts geändert.' },
      create: { title: 'Dieser Upload ist nicht möglich', more: 'Auf diesem Gerät wurde nichts geändert.' },
      unknown: {
        title: 'Dieser Link öffnet keinen Upload',
        more: 'Wurde er eben erst erstellt, öffnet er sich gleich von selbst.',
      },
      'taken-back': {
        title: 'Dieser Link wurde zurückgenommen',
        text: 'Wer ihn dir gab, hat ihn zurückgenommen. Bitte um einen anderen, um weiterzumachen.',
        more: 'Was dieses Gerät hochgeladen hat, bleibt erhalten.',
      },
      'run-out': {
        title: 'Dieser Link ist abgelaufen',
        text: 'Er galt nur eine begrenzte Zeit. Bitte um einen anderen, um weiterzumachen.',
        more: 'Was dieses Gerät hochgeladen hat, bleibt erhalten.',
      },
    },
    oldPageTitle: 'Diese Seite ist älter als der Server',
    closedTitle: 'Der Server hat diese Seite abgewiesen',
    reload: 'Neu laden',
    unanswered: 'Der Server hat nicht geantwortet. Bitte noch einmal versuchen.',
    errors: {
      malformed:
        'Der Server hat diese Seite nicht verstanden. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'too-long':
        'Der Server hat diese Seite nicht verstanden. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'unknown-type':
        'Der Server kennt diese Anfrage nicht. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'wrong-version': 'Lade sie neu, um weiterzumachen. Hochgeladenes bleibt erhalten.',
      'hello-first': 'Die Verbindung begann falsch. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'hello-twice': 'Die Verbindung begann falsch. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'bad-size':
        'Die Datei ist größer, als S3 in einem Objekt halten kann (48,8 TiB). Nichts wurde hochgeladen. Teile sie vorher auf.',
      'not-admitted':
        'Der Link gilt nicht oder nicht mehr: Der Upload wurde vielleicht gelöscht oder der Link abgeschnitten. Bitte um einen neuen.',
      'not-joined':
        'Dieses Gerät hat seinen Platz verloren. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'not-allowed': 'Dieser Link erlaubt das nicht. Nichts wurde geändert. Bitte um einen anderen Link.',
      'not-proven':
        'Dieses Gerät muss noch einmal zeigen, dass es die Datei hat. Hochgeladenes bleibt erhalten; es geschieht von selbst.',
      'not-ready': 'Der Upload wird gerade angelegt. Versuche es gleich noch einmal.',
      'part-out-of-range':
        'Diesen Teil hat die Datei nicht. Hochgeladenes bleibt erhalten. Lade die Seite neu.',
      'too-many-stripes':
        'Das war zu viel auf einmal. Hochgeladenes bleibt erhalten; es geht von selbst weiter.',
      'hash-contradicts':
        'Die Datei ist nicht mehr dieselbe. Hochgeladenes bleibt erhalten. Wähle das Original.',
      'different-file': 'Das ist nicht dieselbe Datei. Nichts davon wurde hochgeladen. Wähle das Original.',
      'upload-ended': 'Dieser Upload ist vorbei: vollständig oder beendet.',
      'not-finished': 'Die Datei ist noch nicht vollständig. Versuche es, wenn alle Teile da sind.',
      'no-such-link': 'Diesen Link gibt es nicht mehr. Nichts wurde geändert. Sieh noch einmal in die Liste.',
      'link-is-makers':
        'Das ist dein eigener Link: Er kann nicht zurückgenommen werden. Nichts wurde geändert.',
      'too-many':
        'Mehr geht nicht auf einmal. Nichts wurde geändert. Nimm einen Link zurück oder versuche es später.',
      'too-fast': 'Das war zu viel auf einmal. Hochgeladenes bleibt erhalten; es geht von selbst weiter.',
      'sign-in-first':
        'Dieser Server nimmt neue Uploads nur von Leuten an, die er kennt. Melde dich an, oder öffne die Adresse mit dem Schlüssel, die er beim Start zeigt (seinen QR-Code). Ein Link, den du bekommen hast, geht auch ohne.',
      'bad-token':
        'Deine Anmeldung ist abgelaufen oder gilt hier nicht. Hochgeladenes bleibt erhalten. Melde dich neu an.',
      'device-stopped':
        'Dieses Gerät hat Teile gemeldet, die der Speicher nicht hat; es nimmt an diesem Upload nicht mehr teil. Der Upload geht ohne es weiter.',
      busy: 'Der Server hat gerade zu viel zu tun. Hochgeladenes bleibt erhalten; es geht von selbst weiter.',
      'store-full': storeFull,
      unavailable:
        'Der Server ist gerade nicht bereit. Hochgeladenes bleibt erhalten; es geht von selbst weiter.',
      internal:
        'Auf dem Server ist etwas schiefgegangen. Hochgeladenes bleibt erhalten. Versuche es noch einmal; bleibt es so, sag es dem Betreiber.',
    },

    progress: 'Fortschritt des Uploads',
    parts: 'Teile',
    roleOf(role, isOpen, isHelping) {
      if (role === 'owner') return 'dein Upload';
      if (role === 'watcher') return isOpen ? 'du siehst zu' : 'du hast zugesehen';
      if (isHelping) return isOpen ? 'du hilfst' : 'du hast geholfen';
      return isOpen ? 'du kannst helfen' : 'du konntest helfen';
    },
    title(name, share, phase) {
      if (phase === 'finished') return `Vollständig: ${name}`;
      if (phase === 'aborted') return `Beendet: ${name}`;
      return `${n.wholePercent(share)} ${name}`;
    },
    bytesDone: (done, all) => `${done} von ${all}`,
    partsDone: (done, all) => `${n.count(done)} von ${n.count(all)} ${all === 1 ? 'Teil' : 'Teilen'}`,
    pausedNow: 'Angehalten',
    lastKnown: 'Letzter bekannter Stand',
    timeLeft(ms) {
      if (ms === undefined) return 'Restzeit noch nicht bekannt';
      return ms < 10_000 ? 'noch ein paar Sekunden' : `noch etwa ${n.roughly(ms)}`;
    },
    progressFull: (share, partsDone, eta) => [n.percent(share), partsDone, eta].filter(Boolean).join(', '),
    speed: 'Tempo',
    left: 'Restzeit',
    done: 'Fertig',

    thisDeviceStatus: 'Dieses Gerät',
    status: {
      finishedOwner:
        'Fertig: S3 hat die ganze Datei und jeden Teil geprüft. Du kannst diese Seite schließen.',
      finished: 'Fertig: S3 hat die ganze Datei. Du kannst diese Seite schließen.',
      aborted: 'Dieser Upload wurde von seinem Besitzer beendet. Nichts davon ist erhalten.',
      finishing: 'Alle Teile sind da. S3 setzt die Datei zusammen …',
      watching: 'Du siehst zu. Mit diesem Link kann dieses Gerät nicht hochladen.',
      justWatching: 'Du siehst zu. Du kannst jederzeit noch helfen.',
      ownerWithoutFile: 'Dieses Gerät lädt nicht hoch: Es braucht die Datei wieder.',
      helperWithoutFile: 'Dieses Gerät lädt noch nicht hoch: Es braucht die Datei.',
      waitsForTurn: 'Wartet, bis es dran ist: Die Datei davor hat die Leitung.',
      proving: 'Es wird geprüft, ob das dieselbe Datei ist …',
      inOtherTab:
        'Ein anderer Tab dieses Browsers lädt das hoch. Wird er geschlossen, macht dieser hier weiter.',
      byOtherTab: 'Diesen Upload hat ein anderer Tab dieses Browsers.',
      paused: 'Auf diesem Gerät angehalten. Fertiges bleibt erhalten, und andere Geräte machen weiter.',
      pausedForAll: 'Vom Besitzer für alle Geräte angehalten. Fertiges bleibt erhalten.',
      pausedByYou: 'Du hast diesen Upload für alle Geräte angehalten. Fertiges bleibt erhalten.',
      usedUp:
        'Das Datenvolumen dieses Geräts ist aufgebraucht. Fertiges bleibt erhalten, und andere Geräte machen weiter.',
      retrying:
        'Von diesem Gerät kommen gerade keine Teile durch; neuer Versuch läuft. Was fertig ist, bleibt erhalten.',
      storeFull,
      carrying: 'Dieses Gerät lädt hoch.',
      limited: (speed) => `Dieses Gerät lädt hoch und hält sich an deine Grenze von ${speed}.`,
      screenKept: 'Lass diese Seite offen. Der Bildschirm bleibt an, solange dieses Gerät hochlädt.',
      keepOpen: 'Lass diese Seite offen und den Bildschirm an, solange dieses Gerät hochlädt.',
      inOtherHands: 'Der Rest ist in anderen Händen. Dieses Gerät springt ein, wenn eines davon aufgibt.',
      awaitingHashes: 'Wartet auf das Gerät mit dem Original: Es hat die nächsten Teile noch nicht geprüft.',
      ownerAway:
        'Das Gerät mit dem Original ist weg. Die Teile, die es noch nicht geprüft hat, warten, bis es wiederkommt.',
      notAllowed:
        'Mit diesem Link kann dieses Gerät nicht hochladen. Du kannst weiter zusehen oder um einen anderen Link bitten.',
      refused: (detail) =>
        `Der Server nimmt von diesem Gerät keine Teile an: ${detail} Hochgeladenes bleibt erhalten. Neu laden hilft vielleicht.`,
      fileChanged: (name, part) =>
        `${quoted(name)} hat sich seit Beginn des Uploads geändert: ${part === undefined ? 'Manche Bytes sind andere' : `Teil ${n.count(part)} hat andere Bytes`}. Hochgeladenes bleibt erhalten. Wähle die Originaldatei, um weiterzumachen.`,
      fileUnreadable: (name) =>
        `${quoted(name)} ist auf diesem Gerät nicht mehr lesbar: verschoben, geändert, oder das Laufwerk ist weg. Hochgeladenes bleibt erhalten.`,
      differentSize: (name, theirs, ours) =>
        `Das ist nicht dieselbe Datei: ${quoted(name)} hat ${theirs}, der Upload hat ${ours}. Wähle das Original.`,
      differentPart: (part) =>
        `Das ist nicht dieselbe Datei: Teil ${n.count(part)} ist anders. Wähle das Original.`,
      different: 'Das ist nicht dieselbe Datei. Wähle das Original.',
      recompressed:
        'Handys machen oft eine kleinere Kopie, wenn man Videos oder Fotos aus der Galerie wählt: Nimm stattdessen die Dateien-App.',
    },
    source: {
      goOn: (name) => `Mit ${name} weitermachen`,
      asks: (name) =>
        `Dieser Browser weiß noch, wo ${quoted(name)} liegt, und braucht deine Erlaubnis, die Datei wieder zu lesen. Hochgeladenes bleibt erhalten.`,
      forgotten: (name, size, exact, changed) =>
        `Die Seite wurde neu geladen, und dieser Browser hat sich den Weg zur Datei nicht gemerkt. Wähle ${quoted(name)} noch einmal: ${size} (${exact}), zuletzt geändert ${changed}. Sie wird geprüft, bevor etwas hochgeladen wird; Hochgeladenes bleibt erhalten.`,
      moved: (name) =>
        `${quoted(name)} ist nicht mehr, wo sie war: verschoben, umbenannt, gelöscht, oder das Laufwerk fehlt. Es geht von selbst weiter, sobald sie wieder lesbar ist; oder wähle sie noch einmal.`,
      forbidden: (name) =>
        `${quoted(name)} darf nicht mehr gelesen werden: Die Erlaubnis wurde zurückgenommen. Es geht von selbst weiter, sobald sie wieder lesbar ist; oder wähle sie noch einmal.`,
      away: (name) =>
        `${quoted(name)} ist gerade nicht lesbar. Es geht von selbst weiter, sobald sie wieder lesbar ist; oder wähle sie noch einmal.`,
      lost: (name) =>
        `${quoted(name)} wurde geändert oder verschoben, seit du sie gewählt hast. Wähle sie noch einmal, so wie sie war, um weiterzumachen.`,
      changed: (name, exact) =>
        `${quoted(name)} hat sich geändert: Sie hat jetzt ${exact}. Hochgeladenes bleibt erhalten. Wähle die Datei, wie sie war, um weiterzumachen.`,
    },
    stopHelping: 'Nicht mehr helfen',
    limits: 'Dieses Gerät begrenzen',
    limitsHint: 'Für alle Uploads dieses Browsers. Was leer bleibt, ist unbegrenzt.',
    limitSpeed: 'Tempo, höchstens (Mbit/s)',
    limitData: 'Daten, höchstens insgesamt (GB)',
    limitNone: 'unbegrenzt',
    limitSpent: (size) => `${size} davon sind verbraucht. Eine andere Zahl zählt von vorn.`,
    pause: 'Dieses Gerät anhalten',
    pauseShort: 'Anhalten',
    goOn: 'Weitermachen',
    pauseAll: 'Für alle Geräte anhalten',
    goOnAll: 'Für alle Geräte weitermachen',
    tellMe: 'Sag mir, wenn es fertig ist',
    tellMeOn: 'Du bekommst eine Mitteilung, wenn es fertig ist.',
    tellMeOff: 'Mitteilungen sind für diese Seite gesperrt; der Tab zeigt, wie weit es ist.',

    helpTitle: (name, isOwner) =>
      isOwner ? `Wähle ${name}, um weiterzumachen` : `Kannst du mit ${name} helfen?`,
    helpWithFile: 'Mit dieser Datei helfen',
    goOnWithFile: 'Mit dieser Datei weitermachen',
    chooseHere: 'Diese Datei hier auswählen',
    justWatch: 'Nur zusehen',
    helpAfterAll: 'Doch helfen',
    orDrop: 'oder irgendwo auf dieser Seite ablegen',
    helpFacts: (size, exact, isOwner) =>
      isOwner
        ? `Eine Seite vergisst ihre Datei, wenn sie neu geladen wird oder nicht mehr hilft. Wähle dieselbe: ${size} (${exact}). Hochgeladenes bleibt erhalten.`
        : `Dieses Gerät braucht dieselbe Datei, Byte für Byte: ${size} (${exact}). Sie wird geprüft, bevor etwas hochgeladen wird.`,
    ownedBy: (device) => `von ${device}`,

    grid: (done, leased, all) =>
      `Teile: ${n.count(done)} von ${n.count(all)} fertig, ${n.count(leased)} unterwegs`,
    legend: {
      done: 'hochgeladen',
      leased: 'unterwegs',
      hedged: 'doppelt unterwegs',
      free: 'wartet',
      unknown: 'noch nicht geprüft',
    },
    part: (part) => `Teil ${n.count(part)}`,
    partBytes: (size, from) => `${size} ab ${from}`,
    uploadedBy: (device) => `hochgeladen von ${device}`,
    uploadedIn: (device, duration) => `hochgeladen von ${device} in ${duration}`,
    underWayOn: (devices) => `unterwegs auf ${n.list(devices)}`,
    partsTable: 'Als Tabelle zeigen',
    partsTableTitle: 'Teile als Tabelle',
    column: { part: 'Teil', bytes: 'Bytes', state: 'Zustand', device: 'Gerät', took: 'Dauer' },
    tableMore: 'Mehr zeigen',
    tableShown: (shown, all) => `${n.count(shown)} von ${parts(all)}`,
    spotlight: (device) => `Nur die Teile von ${device} zeigen`,

    devices: 'Geräte',
    others: 'Andere Geräte',
    browserOn: (browser, system) => `${browser} auf ${system}`,
    aDevice: 'Ein Gerät',
    thisDevice: 'dieses Gerät',
    online: 'online',
    offlineDevice: 'offline',
    deviceRole: (role: Role) =>
      role === 'owner' ? 'hat das Original' : role === 'helper' ? 'hilft' : 'sieht zu',
    deviceIdle: 'ruht',
    devicePaused: 'angehalten',
    deviceWithout: 'hat noch nichts hochgeladen',
    deviceAway: 'weg',
    partsCount: parts,
    shareOfWork: (share) => `${n.wholePercent(share)} der Arbeit`,
    gain: (speed, saved) => `bringt ${speed} und spart ${saved}`,
    gainOnly: (speed) => `bringt ${speed}`,
    carriesAlone: 'trägt alles allein',
    together: (count) => (count === 1 ? 'ein Gerät' : `${n.count(count)} Geräte zusammen`),
    leftDevices: (count) =>
      count === 1
        ? 'und 1 Gerät, das wieder ging, ohne etwas hochzuladen'
        : `und ${n.count(count)} Geräte, die wieder gingen, ohne etwas hochzuladen`,
    rename: 'Dieses Gerät umbenennen',
    renameField: 'Name dieses Geräts',
    save: 'Speichern',
    cancel: 'Abbrechen',
    chart: 'Tempo im Verlauf',
    chartSummary: (duration, peak, average) => `In ${duration}: im Mittel ${average}, höchstens ${peak}`,
    sparkline: (speed) => `jetzt ${speed}`,

    share: 'Ein weiteres Gerät dazunehmen',
    shareToWatch: 'Andere zusehen lassen',

    complete: (name) => `${name} ist vollständig.`,
    another: 'Weitere Datei hochladen',

    abort: 'Diesen Upload beenden',
    abortSure: 'Für alle Geräte beenden? Die hochgeladenen Teile werden gelöscht.',
    abortYes: 'Ja, löschen',
    abortNo: 'Behalten',
    aborting: 'Wird beendet …',

    said: {
      percent: (share, eta) => [`${n.wholePercent(share)} hochgeladen`, eta].filter(Boolean).join(', '),
      joined: (device) => `${device} ist dazugekommen`,
      left: (device) => `${device} ist gegangen`,
      helping: (device) => `${device} hilft`,
      lost: 'Der Server ist nicht erreichbar',
    },
  };
}
