import type { Role } from '../../protocol/messages/common.ts';
import type { Words } from './english.ts';
import type { Numbers } from './numbers.ts';

export function spanish(n: Numbers): Words {
  const storeFull =
    'El disco del servidor está lleno. Lo subido se conserva y seguirá solo en cuanto alguien libere espacio en él.';
  const parts = (count: number) => `${n.count(count)} ${count === 1 ? 'parte' : 'partes'}`;
  const files = (count: number) => `${n.count(count)} ${count === 1 ? 'archivo' : 'archivos'}`;
  const quoted = (name: string) => `«${name}»`;
  return {
    product: 'Tributary',
    what: 'Sube un archivo grande desde varios dispositivos a la vez: cada uno lleva partes por su propia conexión.',
    language: 'Idioma',
    skipToMain: 'Ir al contenido',

    chooseFile: 'Elegir un archivo',
    chooseFolder: 'Elegir una carpeta',
    orSeveral: 'o varios',
    dropHint: 'Suelta archivos o carpetas en cualquier lugar de esta página, o pégalos.',
    tapHint: 'La subida empieza enseguida y recibes un enlace para tus otros dispositivos.',
    dropNow: 'Suéltalo para empezar',
    dropToHelp: 'Suelta el archivo para ayudar',
    dropBeside: 'Suéltalo para subirlo también',
    noFile: 'Ahí no había ningún archivo.',
    emptyFolder: 'No hay archivos en esa carpeta.',
    queued: (count) => `${files(count)} en la lista. Van uno tras otro, cada uno con su enlace.`,
    queuedBeside: (count) =>
      `${files(count)} más para subir: mira la lista del inicio. Lo que ya está en marcha va primero.`,
    sharedIn: (count) => `${files(count)} de otra aplicación.`,
    oneFileToHelp: (name) => `Aquí hace falta un archivo: ${quoted(name)}. Los demás no se tomaron.`,

    uploads: 'Tus subidas',
    uploadsEmpty: 'Aún no hay nada. Lo que subas en este navegador aparece aquí y sigue desde aquí.',
    uploadsFacts: (size, when) => `${size}, ${when}`,
    summary: {
      waiting: 'espera su turno',
      opening: 'abriendo',
      uploading: (share, speed, eta) => [n.wholePercent(share), speed, eta].filter(Boolean).join(', '),
      others: (share) => `${n.wholePercent(share)}, sigue desde otros dispositivos`,
      paused: (share) => `${n.wholePercent(share)}, en pausa: necesita otra vez su archivo`,
      pausedHere: (share) => `${n.wholePercent(share)}, en pausa en este dispositivo`,
      pausedForAll: (share) => `${n.wholePercent(share)}, en pausa para todos los dispositivos`,
      finishing: 'están todas las partes, uniéndolas',
      finished: 'completo',
      aborted: 'cancelada',
      refused: 'ya no existe',
      problem: (share) => `${n.wholePercent(share)}, conviene mirarla`,
      offline: 'esperando al servidor',
    },
    removeFromList: (name) => `Quitar ${name} de la lista`,
    startNow: 'Empezar ahora',

    dismiss: 'Cerrar',
    notices: 'Avisos',
    close: 'Cerrar',
    backToStart: 'Volver al inicio',
    opening: 'Abriendo…',
    openingWords: 'Preguntando al servidor por el tablero.',
    unreachable: 'No se puede llegar al servidor. Lo hecho se conserva; se sigue intentando.',
    unreachableAtStart:
      'Ahora no se puede llegar al servidor; se sigue intentando. Mientras tanto puedes elegir un archivo.',
    offline: 'Este dispositivo no tiene conexión. Lo hecho se conserva; seguirá solo cuando haya red.',
    reconnected: 'Conectado de nuevo.',
    brokenLink:
      'El enlace de la barra de direcciones no está completo. Quizá le falta el final; pídelo otra vez.',
    refused: {
      link: { title: 'Este enlace no abre ninguna subida', more: 'No se cambió nada en este dispositivo.' },
      create: { title: 'Esta subida no se puede hacer', more: 'No se cambió nada en este dispositivo.' },
      unknown: {
        title: 'Este enlace no abre ninguna subida',
        more: 'Si se acaba de crear, se abre solo en un momento.',
      },
      'taken-back': {
        title: 'Este enlace fue retirado',
        text: 'Quien te lo dio lo ha retirado. Pide otro para seguir.',
        more: 'Lo que subió este dispositivo se conserva.',
      },
      'run-out': {
        title: 'Este enlace ha caducado',
        text: 'Solo valía por un tiempo. Pide otro para seguir.',
        more: 'Lo que subió este dispositivo se conserva.',
      },
    },
    oldPageTitle: 'Esta página es más antigua que el servidor',
    closedTitle: 'El servidor ha rechazado esta página',
    reload: 'Recargar',
    unanswered: 'El servidor no ha respondido. Inténtalo de nuevo.',
    errors: {
      malformed: 'El servidor no entendió esta página. Lo subido se conserva. Recarga la página.',
      'too-long': 'El servidor no entendió esta página. Lo subido se conserva. Recarga la página.',
      'unknown-type': 'El servidor no conoce esta petición. Lo subido se conserva. Recarga la página.',
      'wrong-version': 'Recárgala para seguir. Lo subido se conserva.',
      'hello-first': 'La conexión empezó mal. Lo subido se conserva. Recarga la página.',
      'hello-twice': 'La conexión empezó mal. Lo subido se conserva. Recarga la página.',
      'bad-size':
        'El archivo es mayor de lo que S3 puede guardar en un objeto (48,8 TiB). No se subió nada. Divídelo antes.',
      'not-admitted':
        'El enlace no es válido, o ya no: quizá la subida se borró o el enlace se cortó. Pide uno nuevo.',
      'not-joined':
        'Este dispositivo perdió su lugar en el tablero. Lo subido se conserva. Recarga la página.',
      'not-allowed': 'Este enlace no permite eso. No se cambió nada. Pide otro enlace.',
      'not-proven':
        'Este dispositivo tiene que mostrar otra vez que tiene el archivo. Lo subido se conserva; lo hace solo.',
      'not-ready': 'La subida se está creando. Inténtalo en un momento.',
      'part-out-of-range': 'El archivo no tiene esa parte. Lo subido se conserva. Recarga la página.',
      'too-many-stripes': 'Fue demasiado de una vez. Lo subido se conserva; sigue solo.',
      'hash-contradicts': 'El archivo ya no es el mismo. Lo subido se conserva. Elige el original.',
      'different-file': 'No es el mismo archivo. No se subió nada de él. Elige el original.',
      'upload-ended': 'Esta subida terminó: completa o cancelada.',
      'not-finished': 'El archivo aún no está completo. Inténtalo cuando estén todas las partes.',
      'no-such-link': 'Ese enlace ya no existe. No se cambió nada. Mira la lista otra vez.',
      'link-is-makers': 'Es tu propio enlace: no se puede retirar. No se cambió nada.',
      'too-many': 'No puede haber más a la vez. No se cambió nada. Retira un enlace o inténtalo más tarde.',
      'too-fast': 'Demasiado de golpe. Lo subido se conserva; sigue solo.',
      'sign-in-first':
        'Este servidor solo acepta subidas nuevas de personas que conoce. Inicia sesión o abre la dirección con la clave que muestra al arrancar (su código QR). Un enlace que te hayan dado funciona sin ella.',
      'bad-token': 'Tu sesión ha caducado o no vale aquí. Lo subido se conserva. Inicia sesión otra vez.',
      'device-stopped':
        'Este dispositivo comunicó partes que el almacén no tiene; ya no participa en esta subida. La subida sigue sin él.',
      busy: 'El servidor tiene demasiado que hacer. Lo subido se conserva; sigue solo.',
      'store-full': storeFull,
      unavailable: 'El servidor no está listo ahora. Lo subido se conserva; sigue solo.',
      internal:
        'Algo falló en el servidor. Lo subido se conserva. Inténtalo de nuevo; si continúa, avisa a quien lo gestiona.',
    },

    progress: 'Progreso de la subida',
    parts: 'Partes',
    roleOf(role, isOpen, isHelping) {
      if (role === 'owner') return 'tu subida';
      if (role === 'watcher') return isOpen ? 'estás mirando' : 'estuviste mirando';
      if (isHelping) return isOpen ? 'estás ayudando' : 'has ayudado';
      return isOpen ? 'puedes ayudar' : 'podías ayudar';
    },
    title(name, share, phase) {
      if (phase === 'finished') return `Completo: ${name}`;
      if (phase === 'aborted') return `Cancelada: ${name}`;
      return `${n.wholePercent(share)} ${name}`;
    },
    bytesDone: (done, all) => `${done} de ${all}`,
    partsDone: (done, all) => `${n.count(done)} de ${parts(all)}`,
    pausedNow: 'En pausa',
    lastKnown: 'Último estado conocido',
    timeLeft(ms) {
      if (ms === undefined) return 'tiempo restante aún desconocido';
      return ms < 10_000 ? 'quedan unos segundos' : `faltan unos ${n.roughly(ms)}`;
    },
    progressFull: (share, partsDone, eta) => [n.percent(share), partsDone, eta].filter(Boolean).join(', '),
    speed: 'Velocidad',
    left: 'Tiempo restante',
    done: 'Hecho',

    thisDeviceStatus: 'Este dispositivo',
    status: {
      finishedOwner:
        'Listo: S3 tiene el archivo entero y ha comprobado cada parte. Puedes cerrar esta página.',
      finished: 'Listo: S3 tiene el archivo entero. Puedes cerrar esta página.',
      aborted: 'Su dueño canceló esta subida. No se conserva nada de ella.',
      finishing: 'Están todas las partes. S3 está uniendo el archivo…',
      watching: 'Estás mirando. Con este enlace este dispositivo no puede subir.',
      justWatching: 'Estás mirando. Puedes ayudar cuando quieras.',
      ownerWithoutFile: 'Este dispositivo no está subiendo: necesita otra vez el archivo.',
      helperWithoutFile: 'Este dispositivo aún no está subiendo: necesita el archivo.',
      waitsForTurn: 'Espera su turno: el archivo anterior usa la línea.',
      proving: 'Comprobando que es el mismo archivo…',
      inOtherTab: 'Otra pestaña de este navegador lo está subiendo. Si se cierra, sigue esta.',
      byOtherTab: 'Esta subida la lleva otra pestaña de este navegador.',
      paused: 'En pausa en este dispositivo. Lo hecho se conserva y los demás siguen.',
      pausedForAll: 'El propietario lo ha puesto en pausa en todos los dispositivos. Lo hecho se conserva.',
      pausedByYou: 'Has puesto esta subida en pausa en todos los dispositivos. Lo hecho se conserva.',
      usedUp:
        'Se ha agotado el límite de datos de este dispositivo. Lo hecho se conserva y los demás siguen.',
      retrying: 'Las partes no pasan desde este dispositivo; se sigue intentando. Lo hecho se conserva.',
      storeFull,
      carrying: 'Este dispositivo está subiendo.',
      limited: (speed) => `Este dispositivo está subiendo y respeta tu límite de ${speed}.`,
      screenKept: 'Deja esta página abierta. La pantalla sigue encendida mientras este dispositivo sube.',
      keepOpen: 'Deja esta página abierta y la pantalla encendida mientras este dispositivo sube.',
      inOtherHands: 'Lo que queda está en otras manos. Este dispositivo entra si alguna falla.',
      awaitingHashes: 'Esperando al dispositivo con el original: aún no ha comprobado las siguientes partes.',
      ownerAway:
        'El dispositivo con el original no está. Las partes que no ha comprobado esperan a que vuelva.',
      notAllowed:
        'Con este enlace este dispositivo no puede subir. Puedes seguir mirando o pedir otro enlace.',
      refused: (detail) =>
        `El servidor no acepta partes de este dispositivo: ${detail} Lo subido se conserva. Quizá ayude recargar la página.`,
      fileChanged: (name, part) =>
        `${quoted(name)} ha cambiado desde que empezó la subida: ${part === undefined ? 'algunos bytes son otros' : `la parte ${n.count(part)} tiene otros bytes`}. Lo subido se conserva. Elige el archivo original para seguir.`,
      fileUnreadable: (name) =>
        `${quoted(name)} ya no se puede leer en este dispositivo: se movió, cambió o su unidad no está. Lo subido se conserva.`,
      differentSize: (name, theirs, ours) =>
        `No es el mismo archivo: ${quoted(name)} tiene ${theirs}, la subida tiene ${ours}. Elige el original.`,
      differentPart: (part) =>
        `No es el mismo archivo: la parte ${n.count(part)} es distinta. Elige el original.`,
      different: 'No es el mismo archivo. Elige el original.',
      recompressed:
        'Los teléfonos suelen hacer una copia más pequeña al elegir un vídeo o una foto en la galería: elígelo en la aplicación de archivos.',
    },
    source: {
      goOn: (name) => `Seguir con ${name}`,
      asks: (name) =>
        `Este navegador recuerda dónde está ${quoted(name)} y necesita tu permiso para leerlo otra vez. Lo subido se conserva.`,
      forgotten: (name, size, exact, changed) =>
        `La página se cargó de nuevo y este navegador no guardó el camino al archivo. Elige ${quoted(name)} otra vez: ${size} (${exact}), modificado el ${changed}. Se comprueba antes de subir nada; lo subido se conserva.`,
      moved: (name) =>
        `${quoted(name)} no está donde estaba: se movió, cambió de nombre, se borró, o su unidad no está conectada. Seguirá solo cuando se pueda leer; o elígelo otra vez.`,
      forbidden: (name) =>
        `${quoted(name)} ya no se puede leer: se retiró el permiso. Seguirá solo cuando se pueda leer; o elígelo otra vez.`,
      away: (name) =>
        `${quoted(name)} no se puede leer ahora. Seguirá solo cuando se pueda leer; o elígelo otra vez.`,
      lost: (name) =>
        `${quoted(name)} se cambió o se movió desde que lo elegiste. Elígelo otra vez, tal como era, para seguir.`,
      changed: (name, exact) =>
        `${quoted(name)} ha cambiado: ahora tiene ${exact}. Lo subido se conserva. Elige el archivo como era para seguir.`,
    },
    stopHelping: 'Dejar de ayudar',
    limits: 'Limitar este dispositivo',
    limitsHint: 'Para todas las subidas de este navegador. Lo que queda vacío no tiene límite.',
    limitSpeed: 'Velocidad, como máximo (Mbit/s)',
    limitData: 'Datos, como máximo en total (GB)',
    limitNone: 'sin límite',
    limitSpent: (size) => `Se han usado ${size}. Otro número cuenta desde cero.`,
    pause: 'Pausar este dispositivo',
    pauseShort: 'Pausar',
    goOn: 'Continuar',
    pauseAll: 'Pausar en todos los dispositivos',
    goOnAll: 'Continuar en todos los dispositivos',
    tellMe: 'Avísame cuando termine',
    tellMeOn: 'Recibirás una notificación cuando termine.',
    tellMeOff: 'Las notificaciones están bloqueadas para esta página; su pestaña dice cuánto lleva.',

    helpTitle: (name, isOwner) => (isOwner ? `Elige ${name} para seguir` : `¿Puedes ayudar con ${name}?`),
    helpWithFile: 'Ayudar con este archivo',
    goOnWithFile: 'Seguir con este archivo',
    chooseHere: 'Elegir este archivo aquí',
    justWatch: 'Solo mirar',
    helpAfterAll: 'Ayudar al final',
    orDrop: 'o suéltalo en cualquier lugar de esta página',
    helpFacts: (size, exact, isOwner) =>
      isOwner
        ? `Una página olvida su archivo al recargarse o al dejar de ayudar. Elige el mismo: ${size} (${exact}). Lo subido se conserva.`
        : `Este dispositivo necesita el mismo archivo, byte por byte: ${size} (${exact}). Se comprueba antes de subir nada.`,
    ownedBy: (device) => `de ${device}`,

    grid: (done, leased, all) =>
      `Partes: ${n.count(done)} de ${n.count(all)} hechas, ${n.count(leased)} en camino`,
    legend: {
      done: 'subida',
      leased: 'en camino',
      hedged: 'en camino dos veces',
      free: 'en espera',
      unknown: 'sin comprobar',
    },
    part: (part) => `Parte ${n.count(part)}`,
    partBytes: (size, from) => `${size} desde ${from}`,
    uploadedBy: (device) => `subida por ${device}`,
    uploadedIn: (device, duration) => `subida por ${device} en ${duration}`,
    underWayOn: (devices) => `en camino en ${n.list(devices)}`,
    partsTable: 'Ver como tabla',
    partsTableTitle: 'Las partes como tabla',
    column: { part: 'Parte', bytes: 'Bytes', state: 'Estado', device: 'Dispositivo', took: 'Tardó' },
    tableMore: 'Ver más',
    tableShown: (shown, all) => `${n.count(shown)} de ${parts(all)}`,
    spotlight: (device) => `Mostrar solo las partes de ${device}`,

    devices: 'Dispositivos',
    others: 'Otros dispositivos',
    browserOn: (browser, system) => `${browser} en ${system}`,
    aDevice: 'Un dispositivo',
    thisDevice: 'este dispositivo',
    online: 'conectado',
    offlineDevice: 'sin conexión',
    deviceRole: (role: Role) =>
      role === 'owner' ? 'tiene el original' : role === 'helper' ? 'ayuda' : 'mira',
    deviceIdle: 'inactivo',
    devicePaused: 'en pausa',
    deviceWithout: 'aún no ha subido nada',
    deviceAway: 'ausente',
    partsCount: parts,
    shareOfWork: (share) => `${n.wholePercent(share)} del trabajo`,
    gain: (speed, saved) => `aporta ${speed} y ahorra ${saved}`,
    gainOnly: (speed) => `aporta ${speed}`,
    carriesAlone: 'lo lleva todo',
    together: (count) => (count === 1 ? 'un dispositivo' : `${n.count(count)} dispositivos juntos`),
    leftDevices: (count) =>
      count === 1
        ? 'y 1 dispositivo que se fue sin subir nada'
        : `y ${n.count(count)} dispositivos que se fueron sin subir nada`,
    rename: 'Cambiar el nombre de este dispositivo',
    renameField: 'Nombre de este dispositivo',
    save: 'Guardar',
    cancel: 'Cancelar',
    chart: 'Velocidad en el tiempo',
    chartSummary: (duration, peak, average) => `En ${duration}: ${average} de media, ${peak} como máximo`,
    sparkline: (speed) => `ahora ${speed}`,

    share: 'Añadir otro dispositivo',
    shareToWatch: 'Dejar que otros miren',

    complete: (name) => `${name} está completo.`,
    another: 'Subir otro archivo',

    abort: 'Cancelar esta subida',
    abortSure: '¿Cancelarla para todos los dispositivos? Las partes subidas se borran.',
    abortYes: 'Sí, borrarla',
    abortNo: 'Conservarla',
    aborting: 'Cancelando…',

    said: {
      percent: (share, eta) => [`${n.wholePercent(share)} subido`, eta].filter(Boolean).join(', '),
      joined: (device) => `${device} se ha unido`,
      left: (device) => `${device} se ha ido`,
      helping: (device) => `${device} está ayudando`,
      lost: 'No se puede llegar al servidor',
    },
  };
}
