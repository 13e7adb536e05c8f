/** The panel: what the gate says of itself, and, told by the server and not by the gate, what reached Segment. */

/** How many entries a list shows, and how often storage is looked at, in milliseconds: it announces no change. */
const SHOWN = 60;
const LOOK = 500;

const SOURCES = { none: "nobody", api: "this page" };
const WORDS = { unset: "no choice yet", granted: "granted", denied: "denied" };
const gate = window.segmentBlocker;
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const TIME = { hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 1 };
const clock = (time) => new Date(time).toLocaleTimeString([], { ...TIME, hour12: false });

/**
 * An element with text or children.
 * @param {string} tag
 * @param {string} className
 * @param {...(string | Node)} content
 */
function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

/** @param {string} id @param {string} text */
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}

/** @param {string} list @param {Node} item */
function prepend(list, item) {
  byId(list).prepend(item);
  while (byId(list).childElementCount > SHOWN) byId(list).lastElementChild.remove();
  setText(`${list}-count`, String(Number(byId(`${list}-count`).textContent) + 1));
}

function showState() {
  const state = gate.getConsent();
  for (const category of ["analytics", "marketing"]) {
    setText(category, WORDS[state[category]]);
    byId(category).className = state[category];
  }
  setText("source", SOURCES[state.source] ?? state.source);
  setText("waiting", String(gate.queue.length));
  setText("dropped", String(gate.queue.dropped));
  setText("engine", `${gate.engine} · ${gate.version}`);
}

function showStored() {
  const items = [
    ...document.cookie
      .split("; ")
      .filter(Boolean)
      .map((pair) => ["cookie", pair.split("=")[0]]),
    ...Object.keys(localStorage).map((key) => ["localStorage", key]),
    ...Object.keys(sessionStorage).map((key) => ["sessionStorage", key]),
  ];
  const wanted = JSON.stringify(items);
  if (byId("stored").dataset.shown === wanted) return;
  byId("stored").dataset.shown = wanted;
  setText("stored-count", String(items.length));
  byId("stored").replaceChildren(
    ...items.map(([where, name]) =>
      make("li", "line", make("code", "", name), make("span", "where", where)),
    ),
  );
}

/** @param {{ receivedAt: number, type: string, event: any }} call */
function showCall({ receivedAt, type, event }) {
  const called = Date.parse(event.timestamp);
  const waited = Math.max(0, receivedAt - called) / 1000;
  const name = event.event ?? event.name ?? event.userId ?? "";
  const page = event.context?.page ?? {};
  prepend(
    "arrived",
    make(
      "li",
      "",
      make("p", "line", make("b", "", type), make("span", "", name)),
      make(
        "p",
        "times",
        make("span", "", "called ", make("time", "", clock(called))),
        make("span", "", "arrived ", make("time", "", clock(receivedAt))),
        make("span", waited >= 1 ? "kept" : "", `${waited.toFixed(1)} s later`),
      ),
      make(
        "p",
        "where",
        `on ${page.path ?? "?"} “${page.title ?? ""}” · user ${event.userId ?? "unknown"}`,
      ),
    ),
  );
}

/** @type {{ key: string, times: number, time: HTMLElement, count: HTMLElement } | undefined} */
let newest;

/**
 * Adds to the log; what happens again and again becomes one line with a number.
 * @param {string} word
 * @param {string} text
 * @param {string} detail
 * @param {number} when
 */
function note(word, text, detail, when) {
  const key = [word, text, detail].join("\n");
  if (newest?.key === key) {
    newest.times++;
    newest.count.textContent = `× ${newest.times}`;
    newest.time.textContent = clock(when);
    return;
  }
  const time = make("time", "", clock(when));
  const count = make("span", "where");
  newest = { key, times: 1, time, count };
  const line = make("p", "line", make("b", word, word), make("span", "", text), count, time);
  prepend("log", make("li", "", line, ...(detail ? [make("p", "where", detail)] : [])));
}

/** @param {{ time: number, decision: string, kind: string, target: string, reason: string }} entry */
function showDecision({ time, decision, kind, target, reason }) {
  note(decision, `${kind}: ${reason}`, target, time);
}

/** @param {string} type @param {string} text @param {string} [detail] */
function showEvent(type, text, detail = "") {
  note(type, text, detail, Date.now());
}

function listen() {
  gate.decisions().forEach(showDecision);
  gate.on("decision", showDecision);
  gate.on("consent", ({ analytics }) => showEvent("consent", `analytics ${WORDS[analytics]}`));
  gate.on("release", ({ kind }) => showEvent("release", `the held ${kind}`));
  gate.on("replay", ({ count, left }) => showEvent("replay", `${count} calls sent, ${left} left`));
  gate.on("erase", ({ cookies, keys }) =>
    showEvent("erase", "cookies and keys", [...cookies, ...keys].join(", ")),
  );
  gate.on("error", ({ code, message }) => showEvent("error", `${code}: ${message}`));
  for (const type of ["consent", "decision", "replay", "erase"]) gate.on(type, showState);
}

function hearServer() {
  let requests = 0;
  const tell = () =>
    setText(
      "requests",
      `${requests} requests reached it since the server started, from every visitor; the server says so.`,
    );
  const stream = new EventSource("/stream");
  // After a break the server tells everything anew.
  stream.addEventListener("open", () => {
    requests = 0;
    byId("arrived").replaceChildren();
    setText("arrived-count", "0");
    tell();
  });
  stream.addEventListener("visit", () => {
    requests++;
    tell();
  });
  stream.addEventListener("call", ({ data }) => showCall(JSON.parse(data)));
}

function look() {
  showState();
  showStored();
}

listen();
hearServer();
look();
setInterval(look, LOOK);
