import { readFileSync } from "node:fs";
import { InvalidInputError, type MqttVersion } from "@tillsight/contracts";
import type { DaemonConfig } from "../config/schema.js";

/** @throws InvalidInputError that names the setting */
function read(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new InvalidInputError(`${setting}: ${file} cannot be read`, "Check the path and its rights.", {
      cause,
    });
  }
}

/** User, password, authority and protocol of the broker, from the files that the settings name. @throws InvalidInputError */
export function brokerAccess({ username, passwordFile, caFile, mqttVersion }: DaemonConfig["sync"]): {
  credentials?: { username: string; password: string };
  ca?: string;
  mqttVersion?: MqttVersion;
} {
  const password = passwordFile === undefined ? "" : read(passwordFile, "sync.passwordFile").trim();
  return {
    ...(username === undefined ? {} : { credentials: { username, password } }),
    ...(caFile === undefined ? {} : { ca: read(caFile, "sync.caFile") }),
    ...(mqttVersion === undefined ? {} : { mqttVersion }),
  };
}
