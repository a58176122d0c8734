import { z } from "zod";

/**
 * From the least to the most. `terminal`: a machine in a store, reads what it sells. `viewer`: reads everything but
 * accounts and pictures from stores. `editor`: the catalog and enrolment. `admin`: also the fleet, accounts, tokens.
 */
export const roles = ["terminal", "viewer", "editor", "admin"] as const;
export const Role = z
  .enum(roles)
  .meta({ description: "What an account or token may do; each includes the one before" });
export type Role = z.infer<typeof Role>;

export const mayAct = (role: Role, least: Role): boolean => roles.indexOf(role) >= roles.indexOf(least);

/** Who makes a call. */
export interface Principal {
  readonly kind: "user" | "token" | "local";
  readonly name: string;
  readonly role: Role;
  /** As the logs of changes name it: `anna`, `token till-import`, `local`. */
  readonly actor: string;
}

/** The process itself and whoever may read its data folder. */
export const local: Principal = { kind: "local", name: "local", role: "admin", actor: "local" };
