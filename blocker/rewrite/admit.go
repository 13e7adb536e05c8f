package rewrite

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	neturl "net/url"
	"slices"
	"strings"

	"github.com/nlnwa/whatwg-url/url"
)

// gateSource is what a content security policy has to allow so that the snippet runs: a URL, or an inline script.
type gateSource struct {
	// url is the snippet's own, nil for an inline one or where it is not known; page is that of the document.
	url, page *url.Url
	inline    bool
	// hash is the source that allows an inline snippet: 'sha256-…'.
	hash string
}

func (s Snippet) source(document string) gateSource {
	if s.src == "" {
		return gateSource{inline: true, hash: s.hash}
	}
	page, err := url.Parse(document)
	if err != nil {
		return gateSource{}
	}
	u, err := page.Parse(s.src)
	if err != nil {
		return gateSource{}
	}
	return gateSource{url: u, page: page}
}

// newlines are ends of lines as the parser makes them one (HTML standard 13.2.3.5).
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func hashSource(code string) string {
	sum := sha256.Sum256([]byte(newlines.Replace(code)))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// admit changes the policies of a page that would refuse the snippet so that they allow it, and nothing else: its exact
// URL is added, the hash of an inline one, or, where URLs count for nothing ('strict-dynamic'), a nonce. An inline snippet
// needs none where 'unsafe-inline' is in force, which a hash would end for the page's own scripts. What governs other
// things too (default-src) is copied for script elements first. The nonce is one that a policy of the page has; fresh is
// true when none had any. refused says why a policy goes on refusing the snippet.
//
// ('unsafe-eval' and 'wasm-unsafe-eval', without which the engine does not start, are the page's to allow.)
func (g *gateSource) admit(h http.Header) (nonce string, fresh bool, refused string) {
	// The slice may be shared with other responses.
	lines := slices.Clone(h[policyHeader])
	nonce = nonceIn(lines)
	changed := false
	for i, line := range lines {
		texts := strings.Split(line, ",")
		for j, text := range texts {
			p := parsePolicy(text)
			d := p.get(fallbacks[0])
			if d == nil || g.allowedBy(d, nonce) {
				continue
			}
			if isNothing(d.sources) {
				refused = "it allows no script"
				continue
			}
			source := g.expression()
			if !g.inline && d.has("'strict-dynamic'") {
				if nonce == "" {
					nonce, fresh = rand.Text(), true
				}
				source = "'nonce-" + nonce + "'"
			}
			if source == "" {
				refused = "the gate's address cannot be named in it"
				continue
			}
			texts[j], changed = p.allowing(d, source).String(), true
		}
		lines[i] = strings.Join(texts, ",")
	}
	if changed {
		h[policyHeader] = lines
	}
	return nonce, fresh, refused
}

// allowing adds a source to the directive that governs script elements.
func (p policy) allowing(d *directive, source string) policy {
	if d.name == "default-src" {
		text := " script-src-elem " + strings.Join(append(slices.Clone(d.sources), source), " ")
		return append(p, directive{name: "script-src-elem", text: text})
	}
	d.text = strings.TrimRightFunc(d.text, isSpaceRune) + " " + source
	return p
}

// allowedBy reports whether a directive lets the snippet through, with a nonce on its tag (CSP Level 3 sections 6.7.1.1
// and 6.7.3.3).
func (g *gateSource) allowedBy(d *directive, nonce string) bool {
	strict, keyed, inline := d.has("'strict-dynamic'"), false, false
	for _, s := range d.sources {
		value, isNonce := cutKeyword(s, "'nonce-")
		switch {
		case isNonce && isBase64(value):
			if value == nonce {
				return true
			}
			keyed = true
		case isHash(s):
			if s == g.hash {
				return true
			}
			keyed = true
		case strings.EqualFold(s, "'unsafe-inline'"):
			inline = true
		case g.url != nil && !strict && g.matches(s):
			return true
		}
	}
	return g.inline && inline && !keyed && !strict
}

func (d *directive) has(keyword string) bool {
	return slices.ContainsFunc(d.sources, func(s string) bool { return strings.EqualFold(s, keyword) })
}

// isNothing reports whether a list allows nothing: it is empty, or 'none'.
func isNothing(sources []string) bool {
	return len(sources) == 0 || (len(sources) == 1 && strings.EqualFold(sources[0], "'none'"))
}

func isHash(source string) bool {
	for _, algorithm := range [...]string{"'sha256-", "'sha384-", "'sha512-"} {
		if value, ok := cutKeyword(source, algorithm); ok && isBase64(value) {
			return true
		}
	}
	return false
}

// isBase64 reports whether a value is one of a nonce or hash (CSP Level 3 section 2.3.1, "base64-value").
func isBase64(value string) bool {
	value = strings.TrimSuffix(strings.TrimSuffix(value, "="), "=")
	for i := 0; i < len(value); i++ {
		if c := value[i]; !isLetter(c) && !isDigit(c) && strings.IndexByte("+/-_", c) < 0 {
			return false
		}
	}
	return value != ""
}

// matches reports whether a source names the snippet's URL (CSP Level 3 section 6.7.2.8). In doubt it does not.
func (g *gateSource) matches(source string) bool {
	u := g.url
	switch {
	case source == "*":
		return u.Scheme() == "http" || u.Scheme() == "https"
	case strings.EqualFold(source, "'self'"):
		return u.Scheme() == g.page.Scheme() && u.Host() == g.page.Host()
	case strings.HasPrefix(source, "'"):
		return false
	}
	scheme, rest, ok := strings.Cut(source, "://")
	if !ok {
		if bare, isScheme := strings.CutSuffix(source, ":"); isScheme {
			return schemeFits(bare, u.Scheme())
		}
		scheme, rest = g.page.Scheme(), source
	}
	authority, path := rest, ""
	if slash := strings.IndexByte(rest, '/'); slash >= 0 {
		authority, path = rest[:slash], rest[slash:]
	}
	host, port, _ := strings.Cut(strings.ToLower(authority), ":")
	return schemeFits(scheme, u.Scheme()) && hostFits(host, u.Hostname()) &&
		(port == "*" || port == u.Port() || port == standardPort[u.Scheme()] && u.Port() == "") &&
		pathFits(path, u.Pathname())
}

var standardPort = map[string]string{"http": "80", "https": "443"}

func schemeFits(source, scheme string) bool {
	source = strings.ToLower(source)
	return source == scheme || (source == "http" && scheme == "https")
}

func hostFits(source, host string) bool {
	if base, wild := strings.CutPrefix(source, "*"); wild {
		return base == "" || (strings.HasPrefix(base, ".") && strings.HasSuffix(host, base))
	}
	return source == host
}

func pathFits(source, path string) bool {
	source, path = decodePath(source), decodePath(path)
	if strings.HasSuffix(source, "/") {
		return strings.HasPrefix(path, source)
	}
	return source == "" || source == path
}

func decodePath(path string) string {
	if decoded, err := neturl.PathUnescape(path); err == nil {
		return decoded
	}
	return path
}

// separators are what ends a source or a policy, in a URL's path.
var separators = strings.NewReplacer(";", "%3B", ",", "%2C")

// expression is the source that allows the snippet, and nothing else; empty when there is none: sources cannot name an
// IPv6 address.
func (g *gateSource) expression() string {
	switch {
	case g.inline:
		return g.hash
	case g.url == nil || g.url.IsIPv6() || standardPort[g.url.Scheme()] == "":
		return ""
	}
	return g.url.Scheme() + "://" + g.url.Host() + separators.Replace(g.url.Pathname())
}

// admitSnippet lets the page's policies allow the snippet, and reports whether the page is now one of its own: with a
// nonce that is for one response alone, which no cache may give to others, and no tag may confirm.
func (x *response) admitSnippet() (single bool) {
	h := x.Header()
	if !x.m.o.Snippet.set() || len(h[policyHeader]) == 0 {
		return false
	}
	source := x.m.o.Snippet.source(x.url)
	nonce, fresh, refused := source.admit(h)
	x.nonce = nonce
	if refused != "" {
		x.m.o.Logger.Info("page without the gate: its content security policy refuses it", "url", x.url, "reason", refused)
	}
	if fresh && !hasToken(h.Values("Cache-Control"), "private") {
		h.Add("Cache-Control", "private")
	}
	return fresh
}
