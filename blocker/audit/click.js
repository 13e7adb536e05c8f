/* Finds the first visible element of a list of selectors, waiting for it, and says where the mouse must click, or that the
   mouse cannot reach it (it is covered, or in a frame). With press it is clicked by its own click(). */
async function (selectors, wait, top, press) {
  const until = Date.now() + wait;
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  function* roots(root) {
    yield root;
    for (const element of root.querySelectorAll("*")) {
      if (element.shadowRoot) yield* roots(element.shadowRoot);
      if (element.localName === "iframe") {
        let inner = null;
        try {
          inner = element.contentDocument;
        } catch {}
        if (inner) yield* roots(inner);
      }
    }
  }

  function visible(element) {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && getComputedStyle(element).visibility !== "hidden";
  }

  function find() {
    for (const selector of selectors) {
      for (const root of roots(document)) {
        for (const element of root.querySelectorAll(selector)) if (visible(element)) return { selector, element };
      }
    }
    return null;
  }

  /* Banners slide in: the place counts once their animations are over and it is the same in two frames. */
  async function still(element) {
    const moving = document.getAnimations().filter((a) => a.effect && a.effect.target && a.effect.target.contains(element));
    await Promise.race([Promise.all(moving.map((a) => a.finished.catch(() => {}))), pause(1500)]);
    let last = "";
    for (let i = 0; i < 40; i++) {
      const { x, y, width, height } = element.getBoundingClientRect();
      const now = [x, y, width, height].join();
      if (now === last) return;
      last = now;
      await Promise.race([new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))), pause(200)]);
    }
  }

  let hit = find();
  while (!hit && Date.now() < until) {
    await pause(100);
    hit = find();
  }
  if (!hit) return { selector: "" };
  const { selector, element } = hit;
  if (press) {
    element.click();
    return { selector };
  }
  element.scrollIntoView({ block: "center", behavior: "instant" });
  await still(element);
  const box = element.getBoundingClientRect();
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  let under = top && element.ownerDocument === document ? document.elementFromPoint(x, y) : null;
  while (under && under.shadowRoot && under !== element) {
    const inner = under.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === under) break;
    under = inner;
  }
  const reachable = !!under && (element.contains(under) || under.contains(element));
  return { selector, x, y, reachable };
}
