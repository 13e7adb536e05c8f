package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

// Every address that Analytics.js, its plugins and its documentation name (see the sources in hosts.go and paths.go).
func TestSegmentsAddressesAreCovered(t *testing.T) {
	for _, c := range []struct{ host, path, entry string }{
		{"cdn.segment.com", "/analytics.js/v1/KEY/analytics.min.js", "cdn.segment.com"},
		{"cdn.segment.com", "/analytics.js/v1/KEY/analytics.js", "cdn.segment.com"},
		{"cdn.segment.com", "/analytics.js/v1/KEY/platform/analytics.min.js", "cdn.segment.com"},
		{"cdn.segment.com", "/analytics.js/v1/KEY/analytics.classic.js", "cdn.segment.com"},
		{"cdn.segment.com", "/v1/projects/KEY/settings", "cdn.segment.com"},
		{"cdn.segment.com", "/v1/projects/KEY/integrations", "cdn.segment.com"},
		{"cdn.segment.com", "/analytics-next/bundles/ajs-destination.bundle.abc.js", "cdn.segment.com"},
		{"cdn.segment.com", "/analytics-next/master/latest/standalone.js", "cdn.segment.com"},
		{"cdn.segment.com", "/next-integrations/integrations/hotjar/2.0.0/hotjar.dynamic.js.gz", "cdn.segment.com"},
		{"cdn.segment.com", "/next-integrations/actions/YW1wbGl0dWRlLXBsdWdpbnM/abc.js", "cdn.segment.com"},
		{"cdn.segment.com", "/", "cdn.segment.com"},
		{"cdn.segment.com", "", "cdn.segment.com"},
		{"cdn.segment.com.", "/analytics.js/v1/KEY/analytics.min.js", "cdn.segment.com"},
		{"cdn.segment.com:8443", "/analytics.js/v1/KEY/analytics.min.js", "cdn.segment.com"},
		{"cdn.segment.com.:8443", "/", "cdn.segment.com"},
		{"a.cdn.segment.com", "/", "cdn.segment.com"},
		{"cdn.segment.io", "/integrations/omniture/SiteCatalyst.js", "cdn.segment.io"},
		{"cdn.segment.build", "/next-integrations/actions/x/y.js", "cdn.segment.build"},
		{"d2dq2ahtl5zl1z.cloudfront.net", "/analytics.js/v1/KEY/analytics.min.js", "d2dq2ahtl5zl1z.cloudfront.net"},
		{"api.segment.io", "/v1/t", "api.segment.io"},
		{"api.segment.io", "/v1/m", "api.segment.io"},
		{"api.segment.io", "/v1/batch", "api.segment.io"},
		{"api.segment.io", "/v1/pixel/track", "api.segment.io"},
		{"api.segment.com", "/v1/t", "api.segment.com"},
		{"track.segment.com", "/v1/t", "track.segment.com"},
		{"events.eu1.segmentapis.com", "/v1/t", "segmentapis.com"},
		{"events.segmentapis.com", "/v1/t", "segmentapis.com"},
		{"signals.segment.io", "/v1/b", "signals.segment.io"},
		{"cdn.edgefn.segment.com", "/KEY/1.js", "edgefn.segment.com"},
		{"cdn.jsdelivr.net", "/npm/@segment/analytics-signals@latest/dist/umd/analytics-signals.umd.js", "cdn.jsdelivr.net"},
		{"cdn.jsdelivr.net", "/npm/@segment/analytics-next/dist/umd/standalone.js", "cdn.jsdelivr.net"},
		{"unpkg.com", "/@segment/analytics-next@1.84.3/dist/umd/index.js", "unpkg.com"},
		{"unpkg.com", "/@segment/analytics-consent-wrapper-onetrust@latest/dist/umd/analytics-onetrust.umd.js", "unpkg.com"},
	} {
		t.Run(c.host+c.path, func(t *testing.T) {
			i := catalog.FindHost(c.host, c.path)
			if assert.NotEqual(t, catalog.NotFound, i, "is not covered") {
				assert.Equal(t, c.entry, catalog.Hosts[i].Name)
			}
		})
	}
}

func TestLookAlikesAreNotCovered(t *testing.T) {
	for _, c := range []struct{ host, path string }{
		{"notcdn.segment.com", "/analytics.js/v1/KEY/analytics.min.js"},
		{"cdn.segment.com.shop.example", "/analytics.js/v1/KEY/analytics.min.js"},
		{"cdn-segment.com", "/"},
		{"cdn.segment.co", "/"},
		{"cdn.segment.community", "/"},
		{"cdnXsegment.com", "/"},
		{"segment.com", "/docs/"},
		{"www.segment.com", "/"},
		{"app.segment.com", "/"},
		{"docs.segment.com", "/"},
		{"status.segment.com", "/"},
		{"university.segment.com", "/"},
		{"segment.io", "/"},
		{"www.segment.io", "/"},
		{"mysegmentapis.com", "/v1/t"},
		{"segmentapis.com.shop.example", "/v1/t"},
		{"d2dq2ahtl5zl1z.cloudfront.net.shop.example", "/"},
		{"cloudfront.net", "/"},
		{"xd2dq2ahtl5zl1z.cloudfront.net", "/"},
		{"cdn.jsdelivr.net", "/npm/jquery@3"},
		{"cdn.jsdelivr.net", "/npm/@segmentstream/x"},
		{"cdn.jsdelivr.net", "/npm/@segment"},
		{"cdn.jsdelivr.net", ""},
		{"jsdelivr.net", "/npm/@segment/analytics-next"},
		{"unpkg.com", "/react@19/index.js"},
		{"unpkg.com", "/x/@segment/y"},
		{"shop.example", "/analytics.js/v1/KEY/analytics.min.js"},
		{"shop.example", "/cdn.segment.com/v1/t"},
		{"localhost:8080", "/v1/t"},
		{"[::1]:8080", "/v1/t"},
		{"", "/v1/t"},
		{".", "/"},
		{":443", "/"},
	} {
		t.Run(c.host+c.path, func(t *testing.T) {
			assert.Equal(t, catalog.NotFound, catalog.FindHost(c.host, c.path))
		})
	}
}

func TestHostnameLeavesTheNameAlone(t *testing.T) {
	for input, want := range map[string]string{
		"":                      "",
		".":                     "",
		":":                     "",
		"shop.example":          "shop.example",
		"shop.example.":         "shop.example",
		"shop.example..":        "shop.example.",
		"shop.example:8080":     "shop.example",
		"shop.example.:8080":    "shop.example",
		"shop.example:":         "shop.example",
		"127.0.0.1:80":          "127.0.0.1",
		"[::1]":                 "[::1]",
		"[::1]:8080":            "[::1]",
		"[2001:db8::1]":         "[2001:db8::1]",
		"[2001:db8::1]:443":     "[2001:db8::1]",
		"xn--mnchen-3ya.de:444": "xn--mnchen-3ya.de",
	} {
		t.Run(input, func(t *testing.T) {
			assert.Equal(t, want, catalog.Hostname(input))
		})
	}
}

func TestUnderComparesLabelByLabel(t *testing.T) {
	for _, c := range []struct {
		host, parent string
		want         bool
	}{
		{"px.example", "px.example", true},
		{"a.px.example", "px.example", true},
		{"a.b.px.example", "px.example", true},
		{"apx.example", "px.example", false},
		{"px.example.org", "px.example", false},
		{"example", "px.example", false},
		{"x.example", "px.example", false},
		{"", "px.example", false},
		{".px.example", "px.example", true},
		{"", "", true},
	} {
		t.Run(c.host+" under "+c.parent, func(t *testing.T) {
			assert.Equal(t, c.want, catalog.Under(c.host, c.parent))
		})
	}
}
