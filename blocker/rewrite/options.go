package rewrite

import (
	"github.com/segment-blocker/segment-blocker/blocker"
)

// Bounds of what is held back, in bytes.
const (
	// MaxTag is the longest tag that is read; a longer one passes as it is.
	MaxTag = 64 << 10
	// MaxScript is the longest inline script that is read; a longer one passes as it is.
	MaxScript = 64 << 10
	// maxHead is how far into the head a <meta charset> is looked for: as far as browsers look for it
	// (HTML standard 13.2.3.2, "prescan a byte stream").
	maxHead = 1024
)

// Body says what the bytes are known to be.
type Body uint8

// Auto takes a body for a document if its first character is '<', and leaves anything else alone: JSON and scripts are
// often served as text/html. Page is a document whatever it starts with. Fragment is what a page or a worker fetched for
// itself, and may be a part of a document: it gets the snippet only if it starts as a whole one does, with a doctype,
// <html> or <head>. A service worker hands such a one on to the browser.
const (
	Auto Body = iota
	Page
	Fragment
	bodyCount
)

var bodyNames = [bodyCount]string{"auto", "page", "fragment"}

// String names the body.
func (b Body) String() string {
	if b < bodyCount {
		return bodyNames[b]
	}
	return "unknown"
}

// Options say how one document is rewritten. The zero value holds Segment and inserts nothing.
type Options struct {
	// Gate decides. Nil stands for a gate of the default configuration that has heard no consent source.
	Gate *blocker.Gate
	// Snippet is put first in head.
	Snippet Snippet
	// Renew replaces a snippet that the document has already. Its nonce stays, and so does one with attributes that the
	// rewriter does not write: somebody else did.
	Renew bool
	// Nonce goes on the snippet's tag; it is the one that the page's content security policy allows.
	Nonce string
	// URL is the document's own, absolute. Without it relative URLs stay, unless a <base> makes them absolute, and those
	// that lack a scheme are taken for https.
	URL string
	// Charset is the label that the transport declares, if it does; a byte order mark overrules it.
	Charset string
	// Body says what the bytes are known to be.
	Body Body
}
