/** How benchmarks print what they measured. */

/**
 * @param {string} what
 * @param {string} figure
 * @param {number} [ratio]
 * @param {string} [against]
 */
export function line(what, figure, ratio, against) {
  console.log(
    `${what}: ${figure}${ratio === undefined ? "" : `, ${ratio.toFixed(2)} x ${against}`}`,
  );
}

/** A difference, with its sign. @param {number} more */
export const signed = (more) => `${more < 0 ? "" : "+"}${more.toFixed(2)}`;
