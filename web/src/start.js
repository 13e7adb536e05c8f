/** Starting: natives -> engine -> hooks -> sources. */
import { publish } from "./publish.js";
import { lookForStub, lookForStubOf } from "./analytics.js";
import { readConfig } from "./config.js";
import { guard, limitParked } from "./effects.js";
import { startEngine } from "./engine.js";
import { fault, logEvents } from "./events.js";
import { segmentAction } from "./gate.js";
import { hookAttribute } from "./hooks/attribute.js";
import { hookBeacon } from "./hooks/beacon.js";
import { hookCookie } from "./hooks/cookie.js";
import { hookCookieStore } from "./hooks/cookiestore.js";
import { hookFetch } from "./hooks/fetch.js";
import { hookImage } from "./hooks/image.js";
import { hookInsert } from "./hooks/insert.js";
import { hookParser } from "./hooks/parser.js";
import { hookScript, onHeldScript } from "./hooks/script.js";
import { hookStorage } from "./hooks/storage.js";
import { hookXHR } from "./hooks/xhr.js";
import { globalPrivacyControl, win } from "./natives.js";
import { limitQueue } from "./queue.js";
import { choose } from "./state.js";
import { joinTabs } from "./tabs.js";
import { hideWrappers } from "./wrap.js";
import { ALLOW, SETTING, SOURCE_GPC } from "./gen/abi.js";

const HOOKS = [
  hookScript,
  hookImage,
  hookAttribute,
  hookInsert,
  hookFetch,
  hookXHR,
  hookBeacon,
  hookCookie,
  hookCookieStore,
  hookStorage,
  hideWrappers,
];

/** Starts the gate, unless a copy of it runs already. */
export function start() {
  if (/** @type {any} */ (win).segmentBlocker) return;
  startEngine(fault);
  const settings = readConfig();
  for (const hook of HOOKS) guard(hook);
  onHeldScript(lookForStubOf);
  guard(() =>
    hookParser(() => {
      if (segmentAction() !== ALLOW) lookForStub();
    }),
  );
  guard(() => useSettings(settings));
  guard(joinTabs);
  guard(publish);
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
