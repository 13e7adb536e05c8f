package rewrite

import (
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// verdict is what is to be done about a response.
type verdict uint8

const (
	// notHTML: the body and the headers about it stay.
	notHTML verdict = iota
	// unreadable is HTML whose bytes must stay.
	unreadable
	// unchanged is HTML that the browser has already.
	unchanged
	// gated is HTML that is rewritten.
	gated
)

// typeBody finds the type that the handler did not set, the way net/http does it.
func (x *response) typeBody(first []byte) {
	h := x.Header()
	if _, typed := h["Content-Type"]; typed || len(first) == 0 || h.Get("Content-Encoding") != "" {
		return
	}
	if t := http.DetectContentType(first); strings.HasPrefix(t, "text/html") {
		h.Set("Content-Type", t)
	}
}

func (x *response) judgeBody() verdict {
	h := x.Header()
	if x.status == http.StatusNotModified {
		if x.use.wantsDocument(x.r) || len(x.restored) > 0 {
			return unchanged
		}
		return notHTML
	}
	if x.use == useOther || !bodyAllowed(x.status) {
		return notHTML
	}
	switch typeOf(h) {
	case "text/html":
	case "application/xhtml+xml":
		x.passUnread("XHTML is parsed as XML, by other rules")
		return notHTML
	default:
		return notHTML
	}
	if reason := x.unread(); reason != "" {
		x.passUnread(reason)
		return unreadable
	}
	if x.status == http.StatusPartialContent || h.Get("Content-Range") != "" || isAttachment(h) {
		return unreadable
	}
	return gated
}

// unread says why a whole page cannot be rewritten, as its headers tell; empty when it can.
func (x *response) unread() string {
	h := x.Header()
	_, known := codings[contentCoding(h)]
	switch {
	case !known:
		return "content encoding " + contentCoding(h)
	case hasToken(h.Values("Cache-Control"), "no-transform"):
		return "no-transform"
	case charsetOf(charsetParameter(h)) == wide:
		return "charset " + charsetParameter(h)
	}
	return ""
}

// passUnread tells whoever runs the server that a page goes out without the gate.
func (x *response) passUnread(reason string) {
	x.m.o.Logger.Info("HTML passed on unread", "url", x.url, "reason", reason)
}

// typeOf is the one media type of a response in lower case; empty where it has none, or several.
func typeOf(h http.Header) string {
	values := h.Values("Content-Type")
	if len(values) != 1 {
		return ""
	}
	kind, _, _ := strings.Cut(values[0], ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

func charsetParameter(h http.Header) string {
	_, parameters, err := mime.ParseMediaType(h.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return parameters["charset"]
}

func contentCoding(h http.Header) string {
	return strings.ToLower(strings.TrimSpace(strings.Join(h.Values("Content-Encoding"), ",")))
}

func isAttachment(h http.Header) bool {
	kind, _, _ := strings.Cut(h.Get("Content-Disposition"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), "attachment")
}

// hasToken reports whether a word is in a list of comma-separated ones.
func hasToken(values []string, word string) bool {
	for _, value := range values {
		for part := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(part), word) {
				return true
			}
		}
	}
	return false
}

// cleanHeaders takes out what would store or load something that the gate does not allow now.
func (x *response) cleanHeaders() {
	h := x.Header()
	cookies := h["Set-Cookie"]
	kept := slices.DeleteFunc(slices.Clone(cookies), func(line string) bool {
		return !isDeletion(line) &&
			x.gate.Decide(blocker.Request{Kind: blocker.Cookie, Name: line}).Action != blocker.Allow
	})
	changed := len(kept) < len(cookies)
	setValues(h, "Set-Cookie", kept, changed)
	if lines := h["Link"]; len(lines) > 0 {
		urls := newAddresses(x.gate, x.url)
		if links, cut := urls.stripLinks(lines); cut {
			setValues(h, "Link", links, true)
			changed = true
		}
	}
	if changed {
		addVary(h, x.m.vary)
	}
}

func setValues(h http.Header, name string, values []string, changed bool) {
	switch {
	case !changed:
	case len(values) == 0:
		h.Del(name)
	default:
		h[name] = values
	}
}

// isDeletion reports whether a Set-Cookie line ends a cookie's life.
func isDeletion(line string) bool {
	c, err := http.ParseSetCookie(line)
	if err != nil {
		return false
	}
	return c.MaxAge < 0 || (c.MaxAge == 0 && !c.Expires.IsZero() && c.Expires.Before(time.Now()))
}

// bodyHeaders are about the bytes of a body, and wrong once they are changed (RFC 9110, RFC 9530, RFC 1864).
var bodyHeaders = [...]string{
	"Content-Length", "Accept-Ranges", "Last-Modified", "Content-Md5", "Digest", "Content-Digest", "Repr-Digest",
}

// gateHeaders mends the headers of HTML.
func (x *response) gateHeaders(v verdict) {
	h := x.Header()
	addVary(h, x.m.vary)
	if x.m.o.Strict {
		x.m.restrict(h, x.gate, v == unchanged)
	}
	tag := h.Get("Etag")
	switch v {
	case unchanged:
		if tag == "" || !slices.Contains(x.restored, opaque(tag)) {
			return
		}
	case gated:
		for _, name := range bodyHeaders {
			h.Del(name)
		}
	default:
		return
	}
	h.Del("Etag")
	if tag = suffixed(tag, x.variant()); tag != "" {
		h.Set("Etag", tag)
	}
}

// addVary adds names to Vary, each once.
func addVary(h http.Header, names []string) {
	present := h.Values("Vary")
	if hasToken(present, "*") {
		return
	}
	for _, name := range names {
		if !hasToken(h.Values("Vary"), name) {
			h.Add("Vary", name)
		}
	}
}
