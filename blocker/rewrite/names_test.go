package rewrite

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatLoadsHasANumberOfItsOwn(t *testing.T) {
	for _, e := range []element{unknown, plain, breakout, void, voidBreakout} {
		assert.Empty(t, loads[e])
	}
	assert.NotEmpty(t, loads[elImg])
}
