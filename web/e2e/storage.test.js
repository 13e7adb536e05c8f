/** Cookies and storage: what needs consent is not stored before it, is released in order, and cannot be read without it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers } from "./lib/harness.js";

const EMPTY = { snippet: /** @type {const} */ ("") };

/** Every way to write a member of a storage area; each writes the key it is given. @type {Record<string, string>} */
const WRITES = {
  setItem: `area.setItem(key, "1")`,
  "the prototype's setItem": `Storage.prototype.setItem.call(area, key, "1")`,
  "a property": `area[key] = "1"`,
  "Reflect.set": `Reflect.set(area, key, "1")`,
  defineProperty: `Object.defineProperty(area, key, { value: "1" })`,
  "Object.assign": `Object.assign(area, { [key]: "1" })`,
};

/** Runs in the page: what an area does as an object, apart from its members. */
function asObject() {
  const [s, t] = [Symbol("s"), Symbol("t")];
  const area = /** @type {any} */ (localStorage);
  const child = Object.create(Storage.prototype, { more: { value: 5 } });
  return [
    Reflect.defineProperty(area, s, { value: 1 }),
    Object.getOwnPropertyDescriptor(area, s),
    Reflect.set(area, s, 2),
    area[s],
    Reflect.deleteProperty(area, s),
    Reflect.set(area, t, 2),
    Object.getOwnPropertyDescriptor(area, t),
    Reflect.ownKeys(area).length,
    delete area[t],
    area[t] === undefined,
    delete area.none,
    Reflect.set(area, "getItem", 7),
    typeof area.getItem,
    Reflect.deleteProperty(area, "getItem"),
    Reflect.setPrototypeOf(area, child),
    area.more,
    Object.getPrototypeOf(area) === child,
    Reflect.setPrototypeOf(area, Storage.prototype),
    area instanceof Storage,
    Object.keys(Object.assign(Object.create(area), { x: 1 })),
    Reflect.set(area, 0, "z"),
    area[0] + ("0" in area) + area.length,
  ];
}

inBrowsers((h) => {
  for (const area of ["localStorage", "sessionStorage"]) {
    for (const [how, code] of Object.entries(WRITES)) {
      test(`a key of Segment's written to ${area} by ${how} waits, and the page's own does not`, async () => {
        const page = await h.open(EMPTY);
        const write = (/** @type {string} */ key) =>
          page.evaluate(`(() => { const area = ${area}, key = "${key}"; ${code}; })()`);
        await write("ajs_user_id");
        await write("own");
        assert.deepEqual(await page.keys(), ["own"]);
        assert.equal(await page.evaluate(`${area}.length`), 1);
        await page.grant();
        assert.deepEqual(await page.keys(), ["ajs_user_id", "own"]);
        await page.deny();
        await write("ajs_user_id");
        await page.grant();
        assert.deepEqual(await page.keys(), ["own"]);
      });
    }
  }

  test("a stored key is hidden from every way of reading while it may not be read", async () => {
    const page = await h.open(EMPTY);
    await page.grant();
    await page.evaluate(() => {
      localStorage.setItem("ajs_user_id", "1");
      localStorage.setItem("own", "2");
    });
    await page.choose({ analytics: null });
    const read = () =>
      page.evaluate(() => {
        const seen = [];
        for (const key in localStorage) if (Object.hasOwn(localStorage, key)) seen.push(key);
        return [
          localStorage.length,
          [localStorage.key(0), localStorage.key(1)].sort(),
          Object.keys(localStorage).sort(),
          seen.sort(),
          localStorage.getItem("ajs_user_id"),
          localStorage.ajs_user_id ?? null,
          "ajs_user_id" in localStorage,
          Object.getOwnPropertyDescriptor(localStorage, "ajs_user_id")?.value ?? null,
          Object.keys(JSON.parse(JSON.stringify(localStorage))).sort(),
        ];
      });
    assert.deepEqual(await read(), [
      1,
      ["own", null].sort(),
      ["own"],
      ["own"],
      null,
      null,
      false,
      null,
      ["own"],
    ]);
    await page.grant();
    const all = ["ajs_user_id", "own"];
    assert.deepEqual(await read(), [2, all, all, all, "1", "1", true, "1", all]);
  });

  test("keys are gone through one by one as if the hidden ones were not there, whoever erases those", async () => {
    const page = await h.open(EMPTY);
    await page.grant();
    await page.evaluate(() => {
      for (const key of ["one", "ajs_user_id", "two", "ajs_anonymous_id", "three"])
        localStorage.setItem(key, "1");
    });
    await page.choose({ analytics: null });
    const walk = () =>
      page.evaluate(() => {
        const found = [];
        for (let i = 0; i < localStorage.length; i++) found.push(localStorage.key(i));
        return [found.sort(), localStorage.key(localStorage.length)];
      });
    assert.deepEqual(await walk(), [["one", "three", "two"], null]);
    await page.evaluate(() => localStorage.setItem("four", "1"));
    await page.evaluate(() => (localStorage.five = "1"));
    await page.evaluate(() => localStorage.removeItem("two"));
    assert.deepEqual(await walk(), [["five", "four", "one", "three"], null]);
    await page.deny();
    assert.deepEqual(await walk(), [["five", "four", "one", "three"], null]);
    const left = await page.evaluate(() => {
      for (let i = localStorage.length - 1; i >= 0; i--)
        localStorage.removeItem(/** @type {string} */ (localStorage.key(i)));
      return localStorage.length;
    });
    assert.equal(left, 0);
    assert.deepEqual(await page.keys(), []);
  });

  test("more names than are remembered keep their answers, and what is known of hosts", async () => {
    const page = await h.open(EMPTY);
    const own = await page.evaluate(() => {
      for (let i = 0; i < 5000; i++) localStorage.setItem("own" + i, "1");
      localStorage.setItem("ajs_user_id", "1");
      let count = 0;
      for (let i = 0; i < 5000; i++) count += Number(localStorage.getItem("own" + i));
      return [count, localStorage.length, localStorage.getItem("ajs_user_id")];
    });
    assert.deepEqual(own, [5000, 5000, null]);
  });

  test("functions of one realm work on another's areas, and wait there too", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate(() => {
      const inner = /** @type {any} */ (document.body.appendChild(document.createElement("iframe")))
        .contentWindow;
      const { setItem, getItem } = Storage.prototype;
      const theirs = inner.Storage.prototype;
      setItem.call(inner.localStorage, "own", "1");
      setItem.call(inner.localStorage, "ajs_one", "1");
      theirs.setItem.call(localStorage, "ajs_two", "1");
      const event = new inner.StorageEvent("storage", { storageArea: localStorage });
      return [
        getItem.call(inner.localStorage, "own"),
        theirs.getItem.call(localStorage, "own"),
        theirs.getItem.call(localStorage, "ajs_one"),
        event.storageArea === localStorage,
      ];
    });
    assert.deepEqual(told, ["1", "1", null, true]);
    assert.deepEqual(await page.keys(), ["own"]);
    await page.grant();
    assert.deepEqual(await page.keys(), ["ajs_one", "ajs_two", "own"]);
  });

  test("databases of Segment's wait whichever realm's function opens them", async () => {
    const page = await h.open(EMPTY);
    const open = () =>
      page.evaluate(async () => {
        const inner = /** @type {any} */ (
          document.body.appendChild(document.createElement("iframe"))
        ).contentWindow;
        const name = "Segment Signals Buffer";
        const { open } = IDBFactory.prototype;
        const requests = [
          open.call(inner.indexedDB, name),
          inner.IDBFactory.prototype.open.call(indexedDB, name),
        ];
        await new Promise((done) => {
          const own = indexedDB.open("own");
          own.onsuccess = () => (own.result.close(), done(0));
        });
        Object.assign(window, { requests });
        return requests.map((request) => request.readyState);
      });
    assert.deepEqual(await open(), ["pending", "pending"]);
    await page.grant();
    await page.until("requests.every((request) => request.readyState === 'done')");
    assert.equal(await page.evaluate("indexedDB.databases().then((all) => all.length)"), 2);
  });

  test("removal and clear() make a held write void", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate(() => {
      localStorage.setItem("ajs_removed", "1");
      localStorage.removeItem("ajs_removed");
      localStorage.ajs_deleted = "1";
      delete localStorage.ajs_deleted;
      localStorage.setItem("ajs_twice", "1");
      localStorage.setItem("ajs_twice", "2");
      sessionStorage.setItem("ajs_cleared", "1");
      sessionStorage.clear();
    });
    await page.grant();
    assert.deepEqual(await page.keys(), ["ajs_twice"]);
    assert.equal(await page.evaluate("localStorage.ajs_twice"), "2");
  });

  test("the storage areas are storage areas to everything that takes one", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate(() => {
      const event = new StorageEvent("storage", { key: "k", storageArea: localStorage });
      const old = document.createEvent("StorageEvent");
      old.initStorageEvent("storage", false, false, "k", "a", "b", "/", sessionStorage);
      const length = Object.getOwnPropertyDescriptor(Storage.prototype, "length");
      const failures = [];
      for (const call of [
        () => Storage.prototype.getItem.call(/** @type {any} */ ({}), "x"),
        () => Storage.prototype.setItem.call(/** @type {any} */ ({}), "ajs_x", "1"),
        () => length?.get?.call({}),
      ]) {
        try {
          call();
          failures.push("none");
        } catch (/** @type {any} */ error) {
          failures.push(error.constructor === TypeError);
        }
      }
      return [
        localStorage === window.localStorage,
        localStorage instanceof Storage,
        Object.prototype.toString.call(localStorage),
        event.storageArea === localStorage,
        old.storageArea === sessionStorage,
        failures,
      ];
    });
    assert.deepEqual(told, [true, true, "[object Storage]", true, true, [true, true, true]]);
  });

  test("an area is the object it was without the gate", async () => {
    const plain = await (await h.open({ ...EMPTY, gate: false })).evaluate(asObject);
    const page = await h.open(EMPTY);
    await page.evaluate("localStorage.clear()");
    assert.deepEqual(await page.evaluate(asObject), plain);
    assert.equal(await page.evaluate("Reflect.preventExtensions(localStorage)"), false);
  });

  test("a quota that is full is told by the browser's own error", async () => {
    const page = await h.open(EMPTY);
    const name = await page.evaluate(() => {
      try {
        for (let i = 0; i < 64; i++) localStorage["big" + i] = "x".repeat(1 << 19);
        return "none";
      } catch (/** @type {any} */ error) {
        return error.name;
      }
    });
    assert.equal(name, "QuotaExceededError");
  });

  test("cookies of Segment's wait, keep their order, and are not read without consent", async () => {
    const page = await h.open(EMPTY);
    const before = await page.evaluate(() => {
      document.cookie = "ajs_user_id=first; path=/";
      document.cookie = "ajs_user_id=second; path=/";
      document.cookie = "ajs_group_id=gone; path=/";
      document.cookie = "ajs_group_id=; max-age=0; path=/";
      document.cookie = "own=1; path=/";
      return document.cookie;
    });
    assert.equal(before, "own=1");
    assert.deepEqual(await page.cookieNames(), ["own"]);
    await page.grant();
    const granted = (await page.evaluate("document.cookie")).split("; ");
    assert.ok(granted.includes("ajs_user_id=second"), String(granted));
    assert.ok(
      !granted.some((/** @type {string} */ one) => one.startsWith("ajs_group_id")),
      String(granted),
    );
    await page.choose({ analytics: null });
    assert.equal(await page.evaluate("document.cookie"), "own=1");
    await page.deny();
    await page.evaluate(() => void (document.cookie = "ajs_late=1"));
    assert.deepEqual(await page.cookieNames(), ["own"]);
  });

  test("a cookie without a name whose value looks like one of Segment's waits too", async () => {
    const page = await h.open(EMPTY);
    await page.evaluate(() => void (document.cookie = " =ajs_user_id=1"));
    assert.equal(await page.evaluate("document.cookie"), "");
    assert.deepEqual(await page.cookieNames(), []);
  });

  test("cookieStore answers as document.cookie does", async () => {
    const page = await h.open(EMPTY);
    if (!(await page.evaluate("'cookieStore' in window"))) {
      assert.notEqual(h.engine, "chromium", "Chromium has a cookieStore");
      return;
    }
    await page.evaluate(async () => {
      const w = /** @type {any} */ (window);
      w.done = Promise.all([
        w.cookieStore.set("ajs_user_id", "1"),
        w.cookieStore.set({ name: "ajs_group_id", value: "2" }),
        w.cookieStore.set("ajs_gone", "3"),
        w.cookieStore.delete("ajs_gone"),
      ]);
      await w.cookieStore.set("own", "4");
    });
    const names = "cookieStore.getAll().then((all) => all.map((one) => one.name).sort())";
    assert.deepEqual(await page.evaluate(names), ["own"]);
    await page.grant();
    await page.evaluate("done.then(() => 1)");
    assert.deepEqual(await page.evaluate(names), ["ajs_group_id", "ajs_user_id", "own"]);
    await page.choose({ analytics: null });
    assert.deepEqual(await page.evaluate(names), ["own"]);
    assert.equal((await page.evaluate("cookieStore.get('ajs_user_id')")) ?? null, null);
    await page.deny();
    const refused = await page.evaluate(() =>
      /** @type {any} */ (window).cookieStore
        .set("ajs_late", "1")
        .then(String, (/** @type {any} */ error) => error.name),
    );
    assert.equal(refused, "TypeError");
  });
});
