/** Starting: natives -> engine -> hooks -> sources. */
import { upper } from "./above.js";
import { publish, segmentBlocker } from "./publish.js";
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
import { hookDatabase } from "./hooks/database.js";
import { hookFetch } from "./hooks/fetch.js";
import { hookFont } from "./hooks/font.js";
import { hookImage } from "./hooks/image.js";
import { hookInsert } from "./hooks/insert.js";
import { hookNavigation } from "./hooks/navigation.js";
import { hookParser } from "./hooks/parser.js";
import { hookRealm } from "./hooks/realm.js";
import { hookScript, onHeldScript } from "./hooks/script.js";
import { hookSocket } from "./hooks/socket.js";
import { hookStorage } from "./hooks/storage.js";
import { hookWorker } from "./hooks/worker.js";
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
  hookDatabase,
  hookSocket,
  hookWorker,
  hookFont,
  hookNavigation,
  hookRealm,
  hideWrappers,
];

/** Starts the gate, unless a copy of it runs already. */
export function start() {
  if (/** @type {any} */ (win).segmentBlocker) return;
  if (upper) return startInFrame();
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
  guard(() => publish(segmentBlocker));
}

/** In a frame there are only hooks: everything else is the gate's above. */
function startInFrame() {
  for (const hook of HOOKS) guard(hook);
  guard(() => hookParser(() => {}));
  guard(() => publish(/** @type {import("./above.js").Above} */ (upper).api));
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
