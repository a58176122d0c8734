import type { PayBlock } from "../state/pay-block.js";
import type { Strings } from "./strings.js";

const artikel = (n: number): string => `${n} Artikel`;

function payBlocked(block: PayBlock): string {
  switch (block.why) {
    case "empty":
      return "Legen Sie zuerst etwas auf das Tablett";
    case "moving":
      return "Einen Moment: bitte das Tablett ruhig lassen";
    case "camera":
      return "Die Kamera sieht das Tablett nicht";
    case "till":
      return "Die Kasse antwortet nicht; bitte rufen Sie Hilfe";
    case "choice":
      return `Bitte wählen Sie: ${artikel(block.count)} nicht eindeutig`;
    case "identification":
      return `Bitte suchen Sie: ${artikel(block.count)} nicht erkannt`;
    case "weight":
      return `${artikel(block.count)} noch wiegen`;
    case "ageApproval":
      return "Unser Personal prüft Ihr Alter";
  }
}

export const de: Strings = {
  languageName: "Deutsch",
  welcome: "Willkommen",
  welcomeHint: "Legen Sie Ihre Waren nebeneinander auf das Tablett. Den Rest machen wir.",
  trayLabel: (items) => `Bild des Tabletts, ${artikel(items)}`,
  wait: "Einen Moment …",
  which: "Welcher?",
  unknown: "Was ist das?",
  hidden: "verdeckt",
  cameraFault: "Die Kamera sieht das Tablett nicht",
  cameraFaultHint: "Bitte warten Sie kurz oder rufen Sie Hilfe. Ihr Warenkorb bleibt erhalten.",
  noPicture: "Das Bild ist gleich wieder da",
  basket: "Ihr Warenkorb",
  basketEmpty: "Noch nichts hier",
  items: artikel,
  total: "Summe",
  each: "je Stück",
  perKilo: "je kg",
  pay: "Bezahlen",
  payBlocked,
  choose: "Auswählen",
  find: "Suchen",
  weigh: "Wiegen",
  staffComing: (age) => (age ? `Altersprüfung: ab ${age}` : "Altersprüfung"),
  fewer: (name) => `${name}: eins weniger`,
  more: (name) => `${name}: eins mehr`,
  addByHand: "Selbst hinzufügen",
  help: "Hilfe rufen",
  helpComing: "Hilfe kommt gleich",
  cancel: "Abbrechen",
  cancelQuestion: "Einkauf abbrechen?",
  cancelYes: "Ja, abbrechen",
  cancelHint: "Der Warenkorb wird geleert. Sie können jederzeit neu beginnen.",
  goOn: "Weiter einkaufen",
  close: "Schließen",
  chooseTitle: "Was ist es?",
  chooseHint: "Berühren Sie, was auf dem Tablett liegt.",
  noneOfThese: "Nichts davon",
  searchTitle: "Artikel suchen",
  searchLabel: "Name des Artikels",
  nothingFound: "Nichts gefunden. Versuchen Sie weniger Buchstaben.",
  space: "Leertaste",
  erase: "Zeichen löschen",
  weighTitle: "Wie schwer ist es?",
  weighHint: "Legen Sie es auf die Waage und geben Sie ein, was sie zeigt.",
  grams: "Gramm",
  confirm: "Bestätigen",
  payingTitle: "Wird an die Kasse gesendet",
  payingHint: "Bitte lassen Sie Ihre Waren auf dem Tablett.",
  payingStuck: "Unser Personal kommt gleich und prüft etwas.",
  progress: (settled, all) => `${settled} von ${all} an der Kasse`,
  till: {
    none: "wartet",
    queued: "wird gesendet",
    settled: "an der Kasse",
    refused: "von der Kasse abgelehnt",
    inDoubt: "wird geprüft",
    voidQueued: "wird storniert",
    voided: "storniert",
  },
  doneTitle: "Vielen Dank!",
  doneHint: "Alles ist an der Kasse. Bitte bezahlen Sie dort und räumen Sie dann das Tablett.",
  suspendedTitle: "Angehalten",
  suspendedHint: "Unser Personal macht gleich mit Ihnen weiter.",
  cancelledTitle: "Abgebrochen",
  cancelledHint: "Bitte räumen Sie das Tablett. Sie können jederzeit neu beginnen.",
  connectingTitle: "Einen Moment …",
  lostTitle: "Einen Moment, bitte",
  lostHint: "Wir verbinden neu. Ihr Warenkorb bleibt erhalten.",
  staff: "Personal",
  pinTitle: "Nur für Personal",
  pinHint: "Geben Sie die PIN ein.",
  attendantTitle: "Betreuung",
  nothingToDo: "Hier wartet nichts auf Sie.",
  ageQuestion: (name, age) => `${name}: ist die Person ${age ? `${age} oder älter` : "alt genug"}?`,
  approve: "Ja, freigeben",
  refuse: "Nein, entfernen",
  doubtQuestion: (name) => `${name}: zeigt die Kasse diese Zeile?`,
  onTill: "Ja, sie ist da",
  notOnTill: "Nein, neu senden",
  refusedByTill: (name) => `${name}: die Kasse hat diese Zeile abgelehnt.`,
  sendAgain: "Neu senden",
  retryTotal: "Summe neu senden",
  void: "Stornieren",
  lines: "Alle Zeilen",
  because: {
    barcode: "Am Strichcode erkannt",
    sure: "Am Bild erkannt",
    contradiction: "Strichcode und Bild widersprechen sich",
    twoBarcodes: "Mehrere Strichcodes gelesen",
    alike: "Mehrere Artikel sehen ähnlich aus",
    unsure: "Das Bild ist nicht eindeutig",
    strange: "Sieht keinem Artikel ähnlich",
    picture: "Wahrscheinlich das Bild eines Artikels",
    nothing: "Nichts zum Vergleichen",
  },
  second: (name) => `danach ${name}`,
  weighs: (grams) => `wiegt ${grams.toFixed(0)} g`,
  notInCatalog: "nicht im Sortiment",
  suspend: "Anhalten",
  resume: "Fortsetzen",
  dismissHelp: "Hilfe erledigt",
  scores: "Werte",
  tillView: "Was die Kasse empfing",
  tillEmpty: "Noch nichts",
};
