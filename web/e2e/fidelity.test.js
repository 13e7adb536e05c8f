/** The page cannot tell that its functions are wrapped. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inBrowsers, OWN_VISITOR } from "./lib/harness.js";
import { survey } from "./lib/survey.js";

const EMPTY = { snippet: /** @type {const} */ ("") };

/** Uses everything that is wrapped only when it is needed. */
function useAll() {
  const api = "https://api.segment.io/v1/";
  fetch(api).catch(() => {});
  const x = new XMLHttpRequest();
  x.open("GET", api);
  x.send();
  new WebSocket("wss://api.segment.io/");
  new EventSource(api);
  indexedDB.open("Segment Signals Buffer");
  const script = document.createElement("script");
  script.src = "https://cdn.segment.com/x.js";
  document.head.append(script);
  script.remove();
}

/** What becomes of values that are no texts, wherever a wrapper takes one. */
function conversions() {
  const w = /** @type {any} */ (window);
  /** @type {Record<string, any>} */
  const setters = {
    img: ["src", "srcset"],
    source: ["src", "srcset"],
    script: ["src", "type", "text"],
    iframe: ["src", "srcdoc"],
    link: ["href", "imageSrcset"],
    a: ["href", "ping"],
    form: ["action"],
    button: ["formAction"],
    video: ["src", "poster"],
    object: ["data"],
    embed: ["src"],
    p: ["innerHTML", "outerHTML", "textContent", "innerText"],
  };
  /** @type {Record<string, (value: any, element: any) => any>} */
  const uses = {
    insertAdjacentHTML: (value, element) => element.insertAdjacentHTML("beforeend", value),
    setHTMLUnsafe: (value, element) => element.setHTMLUnsafe && element.setHTMLUnsafe(value),
    setAttribute: (value, element) => element.setAttribute("data-x", value),
    setAttributeNS: (value, element) => element.setAttributeNS(value, "data-x", value),
    "attribute's name": (value, element) => element.setAttribute(value, "x"),
    append: (value, element) => element.append(value),
    before: (value, element) => element.firstChild.before(value),
    replaceChildren: (value, element) => element.replaceChildren(value),
    appendChild: (value, element) => element.appendChild(value),
    insertBefore: (value, element) => element.insertBefore(document.createElement("i"), value),
    cloneNode: (value, element) => element.append(element.cloneNode(value)),
    fragment: (value, element) =>
      element.append(document.createRange().createContextualFragment(value)),
    attribute: (value, element) => {
      const attribute = document.createAttribute("data-x");
      attribute.value = value;
      element.setAttributeNode(attribute);
    },
  };
  for (const [name, properties] of Object.entries(setters))
    for (const property of properties)
      uses[`${name}.${property}`] = (value, element) => {
        const inner = document.createElement(name);
        element.append(inner);
        w.Object(inner)[property] = value;
      };
  const values = [
    null,
    undefined,
    0,
    false,
    "",
    "<b>x</b>",
    { toString: () => "<i>y</i>" },
    [1, 2],
  ];
  return Object.entries(uses).map(([name, use]) => [
    name,
    ...values.map((value) => {
      const element = document.createElement("div");
      element.append("z");
      try {
        use(value, element);
      } catch (error) {
        return w.String(error);
      }
      return element.outerHTML;
    }),
  ]);
}

/** What pages do all the time, none of it with anything of Segment's. */
function dayToDay() {
  const range = document.createRange();
  const room = document.body.appendChild(document.createElement("section"));
  const text = room.appendChild(document.createTextNode("x"));
  const inner = room.appendChild(document.createElement("p"));
  inner.setAttribute("data-x", "1");
  inner.dataset.x = "2";
  inner.removeAttribute("data-x");
  inner.toggleAttribute("hidden");
  inner.textContent = "a";
  inner.innerText = "b";
  inner.innerHTML = '<img src="data:,x" alt=""><a href="/c">c</a>';
  inner.insertAdjacentHTML("beforeend", "<b>d</b>");
  inner.insertAdjacentText("afterend", "e");
  inner.insertAdjacentElement("beforebegin", document.createElement("i"));
  text.data = "y";
  text.nodeValue = "z";
  text.appendData("!");
  text.splitText(1);
  room.insertBefore(document.createElement("b"), inner);
  room.replaceChild(document.createElement("u"), text);
  room.append("f", document.createElement("hr"));
  room.prepend(inner.cloneNode(true), document.importNode(inner, true));
  range.selectNodeContents(inner);
  range.insertNode(document.createElement("s"));
  room.append(range.createContextualFragment("<b>g</b>"), range.cloneContents());
  range.deleteContents();
  room.attachShadow({ mode: "open" }).appendChild(document.createElement("slot"));
  room.setAttributeNode(document.createAttribute("data-y"));
  const script = document.createElement("script");
  script.type = "text/plain";
  script.src = "/never.js";
  room.append(script);
  const select = document.createElement("select");
  select.add(document.createElement("option"));
  select.length = 0;
  document.createElement("table").createTBody().insertRow().insertCell();
  document.cookie = "x=1";
  localStorage.setItem("x", document.cookie);
  localStorage.removeItem("x");
  fetch("data:,x");
  fetch(new Request("data:,x"));
  const request = new XMLHttpRequest();
  request.open("GET", "data:,x");
  room.remove();
}

/**
 * In which order functions turn their arguments into texts, and what they throw; also on an object that is not theirs, where
 * the arguments are texts: that the gate has read others before the error comes is a known difference.
 */
async function orders() {
  const w = /** @type {any} */ (window);
  const frame = document.createElement("iframe");
  document.body.append(frame);
  const inner = /** @type {any} */ (frame.contentWindow);
  const element = document.createElement("p");
  const image = document.createElement("img");
  /** @type {[any, string, any[]][]} */
  const calls = [
    [new XMLHttpRequest(), "open", ["GET", "/x", true, "u", "p"]],
    [new XMLHttpRequest(), "open", ["GET", "/x"]],
    [element, "setAttribute", ["data-a", "b"]],
    [element, "setAttributeNS", ["urn:x", "data-a", "b"]],
    [element, "getAttribute", ["data-a"]],
    [element, "removeAttribute", ["data-a"]],
    [element, "toggleAttribute", ["data-a"]],
    [element, "insertAdjacentHTML", ["beforeend", "<i>x</i>"]],
    [element, "insertAdjacentElement", ["beforeend", image]],
    [element, "setHTMLUnsafe", ["<i>x</i>"]],
    [element, "append", ["a", "b"]],
    [element, "before", ["a"]],
    [element, "appendChild", [image]],
    [element, "insertBefore", [image, null]],
    [document, "createElement", ["b"]],
    [document, "createAttribute", ["b"]],
    [document, "importNode", [image, true]],
    [document, "adoptNode", [image]],
    [document, "execCommand", ["insertHTML", "x", "<i>x</i>"]],
    [document.createRange(), "createContextualFragment", ["<i>x</i>"]],
    [inner.document, "write", ["<i>", "x", "</i>"]],
    [inner.document, "writeln", ["<i>", "x", "</i>"]],
    [w, "fetch", ["/x"]],
    [w, "open", ["/x", "_self", "noopener"]],
    [navigator, "sendBeacon", ["/x", "b"]],
    [localStorage, "setItem", ["k", "v"]],
    [localStorage, "getItem", ["k"]],
    [localStorage, "removeItem", ["k"]],
    [indexedDB, "open", ["name", 1]],
    [indexedDB, "deleteDatabase", ["name"]],
    [URL, "createObjectURL", [new Blob(["x"])]],
  ];
  /** @type {string[][]} */
  const told = [];
  for (const [self, name, args] of calls) {
    for (const on of [self, {}]) {
      for (const stop of [-1, 0, 1]) {
        const log = [name];
        const logging = args.map((value, i) =>
          typeof value === "string" && on === self
            ? {
                toString() {
                  log.push(`argument ${i}`);
                  if (i === stop) throw new Error("mine");
                  return name === "open" && self === w ? "http://[" : value;
                },
              }
            : value,
        );
        try {
          if (self[name]) await self[name].apply(on, logging);
        } catch (error) {
          log.push(w.String(/** @type {any} */ (error).name));
        }
        told.push(log);
      }
    }
    for (let count = 0; count < args.length; count++) {
      try {
        if (self[name] && self !== w) await self[name](...args.slice(0, count));
        told.push([name, `${count} arguments`]);
      } catch (error) {
        told.push([name, `${count} arguments`, /** @type {any} */ (error).name]);
      }
    }
  }
  return told;
}

/**
 * What changes the document, each done by a script while it is parsed; `log` and `gone` are elements with a text
 * in them, `table` and `list` have a row and an option.
 */
const CHANGES = [
  `log.appendChild(document.createTextNode("x"))`,
  `log.append("x")`,
  `log.insertBefore(document.createElement("b"), null)`,
  `log.replaceChild(document.createElement("b"), log.firstChild)`,
  `log.removeChild(log.firstChild)`,
  `log.firstChild.remove()`,
  `log.replaceChildren("x", "y")`,
  `log.normalize()`,
  `log.insertAdjacentText("beforeend", "x")`,
  `log.insertAdjacentHTML("beforeend", "<b>x</b>")`,
  `log.innerHTML = "<b>x</b>"`,
  `log.textContent = "x"`,
  `log.innerText = "y"`,
  `log.firstChild.splitText(0)`,
  `document.title = "y"`,
  `{ const r = document.createRange(); r.selectNodeContents(log); r.deleteContents(); }`,
  `{ const r = document.createRange(); r.selectNodeContents(log); r.extractContents(); }`,
  `getSelection().selectAllChildren(gone); getSelection().deleteFromDocument()`,
  ...[
    ...["createCaption", "createTHead", "createTFoot", "createTBody", "insertRow"].map(
      (name) => `t.${name}()`,
    ),
    `t.rows[0].insertCell()`,
    `t.tBodies[0].insertRow()`,
    `t.tBodies[0].deleteRow(0)`,
    `t.rows[0].deleteCell(0)`,
    `t.deleteRow(0)`,
    `t.caption = document.createElement("caption")`,
    `t.tHead = document.createElement("thead")`,
    `t.deleteTHead()`,
  ].map((use) => `const t = table; ${use}`),
  ...[
    `s.options[0].text = "y"`,
    `s.add(document.createElement("option"))`,
    `s.options.add(document.createElement("option"))`,
    `s.add(document.createElement("option"))`,
    `s.options.remove(0)`,
    `s.remove(0)`,
    `s.options.length = 1`,
    `s.length = 0`,
  ].map((use) => `const s = list; ${use}`),
  `document.querySelector("[type='x/y']").text = "y"`,
  `document.write("<p>x</p>")`,
  `document.head.append(Object.assign(document.createElement("script"), { src: "/own.js" }))`,
];

/** The page's own observer and promise of each change, and the order in which they are called. */
const ORDERS = `<div id="log">one</div><p id="gone">x</p><script type="x/y">x</script><table><tbody><tr><td>x</table><select><option>x</select><script>
  window.orders = [];
  window.follow = (order) => {
    const node = document.createTextNode("");
    Promise.resolve().then(() => order.push("promise"));
    new MutationObserver(() => order.push("observer")).observe(node, { characterData: true });
    node.data = "x";
  };
</script>
${CHANGES.map((change) => `<script>{ const [log, gone, table, list] = ["#log", "#gone", "table", "select"].map((name) => document.querySelector(name)), order = []; orders.push(order); ${change}; follow(order); }</script>`).join("")}`;

inBrowsers((h) => {
  test("observers of the page's are called between its promises as without the gate, while the document is parsed", async () => {
    const plain = await (
      await h.open({ ...EMPTY, gate: false, body: ORDERS })
    ).evaluate("window.orders");
    const gated = await (await h.open({ ...EMPTY, body: ORDERS })).evaluate("window.orders");
    assert.equal(plain.length, CHANGES.length);
    const told = (/** @type {string[][]} */ orders) =>
      orders.map((order, i) => `${CHANGES[i]}: ${order}`);
    assert.deepEqual(told(gated), told(plain));
  });

  test("arguments are turned into texts in the same order, and with the same errors, as without the gate", async () => {
    const plain = await (await h.open({ ...EMPTY, gate: false })).evaluate(orders);
    const gated = await (await h.open(EMPTY)).evaluate(orders);
    assert.ok(plain.length > 200);
    assert.deepEqual(gated, plain);
  });

  test("values that are no texts are taken as without the gate", async () => {
    const plain = await (await h.open({ ...EMPTY, gate: false })).evaluate(conversions);
    const gated = await (await h.open(EMPTY)).evaluate(conversions);
    assert.ok(plain.length > 30);
    assert.deepEqual(gated, plain);
  });

  test("every property of every interface is as without the gate, before and after something is held", async () => {
    const plain = await (await h.open({ ...EMPTY, gate: false })).evaluate(survey);
    const page = await h.open(EMPTY);
    const gated = await page.evaluate(survey);
    await page.evaluate(useAll);
    const used = await page.evaluate(survey);
    assert.ok(Object.keys(plain).length > 10_000, `${Object.keys(plain).length} properties`);
    assert.deepEqual(differences(plain, gated), []);
    assert.deepEqual(differences(plain, used), []);
  });

  test("the functions of a frame are as without the gate", async () => {
    const inFrame = `(() => { const f = document.createElement("iframe"); document.body.append(f);
      return f.contentWindow.eval(${JSON.stringify(`(${survey})()`)}); })()`;
    const plain = await (await h.open({ ...EMPTY, gate: false })).evaluate(inFrame);
    const gated = await (await h.open(EMPTY)).evaluate(inFrame);
    assert.ok(Object.keys(plain).length > 10_000);
    assert.deepEqual(differences(plain, gated), []);
  });

  test("a function that the page has put in a native one's place before the gate keeps what it is", async () => {
    const first = `<script>{
      const native = Node.prototype.appendChild;
      window.called = 0;
      const own = Node.prototype.appendChild = function (node) { if (node) called++; return node && native.call(this, node); };
      own.mark = own.prototype.mark = "own";
      Node.prototype.insertBefore = Node.prototype.insertBefore.bind(document.createElement("div"));
      Element.prototype.append = class { constructor() { this.mark = "made"; } };
    }</script>`;
    const look = () => {
      const { appendChild, insertBefore } = Node.prototype;
      const { append } = Element.prototype;
      /** @param {any} f */
      const told = (f) => [f.name, f.length, `${f}`, Object.getOwnPropertyNames(f), f.mark];
      document.body.appendChild(document.createElement("b"));
      const child = insertBefore.call(document, document.createElement("b"), null);
      return [
        ...[appendChild, insertBefore, append].map(told),
        .../** @type {any[]} */ ([appendChild, append]).map((F) => [
          new F().mark,
          F.prototype.mark,
        ]),
        child.parentNode?.nodeName,
        /** @type {any} */ (window).called,
        document.body.lastElementChild?.localName,
      ];
    };
    const plain = await (await h.open({ ...EMPTY, first, gate: false })).evaluate(look);
    assert.deepEqual(await (await h.open({ ...EMPTY, first })).evaluate(look), plain);
    assert.deepEqual(plain.slice(-3), ["DIV", 1, "b"]);
  });

  test("a wrapped function is called once, with the page's own arguments and exceptions", async () => {
    const page = await h.open(EMPTY);
    const told = await page.evaluate(async () => {
      const mine = new Error("mine");
      const thrower = {
        toString() {
          throw mine;
        },
      };
      const w = /** @type {any} */ (window);
      const caught = [];
      const calls = [
        () => w.fetch(thrower),
        () => new XMLHttpRequest().open("GET", /** @type {any} */ (thrower)),
        () => navigator.sendBeacon(/** @type {any} */ (thrower)),
        () => new WebSocket(/** @type {any} */ (thrower)),
        () => (document.cookie = /** @type {any} */ (thrower)),
        () => localStorage.setItem(/** @type {any} */ (thrower), "x"),
        () => (localStorage.x = thrower),
        () => indexedDB.open(/** @type {any} */ (thrower)),
        () => w.open(thrower),
      ];
      for (const call of calls) {
        try {
          await call();
          caught.push("none");
        } catch (error) {
          caught.push(error === mine);
        }
      }
      return caught;
    });
    assert.deepEqual(told, new Array(9).fill(true));
  });

  // An error that nobody hears of takes a hundred times as long as a call, the longer the deeper the page's own calls are.
  if (h.engine === "chromium") {
    test("what pages do all the time throws nothing on its way, whatever there is besides", async () => {
      const page = await h.open({
        after: `<script>document.head.append(document.createElement("script"));</script>`,
        body: "<iframe></iframe><iframe srcdoc=x></iframe>",
      });
      const client = await page.tab.page.createCDPSession();
      /** @type {string[]} */
      const thrown = [];
      client.on("Debugger.paused", ({ data, callFrames }) => {
        thrown.push(`${data?.description} in ${callFrames.map((it) => it.functionName)}`);
        void client.send("Debugger.resume");
      });
      await client.send("Debugger.enable");
      await client.send("Debugger.setPauseOnExceptions", { state: "all" });
      await page.evaluate(dayToDay);
      assert.deepEqual(thrown, []);
      await page.evaluate("try { null.x } catch {}");
      assert.equal(thrown.length, 1, "the debugger tells of what is caught");
    });
  }
}, OWN_VISITOR);

/**
 * @param {Record<string, string>} one
 * @param {Record<string, string>} other
 */
function differences(one, other) {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys]
    .filter((key) => one[key] !== other[key])
    .map((key) => [key, one[key], other[key]]);
}
