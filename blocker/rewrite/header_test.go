package rewrite

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func testGate(t testing.TB, granted bool) *blocker.Gate {
	config, problems := blocker.ParseConfig(`{"hosts": ["t.shop.example", "shop.example/seg"],
		"rules": [{"host": "px.example", "category": "marketing"}, {"host": "img.example", "path": "/p*", "category": "marketing"}]}`)
	require.Empty(t, problems)
	config.PageHost = "shop.example"
	g := blocker.New(config)
	if granted {
		g.Apply(consent.Signal{Source: consent.API, States: consent.States{
			consent.Granted, consent.Granted, consent.Granted, consent.Granted,
		}})
	}
	return g
}

var linkLines = []string{
	"", ",", "<>", "<", "<a", "<a>;", `<a>; rel=preload`, `<https://cdn.segment.com/a>; rel=preload`,
	`<https://cdn.segment.com/a,b>;rel="x preload y";as="a,b", <b>;rel=preload`, `<a>; title="<https://cdn.segment.com/>; rel=preload, x"; rel=next`,
	`<a>; x="\"", <//cdn.segment.com>; REL=Preconnect ,<c>; rel=stylesheet`, `https://cdn.segment.com/; rel=preload`,
	`<https://cdn.segment.com/a>`, `<https://cdn.segment.com/a>; rel=canonical`, `<https://cdn.segment.com/a>; rel`,
	`<a>; rel=preload; as=image; imagesrcset="/b 1x, https://cdn.segment.com/c 2x"`, `<https://t.shop.example/x>; rel=modulepreload; nopush`,
	`<seg/t>; rel=prefetch`, `</seg/t>; rel=prefetch`, ` <https://cdn.segment.com/> ; rel = preload , </x> ; rel = preload `,
}

func TestStripLinks(t *testing.T) {
	a := newAddresses(testGate(t, false), "https://shop.example/dir/")
	for line, want := range map[string]string{
		`<https://cdn.segment.com/a>; rel=preload`:                                              "",
		`<a>; rel=preload, <https://cdn.segment.com/a>; rel=preload`:                            "<a>; rel=preload",
		`<https://cdn.segment.com/a,b>; rel="x preload y"; as="a,b" , </b>;rel=preload;as=font`: "</b>;rel=preload;as=font",
		`<a>; title="<https://cdn.segment.com/>; rel=preload, x"; rel=next`:                     `<a>; title="<https://cdn.segment.com/>; rel=preload, x"; rel=next`,
		`<a>; x="\"", <//cdn.segment.com>; REL=Preconnect ,<c>; rel=stylesheet`:                 `<a>; x="\"",<c>; rel=stylesheet`,
		`<a>; rel=preload; as=image; imagesrcset="/b 1x, https://cdn.segment.com/c 2x"`:         "",
		`<https://cdn.segment.com/a>; rel=canonical`:                                            `<https://cdn.segment.com/a>; rel=canonical`,
		`</seg/t>; rel=prefetch`:                     "",
		`<https://cdn.jsdelivr.net>; rel=preconnect`: `<https://cdn.jsdelivr.net>; rel=preconnect`,
		`<https://cdn.segment.com/a`:                 `<https://cdn.segment.com/a`,
		`  <https://cdn.segment.com/> ; rel = "preload" ; as=script ,  <https://px.example/> ;rel=icon`: "",
	} {
		kept, cut := a.stripLinks([]string{line})
		assert.Equal(t, want != line, cut, line)
		assert.Equal(t, want, strings.Join(kept, "|"), line)
	}
}

// FuzzLinks: what is kept is a part of what was there, in order; twice is once; nothing is cut when all is allowed.
func FuzzLinks(f *testing.F) {
	for _, line := range linkLines {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		a := newAddresses(testGate(t, false), "https://shop.example/dir/")
		kept, cut := a.stripLinks([]string{line})
		if !cut {
			assert.Equal(t, []string{line}, kept)
		}
		links := splitLinks(line)
		for _, one := range kept {
			for _, link := range splitLinks(one) {
				assert.True(t, slices.ContainsFunc(links, func(l string) bool { return strings.TrimSpace(l) == strings.TrimSpace(link) }))
				assert.False(t, cut && a.held(link), "%q is left in %q", link, line)
			}
		}
		again, cut := a.stripLinks(kept)
		assert.False(t, cut)
		assert.Equal(t, kept, again)
		open := newAddresses(testGate(t, true), "https://shop.example/dir/")
		_, cut = open.stripLinks([]string{line})
		assert.False(t, cut)
	})
}

// FuzzVary checks how names are added to Vary: what was there stays, each name is there in the end, twice is once.
func FuzzVary(f *testing.F) {
	for _, line := range []string{"", "*", "Cookie", "cookie, Accept", "a,*", "Sec-GPC ,", " Cookie\t", ",,"} {
		f.Add(line, line)
	}
	f.Fuzz(func(t *testing.T, one, two string) {
		h := http.Header{"Vary": {one, two}}
		names := []string{"Cookie", "Sec-GPC"}
		addVary(h, names)
		assert.Equal(t, []string{one, two}, h["Vary"][:2])
		for _, name := range names {
			assert.True(t, hasToken(h["Vary"], name) || hasToken(h["Vary"], "*"))
		}
		once := slices.Clone(h["Vary"])
		addVary(h, names)
		assert.Equal(t, once, h["Vary"])
	})
}

func TestEntityTagsAreSplit(t *testing.T) {
	for list, want := range map[string][]string{
		"": nil, "*": {"*"}, `"a"`: {`"a"`}, `"a", W/"b"`: {`"a"`, `W/"b"`}, `"a,b",W/"c,"`: {`"a,b"`, `W/"c,"`}, `a, b`: {"a", "b"},
		` ,, "a" ,`: {`"a"`}, `"a`: {`"a`}, `W/"`: {`W/"`}, `"a""b"`: {`"a"`, `"b"`}, `""`: {`""`},
	} {
		assert.Equal(t, want, splitTags([]string{list}), list)
	}
}

// FuzzEntityTags: a tag that was given a suffix is known again, and gives back what it was.
func FuzzEntityTags(f *testing.F) {
	for _, tag := range []string{`"a"`, `W/"a"`, `""`, `"a-sbx"`, `a`, `"a,b"`, `W/`} {
		f.Add(tag)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		for _, part := range splitTags([]string{tag}) {
			ours := suffixed(part, "x1")
			if ours == "" {
				continue
			}
			own, variant, ok := original(ours)
			require.True(t, ok)
			assert.Equal(t, "x1", variant)
			assert.Equal(t, opaque(part), own)
			assert.Equal(t, []string{ours}, splitTags([]string{ours}))
		}
	})
}

func TestHostOfADocument(t *testing.T) {
	for address, want := range map[string]string{
		"http://Shop.Example/x": "shop.example", "http://shop.example:80/": "shop.example", "https://shop.example:80/": "shop.example:80",
		"https://shop.example:443": "shop.example", "http://u:p@shop.example:8080/?@x": "shop.example:8080", "shop.example/": "", "": "",
	} {
		assert.Equal(t, want, hostOf(address), address)
	}
}
