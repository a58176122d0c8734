import { createReadStream } from "node:fs";
import { InvalidInputError } from "@tillsight/contracts";

/** The sign that divides the columns of a CSV file: the one that its first line has most of. @throws InvalidInputError */
export async function delimiterOf(file: string): Promise<string> {
  const head = (await firstLine(file)).replace(/"[^"]*"/g, "");
  const count = (sign: string) => head.split(sign).length;
  return [",", ";", "\t"].sort((a, b) => count(b) - count(a))[0] ?? ",";
}

async function firstLine(file: string): Promise<string> {
  let text = "";
  try {
    for await (const chunk of createReadStream(file, { encoding: "utf8" })) {
      text += chunk;
      if (text.includes("\n")) break;
    }
  } catch (cause) {
    throw new InvalidInputError(`${file} cannot be read`, "Check its name and rights.", { cause });
  }
  return text.split("\n", 1)[0] ?? "";
}
