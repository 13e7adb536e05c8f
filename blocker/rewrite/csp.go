package rewrite

import (
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

const policyHeader = "Content-Security-Policy"

// directive is one directive of a policy: "script-src 'self' https://cdn.example".
type directive struct {
	// name is lower-case; text is the directive as it stands.
	name, text string
	sources    []string
}

// policy is one content security policy (CSP Level 3 section 2.2).
type policy []directive

// fallbacks are the directives that are consulted for what Segment and the site's rules would load, in order
// (CSP Level 3 section 6.8).
var fallbacks = [...][]string{
	{"script-src-elem", "script-src", "default-src"},
	{"connect-src", "default-src"},
	{"img-src", "default-src"},
	{"frame-src", "child-src", "default-src"},
	{"style-src-elem", "style-src", "default-src"},
	{"font-src", "default-src"},
	{"media-src", "default-src"},
	{"object-src", "default-src"},
	{"worker-src", "child-src", "script-src", "default-src"},
}

func parsePolicy(text string) policy {
	var p policy
	for part := range strings.SplitSeq(text, ";") {
		words := strings.FieldsFunc(part, isSpaceRune)
		if len(words) == 0 {
			p = append(p, directive{text: part})
			continue
		}
		p = append(p, directive{name: strings.ToLower(words[0]), text: part, sources: words[1:]})
	}
	return p
}

func (p policy) String() string {
	parts := make([]string, len(p))
	for i := range p {
		parts[i] = p[i].text
	}
	return strings.Join(parts, ";")
}

// get returns the first directive that governs, of those named; the first of a name counts.
func (p policy) get(names []string) *directive {
	for _, name := range names {
		for i := range p {
			if p[i].name == name {
				return &p[i]
			}
		}
	}
	return nil
}

// nonceIn returns the nonce that a page's policies allow for scripts.
func nonceIn(headers []string) string {
	for _, header := range headers {
		for text := range strings.SplitSeq(header, ",") {
			d := parsePolicy(text).get(fallbacks[0])
			if d == nil {
				continue
			}
			for _, s := range d.sources {
				if value, ok := cutKeyword(s, "'nonce-"); ok {
					return value
				}
			}
		}
	}
	return ""
}

// cutKeyword cuts the value out of a quoted source with a value.
func cutKeyword(source, keyword string) (string, bool) {
	if len(source) <= len(keyword)+1 || !strings.EqualFold(source[:len(keyword)], keyword) ||
		source[len(source)-1] != '\'' {
		return "", false
	}
	return source[len(keyword) : len(source)-1], true
}

// splitSource splits a host source (CSP Level 3 section 2.3.1) into its host, lower-case and without its port, and its
// path. ok is false for keywords, nonces, hashes, schemes and "*".
func splitSource(source string) (host, path string, ok bool) {
	if source == "*" || strings.HasPrefix(source, "'") || strings.HasSuffix(source, ":") {
		return "", "", false
	}
	if _, rest, found := strings.Cut(source, "://"); found {
		source = rest
	}
	host, path = source, ""
	if slash := strings.IndexByte(source, '/'); slash >= 0 {
		host, path = source[:slash], source[slash:]
	}
	return catalog.Hostname(strings.ToLower(host)), path, true
}

// allows reports whether a directive may let something from host through; scripts also by nonce and by trust.
func (d *directive) allows(host string, script bool) bool {
	for _, source := range d.sources {
		switch {
		case source == "*":
			return true
		case source[0] == '\'':
			_, nonce := cutKeyword(source, "'nonce-")
			if script && (nonce || strings.EqualFold(source, "'strict-dynamic'")) {
				return true
			}
		case strings.HasSuffix(source, ":"):
			if network[strings.ToLower(source[:len(source)-1])] {
				return true
			}
		default:
			name, _, _ := splitSource(source)
			if base, wild := strings.CutPrefix(name, "*."); name == host ||
				(wild && (catalog.Under(host, base) || catalog.Under(base, host))) || catalog.Under(name, host) {
				return true
			}
		}
	}
	return false
}
