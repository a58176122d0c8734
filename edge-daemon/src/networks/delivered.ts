import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { NetworkId } from "@tillsight/contracts";
import { z } from "zod";

/** Networks that headquarters brings, by role. */
export const roles = ["detector", "print"] as const;
export type Role = (typeof roles)[number];

const RoleChoice = z.strictObject({
  /** To be loaded; null: what the lane came with. */
  use: NetworkId.nullable().default(null),
  /** The one before, which worked. */
  former: NetworkId.nullable().default(null),
  /** Starts that have begun to load `use` since it last worked: a network may end the process. */
  tries: z.int().min(0).default(0),
  failed: z.strictObject({ id: NetworkId, why: z.string() }).nullable().default(null),
});
export type RoleChoice = z.infer<typeof RoleChoice>;

const Choice = z.strictObject({ detector: RoleChoice.optional(), print: RoleChoice.optional() });
type Choice = z.infer<typeof Choice>;

const none: RoleChoice = { use: null, former: null, tries: 0, failed: null };

/** Starts that may end while they load a network, as in a power cut, before it is taken for the reason. */
const mostTries = 2;

/** Networks of headquarters in the data folder, and which of them the lane is to run. */
export class DeliveredModels {
  readonly dir: string;
  readonly #keeps: boolean;
  #choice: Choice;

  /** @param keeps false: a visitor beside the lane, who changes nothing */
  constructor(dataDir: string, keeps = true) {
    this.dir = join(dataDir, "models");
    this.#keeps = keeps;
    this.#choice = this.#read();
  }

  /** A file that cannot be read never keeps a lane from selling with what it came with. */
  #read(): Choice {
    try {
      return Choice.parse(JSON.parse(readFileSync(join(this.dir, "choice.json"), "utf8")));
    } catch {
      return {};
    }
  }

  folder(id: string): string {
    return join(this.dir, id);
  }

  /** Whether it is here, whole: a folder gets its name once all in it was checked. */
  has(id: string): boolean {
    return existsSync(this.folder(id));
  }

  choice(role: Role): RoleChoice {
    return this.#choice[role] ?? none;
  }

  /** The next start loads it; null: what the lane came with. */
  choose(role: Role, id: string | null): void {
    const { use, failed } = this.choice(role);
    this.#set(role, { use: id, former: use === id ? null : use, tries: 0, failed });
  }

  /** Whoever wishes for it anew has seen to what was wrong. */
  forgive(role: Role): void {
    if (this.choice(role).failed) this.#set(role, { ...this.choice(role), failed: null });
  }

  /** What to load, the wanted one first; after these comes what the lane came with. */
  candidates(role: Role): string[] {
    const { use, tries } = this.choice(role);
    if (use !== null && tries >= mostTries)
      this.failed(role, use, `the lane ended ${tries} times while it loaded it`);
    const { use: first, former } = this.choice(role);
    const ids = first === null ? [] : [first, former];
    return ids.filter((id, i) => id !== null && ids.indexOf(id) === i) as string[];
  }

  trying(role: Role, id: string): void {
    const choice = this.choice(role);
    if (choice.use === id) this.#set(role, { ...choice, tries: choice.tries + 1 });
  }

  worked(role: Role, id: string): void {
    const choice = this.choice(role);
    if (choice.use === id && choice.tries > 0) this.#set(role, { ...choice, tries: 0 });
  }

  /** It is not tried again until somebody wishes for it anew. */
  failed(role: Role, id: string, why: string): void {
    const { use, former } = this.choice(role);
    const failed = { id, why: why.slice(0, 300) };
    if (use === id) this.#set(role, { use: former, former: null, tries: 0, failed });
    else this.#set(role, { ...this.choice(role), failed });
  }

  /** Forgets networks that nobody needs: neither chosen, nor the one before, nor wished for. */
  tidy(wished: readonly string[]): void {
    const kept = new Set(wished);
    for (const role of roles)
      for (const id of [this.choice(role).use, this.choice(role).former]) if (id !== null) kept.add(id);
    for (const name of existsSync(this.dir) ? readdirSync(this.dir) : [])
      if (name.includes("@") && !kept.has(name)) rmSync(this.folder(name), { recursive: true, force: true });
  }

  #set(role: Role, choice: RoleChoice): void {
    this.#choice = { ...this.#choice, [role]: choice };
    if (!this.#keeps) return;
    mkdirSync(this.dir, { recursive: true });
    const file = join(this.dir, "choice.json");
    writeFileSync(`${file}.new`, `${JSON.stringify(this.#choice)}\n`, { flush: true });
    renameSync(`${file}.new`, file);
  }
}
