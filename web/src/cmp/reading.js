/** What adapters share to put their readings into words. */
import { MODELS } from "../gen/abi.js";

export const OPT_IN = MODELS.indexOf("opt-in");
export const OPT_OUT = MODELS.indexOf("opt-out");
