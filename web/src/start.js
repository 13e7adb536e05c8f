/** Starting: natives -> engine -> hooks -> sources. */
import { upper } from "./above.js";
import { hearEvent, lend, publish, segmentBlocker } from "./publish.js";
import { lookForStub, lookForStubOf } from "./analytics.js";
import { hearSources, look } from "./cmp/loader.js";
import { closedURL } from "./ask.js";
import { readConfig } from "./config.js";
import { guard, limitParked } from "./effects.js";
import { startEngine } from "./engine.js";
import { complain, fault, logEvents } from "./events.js";
import { segmentAction, whenRecorded } from "./gate.js";
import { maskToo } from "./held.js";
import { hookAttribute } from "./hooks/attribute.js";
import { hookBeacon } from "./hooks/beacon.js";
import { hookChange } from "./hooks/change.js";
import { hookClone } from "./hooks/clone.js";
import { hookCookie } from "./hooks/cookie.js";
import { hookCookieStore } from "./hooks/cookiestore.js";
import { hookCredentials } from "./hooks/credentials.js";
import { hookDatabase } from "./hooks/database.js";
import { hookFetch } from "./hooks/fetch.js";
import { hookFont } from "./hooks/font.js";
import { hookForm } from "./hooks/form.js";
import { hookInsert } from "./hooks/insert.js";
import { hookMarkup } from "./hooks/markup.js";
import { hearNavigation, hookNavigation } from "./hooks/navigation.js";
import { hookParser, stopParser } from "./hooks/parser.js";
import { gates, hookRealm, visitFrames } from "./hooks/realm.js";
import { reviveAll } from "./hooks/revive.js";
import { hookScript, onHeldScript } from "./hooks/script.js";
import { hookShadow } from "./hooks/shadow.js";
import { hookShown } from "./hooks/shown.js";
import { hookSocket } from "./hooks/socket.js";
import { hookSource } from "./hooks/source.js";
import { hookStorage } from "./hooks/storage.js";
import { hookTexts } from "./hooks/texts.js";
import { hookWorker } from "./hooks/worker.js";
import { hookWrite } from "./hooks/write.js";
import { hookXHR } from "./hooks/xhr.js";
import { hookXSLT } from "./hooks/xslt.js";
import {
  doc,
  getAttribute,
  getCurrentScript,
  getScripts,
  getURL,
  globalPrivacyControl,
  hasAttribute,
  listen,
  listenAgain,
  mapDelete,
  mapSet,
  renewDocument,
  stopListening,
  win,
} from "./natives.js";
import { limitQueue } from "./queue.js";
import { hearLeaving } from "./replay.js";
import { choose } from "./state.js";
import { joinTabs } from "./tabs.js";
import { joinRealms, leaveRealms, returnToRealms } from "./turn.js";
import { describe, hideWrappers, unwrapAll } from "./wrap.js";
import { ALLOW, KIND_SCRIPT, SETTING, SOURCE_GPC } from "./gen/abi.js";

const HOOKS = [
  hookScript,
  hookSource,
  hookAttribute,
  hookMarkup,
  hookXSLT,
  hookClone,
  hookInsert,
  hookChange,
  hookForm,
  hookShadow,
  hookShown,
  hookFetch,
  hookXHR,
  hookBeacon,
  hookCookie,
  hookCookieStore,
  hookCredentials,
  hookStorage,
  hookDatabase,
  hookSocket,
  hookWorker,
  hookTexts,
  hookFont,
  hookNavigation,
  hookRealm,
  hideWrappers,
];

/** Starts the gate, unless a copy of it runs already. */
export function start() {
  if (upper) return startInFrame();
  if (isGuarded()) return;
  startEngine(fault);
  const settings = readConfig();
  guard(warnIfLate);
  for (const hook of HOOKS) guard(hook);
  onHeldScript(lookForStubOf);
  guard(() =>
    watchDocument(() => {
      if (segmentAction() !== ALLOW) lookForStub();
      look();
    }),
  );
  guard(() => useSettings(settings));
  guard(() => hearSources(settings));
  guard(joinTabs);
  guard(hearLeaving);
  guard(hearEvent);
  guard(() => publish(segmentBlocker));
}

/** Whether another copy runs. Whatever else is called like it, an element with that name or the page's own object, is none. */
function isGuarded() {
  const there = describe(win, "segmentBlocker");
  return !!there && !!there.value && typeof there.value.setConsent === "function";
}

/** What was there before the gate runs: the site's developer is told. */
function warnIfLate() {
  const own = getCurrentScript(doc);
  if (own && getAttribute(own, "src") && (hasAttribute(own, "async") || hasAttribute(own, "defer")))
    complain("the gate's script must be without async and defer: what runs before it is not held");
  const scripts = getScripts(doc);
  for (let i = 0; i < scripts.length; i++) {
    const src = getAttribute(scripts[i], "src");
    if (src && closedURL(KIND_SCRIPT, src))
      complain(`${src} is on the page before the gate, which cannot hold it: put the gate first`);
  }
}

/** In a frame there are hooks, and queues for Segment's calls there: everything else is the gate's above. */
function startInFrame() {
  // One that was there is another document's.
  mapDelete(gates, win);
  for (const hook of HOOKS) guard(hook);
  onHeldScript(lookForStubOf);
  whenRecorded(joinRealms);
  guard(() => hearLeaving(leaveRealms, returnToRealms));
  guard(() => {
    const renew = watchDocument(() => {
      if (segmentAction() !== ALLOW) lookForStub();
    });
    maskToo();
    // To be called whenever the page gets hold of the frame.
    mapSet(gates, win, () => {
      maskToo();
      renew();
    });
    for (const type of ["readystatechange", "DOMContentLoaded"]) listen(win, type, renew, true);
  });
  const { api } = /** @type {import("./above.js").Above} */ (upper);
  guard(() => (getURL(doc) === "about:blank" ? lend(api, leave) : publish(api)));
}

/** The frame has got a page with a gate of its own. */
function leave() {
  mapDelete(gates, win);
  stopParser();
  stopListening();
  leaveRealms();
  unwrapAll();
}

/**
 * Watches what the parser does, also in a document that script opens anew in this window.
 * @param {() => void} onStep
 * @returns {() => void} looks whether the window has another document, and watches that
 */
function watchDocument(onStep) {
  hookParser(onStep);
  const takeOver = hookWrite(watchAnew);
  return () => {
    if (!renewDocument()) return;
    takeOver();
    watchAnew();
    hearNavigation(true);
    reviveAll(doc);
    visitFrames();
  };

  function watchAnew() {
    listenAgain();
    hookParser(onStep);
  }
}

/** @param {number} settings the settings word of the ABI */
function useSettings(settings) {
  const queue = settings >>> SETTING.queueShift;
  if (queue) {
    limitQueue(queue);
    limitParked(queue);
  }
  if (settings & SETTING.debug) logEvents();
  if (settings & SETTING.gpc && globalPrivacyControl()) choose(SOURCE_GPC, { marketing: false });
}
