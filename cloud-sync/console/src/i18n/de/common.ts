import type { Strings } from "../index.js";

export const common: Strings["common"] = {
  languageName: "Deutsch",
  language: "Sprache",
  loading: "Einen Moment …",
  tryAgain: "Noch einmal versuchen",
  undo: "Rückgängig",
  close: "Schließen",
  cancel: "Abbrechen",
  done: "Fertig",
  add: "Hinzufügen",
  save: "Speichern",
  saving: "Wird gespeichert …",
  saved: "Gespeichert",
  discard: "Verwerfen",
  unsaved: "Noch nicht gespeichert",
  leaveQuestion: "Sie haben noch nicht gespeichert. Seite verlassen und die Eingaben verlieren?",
  nothing: "nichts",
  yes: "ja",
  no: "nein",
  lsn: "LSN",
  menu: "Menü",
  skip: "Zum Inhalt springen",
  offline:
    "Dieser Rechner hat kein Netz. Ihre Eingaben bleiben hier; speichern Sie, sobald das Netz zurück ist.",
  pages: "Seiten",
  previous: "Zurück",
  next: "Weiter",
  newer: "Neuere",
  older: "Ältere",
  range: (from, to) => `${from} bis ${to}`,
};

export const menu: Strings["menu"] = {
  products: "Artikel",
  prices: "Preise",
  photos: "Fotos",
  review: "Zu prüfen",
  fleet: "Kassen",
  rollouts: "Rollouts",
  files: "Import und Export",
  history: "Verlauf",
  people: "Benutzer und Tokens",
  setup: "Einrichtung",
};

export const session: Strings["session"] = {
  headquarters: "Zentrale",
  signInTitle: "Anmelden",
  signIn: "Anmelden",
  signOut: "Abmelden",
  name: "Name",
  password: "Passwort",
  newPassword: "Neues Passwort",
  passwordAgain: "Dasselbe Passwort noch einmal",
  passwordHint: (length) => `Mindestens ${length} Zeichen; ein paar Wörter hintereinander sind gut.`,
  tooShort: (length) => `Zu kurz: bitte mindestens ${length} Zeichen.`,
  differs: "Die beiden sind nicht gleich.",
  setupTitle: "Willkommen",
  setupHint:
    "Wählen Sie Name und Passwort, mit denen Sie sich anmelden werden. Mit diesem Link geht das einmal.",
  setUp: "Beginnen",
  noToken:
    "Dieser Link ist nicht vollständig. Öffnen Sie den ganzen Link der Zentrale, auch das hinter dem #.",
  changePassword: "Passwort ändern",
  oldPassword: "Altes Passwort",
  passwordChanged: "Ihr Passwort wurde geändert",
  toSignIn: "Ich habe schon ein Konto",
  againTitle: "Bitte melden Sie sich noch einmal an",
  againHint: "Ihre Sitzung ist abgelaufen. Ihre Eingaben sind noch da und werden danach gespeichert.",
  leave: "Ohne Speichern verlassen",
  viewerHint: "Sie können hier alles ansehen, aber nichts ändern. Bei Bedarf hilft Ihnen die Administration.",
  roles: { viewer: "Lesen", editor: "Pflegen", admin: "Administration" },
};

export const problem: Strings["problem"] = {
  unknown: "Das hat nicht geklappt",
  unknownFix: "Versuchen Sie es noch einmal; bleibt es so, laden Sie die Seite neu.",
  codes: {
    UNREACHABLE: {
      title: "Die Zentrale antwortet nicht",
      fix: "Prüfen Sie das Netz und versuchen Sie es noch einmal. Ihre Eingaben sind nicht verloren.",
    },
    STRANGE_ANSWER: { title: "Die Zentrale hat unerwartet geantwortet", fix: "Laden Sie diese Seite neu." },
    SIGN_IN_REFUSED: {
      title: "Name oder Passwort ist falsch",
      fix: "Versuchen Sie es noch einmal oder fragen Sie die Administration.",
    },
    SIGN_IN_BLOCKED: {
      title: "Zu viele falsche Passwörter",
      fix: "Warten Sie ein paar Minuten und versuchen Sie es dann noch einmal.",
    },
    SETUP_REFUSED: {
      title: "Dieser Link gilt nicht",
      fix: "Er gilt einmal und einen Tag lang. Lassen Sie sich einen neuen geben.",
    },
    RATE_LIMITED: {
      title: "Das war viel auf einmal",
      fix: "Warten Sie kurz und versuchen Sie es dann noch einmal.",
    },
    SETUP_DONE: { title: "Die Zentrale ist schon eingerichtet", fix: "Melden Sie sich mit Ihrem Konto an." },
    FORBIDDEN: {
      title: "Das dürfen Sie nicht",
      fix: "Bitten Sie die Administration, es zu tun oder Ihnen das Recht zu geben.",
    },
    INTERNAL: {
      title: "In der Zentrale ist etwas schiefgegangen",
      fix: "Versuchen Sie es noch einmal; bleibt es so, sagen Sie Ihrer IT Bescheid.",
    },
    DATABASE_UNAVAILABLE: {
      title: "Die Zentrale erreicht ihre Datenbank nicht",
      fix: "Versuchen Sie es gleich noch einmal; bleibt es so, sagen Sie Ihrer IT Bescheid.",
    },
    OBJECT_STORE: {
      title: "Die Zentrale kann gerade keine Bilder speichern",
      fix: "Versuchen Sie es gleich noch einmal; bleibt es so, sagen Sie Ihrer IT Bescheid.",
    },
    NOT_FOUND: { title: "Das gibt es nicht (mehr)", fix: "Laden Sie die Seite neu." },
    CONFLICT: {
      title: "Das widerspricht etwas anderem",
      fix: "Vielleicht gehört ein Barcode schon zu einem anderen Artikel, oder jemand war schneller.",
    },
    PHOTO_REFUSED: {
      title: "Dieses Bild kann nicht verwendet werden",
      fix: "Es muss ein JPEG, PNG oder WebP von mindestens 64 Pixeln je Seite sein.",
    },
    PHOTO_READER: {
      title: "Das Ansehen des Fotos hat zu lange gedauert",
      fix: "Es wird von selbst wiederholt.",
    },
    PICTURE_FETCH: { title: "Das Bild hinter dem Link war nicht zu haben", fix: "Prüfen Sie den Link." },
    ROLLOUT_STATE: {
      title: "Das geht bei diesem Rollout gerade nicht",
      fix: "Jede Stufe braucht mindestens eine Kasse; sehen Sie sonst nach, wie weit er ist.",
    },
    REJECTED: {
      title: "Jemand hat es abgelehnt",
      fix: "Versuchen Sie es noch einmal, wenn das ein Irrtum war.",
    },
    INVALID_INPUT: { title: "Etwas passt nicht", fix: "Prüfen Sie die genannten Felder." },
  },
};
