// Package rewrite gates HTML on its way to the browser: what page script cannot stop (the preload scanner, static
// tags, Link headers, cookies set by a response) a server can.
//
//	Bytes, Copy, Writer   HTML in, gated HTML out: for files, builds and streams of any size
//	Middleware            the same for net/http, with the headers that have to follow
//
// # What is changed
//
// The snippet is put first in head: after a <meta charset> that stands within the first 1024 bytes of the head, before
// anything else that loads or runs, and before the first tag of a document without html and head tags.
//
// A static tag whose URL the gate does not allow now is made inert, in a way that the gate in the page can undo in
// document order:
//
//   - A script gets type="text/plain", and its own type goes to data-segment-blocker (empty when it had none). Its URL
//     stays: a script of that type is neither fetched nor run. This covers scripts with a URL, SVG scripts, speculation
//     rules and web bundles that name a held URL, and inline scripts that import a held module: no hook in the page can
//     stop an import.
//     An SVG script's URL is renamed as well, as below: Chromium fetches it whatever its type is.
//   - Any other element keeps its place, and the attribute that loads is renamed: src becomes
//     data-segment-blocker-src, and so do href, srcset, imagesrcset, data, code, poster, background, xlink:href, and the
//     to, from and values of an animation. It covers img, iframe, frame, embed, object, video, audio, source, track, input
//     type=image, the body and the parts of a table, SVG image, use, feImage, font-face-uri, set and animate, and every
//     link that fetches or connects.
//
// The same is done to tags in a noscript, where no consent can ever be given. Where script runs that is text, which the
// gate in the page makes again what it was.
//
// Other inline scripts run as they are, Segment's own snippet among them: it only queues calls and inserts a script
// element, which the gate's hooks stop. They are read and reported, with the write key they name.
//
// Every other byte is copied as it came; nothing is serialised anew. Rewriting twice gives what rewriting once gives.
//
// # Doubt
//
// A browser and a rewriter that disagree on what is a tag would leak, or worse, break the page's own quoting. So the
// bytes stay as they are, and the gate in the page acts, wherever the answer would be a guess: in an unterminated tag,
// in a tag longer than 64 KB, in template, in raw text (style, textarea, title, xmp, iframe, noembed,
// noframes, plaintext), in scripts that reach the double-escaped state, and from there to the end in foreign content
// that is not nested properly, raw text in a select, UTF-16 and ISO-2022-JP. The Report says when this happened.
// CSS, srcdoc documents and event handler attributes are not read either.
//
// # Lexers
//
// github.com/tdewolff/parse/v2 reads the scripts. Its HTML lexer does not fit here: it wants the whole input in memory,
// lower-cases end tags in the caller's bytes, takes svg and math as one token each, and ends names and attributes
// elsewhere than browsers do where a slash takes the place of a space. So tags are found by a small resumable scanner
// that follows the tokenizer of the HTML standard (13.2.5), and are read by a second pass over the whole tag, by byte
// offsets. The tests hold it against golang.org/x/net/html.
//
// Memory is bounded whatever the body's size: one tag, one inline script (64 KB each) or 1 KB of head are held back at
// most; everything else is handed on with the Write it came in.
package rewrite
