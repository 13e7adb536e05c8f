/**
 * Constructors that send something by being called. What may not be sent now is stood in for: a socket, event source or
 * worker that waits becomes the real one, a refused one ends as one that could not connect.
 */
import { against, suspend } from "../ask.js";
import { later } from "../effects.js";
import { construct, keysOf, NativeCloseEvent, NativeMessageChannel } from "../natives.js";
import { become, fire, show, standIn } from "../standin.js";
import { once } from "../trusted.js";
import { wrapConstructor } from "../wrap.js";
import { guardWorker, isOwn } from "./worker.js";
import { KIND_EVENTSOURCE, KIND_WEBSOCKET, KIND_WORKER } from "../gen/abi.js";

/**
 * By constructor: the kind; what the object shows before it is connected; its readyState when closed.
 * @type {Record<string, [number, Record<string, any>, number?]>}
 */
const CONSTRUCTORS = {
  WebSocket: [
    KIND_WEBSOCKET,
    { extensions: "", protocol: "", binaryType: "blob", bufferedAmount: 0 },
    3,
  ],
  EventSource: [KIND_EVENTSOURCE, { withCredentials: false }, 2],
  Worker: [KIND_WORKER, {}],
  SharedWorker: [KIND_WORKER, {}],
  WebSocketStream: [KIND_WEBSOCKET, {}],
  WebTransport: [KIND_WEBSOCKET, {}],
};

/**
 * The constructors of streams, which cannot change hands: what may not be connected now fails for good, as a connection to
 * this address does. Its port is one that browsers do not let pages connect to.
 * @type {Record<string, string>}
 */
const STREAMS = {
  // @ts-expect-error a dictionary without prototype
  __proto__: null,
  WebSocketStream: "wss://0.0.0.0:1/",
  WebTransport: "https://0.0.0.0:1/",
};

export function hookSocket() {
  for (const name of keysOf(CONSTRUCTORS)) {
    wrapConstructor(name, (native, args, newTarget) => onConstruct(name, native, args, newTarget));
  }
}

/**
 * @param {string} name
 * @param {Function} native
 * @param {any[]} args
 * @param {Function} newTarget
 */
function onConstruct(name, native, args, newTarget) {
  const [kind, shown, closed] = CONSTRUCTORS[name];
  if (args.length === 0) return construct(native, args, newTarget);
  args[0] = once(args[0]);
  const where = against(kind, `${args[0]}`);
  if (!where || (kind === KIND_WORKER && !isOwn(where))) {
    if (kind === KIND_WORKER) guardWorker(args);
    return construct(native, args, newTarget);
  }
  if (STREAMS[name]) return unanswered(native, args, newTarget, STREAMS[name], where.target);
  /** @type {Record<string, any>} */
  const values = { __proto__: null, url: where.target, readyState: 0, ...shown };
  if (name === "SharedWorker") values.port = new NativeMessageChannel().port1;
  const object = standIn(native, newTarget, values);
  // A port cannot change hands: this fails, whether consent is open or denied.
  if (values.port && where.refusal < 0) where.refusal = 0;
  suspend(
    kind,
    where,
    () => {
      if (kind === KIND_WORKER) guardWorker(args);
      become(object, construct(native, args, native));
    },
    () =>
      later(() => {
        if (closed) values.readyState = closed;
        fire(object, ["error"]);
        if (closed === 3) fire(object, ["close"], NativeCloseEvent, { code: 1006 });
      }),
  );
  return object;
}

/**
 * A stream to where nobody answers.
 * @param {Function} native
 * @param {any[]} args
 * @param {Function} newTarget
 * @param {string} nowhere
 * @param {string} url what it shows
 */
function unanswered(native, args, newTarget, nowhere, url) {
  args[0] = nowhere;
  const object = construct(native, args, newTarget);
  show(native.prototype, object, /** @type {any} */ ({ __proto__: null, url }));
  return object;
}
