/** Texts by a code that headquarters may add to: what has no text of ours is shown as it says it. */
export type ByCode<T = string> = Readonly<Record<string, T | undefined>>;

export const common = {
  languageName: "English",
  language: "Language",
  loading: "One moment …",
  tryAgain: "Try again",
  undo: "Undo",
  close: "Close",
  cancel: "Cancel",
  done: "Done",
  add: "Add",
  save: "Save",
  saving: "Saving …",
  saved: "Saved",
  discard: "Discard",
  unsaved: "Not saved yet",
  leaveQuestion: "You have not saved yet. Leave this page and lose what you entered?",
  nothing: "nothing",
  yes: "yes",
  no: "no",
  lsn: "LSN",
  menu: "Menu",
  skip: "Skip to the content",
  offline:
    "This computer has no network. What you have entered stays here; save it once the network is back.",
  pages: "Pages",
  previous: "Back",
  next: "Next",
  newer: "Newer",
  older: "Older",
  range: (from: number, to: number) => `${from} to ${to}`,
};

export const menu = {
  products: "Products",
  prices: "Prices",
  photos: "Photos",
  review: "To review",
  fleet: "Lanes",
  rollouts: "Rollouts",
  files: "Import and export",
  history: "History",
  people: "Users and tokens",
  setup: "Setup",
};

export const session = {
  headquarters: "headquarters",
  signInTitle: "Sign in",
  signIn: "Sign in",
  signOut: "Sign out",
  name: "Name",
  password: "Password",
  newPassword: "New password",
  passwordAgain: "The same password again",
  passwordHint: (length: number) => `At least ${length} characters; a few words in a row are good.`,
  tooShort: (length: number) => `Too short: at least ${length} characters, please.`,
  differs: "The two are not the same.",
  setupTitle: "Welcome",
  setupHint: "Choose the name and the password with which you will sign in. With this link it works once.",
  setUp: "Begin",
  noToken:
    "This link is not complete. Open the whole link that headquarters printed, including what is behind the #.",
  changePassword: "Change password",
  oldPassword: "Old password",
  passwordChanged: "Your password was changed",
  toSignIn: "I have an account already",
  againTitle: "Please sign in again",
  againHint: "Your session has ended. What you have entered is still here and is saved once you are back.",
  leave: "Leave without saving",
  viewerHint: "You may look at everything here, but not change it. Ask an administrator if you need to.",
  roles: { viewer: "Viewer", editor: "Editor", admin: "Administrator" },
};

const codes: ByCode<{ readonly title: string; readonly fix: string }> = {
  UNREACHABLE: {
    title: "Headquarters does not answer",
    fix: "Check the network and try again. Nothing you have entered is lost.",
  },
  STRANGE_ANSWER: { title: "Headquarters answered something unexpected", fix: "Reload this page." },
  SIGN_IN_REFUSED: { title: "The name or the password is wrong", fix: "Try again, or ask an administrator." },
  SIGN_IN_BLOCKED: { title: "Too many wrong passwords", fix: "Wait a few minutes, then try again." },
  SETUP_REFUSED: {
    title: "This link cannot be used",
    fix: "It works once and for a day. Ask whoever runs headquarters for a new one.",
  },
  RATE_LIMITED: { title: "That was a lot at once", fix: "Wait a moment, then try again." },
  SETUP_DONE: { title: "Headquarters is set up already", fix: "Sign in with your account." },
  FORBIDDEN: {
    title: "You may not do this",
    fix: "Ask an administrator to do it, or to give you the right.",
  },
  INTERNAL: {
    title: "Something went wrong at headquarters",
    fix: "Try again; if it stays so, tell your IT.",
  },
  DATABASE_UNAVAILABLE: {
    title: "Headquarters cannot reach its database",
    fix: "Try again in a moment; if it stays so, tell your IT.",
  },
  OBJECT_STORE: {
    title: "Headquarters cannot store pictures just now",
    fix: "Try again in a moment; if it stays so, tell your IT.",
  },
  PHOTO_READER: { title: "Looking at the photo took too long", fix: "It is tried again by itself." },
  REJECTED: { title: "Somebody rejected it", fix: "Try it again if that was a mistake." },
};

export const problem = {
  unknown: "That did not work",
  unknownFix: "Try again; if it stays so, reload the page.",
  codes,
};
