package rewrite

import (
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

// kind is the type of a body as browsers find it: in its headers, or in its first bytes.
func (x *response) kind() string {
	if x.sniffed {
		return "text/html"
	}
	return typeIn(x.Header()).essence
}

// needsBytes reports whether the first bytes of the body matter: browsers look into one whose type is not said, and so
// does net/http, which then says it, unless the header is there and has no value.
func (x *response) needsBytes() bool {
	h := x.Header()
	if x.use == useOther || x.r.Method == http.MethodHead || (x.status != 0 && !bodyAllowed(x.status)) {
		return false
	}
	return typeIn(h).essence == "" && (!hasType(h) || !forbidsSniffing(h))
}

func hasType(h http.Header) bool {
	_, has := h["Content-Type"]
	return has
}

// typeBody looks into the body, if it must, and says what net/http would. wait is true while more bytes are needed.
func (x *response) typeBody(first []byte) (wait bool) {
	if !x.needsBytes() {
		return false
	}
	h := x.Header()
	coding, known := codings[contentCoding(h)]
	if !known {
		return false
	}
	if x.sniffed, wait = sniff(first, coding); x.sniffed && !hasType(h) && coding == nil {
		h.Set("Content-Type", sniffedHTML)
	}
	return wait
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
	switch x.kind() {
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
	case charsetOf(typeIn(h).charset) == wide:
		return "charset " + typeIn(h).charset
	}
	return ""
}

// passUnread tells whoever runs the server that a page goes out without the gate.
func (x *response) passUnread(reason string) {
	x.m.o.Logger.Info("HTML passed on unread", "url", x.url, "reason", reason)
	if x.r.Method != http.MethodHead {
		x.report(Report{Unread: reason})
	}
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
	single := v != unreadable && x.admitSnippet()
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
	if tag = suffixed(tag, x.variant()); tag != "" && !single {
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
