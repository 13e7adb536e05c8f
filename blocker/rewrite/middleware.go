package rewrite

import (
	"log/slog"
	"net/http"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// MiddlewareOptions say how responses are gated. The zero value holds Segment for everyone and inserts no snippet.
type MiddlewareOptions struct {
	// Config is the gate's configuration, the same that the page's gate gets. Its PageHost is set for each request.
	Config blocker.Config
	// Snippet starts the gate in every page.
	Snippet Snippet
	// Consent reads the choice that is stored with a request: the CMP's cookie. It is not asked when the configuration
	// does not trust stored choices. Global Privacy Control is read without it.
	Consent func(*http.Request) []consent.Signal
	// Vary names the request headers that Consent reads. Nil stands for Cookie if Consent is set.
	Vary []string
	// URL returns the absolute address of the requested document as the browser knows it. Nil derives it from the
	// request's Host and from whether it came over TLS; behind a balancer that ends TLS, a function is needed.
	URL func(*http.Request) string
	// Strict adds a content security policy to pages while Segment is not allowed, which denies every host that the
	// gate does not allow now. A policy cannot be lifted in a page, so that Segment then starts with the page view
	// after the grant. See StrictHosts.
	Strict bool
	// StrictHosts are the other hosts that pages load from ("cdn.example", "https://*.img.example", as in a policy's
	// source list). Policies can only list what is allowed: unless the page's own policy names its hosts and thereby
	// denies Segment's once they are taken out, what is not listed here is denied with Segment in strict mode.
	StrictHosts []string
	// Logger gets one line for each body that was passed on unread and for each that is not what its headers say.
	// Nil stands for slog.Default().
	Logger *slog.Logger
	// Report is called once for each page: when the body of a rewritten one has ended, and before that of one which is passed
	// on as it is, with the reason (Unread).
	Report func(*http.Request, Report)
}

// Middleware gates the responses of a handler.
//
// HTML bodies are rewritten as they stream by, also those compressed with gzip or br; nothing waits for the end of the
// body, and Flush goes through. What is HTML is what browsers take for it: where the headers say no type, the first 512
// bytes are waited for and looked into, unless X-Content-Type-Options forbids it and the handler wants no type (its
// Content-Type is there and nil; net/http writes one otherwise). Left alone are other types, HEAD, 204, 206 and 304 bodies, attachments, responses with
// Cache-Control: no-transform, unknown or stacked content encodings, UTF-16, upgraded and hijacked connections, and
// what Sec-Fetch-Dest says is no document. The handler is not offered encodings that cannot be undone (zstd, deflate)
// where a page may be the answer. What a page or a service worker fetches (Sec-Fetch-Dest: empty) gets the snippet only
// if it is a whole page, which a worker may answer a navigation with; a part of one gets none.
//
// The headers follow. Content-Length, Accept-Ranges, Last-Modified and digests of a rewritten body are dropped; its ETag
// is made weak and gets a suffix for the state of consent, which is taken off again when it comes back in a request, so
// that revalidation works and a page cached under another consent is not reused. Vary names what the answer depends on.
// From every response, whatever its type, the cookies and the Link preloads that the gate does not allow are taken out;
// cookies that are being deleted pass. The snippet gets the nonce of the page's content security policy; a policy that would
// refuse it still gets its URL, the hash of an inline one, or, with 'strict-dynamic', a nonce, and means the same for all else.
//
// The ResponseWriter passed on supports Flush, Hijack, ReadFrom, Unwrap (for http.ResponseController) and trailers. It
// does not support HTTP/2 push. No goroutine outlives a request.
func Middleware(o MiddlewareOptions) func(http.Handler) http.Handler {
	m := &middleware{o: o, seed: variantSeed(o)}
	if m.o.URL == nil {
		m.o.URL = documentURL
	}
	if m.o.Logger == nil {
		m.o.Logger = slog.Default()
	}
	m.vary = m.varyOn()
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.serve(w, r, next) })
	}
}

type middleware struct {
	o    MiddlewareOptions
	seed string
	vary []string
}

func (m *middleware) serve(w http.ResponseWriter, r *http.Request, next http.Handler) {
	x := &response{w: w, r: r, m: m, url: m.o.URL(r), use: destination(r)}
	x.gate = m.gate(r, x.url)
	// A handler that panics is not finished, but what it used is given back.
	defer x.release()
	next.ServeHTTP(x, x.upstreamRequest())
	x.finish()
}

// gate makes the gate for one request, with what is known of the visitor's choice.
func (m *middleware) gate(r *http.Request, url string) *blocker.Gate {
	config := m.o.Config
	config.PageHost = hostOf(url)
	g := blocker.New(config)
	if m.o.Consent != nil && !config.IgnoreStored {
		for _, s := range m.o.Consent(r) {
			g.Apply(s)
		}
	}
	if !config.IgnoreGPC && r.Header.Get("Sec-GPC") == "1" {
		s := consent.Signal{Source: consent.GPC}
		s.States[consent.Marketing] = consent.Denied
		g.Apply(s)
	}
	return g
}

// varyOn lists the request headers that a response depends on.
func (m *middleware) varyOn() []string {
	names := m.o.Vary
	if names == nil && m.o.Consent != nil {
		names = []string{"Cookie"}
	}
	names = append([]string(nil), names...)
	if !m.o.Config.IgnoreGPC {
		names = append(names, "Sec-GPC")
	}
	return append(names, "Sec-Fetch-Dest")
}

func documentURL(r *http.Request) string {
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + r.URL.EscapedPath()
}

// hostOf returns the host of an absolute URL as a browser writes it: lower-case, without the scheme's own port.
func hostOf(url string) string {
	scheme, rest, ok := strings.Cut(url, "://")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(rest, "/?#\\"); end >= 0 {
		rest = rest[:end]
	}
	if user := strings.LastIndexByte(rest, '@'); user >= 0 {
		rest = rest[user+1:]
	}
	port := ":80"
	if strings.EqualFold(scheme, "https") {
		port = ":443"
	}
	return strings.TrimSuffix(strings.ToLower(rest), port)
}

// use is what a browser does with the response.
type use uint8

const (
	// useUnknown: the browser does not say, or it is no browser.
	useUnknown use = iota
	useDocument
	useFetched
	// useOther is no document: a script, an image and so on.
	useOther
)

// destination reads Sec-Fetch-Dest (Fetch Metadata Request Headers).
func destination(r *http.Request) use {
	switch r.Header.Get("Sec-Fetch-Dest") {
	case "":
		return useUnknown
	case "document", "iframe", "frame", "embed", "object", "fencedframe":
		return useDocument
	case "empty":
		return useFetched
	}
	return useOther
}

// wantsDocument reports whether a request is one whose cached answer a browser would show as a page.
func (u use) wantsDocument(r *http.Request) bool {
	return u == useDocument || (u == useUnknown && strings.Contains(r.Header.Get("Accept"), "text/html"))
}

func (u use) body() Body {
	switch u {
	case useDocument:
		return Page
	case useFetched:
		return Fragment
	}
	return Auto
}
