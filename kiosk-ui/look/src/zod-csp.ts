import { config } from "zod";

// zod compiles schemas with `new Function` where it can. Our pages' content security policy forbids that, and
// the mere attempt is reported as a violation. Must be imported before any schema is made.
config({ jitless: true });
