/** The classic script: natives, engine, hooks, in one go and before the next script of the page. */
import { start } from "./start.js";

begin = start;
