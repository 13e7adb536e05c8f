/* Notes which script writes cookies, storage keys and databases. It runs before every script of the page, tells by a
   function that it takes away from the page at once, and passes every call on. */
(function () {
  "use strict";
  const tell = globalThis["__NAME__"];
  if (typeof tell !== "function") return;
  delete globalThis["__NAME__"];
  const { apply, getOwnPropertyDescriptor, defineProperty } = Reflect;
  const { stringify } = JSON;
  const Trace = Error;
  const { includes, startsWith, indexOf, slice, trim } = String.prototype;
  const call = (method, self, ...args) => apply(method, self, args);

  function report(kind, name, where, stack) {
    try {
      tell(stringify({ kind, name, where, stack: typeof stack === "string" ? stack : "" }));
    } catch {}
  }

  function wrapMethod(owner, name, before) {
    const descriptor = owner && getOwnPropertyDescriptor(owner, name);
    if (!descriptor || typeof descriptor.value !== "function") return;
    const native = descriptor.value;
    const wrapper = {
      [name](...args) {
        const stack = new Trace().stack;
        const result = apply(native, this, args);
        try {
          before(this, args, result, stack);
        } catch {}
        return result;
      },
    }[name];
    try {
      defineProperty(wrapper, "length", { value: native.length, configurable: true });
      defineProperty(wrapper, "toString", { value: () => apply(Function.prototype.toString, native, []) });
      defineProperty(owner, name, { ...descriptor, value: wrapper });
    } catch {}
  }

  /* The origin of a frame without an address is its parent's; a page may have a variable of that name. */
  const here = () => (location.origin === "null" ? "" + self.origin : location.origin);

  function nameOf(text) {
    const end = call(indexOf, text, ";");
    const pair = end < 0 ? text : call(slice, text, 0, end);
    const equals = call(indexOf, pair, "=");
    return call(trim, equals < 0 ? "" : call(slice, pair, 0, equals));
  }

  function watchCookies() {
    const cookie = getOwnPropertyDescriptor(Document.prototype, "cookie");
    if (!cookie || !cookie.set || !cookie.get) return;
    defineProperty(Document.prototype, "cookie", {
      ...cookie,
      set(value) {
        const stack = new Trace().stack;
        apply(cookie.set, this, [value]);
        try {
          const name = nameOf("" + value);
          const all = "; " + apply(cookie.get, this, []);
          /* A refused cookie is not there, and neither is one that was just deleted. */
          if (call(includes, all, "; " + name + "=")) report("cookie", name, location.host, stack);
        } catch {}
      },
    });
  }

  try {
    watchCookies();
  } catch {}
  wrapMethod(globalThis.Storage && Storage.prototype, "setItem", (area, [key], _result, stack) => {
    let local = false;
    try {
      local = area === localStorage;
    } catch {}
    report("storage", "" + key, (local ? "localStorage of " : "sessionStorage of ") + here(), stack);
  });
  wrapMethod(globalThis.IDBFactory && IDBFactory.prototype, "open", (_factory, [name], _result, stack) => {
    report("database", "" + name, "IndexedDB of " + here(), stack);
  });
  wrapMethod(globalThis.CookieStore && CookieStore.prototype, "set", (_store, [first], result, stack) => {
    const name = typeof first === "object" && first ? "" + first.name : "" + first;
    result.then(() => report("cookie", name, location.host, stack), () => {});
  });
})();
