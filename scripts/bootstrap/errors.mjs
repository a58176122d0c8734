/** A set-up step that cannot go on; `fix` tells the person what to do. The bootstrap runs before any package exists. */
export class BootstrapError extends Error {
  /** @param {string} code stable, SCREAMING_SNAKE @param {string} message @param {string} fix */
  constructor(code, message, fix, options) {
    super(message, options);
    this.name = "BootstrapError";
    this.code = code;
    this.fix = fix;
  }
}
