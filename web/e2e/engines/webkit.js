import { testIn } from "./all.js";

await testIn("webkit");
