/** The version, which the build takes from package.json. */
export const VERSION = __VERSION__;
