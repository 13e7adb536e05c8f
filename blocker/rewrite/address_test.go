package rewrite

import (
	"strings"
	"testing"
	"time"

	"github.com/nlnwa/whatwg-url/url"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// refs are URLs as they stand in pages: plain ones, and those that browsers read in their own way.
var refs = []string{
	"", "a", "/", "/a/b?c#d", "//cdn.segment.com", "//cdn.segment.com/a", "///cdn.segment.com/a", "/\\cdn.segment.com/a",
	"https://cdn.segment.com", "https://cdn.segment.com?q", "https://cdn.segment.com#f", "HTTPS://CDN.segment.COM/A",
	"http://cdn.segment.com:80/", "https://cdn.segment.com:443", "https://cdn.segment.com:8443/a", "https://cdn.segment.com:/",
	"https://cdn.segment.com./", "https://cdn.segment.com../", "https://.cdn.segment.com/", "https://cdn..segment.com/",
	"https://u@cdn.segment.com/", "https://u:p@cdn.segment.com/", "https://cdn.segment.com@shop.example/",
	"https:cdn.segment.com/a", "https:/cdn.segment.com/a", "https:///cdn.segment.com/a", "https:\\\\cdn.segment.com/a",
	"http:cdn.segment.com/a", " https://cdn.segment.com/ ", "\x01https://cdn.segment.com/", "ht\ntps://cdn.segment.com/",
	"https://cdn.segment.com/a/../b", "https://cdn.segment.com/a/./b", "https://cdn.segment.com/a/%2e%2e/b", "/a/../b",
	"https://cdn.segment.com/.well-known/x", "https://c%64n.segment.com/", "https://cdn%2esegment.com/", "https://cdn.segment.com%00/",
	"https://\uff43\uff44\uff4e.segment.com/", "https://cdn\u3002segment.com/", "https://\u00ad\u200bcdn.segment.com/", "https://m\u00fcnchen.example/",
	"https://xn--mnchen-3ya.example/", "https://1.2.3.4/", "https://16909060/", "https://0x1020304/", "https://1.2.3.0x4/", "https://[::1]/",
	"https://a.1/", "https://a.0x/", "https://a_b.example/", "https://a-.example/", "https://a b/", "https://a<b/", "https://a^b/", "https://",
	"data:text/html,x", "DATA:,x", "javascript:x", "blob:https://cdn.segment.com/x", "mailto:a@cdn.segment.com", "about:blank",
	"ws://cdn.segment.com/", "ftp://cdn.segment.com/", "file://cdn.segment.com/", "foo://cdn.segment.com/", "foo:bar", "1a:b", "a:b", ":a", "a/b:c",
	"?q", "#f", "?//cdn.segment.com", "https://shop.example/?u=https://cdn.segment.com", "https://cdn.segment.com/\"<>`{}|^ ", "a\x00b",
	"https://cdn.segment.com/\xff", "\xffhttps://cdn.segment.com/", "https://cdn.segment.com&period;x/",
}

const documentAddress = "https://shop.example/dir/page?q"

// checkSort holds what the cheap look says against the parser.
func checkSort(t *testing.T, ref string) {
	host, path, sort := sortURL([]byte(ref))
	if sort == odd {
		return
	}
	base, err := url.Parse(documentAddress)
	require.NoError(t, err)
	u, err := base.Parse(ref)
	switch sort {
	case absolute:
		if err != nil {
			// Whatever a parser refuses leads nowhere; to say that it leads to a host errs on the safe side.
			return
		}
		assert.Equal(t, u.Host(), lowerHost(host), "host of %q", ref)
		assert.Equal(t, u.Pathname(), string(path), "path of %q", ref)
	case relative:
		require.NoError(t, err, ref)
		assert.Equal(t, base.Host(), u.Host(), "host of %q", ref)
	case noRequest:
		assert.True(t, ref == "" || err != nil || !network[u.Scheme()], "%q", ref)
	}
}

func TestTheCheapLookAgreesWithTheParser(t *testing.T) {
	sorts := map[urlSort]int{}
	for _, ref := range refs {
		checkSort(t, ref)
		_, _, sort := sortURL([]byte(ref))
		sorts[sort]++
	}
	for _, sort := range []urlSort{odd, absolute, relative, noRequest} {
		assert.NotZero(t, sorts[sort], "sort %d", sort)
	}
	for _, plain := range []string{"https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js?x=%20&y", "//cdn.shop.example/a-b_c.1.js"} {
		_, _, sort := sortURL([]byte(plain))
		assert.Equal(t, absolute, sort, "%s must not need the parser", plain)
	}
}

func FuzzSortURL(f *testing.F) {
	for _, ref := range refs {
		f.Add(ref)
	}
	f.Fuzz(checkSort)
}

func TestJudgeFindsTheHostThatABrowserWouldAsk(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	a := newAddresses(gate, documentAddress)
	for _, ref := range refs {
		base, err := url.Parse(documentAddress)
		require.NoError(t, err)
		want := false
		if u, err := base.Parse(unescape([]byte(ref))); err == nil {
			want = network[u.Scheme()] &&
				gate.Decide(blocker.Request{Kind: blocker.Image, Host: u.Host(), Path: u.Pathname()}).Action != blocker.Allow
		}
		d, full := a.judge(blocker.Image, []byte(ref))
		assert.Equal(t, want, d.Action != blocker.Allow, "%q", ref)
		assert.Equal(t, want, full != "", "%q", ref)
		if u, err := base.Parse(unescape([]byte(ref))); want && assert.NoError(t, err) {
			assert.Equal(t, u.Href(true), full, "%q", ref)
		}
	}
}

func TestADocumentWithoutAnAddressHoldsAbsoluteURLs(t *testing.T) {
	for _, document := range []string{"", "not a url", "/path"} {
		a := newAddresses(blocker.New(blocker.Config{}), document)
		for ref, want := range map[string]bool{
			"https://cdn.segment.com/a": true, "//cdn.segment.com/a": true, "/cdn.segment.com/a": false, "cdn.segment.com": false,
		} {
			d, _ := a.judge(blocker.Script, []byte(ref))
			assert.Equal(t, want, d.Action == blocker.Hold, "%q in %q", ref, document)
		}
	}
}

func TestKnowsIsNeverShortOfARule(t *testing.T) {
	config, problems := blocker.ParseConfig(`{"hosts": ["t.shop.example", "shop.example:8443/seg"],
		"rules": [{"host": "px.example", "category": "marketing"}]}`)
	require.Empty(t, problems)
	for host, want := range map[string]bool{
		"cdn.segment.com": true, "x.segmentapis.com:8443": true, "cdn.jsdelivr.net": true, "t.shop.example": true,
		"t.shop.example:8080": true, "shop.example:8443": true, "shop.example": false, "a.px.example": true, "px.example:1": true,
		"segment.com": false, "": false,
	} {
		assert.Equal(t, want, knows(&config, host), host)
	}
}

func TestLongURLsAreDecidedByTheirStart(t *testing.T) {
	a := newAddresses(blocker.New(blocker.Config{}), documentAddress+strings.Repeat("/a", 1<<19))
	long := strings.Repeat("x/", 1<<15)
	for ref, want := range map[string]bool{
		"https://cdn.segment.com/" + long:                                 true,
		"https://cdn.segment.com/%20" + long:                              true,
		"https://cdn.segment.com/%20?" + long:                             true,
		strings.Repeat(" ", 1<<15) + "https://cdn.segment.com/":           true,
		"https://unpkg.com/@segment/%20" + long:                           true,
		"https://unpkg.com/" + long + "@segment/%20":                      false,
		"https://shop.example/%20" + long:                                 false,
		"https://" + strings.Repeat("@", 1<<15) + "cdn.segment.com/":      false,
		"https://" + strings.Repeat("a.", 1<<15) + "cdn.segment.com/%20x": false,
	} {
		start := time.Now()
		d, _ := a.judge(blocker.Image, []byte(ref))
		assert.Equal(t, want, d.Action == blocker.Hold, clip(ref)[:40])
		assert.Less(t, time.Since(start), time.Second, "%.40s", ref)
	}
}

func TestTheCheapLookAtASrcsetErrsOnTheSafeSide(t *testing.T) {
	cheap := 0
	for _, ref := range refs {
		for _, set := range []string{ref, "/a 1x, " + ref + " 2x", ref + ", /b", "/a\t," + ref} {
			if !allRelative([]byte(set)) {
				continue
			}
			cheap++
			for _, u := range candidates(set) {
				_, _, sort := sortURL([]byte(u))
				assert.Contains(t, []urlSort{relative, noRequest}, sort, "%q in %q", u, set)
			}
		}
	}
	assert.Greater(t, cheap, 20)
}
