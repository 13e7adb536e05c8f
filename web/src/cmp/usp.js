/** IAB US Privacy (CCPA): the USP API, which has no events and is asked again whenever something else was heard. */
import { NativePromise } from "../natives.js";
import { SOURCE_USP } from "../gen/abi.js";

/** @type {import("./adapter.js").Adapter} */
export const usp = {
  name: "usp",
  source: SOURCE_USP,
  global: "__uspapi",
  read: (api) =>
    new NativePromise((resolve) => {
      api("getUSPData", 1, (/** @type {any} */ data) => resolve([[data.uspString, 0]]));
    }),
};
