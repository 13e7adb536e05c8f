/**
 * Destinations: what Analytics.js is shown of its settings, what leaves with its events, and what a change of consent does
 * to those that run. What each needs, and how a text is changed, the engine says.
 */
import { adoptLive } from "./analytics.js";
import { guardDeliveries } from "./deliveries.js";
import { guard, hold } from "./effects.js";
import { decide, destinationName, lapse, missingSettings, narrow, stamp } from "./engine.js";
import { fault } from "./events.js";
import { actionOf, decidePlace, place, record, segmentAction } from "./gate.js";
import { awaitInstances } from "./instances.js";
import { loadMissing } from "./missing.js";
import {
  apply,
  blobText,
  cloneResponse,
  create,
  decode,
  defineProperty,
  doc,
  getAttribute,
  getBlobType,
  getRequestURL,
  getScripts,
  isBytes,
  keysOf,
  mapGet,
  mapSet,
  NativeBlob,
  NativePromise,
  NativeRequest,
  NativeResponse,
  NativeTextDecoder,
  NativeWeakMap,
  now,
  objectToString,
  parseJSON,
  requestText,
  responseText,
  stringify,
  then,
} from "./natives.js";
import { askAgain } from "./usual.js";
import { emptySuccess, sendUnderway } from "./underway.js";
import {
  ALLOW,
  CONSENT_EVENT,
  DROP,
  KIND_DESTINATION,
  KIND_FETCH,
  REFUSE_EMPTY,
  REFUSE_PENDING,
  SETTINGS_WAITING,
  SETTINGS_WHOLE,
} from "./gen/abi.js";

/** What was last decided of each destination of the settings. @type {Record<string, number>} */
const known = create(null);
/** By instance, what the site's own integrations said of those that the gate has switched off. @type {WeakMap<object, Record<string, any>>} */
const switched = new NativeWeakMap();

/**
 * Lets a request pass: settings are narrowed, and what goes to the tracking API says what the visitor has consented to.
 * @param {number} change how the request must be changed
 * @param {Function} native
 * @param {any} self
 * @param {any[]} args
 * @returns {Promise<Response>}
 */
export function passFetch(change, native, self, args) {
  if (change === REFUSE_PENDING) {
    const input = args[0];
    const url = typeof input === "string" ? input : getRequestURL(input);
    return then(apply(native, self, args), (/** @type {Response} */ response) =>
      response.ok ? showSettings(url, response) : response,
    );
  }
  if (change !== REFUSE_EMPTY) return apply(native, self, args);
  const init = args[1];
  const body = init && init.body;
  if (isText(body)) {
    // Analytics.js sends texts, also while the page goes away: they must leave at once.
    const stamped = stampText(body);
    return stamped === undefined
      ? NativePromise.resolve(emptySuccess())
      : sendUnderway(native, self, args[0], { __proto__: init, body: stamped });
  }
  const request = new NativeRequest(args[0], init);
  return then(requestText(request), (/** @type {string} */ text) => {
    const stamped = stampOrKeep(text);
    if (segmentAction() === DROP || stamped === undefined) return emptySuccess();
    return sendUnderway(
      native,
      self,
      text ? new NativeRequest(request, { body: stamped }) : request,
    );
  });
}

/**
 * Sends a body, with the visitor's consent in it where that is due: at once, but for a blob, whose text comes later.
 * @param {number} change
 * @param {any} body
 * @param {(body: any) => any} send
 * @param {() => any} refuse called instead of it where nothing of the body may be sent any more
 * @param {boolean} [now] whether it must be at once
 * @returns {any} what send returns, or a promise of it
 */
export function withConsent(change, body, send, refuse, now) {
  if (change !== REFUSE_EMPTY) return send(body);
  if (isText(body)) {
    const stamped = stampText(body);
    return stamped === undefined ? refuse() : send(stamped);
  }
  if (now || tagOf(body) !== "[object Blob]") return send(body);
  return then(blobText(body), (/** @type {string} */ text) => {
    const stamped = stampOrKeep(text);
    return segmentAction() === DROP || stamped === undefined
      ? refuse()
      : send(new NativeBlob([stamped], { type: getBlobType(body) }));
  });
}

/** Whether a body is a text that can be read at once. @param {any} body */
function isText(body) {
  return typeof body === "string" || isBytes(body);
}

/** A text with the visitor's consent in it; undefined when nothing of it may be sent. @param {any} body */
function stampText(body) {
  const isString = typeof body === "string";
  const text = isString ? body : decode(new NativeTextDecoder(), body);
  const stamped = stampOrKeep(text);
  return isString || stamped === undefined ? stamped : new NativeBlob([stamped]);
}

/**
 * A text with the visitor's consent in it; undefined when nothing of it may be sent. What is not understood goes as it is: the
 * tracking API does not understand it either.
 * @param {string} text
 */
function stampOrKeep(text) {
  const stamped = stamp(text);
  return stamped === undefined ? text : stamped || undefined;
}

/** @param {any} value */
function tagOf(value) {
  return apply(objectToString, value, []);
}

/**
 * The answer that Analytics.js gets for its settings; it waits for ever when there is none that it may have.
 * @param {string} url
 * @param {Response} response
 * @returns {Promise<Response>}
 */
function showSettings(url, response) {
  return then(responseText(cloneResponse(response)), (/** @type {string} */ text) => {
    return new NativePromise((resolve) =>
      decideSettings(url, text, (shown) =>
        resolve(shown === undefined ? response : answerLike(response, shown)),
      ),
    );
  });
}

/**
 * @param {string} url
 * @param {string} text
 * @param {(shown: string | undefined) => void} done gets what may be seen; undefined when that is everything
 */
function decideSettings(url, text, done) {
  const where = /** @type {import("./gate.js").Place} */ (place(url));
  const { outcome, text: shown } = narrow(where.path, text, ownHosts());
  askAgain();
  if (outcome === SETTINGS_WAITING) {
    decidePlace(KIND_FETCH, where);
    hold({
      kind: KIND_FETCH,
      host: where.host,
      rest: where.path,
      target: url,
      resume: () => decideSettings(url, text, done),
      cancel: () => {},
    });
  } else if (outcome) {
    note();
    guard(awaitInstances);
    done(outcome === SETTINGS_WHOLE ? undefined : shown);
  } else {
    fault("settings", "the settings of the source were not understood; Segment stays held");
  }
}

/** Hosts of the scripts that the site has by now: what Segment loads comes later. */
function ownHosts() {
  let own = "";
  const scripts = getScripts(doc);
  for (let i = 0; i < scripts.length; i++) {
    const url = getAttribute(scripts[i], "src");
    const where = url && place(url);
    if (where && where.host) own += where.host + " ";
  }
  return own;
}

/**
 * A response that differs from the real one in its body alone.
 * @param {Response} response
 * @param {string} body
 */
function answerLike(response, body) {
  const { status, statusText, headers } = response;
  const answer = new NativeResponse(body, { status, statusText, headers });
  for (const name of /** @type {const} */ (["url", "type", "redirected"])) {
    defineProperty(answer, name, { value: response[name] });
  }
  return answer;
}

/**
 * Narrows the settings of an instance, whoever has brought them: Analytics.js has read nothing of them yet. Those that it got from
 * the gate have lost nothing to it since, unless the visitor has taken something back.
 * @param {any} instance
 */
export function narrowInPlace({ settings: { writeKey, cdnSettings } }) {
  const { outcome, text } = narrow(writeKey || "", stringify(cdnSettings), ownHosts());
  askAgain();
  if (!outcome) fault("settings", "the settings of the source were not understood");
  note();
  if (outcome === SETTINGS_WHOLE) return;
  const shown = outcome ? parseJSON(text) : { integrations: {}, remotePlugins: [] };
  for (const key of keysOf(shown)) cdnSettings[key] = shown[key];
}

/** Puts into the log what was decided of each destination, as far as it is new. Returns whether there is any. */
function note() {
  let i = 0;
  for (let name; (name = destinationName(i)); i++) {
    const decision = decide(KIND_DESTINATION, "", name);
    if (known[name] !== decision) record(KIND_DESTINATION, name, decision);
    known[name] = decision;
  }
  return i > 0;
}

/**
 * Follows a change of consent while Analytics.js runs: destinations that lost theirs get no more events, those that have
 * it now are loaded, and Segment is told.
 * @param {boolean} tell whether Segment ran before and still does
 */
export function followDestinations(tell) {
  if (!note() && !tell) return;
  lapse(now());
  const live = adoptLive();
  for (const { target } of live) {
    guard(() => guardDeliveries(target));
    guard(() => switchDestinations(target));
  }
  if (!live.length || segmentAction() !== ALLOW) return;
  for (const { target } of live) guard(() => loadGranted(target));
  if (!tell) return;
  for (const { target, methods } of live)
    guard(() => apply(methods.track, target, [CONSENT_EVENT]));
}

/** Loads what has been granted to an instance's source since. @param {any} instance */
function loadGranted(instance) {
  const { writeKey } = instance.settings;
  // One that the site has disabled has none.
  if (!writeKey) return;
  for (let text; (text = missingSettings(writeKey));) loadMissing(instance, parseJSON(text));
}

/**
 * Switches destinations by the instance's own integrations, and back to what the site had there.
 * @param {any} instance
 */
function switchDestinations(instance) {
  const integrations = { ...instance.integrations };
  /** @type {Record<string, any>} */
  const switchedOff = mapGet(switched, instance) || create(null);
  mapSet(switched, instance, switchedOff);
  let changed = false;
  for (let i = 0, name; (name = destinationName(i, instance.settings.writeKey)); i++) {
    const open = actionOf(known[name]) === ALLOW;
    if (open === name in switchedOff) {
      if (open) {
        const before = switchedOff[name];
        delete switchedOff[name];
        // The site may have said something else meanwhile.
        if (integrations[name] !== false) continue;
        if (before === undefined) delete integrations[name];
        else integrations[name] = before;
      } else {
        switchedOff[name] = integrations[name];
        integrations[name] = false;
      }
      changed = true;
    }
  }
  if (changed) instance.integrations = integrations;
}
