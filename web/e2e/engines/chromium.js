import { testIn } from "../lib/engine.js";

await testIn("chromium");
