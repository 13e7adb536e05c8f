package rewrite

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

const ownPolicy = "default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob: filesystem: mediastream: about: https://cdn.example"

func restricted(t testing.TB, granted, existing bool, lines ...string) []string {
	m := &middleware{o: MiddlewareOptions{Strict: true, StrictHosts: []string{
		"https://cdn.example", "https://cdn.segment.com", "*.segmentapis.com", "bad; script-src *", "bad, x",
	}}}
	h := http.Header{}
	for _, line := range lines {
		h.Add(policyHeader, line)
	}
	m.restrict(h, testGate(t, granted), existing)
	return h.Values(policyHeader)
}

func TestStrictPolicies(t *testing.T) {
	const all = "default-src 'none'; img-src 'self' https://img.example"
	for name, c := range map[string]struct{ lines, want []string }{
		"no policy":               {nil, []string{ownPolicy}},
		"one that denies already": {[]string{all}, []string{all}},
		"Segment's hosts go": {
			[]string{"default-src 'self' https://cdn.segment.com https://a.example; connect-src  'self' api.segment.io:443 *.segmentapis.com; form-action https://cdn.segment.com"},
			[]string{"default-src 'self' https://a.example; connect-src 'self'; form-action https://cdn.segment.com"},
		},
		"an empty list denies": {
			[]string{"default-src 'self';script-src https://cdn.segment.com/analytics.js/"},
			[]string{"default-src 'self';script-src 'none'"},
		},
		"a wildcard that names more stays, and a policy is added": {
			[]string{"default-src *.segment.com"}, []string{"default-src *.segment.com", ownPolicy},
		},
		"everything":             {[]string{"default-src *"}, []string{"default-src *", ownPolicy}},
		"a scheme":               {[]string{"default-src 'self' https:"}, []string{"default-src 'self' https:", ownPolicy}},
		"images are open":        {[]string{"default-src 'self'; img-src *"}, []string{"default-src 'self'; img-src *", ownPolicy}},
		"only scripts are named": {[]string{"script-src 'self'"}, []string{"script-src 'self'", ownPolicy}},
		"trust":                  {[]string{"default-src 'self'; script-src 'nonce-x' 'strict-dynamic'"}, []string{"default-src 'self'; script-src 'nonce-x' 'strict-dynamic'", ownPolicy}},
		"two policies together":  {[]string{"script-src 'self', default-src 'self'; script-src *"}, []string{"script-src 'self', default-src 'self'; script-src *"}},
		"two lines together":     {[]string{"script-src 'self'", "default-src 'self'; script-src *"}, []string{"script-src 'self'", "default-src 'self'; script-src *"}},
		"the first of a name":    {[]string{"default-src 'self'; default-src *"}, []string{"default-src 'self'; default-src *"}},
		"a path of a public host": {
			[]string{"default-src https://cdn.jsdelivr.net/npm/@segment/ https://cdn.jsdelivr.net/npm/jquery/"},
			[]string{"default-src https://cdn.jsdelivr.net/npm/jquery/"},
		},
		"first-party proxies and rules": {
			[]string{"default-src https://t.shop.example https://px.example https://shop.example https://img.example"},
			[]string{"default-src https://shop.example https://img.example"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, restricted(t, false, false, c.lines...))
			again := restricted(t, false, false, c.want...)
			assert.Equal(t, c.want, again, "twice is once")
			existing := restricted(t, false, true, c.lines...)
			assert.Len(t, existing, len(c.lines), "a 304 gets no new policy")
			assert.Equal(t, c.lines, restricted(t, true, false, c.lines...), "nothing changes when all is allowed")
		})
	}
}

func TestSharedHeaderValuesAreNotChanged(t *testing.T) {
	shared := []string{"default-src https://cdn.segment.com"}
	h := http.Header{policyHeader: shared}
	m := &middleware{o: MiddlewareOptions{Strict: true}}
	m.restrict(h, testGate(t, false), false)
	assert.Equal(t, "default-src https://cdn.segment.com", shared[0])
	assert.Equal(t, "default-src 'none'", h.Get(policyHeader))
}

// permits is a plain reading of whether policies let a page load from an https host, by host alone.
func permits(lines []string, directives []string, host string) bool {
	for _, line := range lines {
		for text := range strings.SplitSeq(line, ",") {
			if d := parsePolicy(text).get(directives); d != nil && !d.allows(host, false) {
				return false
			}
		}
	}
	return true
}

// FuzzPolicy: a narrowed policy never allows more than before, denies every held host, keeps what it does not concern,
// and is narrowed once and for all.
func FuzzPolicy(f *testing.F) {
	for _, line := range []string{
		"", ";", "default-src", "default-src *", "default-src 'self' https://cdn.segment.com; img-src data: *.segment.com", "script-src 'nonce-a' 'strict-dynamic' https:",
		"a b c; default-src x.example:8080/y, script-src-elem HTTPS://CDN.SEGMENT.COM:*", "connect-src wss: //x 'none'; connect-src *", "style-src\thttps://px.example/",
		"img-src 'nonce-' '' ' : :: / // *. *.* .", "sandbox; report-uri https://api.segment.io/r; upgrade-insecure-requests", ownPolicy,
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		before := []string{line}
		after := restricted(t, false, false, line)
		for _, directives := range fallbacks {
			for _, host := range []string{"shop.example", "cdn.example", "other.example", "x.example", "cdn.segment.com", "docs.segment.com", "px.example"} {
				assert.True(t, permits(before, directives, host) || !permits(after, directives, host), "%s %s: %q became %q", directives[0], host, before, after)
			}
			for _, host := range heldHosts(testGate(t, false)) {
				assert.False(t, permits(after, directives, host), "%s %s: %q became %q", directives[0], host, before, after)
			}
		}
		assert.Equal(t, after, restricted(t, false, false, after...), "twice is once")
		assert.Equal(t, before, restricted(t, true, false, line))
		was, is := parsePolicy(strings.Split(line, ",")[0]), parsePolicy(strings.Split(after[0], ",")[0])
		assert.Len(t, is, len(was))
		for i := range was {
			if !narrowed[was[i].name] {
				assert.Equal(t, was[i].text, is[i].text)
			}
		}
	})
}
