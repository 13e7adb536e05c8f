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
			assertDecided(t, gate, blocker.Hold, c.held)
			assertDecided(t, gate, blocker.Allow, c.open)
			assert.Len(t, config.Hosts, 1, "the configuration is its owner's")
		})
	}
}

func TestAnAddressOfTheTrackingAPIIsLearned(t *testing.T) {
	for _, c := range []struct {
		name, host, path string
		learned          bool
		held, open       []string
	}{
		{
			"a custom domain", "events.shop.example", "/v1", true,
			[]string{"events.shop.example/v1/t", "events.shop.example/v1/batch"},
			[]string{"events.shop.example/v1/products", "events.shop.example/", "shop.example/v1/t"},
		},
		{
			"a path of the site's own host", "shop.example", "/seg/v1/", true,
			[]string{"shop.example/seg/v1/t"},
			[]string{"shop.example/v1/t", "shop.example/seg/v1/products", "shop.example/seg/t"},
		},
		{
			"a path with another end", "shop.example", "/collect", true,
			[]string{"shop.example/collect/t", "shop.example/collect/v1/t"},
			[]string{"shop.example/collection", "shop.example/t"},
		},
		{"no path", "shop.example", "", false, nil, []string{"shop.example/t"}},
		{"a slash alone", "shop.example", "/", false, nil, []string{"shop.example/t"}},
		{"no host", "", "/v1", false, nil, nil},
		{"Segment's own host", "api.segment.io", "/v1", false, []string{"api.segment.io/v1/t"}, nil},
		{"a proxy that is configured", "known.example", "/x/v1", false, []string{"known.example/x/v1/t"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			config := blocker.Config{Hosts: []blocker.Proxy{{Host: "known.example", Prefix: "/x"}}, PageHost: "shop.example"}
			gate := blocker.New(config)
			assert.Equal(t, c.learned, gate.LearnAPI(c.host, c.path))
			assert.False(t, gate.LearnAPI(c.host, c.path), "twice")
			assertDecided(t, gate, blocker.Hold, c.held)
			assertDecided(t, gate, blocker.Allow, c.open)
			assert.Len(t, config.Hosts, 1, "the configuration is its owner's")
		})
	}
}

func TestSettingsTeachWhereEventsGo(t *testing.T) {
	for apiHost, held := range map[string][]string{
		`"events.shop.example/v1"`: {"events.shop.example/v1/t"},
		`"shop.example/seg/v1"`:    {"shop.example/seg/v1/t"},
		`"events.shop.example"`:    nil,
		`7`:                        nil,
		`""`:                       nil,
	} {
		gate := blocker.New(blocker.Config{PageHost: "shop.example"})
		gate.Narrow(nil, "", `{"integrations":{"Segment.io":{"apiKey":"k","apiHost":`+apiHost+`}}}`, "")
		assertDecided(t, gate, blocker.Hold, held)
		assertDecided(t, gate, blocker.Allow, []string{"events.shop.example/", "shop.example/v1/t"})
	}
}

func assertDecided(t *testing.T, gate *blocker.Gate, want blocker.Action, targets []string) {
	t.Helper()
	for _, target := range targets {
		host, path := cut(target)
		assert.Equal(t, want, gate.Decide(blocker.Request{Kind: blocker.Fetch, Host: host, Path: path}).Action, target)
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
