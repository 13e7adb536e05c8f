/** WebKitGTK's MiniBrowser, driven by WebKitWebDriver with plain W3C WebDriver calls, under a virtual display. Linux only. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { findProgram } from "../paths.js";

/** How often and how long to ask whether the driver listens already, in milliseconds: it does not say so itself. */
const KNOCK = 50;
const KNOCKS = 200;
/** How long the driver may take to bring up a browser, at first and anew, and for any other command, in milliseconds. */
const SESSION = 6_000;
const SESSION_ANEW = 45_000;
const COMMAND = 45_000;
/** Without compositing in software, which is for animations, a visitor costs a seventh less. */
const DRAWING = {
  GDK_BACKEND: "x11",
  LIBGL_ALWAYS_SOFTWARE: "1",
  WEBKIT_DISABLE_COMPOSITING_MODE: "1",
};
/** What W3C calls an element in JSON. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/**
 * @param {{ proxy: string, args?: string[] }} options proxy as host and port
 */
export async function launch({ proxy, args = [] }) {
  const binary = findProgram("MINIBROWSER", miniBrowsers());
  const display = await startDisplay();
  let driver = await startDriver(display.name);
  const capabilities = {
    acceptInsecureCerts: true,
    // Not by the capability "proxy": the driver would speak TLS to a proxy for https.
    "webkitgtk:browserOptions": {
      binary,
      args: ["--automation", `--proxy=http://${proxy}`, ...args],
    },
  };
  return {
    name: "webkit",
    /** One at a time. */
    async visitor() {
      try {
        return await webkitVisitor(driver.base, capabilities, SESSION);
      } catch {
        // Once in some hundred times the driver's browser never comes up; the driver is of no more use then. One comes up in
        // a quarter of a second otherwise.
        await driver.stop();
        driver = await startDriver(display.name);
        return webkitVisitor(driver.base, capabilities, SESSION_ANEW);
      }
    },
    alive: () => true,
    async close() {
      await driver.stop();
      await display.close();
    },
  };
}

/** @param {string} display */
async function startDriver(display) {
  const port = await freePort();
  const driver = spawn(findProgram("WEBKITWEBDRIVER", ["WebKitWebDriver"]), [`--port=${port}`], {
    stdio: "ignore",
    env: { ...process.env, ...DRAWING, DISPLAY: display },
  });
  const base = `http://127.0.0.1:${port}`;
  await listening(base);
  return {
    base,
    async stop() {
      driver.kill("SIGKILL");
      if (driver.exitCode === null && driver.signalCode === null) await once(driver, "exit");
    },
  };
}

/**
 * A visitor is a session: automation sessions keep nothing.
 * @param {string} base
 * @param {object} capabilities
 * @param {number} patience in milliseconds
 */
async function webkitVisitor(base, capabilities, patience) {
  const wanted = { capabilities: { alwaysMatch: capabilities } };
  const { sessionId } = await call(base, "POST", "/session", wanted, patience);
  const session = `${base}/session/${sessionId}`;
  await call(session, "POST", "/timeouts", { script: 20_000, pageLoad: 20_000 });
  /** @type {string} */
  const first = await call(session, "GET", "/window");
  /** @type {string | undefined} */
  let unused = first;
  // Commands go to the window switched to last, so they come one after the other.
  let turn = Promise.resolve();
  let current = first;
  return {
    /** @param {string} url */
    async open(url) {
      const handle = unused ?? (await call(session, "POST", "/window/new", { type: "tab" })).handle;
      unused = undefined;
      const tab = webkitTab((method, path, body) => {
        const result = turn.then(async () => {
          if (handle !== current) await call(session, "POST", "/window", { handle });
          current = handle;
          return call(session, method, path, body);
        });
        turn = result.catch(() => {});
        return result;
      });
      await tab.goto(url);
      return tab;
    },
    /** Leaves it to the site's own clearing: whether this driver has deleted them when it answers is not known. */
    async deleteCookies() {},
    /** Closes all tabs but the first, also those that pages have opened. */
    async keepFirst() {
      for (const handle of await call(session, "GET", "/window/handles")) {
        if (handle === first) continue;
        await call(session, "POST", "/window", { handle });
        await call(session, "DELETE", "/window");
        current = "";
      }
    },
    close: () => call(base, "DELETE", `/session/${sessionId}`),
  };
}

/**
 * @param {(method: string, path: string, body?: object) => Promise<any>} command
 */
function webkitTab(command) {
  /** @param {string | ((...args: any[]) => any)} code @param {any[]} args */
  async function evaluate(code, ...args) {
    const source = typeof code === "function" ? `(${code}).apply(null, given)` : `(${code}\n)`;
    const script = `
      const end = arguments[1], given = arguments[0];
      Promise.resolve().then(() => ${source})
        .then((value) => end({ value }), (error) => end({ error: String(error) }));`;
    const { value, error } = await command("POST", "/execute/async", { script, args: [args] });
    if (error) throw new Error(error);
    return value ?? undefined;
  }
  return {
    /** This driver tells neither errors nor console, nor the bodies of requests. */
    page: undefined,
    problems: undefined,
    sent: async () => undefined,
    forget() {},
    /** @param {string} url */
    goto: async (url) => void (await command("POST", "/url", { url })),
    reload: async () => void (await command("POST", "/refresh", {})),
    back: () => evaluate(() => void setTimeout(() => history.back())),
    forward: () => evaluate(() => void setTimeout(() => history.forward())),
    evaluate,
    /** @param {string} selector */
    async click(selector) {
      const found = await command("POST", "/element", { using: "css selector", value: selector });
      await command("POST", `/element/${found[ELEMENT]}/click`, {});
    },
    /** The cookies that the page in this tab is sent with; this driver tells no others. */
    cookies: () => command("GET", "/cookie"),
    close: async () => void (await command("DELETE", "/window")),
  };
}

/**
 * @param {string} base
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {number} [patience] in milliseconds
 */
async function call(base, method, path, body, patience = COMMAND) {
  const signal = AbortSignal.timeout(patience);
  const response = await fetch(base + path, { method, body: body && JSON.stringify(body), signal });
  const { value } = await response.json();
  if (!response.ok)
    throw new Error(`WebKitWebDriver: ${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}

/** @param {string} base */
async function listening(base) {
  for (let i = 0; i < KNOCKS; i++) {
    try {
      await fetch(base + "/status");
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, KNOCK));
    }
  }
  throw new Error("WebKitWebDriver does not listen");
}

function miniBrowsers() {
  const root = "/usr/lib";
  const machines = readdirSync(root).filter((name) => name.endsWith("-linux-gnu"));
  return ["webkit2gtk-4.1", "webkitgtk-6.0", "webkit2gtk-4.0"].flatMap((version) =>
    machines.map((machine) => `${root}/${machine}/${version}/MiniBrowser`),
  );
}

/** Starts a display on a number that is free, which Xvfb says itself. */
async function startDisplay() {
  const args = ["-displayfd", "1", "-screen", "0", "1280x1024x24", "-nolisten", "tcp"];
  const server = spawn(findProgram("XVFB", ["Xvfb"]), args, {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [number] = await once(createInterface({ input: server.stdout }), "line");
  return {
    name: `:${number}`,
    async close() {
      server.kill();
      await once(server, "exit");
    },
  };
}

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}
