import { count } from "../count.js";
import type { ByCode } from "./common.js";

export const photos = {
  title: "Photos",
  hint: "Lanes recognise the product by these. Five from different sides are good: one product alone, on a plain ground.",
  pageHint:
    "Photos of many products at once. Files named after the SKU or barcode (mug_2.jpg) find their product.",
  drop: "Drag photos here, or click to choose",
  dropHint: "JPEG, PNG or WebP, up to 12 MB each",
  dropMany: "Drag photos here, or click to choose",
  dropManyHint: "JPEG, PNG or WebP, up to 12 MB each, as many as you like; or a ZIP of them",
  refusedFile: (name: string, why: "type" | "size") =>
    why === "type" ? `${name} is no JPEG, PNG or WebP picture.` : `${name} is larger than 12 MB.`,
  sending: (n: number) => `Sending ${count(n, "photo", "photos")}`,
  zipSending: (name: string) => `Sending ${name}`,
  zipSent: (name: string, n: number) => `${name}: ${count(n, "photo was", "photos were")} taken`,
  zipLeftOut: (n: number) => `${count(n, "file was", "files were")} left out:`,
  leaveQuestion: "Some photos have not been sent yet. Leave this page without them?",
  dropUpload: "Leave these out",
  chosenTitle: (n: number) => `${count(n, "photo", "photos")} chosen`,
  send: (n: number) => `Send ${count(n, "photo", "photos")}`,
  whichProduct: "Which product is it?",
  otherProduct: "another product",
  leaveOut: "Leave out",
  progressTitle: "On their way",
  idle: "No photo is on its way",
  notLive: "The connection is being made again; the states below may be a little old.",
  underWay: (n: number) => `${count(n, "photo is", "photos are")} being looked at`,
  knownTitle: (n: number) => `Lanes know ${count(n, "photo", "photos")}`,
  none: "Without photos lanes cannot recognise this product; shoppers must look it up by hand.",
  isShelf: "Shelf picture",
  useForShelf: "Use as shelf picture",
  removeKnown: "Remove this photo",
  removeQuestion: "Remove this photo? Lanes will no longer recognise the product by it.",
  photoOf: (sku: string, source: string) => `Photo ${source} of ${sku}`,
  newPhotoOf: (sku: string) => `New photo of ${sku}`,
  knownPhotoOf: (sku: string) => `Known photo of ${sku}`,
  compare: "Compare",
  compareTitle: "Is this the same product?",
  alikeBy: (percent: number) => `To the lanes these two are ${percent.toFixed(0)} % alike.`,
  tries: (n: number) => `It is tried again (try ${n + 1}).`,
  states: {
    queued: "waiting",
    running: "being looked at",
    enrolled: "known to lanes",
    held: "please look at it",
    refused: "cannot be used",
    dead: "failed",
  },
  decisions: { accept: "Use it anyway", reject: "Do not use", retry: "Try again" },
  findings: {
    small: { what: "The product is very small on it.", fix: "Go nearer, or send the picture in full size." },
    blurred: { what: "It is blurred.", fix: "Hold still, wipe the lens and let the camera focus." },
    dark: { what: "It is too dark.", fix: "Put on a light." },
    bright: { what: "It is too bright.", fix: "Avoid glare and direct light." },
    noContrast: {
      what: "Hardly anything can be told apart on it.",
      fix: "Put the product on a plain ground of another colour, in good light.",
    },
    noProduct: {
      what: "No product was found on it, so the whole picture is used.",
      fix: "Put the product alone on a plain ground and photograph it from above.",
    },
    severalProducts: {
      what: "Several products are on it.",
      fix: "Photograph this one alone, or use it anyway if the right one stands out.",
    },
    crowded: {
      what: "Goods are all over it, so the whole picture is used.",
      fix: "Fine if all of them are this product. Better: one alone on a plain ground, from above.",
    },
    artificial: {
      what: "It looks like a screenshot or a drawing rather than a photo.",
      fix: "Photos of the product itself are recognised better.",
    },
    duplicate: {
      what: "It is nearly the same as a photo of another product.",
      fix: "Compare the two; do not use it if it was sent for the wrong product.",
    },
    lookAlike: {
      what: "It looks like another product; lanes will ask the shopper.",
      fix: "Photos from other sides may tell them apart.",
    },
    stray: {
      what: "It looks like another product rather than like the other photos of this one.",
      fix: "Compare the two; do not use it if it shows the other product, use it anyway if it is a new side of this one.",
    },
    surplus: {
      what: "Lanes already know enough photos that show what it shows.",
      fix: "Nothing needs doing; use it anyway and it takes the place of another one.",
    },
    replaces: {
      what: "It takes the place of a photo that showed less.",
      fix: "Nothing needs doing.",
    },
  },
};

const kinds: ByCode = {
  ambiguous: "It could be several products",
  unknown: "It was not recognised",
  conflict: "Barcode and picture did not agree",
  matched: "It was recognised",
};

export const review = {
  waiting: (n: number) => `${n} waiting`,
  hint: "What waits for you: photos with a question, and items that lanes could not name by themselves.",
  photosTitle: "Photos with a question",
  noPhotos: "No photo waits for you",
  cropsTitle: "Items that lanes asked about",
  cropsHint:
    "Say what it is, and the picture becomes a photo of that product: the next time lanes know it better.",
  noCrops: "Lanes have nothing to ask",
  cropAlt: (store: string, lane: string) => `Item on the tray of ${store}, ${lane}`,
  kinds,
  isThis: (name: string) => `It is ${name}`,
  another: "Something else …",
  taught: (sku: string) => `The picture was sent as a photo of ${sku}`,
  sent: "Sent",
};
