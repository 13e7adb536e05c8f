/** Calls of which no rule speaks, to be timed with the gate and without it. */

/** A script that waits, as before any choice: what is wrapped only then counts too. */
export const HELD = `<script>{const s=document.createElement("script");s.src="https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js";document.head.append(s)}</script>`;

/**
 * Runs in the page: microseconds that a call takes which no rule speaks of, the best of several loops each. Nothing reaches the
 * network: what would load is lazy or not in a document.
 * @param {number} [count] calls in a loop: so many that the engine's clock can tell
 */
export async function measureCalls(count = 3000) {
  const LOOPS = 5;
  const make = (/** @type {string} */ name) => /** @type {any} */ (document.createElement(name));
  const url = "http://127.0.0.1:1/";
  const [div, box, one, two] = ["div", "div", "b", "i"].map(make);
  const [link, frame, script, image, meta, anchor] = [
    "link",
    "iframe",
    "script",
    "img",
    "meta",
    "a",
  ].map(make);
  image.loading = "lazy";
  const inner = document.body.appendChild(make("iframe"));
  const room = document.body.appendChild(make("div"));
  const small = make("p");
  small.innerHTML = "<b>a</b><i>b</i>";
  const text = small.firstChild.firstChild;
  const template = make("template");
  template.innerHTML = `<p><b>a</b><a href="/b">b</a></p>`;
  const icon = document.createElementNS("http://www.w3.org/2000/svg", "use");
  const blob = URL.createObjectURL(new Blob(["x"]));
  const attribute = document.createAttribute("data-y");
  const range = document.createRange();
  range.selectNodeContents(small);
  const request = new XMLHttpRequest();
  const message = new MessageEvent("message");
  const happening = new Event("x");
  const gone = { signal: AbortSignal.abort() };
  localStorage.clear();
  localStorage.setItem("first", "1");
  sessionStorage.clear();
  for (let i = 0; i < 200; i++) sessionStorage.setItem("own" + i, "1");
  /** @type {Record<string, (i: number) => unknown>} */
  const calls = {
    "setAttribute of data-x": (i) => div.setAttribute("data-x", "v" + i),
    "setAttribute of a frame's src": (i) => frame.setAttribute("src", url + i),
    "setAttributeNS of a class": (i) => div.setAttributeNS(null, "class", "v" + i),
    "getAttribute of data-x": () => div.getAttribute("data-x"),
    "hasAttribute of data-x": () => div.hasAttribute("data-x"),
    "removeAttribute of data-z": () => div.removeAttribute("data-z"),
    "an attribute node's value": (i) => (attribute.value = "v" + i),
    "dataset.x = …": (i) => (div.dataset.x = "v" + i),
    "a script's src": (i) => (script.src = url + i),
    "a script's src, relative": (i) => (script.src = "/v" + i),
    "a script's src, read": () => script.src,
    "a script's type": () => (script.type = "text/x"),
    "a link's href": (i) => (link.href = url + i),
    "a frame's src": (i) => (frame.src = url + i),
    "a frame's srcdoc": (i) => (frame.srcdoc = "<p>" + i),
    "a frame's contentWindow": () => inner.contentWindow,
    "a lazy image's src": (i) => (image.src = url + i),
    "a lazy image's src, relative": (i) => (image.src = "/v" + i),
    "a lazy image's src, read": () => image.src,
    "a lazy image's srcset": (i) => (image.srcset = url + i + " 2x"),
    "a lazy image's srcset of two": (i) =>
      (image.srcset = url + i + " 2x, " + url + "b/" + i + " 3x"),
    "a lazy image's src, a blob": () => (image.src = blob),
    "an icon's href": (i) => icon.setAttribute("href", "#v" + i),
    "a meta's content": (i) => (meta.content = "v" + i),
    "a link's ping": (i) => (anchor.ping = url + i),
    "append of an element": () => box.append(one),
    "append of a text": () => (box.append("x"), box.lastChild.remove()),
    "appendChild of an element": () => box.appendChild(one),
    "appendChild of an element in the document": () => room.appendChild(one),
    "appendChild of two to a fragment, and of that": () => {
      const fragment = document.createDocumentFragment();
      fragment.appendChild(one);
      fragment.appendChild(two);
      room.appendChild(fragment);
    },
    "append of a template's copy, of three": () => {
      box.append(template.content.cloneNode(true));
      box.lastChild.remove();
    },
    "insertBefore of an element": () => box.insertBefore(one, null),
    "replaceChildren of two": () => box.replaceChildren(one, two),
    insertAdjacentElement: () => box.insertAdjacentElement("beforeend", one),
    "remove and append": () => (one.remove(), box.append(one)),
    "createElement, src and append of a script": (i) => {
      const made = make("script");
      made.type = "text/x";
      made.src = url + i;
      box.append(made);
    },
    "innerHTML of text": (i) => (div.innerHTML = "<b>" + i + "</b>"),
    "innerHTML of a link": (i) => (div.innerHTML = `<a href=${url}${i}>x</a>`),
    "innerHTML of a link to another site": (i) => {
      div.innerHTML = `<p>See <a href="https://other.example">this</a>, that&#39;s ${i}.</p>`;
    },
    "innerHTML of an image": (i) => (div.innerHTML = `<img loading=lazy src=${url}${i}>`),
    "innerHTML of a card": (i) =>
      (div.innerHTML = `<article class="card"><a href="/item/${i}"><img loading="lazy" src="/img/${i}.jpg" alt="An item"></a>
        <h3>Item &amp; more</h3><p>Some words about it.</p></article>`),
    insertAdjacentHTML: (i) => {
      div.textContent = "";
      div.insertAdjacentHTML("beforeend", "<b>" + i + "</b>");
    },
    createContextualFragment: (i) => range.createContextualFragment("<b>" + i + "</b>"),
    "a range's insertNode": () => range.insertNode(one),
    textContent: (i) => (div.textContent = "v" + i),
    "a text's nodeValue": (i) => (text.nodeValue = "v" + i),
    innerText: (i) => (div.innerText = "v" + i),
    cloneNode: () => div.cloneNode(),
    "cloneNode of three": () => small.cloneNode(true),
    importNode: () => document.importNode(small, true),
    // What is aborted does not reach the network: what is left is the call.
    "fetch that is aborted": (i) => void fetch(url + i, gone).catch(() => {}),
    "XMLHttpRequest's open": (i) => request.open("GET", url + i),
    "new FontFace": (i) => new FontFace("x", `url(${url}${i})`),
    "new Audio": () => new Audio(),
    "a message's source": () => message.source,
    "dispatchEvent of an event": () => div.dispatchEvent(happening),
    "click of an element": () => box.click(),
    "click of an element in no document": () => div.click(),
    "writing a cookie": (i) => (document.cookie = "x=" + (i % 10)),
    "reading cookies": () => document.cookie,
    "localStorage.setItem": (i) => localStorage.setItem("x", "v" + i),
    "localStorage.getItem": () => localStorage.getItem("x"),
    "localStorage.removeItem": () => localStorage.removeItem("y"),
    "localStorage.length": () => localStorage.length,
    "localStorage.key": () => localStorage.key(0),
    "localStorage.x = …": (i) => (localStorage.x = "v" + i),
    "localStorage.x": () => localStorage.x,
    "x in localStorage": () => "x" in localStorage,
    "Object.keys(localStorage)": () => Object.keys(localStorage),
    "going through the keys of sessionStorage": (i) =>
      sessionStorage.key(i % sessionStorage.length),
  };
  /** @type {Record<string, number>} */
  const costs = {};
  const queue = Object.entries(calls);
  const unstarted = "beside a script that has not started";
  for (const name of [
    "appendChild of an element",
    "innerHTML of text",
    "textContent",
    "a text's nodeValue",
    "a range's insertNode",
  ])
    queue.push([`${name}, ${unstarted}`, calls[name]]);
  for (const [name, call] of queue) {
    if (name.endsWith(unstarted)) document.head.append(make("script"));
    costs[name] = Infinity;
    for (let i = 0; i < 300; i++) call(i);
    for (let loop = 0; loop < LOOPS; loop++) {
      const start = performance.now();
      for (let i = 0; i < count; i++) call(i);
      costs[name] = Math.min(costs[name], ((performance.now() - start) * 1000) / count);
      await new Promise((done) => setTimeout(done));
    }
  }
  return costs;
}
