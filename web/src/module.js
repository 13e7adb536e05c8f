/** The ES module: the same gate, started by the import, with its API as default export. */
import { win } from "./natives.js";
import { start } from "./start.js";

start();

export default win.segmentBlocker;
