package iab_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent/iab"
)

func TestEveryFaultHasItsOwnName(t *testing.T) {
	seen := map[string]bool{}
	for f := iab.OK; f <= iab.NoDisclosedVendors; f++ {
		assert.NotEqual(t, "unknown fault", f.String())
		assert.False(t, seen[f.String()], f.String())
		seen[f.String()] = true
	}
	assert.Equal(t, "unknown fault", (iab.NoDisclosedVendors + 1).String())
	assert.Equal(t, "ok", iab.Fault(0).String())
}
