import { writeFileSync } from "node:fs";
import { settingsPage } from "./docs.js";

writeFileSync(process.argv[2] ?? "docs/settings.md", settingsPage());
