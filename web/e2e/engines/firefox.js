import { testIn } from "../lib/engine.js";

await testIn("firefox");
