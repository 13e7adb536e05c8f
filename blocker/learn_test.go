package blocker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker"
)

func TestAPagesSnippetTeachesAProxy(t *testing.T) {
	const loader = "/analytics.js/v1/KEY/analytics.min.js"
	for _, c := range []struct {
		name, host, path string
		sure             bool
		learned          bool
		held, open       []string
	}{
		{
			"a custom domain", "t.shop.example", loader, true, true,
			[]string{"t.shop.example" + loader, "t.shop.example/v1/t", "t.shop.example:8443/v1/projects/KEY/settings"},
			[]string{"t.shop.example/logo.png", "shop.example/v1/t", "t.shop.example/"},
		},
		{
			"a path of the site's own host", "shop.example", "/seg" + loader, false, true,
			[]string{"shop.example/seg" + loader, "shop.example/seg/v1/t"},
			[]string{"shop.example" + loader, "shop.example/seg/logo.png", "shop.example/v1/t"},
		},
		{
			"a renamed script that the snippet's mark shows", "shop.example", "/js/a1b2.js", true, true,
			[]string{"shop.example/js/a1b2.js"},
			[]string{"shop.example/js/a1b2.json", "shop.example/js/app.js", "shop.example/v1/t"},
		},
		{"a script of no known shape", "shop.example", "/js/app.js", false, false, nil, []string{"shop.example/js/app.js"}},
		{"a look-alike path", "shop.example", "/analytics.js/v2/KEY/analytics.min.js", false, false, nil, []string{"shop.example/v1/t"}},
		{"no file", "shop.example", "/analytics.js/v1/", false, false, nil, nil},
		{"no path", "shop.example", "/", true, false, nil, []string{"shop.example/"}},
		{"no host", "", loader, true, false, nil, nil},
		{"Segment's own host", "cdn.segment.com", loader, true, false, []string{"cdn.segment.com" + loader}, nil},
		{"a proxy that is configured", "known.example", "/x" + loader, true, false, []string{"known.example/x/t"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := blocker.Config{Hosts: []blocker.Proxy{{Host: "known.example", Prefix: "/x"}}, PageHost: "shop.example"}
			gate := blocker.New(config)
			assert.Equal(t, c.learned, gate.Learn(c.host, c.path, c.sure))
			assert.False(t, gate.Learn(c.host, c.path, c.sure), "twice")
			for want, list := range map[blocker.Action][]string{blocker.Hold: c.held, blocker.Allow: c.open} {
				for _, target := range list {
					host, path := cut(target)
					got := gate.Decide(blocker.Request{Kind: blocker.Script, Host: host, Path: path})
					assert.Equal(t, want, got.Action, target)
				}
			}
			assert.Len(t, config.Hosts, 1, "the configuration is its owner's")
		})
	}
}

func TestAPageTeachesNoMoreProxiesThanFit(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	learned := 0
	for i := range 100 {
		if gate.Learn(fmt.Sprintf("h%d.example", i), "/analytics.js/v1/KEY/analytics.min.js", true) {
			learned++
		}
	}
	assert.Equal(t, 32, learned)
}

func cut(target string) (host, path string) {
	for i := range target {
		if target[i] == '/' {
			return target[:i], target[i:]
		}
	}
	return target, ""
}
