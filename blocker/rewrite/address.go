package rewrite

import (
	"bytes"
	"strings"

	"github.com/nlnwa/whatwg-url/url"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

// addresses resolves the URLs of one document and asks the gate about them.
type addresses struct {
	gate *blocker.Gate
	// base is what relative URLs are relative to.
	base *url.Url
	// known is true when the gate may say anything but allow to a URL on the base's own host.
	known bool
	// fixed is true after the first <base href>.
	fixed bool
}

// network are the schemes that leave a trace on the network.
var network = map[string]bool{"http": true, "https": true, "ws": true, "wss": true, "ftp": true}

// nowhere stands for a document whose address is not known: what is relative to it belongs to no host, and only what
// lacks a scheme gets one.
const nowhere = "https://document.invalid/"

func newAddresses(gate *blocker.Gate, document string) addresses {
	a := addresses{gate: gate}
	u, err := url.Parse(shorten(document))
	if err != nil {
		// The constant is a valid URL.
		u, _ = url.Parse(nowhere)
	}
	a.setBase(u)
	return a
}

func (a *addresses) setBase(u *url.Url) {
	a.base = u
	a.known = network[u.Scheme()] && knows(a.gate.Config(), u.Host())
}

// knows reports whether any rule speaks of host.
func knows(c *blocker.Config, host string) bool {
	name := catalog.Hostname(host)
	for i := range catalog.Hosts {
		if catalog.Under(name, catalog.Hosts[i].Name) {
			return true
		}
	}
	for i := range c.Hosts {
		if p := c.Hosts[i].Host; host == p || name == p {
			return true
		}
	}
	for i := range c.Rules {
		if r := c.Rules[i].Host; r != "" && (host == r || catalog.Under(name, r)) {
			return true
		}
	}
	return false
}

// readBase takes the document's first <base href> into account.
func (z *Writer) readBase(t *tag) {
	if z.urls.fixed {
		return
	}
	tag := t.bytes(z)
	for _, a := range z.attributesOf(t) {
		if !is(tag[a.name:a.nameEnd], "href") {
			continue
		}
		z.urls.fixed = true
		u, err := z.urls.resolve(unescape(tag[a.value:a.valueEnd]))
		if err == nil && u.Scheme() != "data" && u.Scheme() != "javascript" {
			z.urls.setBase(u)
		}
		return
	}
}

func (a *addresses) resolve(ref string) (*url.Url, error) { return a.base.Parse(shorten(ref)) }

// maxURL is how much of a URL goes to the parser, whose time grows with the square of the length, in bytes. Whoever pads
// an address beyond it is left to the gate in the page.
const maxURL = 2048

// shorten cuts a long URL: host and path are what is decided by, and what stands behind them goes first.
func shorten(ref string) string {
	if len(ref) <= maxURL {
		return ref
	}
	ref = strings.TrimLeftFunc(ref, func(r rune) bool { return r <= ' ' })
	if end := strings.IndexAny(ref, "?#"); end >= 0 {
		ref = ref[:end]
	}
	return ref[:min(len(ref), maxURL)]
}

// judge asks the gate about the URL in an attribute. full is the URL as it was resolved, when it is not allowed.
func (a *addresses) judge(kind blocker.Kind, value []byte) (d blocker.Decision, full string) {
	host, path, sort := sortURL(value)
	switch {
	case sort == noRequest, sort == relative && !a.known:
		return blocker.Decision{}, ""
	case sort == absolute:
		d = a.gate.Decide(blocker.Request{Kind: kind, Host: lowerHost(host), Path: string(path)})
		if d.Action == blocker.Allow {
			return d, ""
		}
		if full, ok := a.write(value, host, path); ok {
			return d, full
		}
	}
	return a.judgeText(kind, unescape(value))
}

// write puts an absolute URL down as the parser would, unless its query takes the parser to do so.
func (a *addresses) write(value, host, path []byte) (string, bool) {
	scheme, rest, _ := bytes.Cut(value, []byte("//"))
	query, _, _ := bytes.Cut(rest, []byte("#"))
	if i := bytes.IndexByte(query, '?'); i >= 0 {
		query = query[i:]
	} else {
		query = nil
	}
	for _, c := range query {
		if oddInURL[c] {
			return "", false
		}
	}
	before := strings.ToLower(string(scheme))
	if before == "" {
		before = a.base.Scheme() + ":"
	}
	return before + "//" + lowerHost(host) + string(path) + string(query), true
}

// judgePlain is judge for a value that is decoded already.
func (a *addresses) judgePlain(kind blocker.Kind, ref string) (d blocker.Decision, full string) {
	if _, _, sort := sortURL([]byte(ref)); sort == odd {
		return a.judgeText(kind, ref)
	}
	return a.judge(kind, []byte(ref))
}

// judgeText asks the gate about a URL that holds no character references, or none any more.
func (a *addresses) judgeText(kind blocker.Kind, ref string) (d blocker.Decision, full string) {
	u, err := a.resolve(ref)
	if err != nil || !network[u.Scheme()] {
		return blocker.Decision{}, ""
	}
	d = a.gate.Decide(blocker.Request{Kind: kind, Host: u.Host(), Path: u.Pathname()})
	if d.Action != blocker.Allow {
		full = u.Href(true)
	}
	return d, full
}

func lowerHost(host []byte) string {
	for _, c := range host {
		if c >= 'A' && c <= 'Z' {
			return strings.ToLower(string(host))
		}
	}
	return string(host)
}

// urlSort is what a look at a URL's text can tell without a parser.
type urlSort uint8

const (
	// odd needs the parser.
	odd urlSort = iota
	// absolute is http or https, with a host and a path that the parser would not change but for case.
	absolute
	// relative stays on the base's host.
	relative
	// noRequest leaves no trace on the network.
	noRequest
)

// sortURL is the cheap first look: most URLs of a page are plain, and the parser costs more than all else together. It
// only answers where the URL standard leaves no doubt.
func sortURL(value []byte) (host, path []byte, sort urlSort) {
	end, colon := len(value), none
	for i, c := range value {
		if c == '?' || c == '#' {
			end = i
			break
		}
		if oddInURL[c] {
			return nil, nil, odd
		}
		if c == ':' && colon < 0 {
			colon = i
		}
		if c == '/' && colon < 0 {
			colon = len(value)
		}
	}
	b := value[:end]
	switch {
	case len(value) == 0:
		return nil, nil, noRequest
	case colon == none || colon == len(value):
		if len(b) < 2 || b[0] != '/' || b[1] != '/' {
			return nil, nil, relative
		}
		return splitHost(b[2:])
	case len(b) > 7 && is(b[:7], "http://"):
		return splitHost(b[7:])
	case len(b) > 8 && is(b[:8], "https://"):
		return splitHost(b[8:])
	case is(b[:colon], "data"):
		return nil, nil, noRequest
	}
	return nil, nil, odd
}

// splitHost splits host and path. Ports, user names, addresses in numbers, encoded international names and dot segments
// are left to the parser.
func splitHost(b []byte) (host, path []byte, sort urlSort) {
	i, label := 0, 0
	for ; i < len(b) && b[i] != '/'; i++ {
		switch c := b[i]; {
		case i == label && len(b)-i > 4 && is(b[i:i+4], "xn--"):
			return nil, nil, odd
		case c == '.':
			label = i + 1
		case !isLetter(c) && !isDigit(c) && c != '-' && c != '_':
			return nil, nil, odd
		}
	}
	if label >= i || !isLetter(b[label]) {
		return nil, nil, odd
	}
	if i == len(b) {
		return b, []byte("/"), absolute
	}
	for j := i; j+1 < len(b); j++ {
		if b[j] == '/' && b[j+1] == '.' {
			return nil, nil, odd
		}
	}
	return b[:i], b[i:], absolute
}

// oddInURL marks the bytes that entities, the URL parser or a character encoding may turn into something else.
var oddInURL = func() (table [256]bool) {
	for c := range table {
		table[c] = c <= ' ' || c >= 0x7f
	}
	for _, c := range []byte("&%\\\"<>^`{|}") {
		table[c] = true
	}
	return table
}()
