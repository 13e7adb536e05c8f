/**
 * Runs in a page: describes every property of every interface so exactly that a difference means the page can notice the
 * gate. One line a property: its flags, and of each function its name, length, text, own members and what it throws at a
 * wrong `this`, at no arguments and without `new`.
 */
export function survey() {
  /** @type {Record<string, string>} */
  const lines = {};
  const text = Function.prototype.toString;
  const skipped = /^(segmentBlocker|segmentBlockerConfig|\d+)$/;
  // Taking anything for `this`, these would do something.
  const language =
    /^(Function|Object|Array|String|Number|BigInt|Boolean|Symbol|Promise|Date|RegExp|Iterator|Map|Set|\w*Error)$/;

  /** @param {() => any} run */
  function outcome(run) {
    try {
      const value = run();
      if (value && typeof value.then === "function") value.then(null, () => {});
      return typeof value;
    } catch (/** @type {any} */ error) {
      return `${error.name}: ${error.message}`;
    }
  }

  /** @param {string} path @param {any} owner @param {string | symbol} key @param {boolean} dom */
  function describe(path, owner, key, dom) {
    const found = /** @type {any} */ (Object.getOwnPropertyDescriptor(owner, key));
    const parts = [found.writable, found.enumerable, found.configurable, typeof found.value];
    for (const half of ["value", "get", "set"]) {
      const it = found[half];
      if (typeof it !== "function") continue;
      parts.push(
        half,
        it.name,
        it.length,
        text.call(it),
        Object.getOwnPropertyNames(it).sort().join(),
      );
      parts.push("prototype" in it, Object.getPrototypeOf(it) === Function.prototype);
      const constructs = outcome(() => Reflect.construct(Object, [], it));
      parts.push(constructs);
      if (constructs === "object") parts.push(outcome(() => Reflect.apply(it, undefined, [])));
      else if (dom) {
        parts.push(outcome(() => Reflect.apply(it, {}, half === "set" ? ["x"] : [])));
        parts.push(outcome(() => Reflect.apply(it, Object.create(owner), ["a", "b", "c"])));
      }
    }
    lines[`${path}.${String(key)}`] = parts.join(" | ");
  }

  for (const name of Object.getOwnPropertyNames(window)) {
    if (skipped.test(name)) continue;
    describe("window", window, name, false);
    if (!/^[A-Z]/.test(name)) continue;
    const it = /** @type {any} */ (window)[name];
    if (typeof it !== "function") continue;
    for (const key of Reflect.ownKeys(it)) if (key !== "prototype") describe(name, it, key, false);
    if (!it.prototype) continue;
    lines[`${name} is its prototype's constructor`] = String(it.prototype.constructor === it);
    for (const key of Reflect.ownKeys(it.prototype))
      describe(
        `${name}.prototype`,
        it.prototype,
        key,
        !language.test(name) && text.call(it).includes("[native code]"),
      );
  }
  for (const owner of [document, navigator, location, history])
    for (const key of Reflect.ownKeys(owner)) describe(String(owner), owner, key, false);
  return lines;
}
