import type { PayBlock } from "../state/pay-block.js";
import type { Strings } from "./strings.js";

const count = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${n} ${many}`);

function payBlocked(block: PayBlock): string {
  switch (block.why) {
    case "empty":
      return "Put something on the tray first";
    case "moving":
      return "One moment: please keep the tray still";
    case "camera":
      return "The camera does not see the tray";
    case "till":
      return "The till does not answer; please call for help";
    case "choice":
      return `Please choose: ${count(block.count, "item is", "items are")} not clear`;
    case "identification":
      return `Please find: ${count(block.count, "item is", "items are")} not recognised`;
    case "weight":
      return `${count(block.count, "item needs", "items need")} weighing`;
    case "ageApproval":
      return "Our staff will check your age";
  }
}

export const en: Strings = {
  languageName: "English",
  welcome: "Welcome",
  welcomeHint: "Place your goods on the tray, side by side. We do the rest.",
  trayLabel: (items) => `Picture of the tray with ${count(items, "item", "items")}`,
  wait: "One moment …",
  which: "Which one?",
  unknown: "What is this?",
  hidden: "covered",
  cameraFault: "The camera does not see the tray",
  cameraFaultHint: "Please wait a moment or call for help. Your basket is safe.",
  noPicture: "The picture comes back in a moment",
  basket: "Your basket",
  basketEmpty: "Nothing here yet",
  items: (n) => count(n, "item", "items"),
  total: "Total",
  each: "each",
  perKilo: "per kg",
  pay: "Pay",
  payBlocked,
  choose: "Choose",
  find: "Find it",
  weigh: "Weigh",
  staffComing: (age) => (age ? `Age check: ${age}+` : "Age check"),
  fewer: (name) => `One ${name} fewer`,
  more: (name) => `One ${name} more`,
  addByHand: "Add an item by hand",
  help: "Call for help",
  helpComing: "Help is on its way",
  cancel: "Cancel",
  cancelQuestion: "Cancel your purchase?",
  cancelYes: "Yes, cancel",
  cancelHint: "Your basket is emptied. You can start again at any time.",
  goOn: "Keep shopping",
  close: "Close",
  chooseTitle: "Which one is it?",
  chooseHint: "Touch what lies on the tray.",
  noneOfThese: "None of these",
  searchTitle: "Find a product",
  searchLabel: "Name of the product",
  nothingFound: "Nothing with this name. Try fewer letters.",
  space: "space",
  erase: "Delete a character",
  weighTitle: "How much does it weigh?",
  weighHint: "Put it on the scale and enter what the scale shows.",
  grams: "grams",
  confirm: "Confirm",
  payingTitle: "Sending to the till",
  payingHint: "Please leave your goods on the tray.",
  payingStuck: "Our staff will be with you to check something.",
  progress: (settled, all) => `${settled} of ${all} at the till`,
  till: {
    none: "waiting",
    queued: "sending",
    settled: "at the till",
    refused: "refused by the till",
    inDoubt: "being checked",
    voidQueued: "being voided",
    voided: "voided",
  },
  doneTitle: "Thank you!",
  doneHint: "Everything is at the till. Please pay there, then clear the tray.",
  suspendedTitle: "On hold",
  suspendedHint: "Our staff will go on with you in a moment.",
  cancelledTitle: "Cancelled",
  cancelledHint: "Please clear the tray. You can start again at any time.",
  connectingTitle: "One moment …",
  lostTitle: "One moment, please",
  lostHint: "We are reconnecting. Your basket is safe.",
  staff: "Staff",
  pinTitle: "Staff only",
  pinHint: "Enter the attendant's PIN.",
  attendantTitle: "Attendant",
  nothingToDo: "Nothing waits for you here.",
  ageQuestion: (name, age) => `${name}: is the shopper ${age ?? "old enough"}${age ? " or older" : ""}?`,
  approve: "Yes, approve",
  refuse: "No, remove",
  doubtQuestion: (name) => `${name}: does the till show this line?`,
  onTill: "Yes, it is there",
  notOnTill: "No, send again",
  refusedByTill: (name) => `${name}: the till refused this line.`,
  sendAgain: "Send again",
  retryTotal: "Send the total again",
  void: "Void",
  lines: "All lines",
  because: {
    barcode: "By its barcode",
    sure: "By its picture",
    contradiction: "Barcode and picture contradict each other",
    twoBarcodes: "Several barcodes were read",
    alike: "Several products look alike",
    unsure: "The picture is not clear enough",
    strange: "Looks like nothing in the catalog",
    picture: "Probably a picture of a product",
    nothing: "Nothing to compare it with",
  },
  second: (name) => `second ${name}`,
  weighs: (grams) => `weighs ${grams.toFixed(0)} g`,
  notInCatalog: "not in the catalog",
  suspend: "Put on hold",
  resume: "Resume",
  dismissHelp: "Help was given",
  scores: "Scores",
  tillView: "What the till received",
  tillEmpty: "Nothing yet",
};
