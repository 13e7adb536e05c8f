package blocker_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestEveryLineOfTheCatalogIsHeldUnderItsOwnName(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	seen := map[uint16]string{}
	check := func(r blocker.Request, want string) {
		t.Run(want, func(t *testing.T) {
			d := gate.Decide(r)
			assert.Equal(t, blocker.Hold, d.Action)
			assert.Equal(t, want, gate.RuleName(d.Rule))
			assert.Empty(t, seen[d.Rule], "two rules of one number")
			seen[d.Rule] = want
		})
	}
	for _, h := range catalog.Hosts {
		check(blocker.Request{Kind: blocker.Image, Host: h.Name, Path: h.Path}, "host "+h.Name+h.Path)
	}
	for _, c := range catalog.Cookies {
		check(blocker.Request{Kind: blocker.Cookie, Name: c}, "cookie "+c)
	}
	for _, k := range catalog.StorageKeys {
		check(blocker.Request{Kind: blocker.Storage, Name: k}, "storage "+k)
	}
	for _, d := range catalog.Databases {
		check(blocker.Request{Kind: blocker.Database, Name: d}, "database "+d)
	}
}

func TestEveryKindThatReachesTheNetworkIsHeld(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	for _, kind := range append(blocker.Kinds(), 255) {
		t.Run(kind.String(), func(t *testing.T) {
			d := gate.Decide(blocker.Request{Kind: kind, Host: "api.segment.io", Path: "/v1/t", Name: "ajs_user_id"})
			if kind == blocker.Database {
				assert.Equal(t, blocker.Allow, d.Action, "no database has the name of a cookie")
				return
			}
			assert.Equal(t, blocker.Hold, d.Action)
		})
	}
}

func TestNumbersThatStandForNoRuleHaveNoName(t *testing.T) {
	gate := blocker.New(blocker.Config{
		Hosts: []blocker.Proxy{{Host: "a.example"}}, Rules: []blocker.Rule{{Host: "b.example", Needs: marketing}},
	})
	const grounds = 4 // where a destination's category may be from
	names := 0
	for n := range 1 << 16 {
		if gate.RuleName(uint16(n)) != "" {
			names++
		}
	}
	want := len(catalog.Hosts) + len(catalog.Cookies) + len(catalog.StorageKeys) + len(catalog.Databases) + 2 + grounds
	assert.Equal(t, want, names)
	assert.Empty(t, gate.RuleName(0))
}

func TestADenialLooksLikeWhatAnalyticsJSCanLiveWith(t *testing.T) {
	gate := blocker.New(blocker.Config{Hosts: []blocker.Proxy{{Host: "shop.example", Prefix: "/seg"}}})
	gate.Set(consent.API, choice(denied, denied, denied), consent.All)
	for _, c := range []struct {
		host, path string
		want       catalog.Refusal
	}{
		{"cdn.segment.com", "/analytics.js/v1/KEY/analytics.min.js", catalog.RefuseError},
		{"cdn.segment.com", "/v1/projects/KEY/settings", catalog.RefusePending},
		{"api.segment.io", "/v1/t", catalog.RefuseEmpty},
		{"api.segment.io", "/v1/m", catalog.RefuseEmpty},
		{"api.segment.io", "/v1/unheard", catalog.RefuseError},
		{"shop.example", "/seg/v1/t", catalog.RefuseEmpty},
		{"shop.example", "/seg/t", catalog.RefuseEmpty},
		{"shop.example", "/seg/projects/KEY/settings", catalog.RefusePending},
		{"shop.example", "/seg/anything.js", catalog.RefuseError},
	} {
		t.Run(c.host+c.path, func(t *testing.T) {
			d := gate.Decide(blocker.Request{Kind: blocker.Fetch, Host: c.host, Path: c.path})
			assert.Equal(t, blocker.Drop, d.Action)
			assert.Equal(t, c.want.String(), d.Refusal.String())
		})
	}
}

func TestWhatPassesIsSaidToBeChangedOnItsWay(t *testing.T) {
	gate := blocker.New(blocker.Config{})
	settings := blocker.Request{Kind: blocker.Fetch, Host: "cdn.segment.com", Path: "/v1/projects/KEY/settings"}
	assert.Equal(t, catalog.RefusePending, gate.Decide(settings).Refusal, "when it is released")
	gate.Set(consent.API, choice(granted, granted, granted), consent.All)
	assert.Equal(t, catalog.RefusePending, gate.Decide(settings).Refusal)
	event := blocker.Request{Kind: blocker.Beacon, Host: "api.segment.io", Path: "/v1/b"}
	assert.Equal(t, catalog.RefuseEmpty, gate.Decide(event).Refusal)
}

// Numbers are sixteen bits wide. However long a configuration's lists are, none of their rules may turn into "no rule".
func TestNoRuleIsLostInALongList(t *testing.T) {
	config := blocker.Config{}
	for i := range 70_000 {
		config.Rules = append(config.Rules, blocker.Rule{Cookie: fmt.Sprint("c", i), Needs: marketing})
	}
	for i := range 1500 {
		config.Hosts = append(config.Hosts, blocker.Proxy{Host: fmt.Sprint("h", i, ".example")})
	}
	gate := blocker.New(config)
	for _, i := range []int{0, 1, 63_534, 63_535, 63_536, 63_537, 65_535, 65_536, 69_999} {
		d := gate.Decide(blocker.Request{Kind: blocker.Cookie, Name: fmt.Sprint("c", i)})
		assert.Equal(t, blocker.Hold, d.Action, "rule %d", i)
		assert.Equal(t, consent.Marketing, d.Category, "rule %d", i)
		assert.NotEmpty(t, gate.RuleName(d.Rule), "rule %d", i)
	}
	for _, i := range []int{0, 999, 1000, 1001, 1499} {
		d := gate.Decide(blocker.Request{Kind: blocker.Script, Host: fmt.Sprint("h", i, ".example"), Path: "/"})
		assert.Equal(t, blocker.Hold, d.Action, "proxy %d", i)
		assert.Contains(t, gate.RuleName(d.Rule), "hosts h", "proxy %d", i)
	}
}

func TestAnIgnoredGlobalPrivacyControlSaysNothing(t *testing.T) {
	for ignored, want := range map[bool]consent.State{false: denied, true: unset} {
		gate := blocker.New(blocker.Config{IgnoreGPC: ignored})
		transition := gate.Apply(consent.Signal{Source: consent.GPC, States: choice(unset, unset, denied)})
		assert.Equal(t, want, gate.Consent().States[consent.Marketing])
		assert.Equal(t, !ignored, transition.Changed.Has(consent.Marketing))
	}
}

func TestDecideAllocatesNothing(t *testing.T) {
	config, problems := blocker.ParseConfig(busyConfig)
	require.Empty(t, problems)
	config.PageHost = "www.shop.example"
	gate := blocker.New(config)
	for name, r := range sampleRequests() {
		t.Run(name, func(t *testing.T) {
			assert.Zero(t, testing.AllocsPerRun(100, func() { gate.Decide(r) }))
		})
	}
}

const busyConfig = `{"hosts": ["analytics.shop.example", "www.shop.example", "shop.example/seg"], "rules": [
	{"host": "px.example", "path": "/p*", "category": "marketing"}, {"cookie": "_x*", "category": "marketing"},
	{"storage": "x_*", "category": "functional"}]}`

func sampleRequests() map[string]blocker.Request {
	return map[string]blocker.Request{
		"MissHost":    {Kind: blocker.Image, Host: "images.shop.example", Path: "/products/4711/front.webp"},
		"MissOwn":     {Kind: blocker.Fetch, Host: "www.shop.example", Path: "/api/v2/products/4711/availability"},
		"MissNoHost":  {Kind: blocker.Image},
		"HitFirst":    loader,
		"HitEvent":    {Kind: blocker.Fetch, Host: "api.segment.io", Path: "/v1/t"},
		"HitMirror":   {Kind: blocker.Script, Host: "unpkg.com", Path: "/@segment/analytics-next@1.84.3/dist/umd/index.js"},
		"HitProxy":    {Kind: blocker.Fetch, Host: "shop.example", Path: "/seg/v1/t"},
		"HitRule":     {Kind: blocker.Image, Host: "eu.px.example", Path: "/pixel.gif"},
		"CookieMiss":  {Kind: blocker.Cookie, Name: "session=6b020acb; path=/; secure"},
		"CookieHit":   {Kind: blocker.Cookie, Name: "ajs_anonymous_id=6b020acb; path=/; sameSite=Lax"},
		"CookieRule":  {Kind: blocker.Cookie, Name: "_xy=1"},
		"StorageMiss": {Kind: blocker.Storage, Name: "cart"},
		"StorageHit":  {Kind: blocker.Storage, Name: "segment_sample_success"},
		"DatabaseHit": {Kind: blocker.Database, Name: "Segment Signals Buffer"},
	}
}
