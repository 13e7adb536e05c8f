package catalog_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

func TestShapesOfAnalyticsJS(t *testing.T) {
	for path, want := range map[string]catalog.Refusal{
		"/analytics.js/v1/KEY/analytics.min.js":               catalog.RefuseError,
		"/analytics.js/v1/KEY/platform/analytics.min.js":      catalog.RefuseError,
		"/analytics-next/bundles/schemaFilter.bundle.1.js":    catalog.RefuseError,
		"/next-integrations/actions/amplitude-plugins/1.js":   catalog.RefuseError,
		"/next-integrations/vendor/commons.1.js.gz":           catalog.RefuseError,
		"/next-integrations/middleware/x/latest/x.js.gz":      catalog.RefuseError,
		"/integrations/adobe-analytics/appmeasurement-2.0.js": catalog.RefuseError,
		"/v1/projects/KEY/settings":                           catalog.RefusePending,
		"/v1/projects/KEY/integrations":                       catalog.RefuseError,
		"/v1/pixel/track":                                     catalog.RefuseError,
		"/v1/t":                                               catalog.RefuseEmpty,
		"/v1/p":                                               catalog.RefuseEmpty,
		"/v1/i":                                               catalog.RefuseEmpty,
		"/v1/g":                                               catalog.RefuseEmpty,
		"/v1/a":                                               catalog.RefuseEmpty,
		"/v1/s":                                               catalog.RefuseEmpty,
		"/v1/b":                                               catalog.RefuseEmpty,
		"/v1/m":                                               catalog.RefuseEmpty,
		"/v1/track":                                           catalog.RefuseEmpty,
		"/v1/page":                                            catalog.RefuseEmpty,
		"/v1/identify":                                        catalog.RefuseEmpty,
		"/v1/group":                                           catalog.RefuseEmpty,
		"/v1/alias":                                           catalog.RefuseEmpty,
		"/v1/screen":                                          catalog.RefuseEmpty,
		"/v1/batch":                                           catalog.RefuseEmpty,
		"/v1/import":                                          catalog.RefuseEmpty,
	} {
		t.Run(path, func(t *testing.T) {
			i := catalog.FullShape(path)
			if assert.NotEqual(t, catalog.NotFound, i) {
				assert.Equal(t, want, catalog.Paths[i].Refusal)
			}
			assert.Equal(t, i, catalog.Shape(path), "the tolerant reading agrees")
		})
	}
}

func TestShapesWithoutTheVersionCountOnlyWhereSegmentIsKnownToBe(t *testing.T) {
	for path, full := range map[string]string{
		"/t":                     "/v1/t",
		"/m":                     "/v1/m",
		"/batch":                 "/v1/batch",
		"/page":                  "/v1/page",
		"/projects/KEY/settings": "/v1/projects/*/settings",
		"/pixel/page":            "/v1/pixel/*",
	} {
		t.Run(path, func(t *testing.T) {
			assert.Equal(t, catalog.NotFound, catalog.FullShape(path), "a site may have such a page")
			i := catalog.Shape(path)
			if assert.NotEqual(t, catalog.NotFound, i) {
				assert.Equal(t, full, catalog.Paths[i].Pattern)
			}
		})
	}
}

func TestPathsOfASiteAreNoShape(t *testing.T) {
	for _, path := range []string{
		"", "/", "/v1", "/v1/", "/v1/tt", "/v1/t/", "/v1/users", "/v2/t", "/x/v1/t", "/tt", "/track/1", "/v1/projects/KEY",
		"/v1/projects/settings", "/analytics.js", "/analytics.min.js", "/integrations/", "/integrations/shopify",
		"/V1/T", "t", "v1/t",
	} {
		t.Run(path, func(t *testing.T) {
			assert.Equal(t, catalog.NotFound, catalog.FullShape(path))
			assert.Equal(t, catalog.NotFound, catalog.Shape(path))
		})
	}
}
