import { pbkdf2Sync, randomBytes } from "node:crypto";
import type { TopicRights } from "@tillsight/contracts";

/** Whether an MQTT filter (with `+` and a last `#`) covers a topic, or another filter. */
export function filterCovers(filter: string, topic: string): boolean {
  const want = topic.split("/");
  const have = filter.split("/");
  for (const [i, part] of have.entries()) {
    if (part === "#") return true;
    // `+` never covers `#`: that would be more than was given.
    if (part !== want[i] && (part !== "+" || want[i] === undefined || want[i] === "#")) return false;
  }
  return have.length === want.length;
}

export const mayPublish = (rights: TopicRights, topic: string): boolean =>
  rights.publish.some((filter) => filterCovers(filter, topic));

export const maySubscribe = (rights: TopicRights, filter: string): boolean =>
  rights.subscribe.some((own) => filterCovers(own, filter));

export interface BrokerUser {
  readonly username: string;
  readonly rights: TopicRights;
}

/** An `acl_file` of mosquitto that says the same as our embedded broker; users that are not in it may nothing. */
export function mosquittoAcl(users: readonly BrokerUser[]): string {
  const lines = users.flatMap(({ username, rights }) => [
    `user ${username}`,
    ...rights.publish.map((filter) => `topic write ${filter}`),
    ...rights.subscribe.map((filter) => `topic read ${filter}`),
    "",
  ]);
  return lines.join("\n");
}

/** Rounds of mosquitto_passwd. */
const rounds = 101;

/** A line of mosquitto's `password_file`: PBKDF2 with SHA-512, as mosquitto_passwd writes it. */
export function mosquittoPassword(username: string, password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, rounds, 64, "sha512");
  return `${username}:$7$${rounds}$${salt.toString("base64")}$${hash.toString("base64")}`;
}
