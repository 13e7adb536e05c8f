/** The page under test: a small shop, with or without the gate, with one of Segment's snippets. */
import { snippet } from "./snippets.js";

/** A host under a public suffix of two labels, so that Analytics.js has to probe for the domain of its cookies. */
export const SHOP = "https://www.shop.example.co.uk";
export const KEY = "wk0Shop";

/**
 * @typedef {object} ShopOptions
 * @property {string} [path] with a query if wanted; default "/"
 * @property {string} [origin]
 * @property {boolean} [gate] default true
 * @property {object} [config] the gate's configuration
 * @property {import("./snippets.js").SnippetVersion | ""} [snippet] default "5.2.1"; "" for none
 * @property {Parameters<typeof snippet>[1]} [snippetOptions]
 * @property {string} [nonce] on every script, with a policy that demands it
 * @property {string} [title]
 * @property {string} [canonical]
 * @property {string} [before] markup between the gate and the snippet
 * @property {string} [after] markup after the snippet, in the head
 * @property {string} [first] markup before the gate
 * @property {string} [body]
 * @property {Record<string, string>} [headers]
 */

/**
 * The page as HTML.
 * @param {ShopOptions} options
 */
export function shopPage(options) {
  const { gate = true, config, snippet: version = "5.2.1", nonce = "", title = "Shop" } = options;
  const attribute = nonce && ` nonce="${nonce}"`;
  const script = (/** @type {string} */ code) => `<script${attribute}>${code}</script>`;
  const parts = ["<!doctype html><html lang=en><head><meta charset=utf-8>", options.first ?? ""];
  if (config) parts.push(script(`window.segmentBlockerConfig = ${JSON.stringify(config)};`));
  if (gate) parts.push(`<script${attribute} src="/gate.js"></script>`);
  parts.push(`<title>${title}</title>`);
  if (options.canonical) parts.push(`<link rel=canonical href="${options.canonical}">`);
  parts.push(options.before ?? "");
  if (version) parts.push(script(snippet(version, { apiKey: KEY, ...options.snippetOptions })));
  parts.push(
    options.after ?? "",
    "</head><body>",
    options.body ?? "<h1>Shop</h1>",
    "</body></html>",
  );
  return parts.join("\n");
}

/**
 * Its headers. With a nonce a policy comes with it, which allows WebAssembly as the gate's documentation asks.
 * @param {ShopOptions} options
 * @returns {Record<string, string>}
 */
export function shopHeaders({ nonce, headers }) {
  if (!nonce) return headers ?? {};
  const policy = `script-src 'nonce-${nonce}' 'strict-dynamic' 'wasm-unsafe-eval'`;
  return { "Content-Security-Policy": policy, ...headers };
}
