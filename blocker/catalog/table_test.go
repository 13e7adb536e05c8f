package catalog_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

func TestHostsAreWrittenTheWayBrowsersWriteThem(t *testing.T) {
	seen := map[catalog.Host]bool{}
	for _, h := range catalog.Hosts {
		t.Run(h.Name+h.Path, func(t *testing.T) {
			assert.False(t, seen[h], "stands twice")
			seen[h] = true
			assert.Regexp(t, `^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$`, h.Name)
			assert.Regexp(t, `^(/[!-~]*)?$`, h.Path)
			assert.NotRegexp(t, `[?#\\]|\*.*\*`, h.Path, "a path is a prefix or one glob")
		})
	}
}

func TestNoHostIsHiddenByAnEarlierLine(t *testing.T) {
	for i, h := range catalog.Hosts {
		path := strings.ReplaceAll(h.Path, "*", "x")
		assert.Equal(t, i, catalog.FindHost(h.Name, path), h.Name)
		assert.Equal(t, i, catalog.FindHost("any."+h.Name, path), "a subdomain of %s", h.Name)
	}
}

func TestNamesAreUniqueAndPlain(t *testing.T) {
	for table, patterns := range nameTables() {
		seen := map[string]bool{}
		for i, p := range patterns {
			t.Run(table+" "+p, func(t *testing.T) {
				assert.False(t, seen[p], "stands twice")
				seen[p] = true
				assert.Regexp(t, `^[ -~]+$`, p)
				assert.NotRegexp(t, `^\*|\*.*\*`, p, "a pattern that starts with a star would cover other people's names")
				for j, other := range patterns {
					assert.False(t, i != j && catalog.Glob(other, p), "%q is covered by %q already", p, other)
				}
			})
		}
	}
}

func TestPathsAreUniqueAndRooted(t *testing.T) {
	seen := map[string]bool{}
	for i, p := range catalog.Paths {
		t.Run(p.Pattern, func(t *testing.T) {
			assert.False(t, seen[p.Pattern], "stands twice")
			seen[p.Pattern] = true
			assert.Regexp(t, `^/[a-z][a-z0-9][!-~]*$`, p.Pattern, "its first two letters are no star")
			assert.NotEqual(t, "unknown", p.Refusal.String())
			sample := strings.ReplaceAll(p.Pattern, "*", "x")
			assert.Equal(t, i, catalog.FullShape(sample), "%s is hidden by an earlier line", sample)
		})
	}
}

func TestRefusalsHaveNames(t *testing.T) {
	assert.Equal(t, "error", catalog.RefuseError.String())
	assert.Equal(t, "empty", catalog.RefuseEmpty.String())
	assert.Equal(t, "pending", catalog.RefusePending.String())
	assert.Equal(t, "unknown", catalog.Refusal(3).String())
}

func nameTables() map[string][]string {
	return map[string][]string{
		"cookie": catalog.Cookies[:], "storage": catalog.StorageKeys[:], "database": catalog.Databases[:],
	}
}
