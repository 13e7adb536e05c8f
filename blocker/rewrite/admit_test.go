package rewrite

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const gateURL = "http://shop.example:8080/sb.js"

var noncePattern = regexp.MustCompile(`nonce-[A-Z2-7]{26}`)

// admitted returns a page's policies as they are sent, with the snippet's tag. Fresh nonces read "nonce-FRESH".
func admitted(t testing.TB, s Snippet, lines ...string) (policies []string, body string, h http.Header) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Security-Policy"] = lines
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Etag", `"v1"`)
		_, _ = w.Write([]byte("<p>"))
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "http://shop.example:8080/dir/page", nil)
	Middleware(MiddlewareOptions{Snippet: s})(handler).ServeHTTP(w, r)
	for _, line := range w.Header()["Content-Security-Policy"] {
		policies = append(policies, noncePattern.ReplaceAllString(line, "nonce-FRESH"))
	}
	return policies, w.Body.String(), w.Header()
}

func TestPoliciesThatWouldRefuseTheGateAllowItAndNothingElse(t *testing.T) {
	external, err := External("/sb.js?v=1", "")
	require.NoError(t, err)
	inline, err := Inline("gate()\r\n", "")
	require.NoError(t, err)
	const hash = "'sha256-yVQ2dhiVIAbscl6c8OeZ25cZKfxaLkXc05j74GX0g44='"
	require.Equal(t, hashSource("gate()\n"), inline.hash)
	for policy, c := range map[string]struct{ external, inline string }{
		"img-src 'self'":                      {"", ""},
		"script-src 'self'":                   {"", "script-src 'self' HASH"},
		"script-src *":                        {"", "script-src * HASH"},
		"script-src http:":                    {"", "script-src http: HASH"},
		"script-src shop.example:8080":        {"", "script-src shop.example:8080 HASH"},
		"script-src HTTP://SHOP.EXAMPLE:*":    {"", "script-src HTTP://SHOP.EXAMPLE:* HASH"},
		"script-src *.example:8080/sb.js":     {"", "script-src *.example:8080/sb.js HASH"},
		"script-src shop.example:8080/":       {"", "script-src shop.example:8080/ HASH"},
		"script-src 'nonce-abc'":              {"", ""},
		"script-src 'unsafe-inline' 'self'":   {"", ""},
		"script-src 'unsafe-inline' https:":   {"script-src 'unsafe-inline' https: URL", ""},
		"script-src shop.example":             {"script-src shop.example URL", "script-src shop.example HASH"},
		"script-src shop.example:8080/js/":    {"script-src shop.example:8080/js/ URL", "script-src shop.example:8080/js/ HASH"},
		"script-src shop.example:8080/sb":     {"script-src shop.example:8080/sb URL", "script-src shop.example:8080/sb HASH"},
		"script-src *.shop.example:8080":      {"script-src *.shop.example:8080 URL", "script-src *.shop.example:8080 HASH"},
		"script-src 'unsafe-inline' a.test":   {"script-src 'unsafe-inline' a.test URL", ""},
		"Script-Src a.test; script-src *":     {"Script-Src a.test URL; script-src *", "Script-Src a.test HASH; script-src *"},
		"script-src 'sha256-QQ==' ;img-src *": {"script-src 'sha256-QQ==' URL;img-src *", "script-src 'sha256-QQ==' HASH;img-src *"},
		"script-src 'unsafe-inline' 'sha256-QQ=='": {
			"script-src 'unsafe-inline' 'sha256-QQ==' URL", "script-src 'unsafe-inline' 'sha256-QQ==' HASH",
		},
		"script-src 'unsafe-inline' 'nonce-'": {"script-src 'unsafe-inline' 'nonce-' URL", ""},
		"script-src 'strict-dynamic' 'sha256-QQ==' *": {
			"script-src 'strict-dynamic' 'sha256-QQ==' * 'nonce-FRESH'", "script-src 'strict-dynamic' 'sha256-QQ==' * HASH",
		},
		"script-src 'Strict-Dynamic' 'unsafe-inline'": {
			"script-src 'Strict-Dynamic' 'unsafe-inline' 'nonce-FRESH'", "script-src 'Strict-Dynamic' 'unsafe-inline' HASH",
		},
		"default-src a.test 'unsafe-inline'; img-src *": {
			"default-src a.test 'unsafe-inline'; img-src *; script-src-elem a.test 'unsafe-inline' URL", "",
		},
		"default-src a.test": {"default-src a.test; script-src-elem a.test URL", "default-src a.test; script-src-elem a.test HASH"},
		"default-src 'none'; script-src-elem a.test; script-src b.test": {
			"default-src 'none'; script-src-elem a.test URL; script-src b.test",
			"default-src 'none'; script-src-elem a.test HASH; script-src b.test",
		},
		"script-src 'unsafe-inline' a.test, script-src 'self' 'unsafe-inline'": {
			"script-src 'unsafe-inline' a.test URL, script-src 'self' 'unsafe-inline'", "",
		},
		"script-src a.test|script-src b.test": {
			"script-src a.test URL|script-src b.test URL", "script-src a.test HASH|script-src b.test HASH",
		},
		"script-src 'nonce-abc'|script-src 'nonce-def' 'strict-dynamic', script-src a.test": {
			"script-src 'nonce-abc'|script-src 'nonce-def' 'strict-dynamic' 'nonce-abc', script-src a.test URL",
			"script-src 'nonce-abc'|script-src 'nonce-def' 'strict-dynamic' HASH, script-src a.test HASH",
		},
	} {
		t.Run(policy, func(t *testing.T) {
			for name, s := range map[string]Snippet{"external": external, "inline": inline} {
				want := map[string]string{"external": c.external, "inline": c.inline}[name]
				if want == "" {
					want = policy
				}
				want = strings.NewReplacer("URL", gateURL, "HASH", hash).Replace(want)
				got, body, h := admitted(t, s, strings.Split(policy, "|")...)
				assert.Equal(t, strings.Split(want, "|"), got, name)
				fresh := strings.Contains(want, "FRESH")
				if fresh {
					assert.Regexp(t, `<script data-segment-gate nonce="[A-Z2-7]{26}" src=`, body)
				}
				assert.Equal(t, fresh, h.Get("Etag") == "", "a nonce is for one response")
				assert.Equal(t, fresh, h.Get("Cache-Control") == "private")
				if !fresh {
					again, _, _ := admitted(t, s, got...)
					assert.Equal(t, got, again, "twice is once")
				}
			}
		})
	}
}

func TestAPageWhosePolicyCannotAllowTheGateIsLogged(t *testing.T) {
	external, err := External("http://[::1]:8080/sb.js", "")
	require.NoError(t, err)
	for policy, reason := range map[string]string{
		"default-src 'none'":                  "it allows no script",
		"script-src; default-src *":           "it allows no script",
		"script-src a.test; default-src *":    "the gate's address cannot be named in it",
		"script-src 'unsafe-inline' *":        "",
		"script-src a.test 'strict-dynamic'":  "",
		"script-src 'nonce-a' a.test":         "",
		"script-src-attr 'none'; img-src 'x'": "",
	} {
		source := external.source("http://shop.example/")
		h := http.Header{policyHeader: {policy}}
		_, fresh, refused := source.admit(h)
		assert.Equal(t, reason, refused, policy)
		assert.Equal(t, fresh, h.Get(policyHeader) != policy, policy)
	}
	shared := http.Header{policyHeader: {"script-src a.test"}}
	lines := shared[policyHeader]
	source := Snippet{src: "/sb.js"}.source("http://shop.example/")
	source.admit(shared)
	assert.Equal(t, "script-src a.test", lines[0], "a slice that other responses share is not changed")
}

func TestReportOnlyPoliciesStay(t *testing.T) {
	h := http.Header{policyHeader + "-Report-Only": {"script-src a.test"}}
	source := Snippet{src: "/sb.js"}.source("http://shop.example/")
	source.admit(h)
	assert.Equal(t, http.Header{policyHeader + "-Report-Only": {"script-src a.test"}}, h)
}

// FuzzAdmit: what a policy says of everything but the gate it says afterwards too, and the gate is let through unless the
// reason says why not.
func FuzzAdmit(f *testing.F) {
	for _, line := range []string{
		"", ";", "script-src", "script-src 'none'", "default-src 'self' a.test; img-src *", "script-src 'strict-dynamic' 'nonce-a'",
		"script-src 'unsafe-inline' 'sha256-QQ=='", "script-src 'unsafe-inline' https:, default-src 'none'", "script-src-elem\t*;", ownPolicy,
	} {
		f.Add(line, true)
		f.Add(line, false)
	}
	f.Fuzz(func(t *testing.T, line string, inline bool) {
		s := Snippet{src: "/sb.js"}
		if inline {
			s = Snippet{code: "x", hash: hashSource("x")}
		}
		source := s.source("https://shop.example/")
		h := http.Header{policyHeader: {line}}
		nonce, _, refused := source.admit(h)
		before, after := strings.Split(line, ","), strings.Split(h.Get(policyHeader), ",")
		require.Len(t, after, len(before))
		allowed := true
		for i := range before {
			was, is := parsePolicy(before[i]), parsePolicy(after[i])
			for _, names := range fallbacks {
				for _, host := range []string{"a.test", "other.example", "cdn.segment.com"} {
					one, two := was.get(names), is.get(names)
					assert.Equal(t, one == nil || one.allows(host, false), two == nil || two.allows(host, false), "%s %s: %q", names[0], host, after[i])
				}
			}
			if d := is.get(fallbacks[0]); d != nil {
				allowed = allowed && source.allowedBy(d, nonce)
				other := gateSource{inline: true, hash: "'sha256-other'"}
				assert.Equal(t, other.allowedBy(was.get(fallbacks[0]), ""), other.allowedBy(d, ""), "other inline scripts: %q", after[i])
			}
			for _, name := range []string{"script-src-attr", "img-src", "connect-src", "worker-src"} {
				names := []string{name, "script-src", "default-src"}
				one, two := was.get(names), is.get(names)
				if one != nil && one.name != "script-src" {
					assert.Equal(t, one.text, two.text)
				}
			}
		}
		assert.Equal(t, allowed, refused == "", "%q: %s", after, refused)
	})
}
