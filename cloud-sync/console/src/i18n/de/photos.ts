import type { Strings } from "../index.js";

const fotos = (n: number): string => (n === 1 ? "1 Foto" : `${n} Fotos`);

export const photos: Strings["photos"] = {
  title: "Fotos",
  hint: "Daran erkennen Kassen den Artikel. Fünf von verschiedenen Seiten sind gut: er allein, auf schlichtem Grund.",
  pageHint:
    "Fotos vieler Artikel auf einmal. Dateien, die wie SKU oder Barcode heißen (tasse_2.jpg), finden ihn selbst.",
  drop: "Fotos hierher ziehen oder zum Auswählen klicken",
  dropHint: "JPEG, PNG oder WebP, je bis 12 MB",
  dropMany: "Fotos hierher ziehen oder zum Auswählen klicken",
  dropManyHint: "JPEG, PNG oder WebP, je bis 12 MB, so viele Sie mögen; oder ein ZIP davon",
  refusedFile: (name, why) =>
    why === "type" ? `${name} ist kein Bild in JPEG, PNG oder WebP.` : `${name} ist größer als 12 MB.`,
  sending: (n) => `${fotos(n)} werden gesendet`,
  zipSending: (name) => `${name} wird gesendet`,
  zipSent: (name, n) => (n === 1 ? `${name}: 1 Foto übernommen` : `${name}: ${n} Fotos übernommen`),
  zipLeftOut: (n) => (n === 1 ? "1 Datei wurde ausgelassen:" : `${n} Dateien wurden ausgelassen:`),
  leaveQuestion: "Einige Fotos sind noch nicht gesendet. Seite ohne sie verlassen?",
  dropUpload: "Diese weglassen",
  chosenTitle: (n) => `${fotos(n)} ausgewählt`,
  send: (n) => `${fotos(n)} senden`,
  whichProduct: "Welcher Artikel ist es?",
  otherProduct: "anderer Artikel",
  leaveOut: "Weglassen",
  progressTitle: "Unterwegs",
  idle: "Kein Foto ist unterwegs",
  notLive: "Die Verbindung wird neu aufgebaut; die Angaben unten können etwas alt sein.",
  underWay: (n) => (n === 1 ? "1 Foto wird angesehen" : `${n} Fotos werden angesehen`),
  knownTitle: (n) => `Kassen kennen ${fotos(n)}`,
  none: "Ohne Fotos erkennen Kassen diesen Artikel nicht; Kunden müssen ihn selbst suchen.",
  isShelf: "Regalbild",
  useForShelf: "Als Regalbild verwenden",
  removeKnown: "Dieses Foto entfernen",
  removeQuestion: "Dieses Foto entfernen? Kassen erkennen den Artikel dann nicht mehr daran.",
  photoOf: (sku, source) => `Foto ${source} von ${sku}`,
  newPhotoOf: (sku) => `Neues Foto von ${sku}`,
  knownPhotoOf: (sku) => `Bekanntes Foto von ${sku}`,
  compare: "Vergleichen",
  compareTitle: "Ist das derselbe Artikel?",
  alikeBy: (percent) => `Für die Kassen sind die beiden zu ${percent.toFixed(0)} % gleich.`,
  tries: (n) => `Es wird noch einmal versucht (Versuch ${n + 1}).`,
  states: {
    queued: "wartet",
    running: "wird angesehen",
    enrolled: "den Kassen bekannt",
    held: "bitte ansehen",
    refused: "nicht brauchbar",
    dead: "fehlgeschlagen",
  },
  decisions: { accept: "Trotzdem verwenden", reject: "Nicht verwenden", retry: "Noch einmal" },
  findings: {
    small: {
      what: "Der Artikel ist sehr klein darauf.",
      fix: "Gehen Sie näher heran oder senden Sie das Bild in voller Größe.",
    },
    blurred: {
      what: "Es ist unscharf.",
      fix: "Ruhig halten, Linse putzen und die Kamera scharfstellen lassen.",
    },
    dark: { what: "Es ist zu dunkel.", fix: "Machen Sie Licht." },
    bright: { what: "Es ist zu hell.", fix: "Vermeiden Sie Spiegelungen und direktes Licht." },
    noContrast: {
      what: "Darauf ist kaum etwas zu unterscheiden.",
      fix: "Legen Sie den Artikel auf schlichten Grund anderer Farbe, bei gutem Licht.",
    },
    noProduct: {
      what: "Darauf wurde kein Artikel gefunden, darum gilt das ganze Bild.",
      fix: "Legen Sie den Artikel allein auf schlichten Grund und fotografieren Sie von oben.",
    },
    severalProducts: {
      what: "Mehrere Artikel sind darauf.",
      fix: "Fotografieren Sie diesen allein, oder verwenden Sie es, wenn der richtige im Mittelpunkt steht.",
    },
    crowded: {
      what: "Überall darauf ist Ware, darum gilt das ganze Bild.",
      fix: "Gut, wenn alles dieser Artikel ist. Besser: einer allein auf schlichtem Grund, von oben.",
    },
    artificial: {
      what: "Es sieht eher nach Bildschirmfoto oder Zeichnung aus.",
      fix: "Fotos vom Artikel selbst werden besser erkannt.",
    },
    duplicate: {
      what: "Es ist fast dasselbe wie ein Foto eines anderen Artikels.",
      fix: "Vergleichen Sie die beiden; verwenden Sie es nicht, wenn es zum falschen Artikel kam.",
    },
    lookAlike: {
      what: "Es ähnelt einem anderen Artikel; Kassen werden fragen.",
      fix: "Fotos von anderen Seiten helfen, sie zu unterscheiden.",
    },
    stray: {
      what: "Es ähnelt eher einem anderen Artikel als den übrigen Fotos von diesem.",
      fix: "Vergleichen Sie die beiden; verwenden Sie es nicht, wenn es den anderen zeigt, und trotzdem, wenn es eine neue Seite von diesem ist.",
    },
    surplus: {
      what: "Kassen kennen genug Fotos, die zeigen, was es zeigt.",
      fix: "Es ist nichts zu tun; verwenden Sie es trotzdem, tritt es an die Stelle eines anderen.",
    },
    replaces: {
      what: "Es tritt an die Stelle eines Fotos, das weniger zeigte.",
      fix: "Es ist nichts zu tun.",
    },
  },
};

export const review: Strings["review"] = {
  waiting: (n) => `${n} offen`,
  hint: "Was auf Sie wartet: Fotos mit einer Frage und Waren, die Kassen nicht selbst benennen konnten.",
  photosTitle: "Fotos mit einer Frage",
  noPhotos: "Kein Foto wartet auf Sie",
  cropsTitle: "Waren, nach denen Kassen fragten",
  cropsHint: "Sagen Sie, was es ist: das Bild wird ein Foto dieses Artikels, und Kassen erkennen ihn besser.",
  noCrops: "Die Kassen haben keine Fragen",
  cropAlt: (store, lane) => `Ware auf dem Tablett von ${store}, ${lane}`,
  kinds: {
    ambiguous: "Es könnten mehrere Artikel sein",
    unknown: "Es wurde nicht erkannt",
    conflict: "Barcode und Bild passten nicht zusammen",
    matched: "Es wurde erkannt",
  },
  isThis: (name) => `Es ist ${name}`,
  another: "Etwas anderes …",
  taught: (sku) => `Das Bild wurde als Foto von ${sku} gesendet`,
  sent: "Gesendet",
};
