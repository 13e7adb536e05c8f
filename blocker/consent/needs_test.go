package consent_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestWordsOfAnyCMPStandForCategories(t *testing.T) {
	for word, want := range map[string]consent.Set{
		"C0001":       consent.Of(consent.Necessary),
		"C0002":       consent.Of(consent.Analytics),
		"c0003":       consent.Of(consent.Functional),
		"C0004":       consent.Of(consent.Marketing),
		"analytics":   consent.Of(consent.Analytics),
		"Advertising": consent.Of(consent.Marketing),
		"necessary":   consent.Of(consent.Necessary),
		"essential":   consent.Of(consent.Necessary),
		"targeting":   consent.Of(consent.Marketing),
		// Two CMPs count from 1 in different orders: both meanings are needed.
		"2": consent.Of(consent.Functional, consent.Analytics, consent.Marketing),
	} {
		got, ok := consent.Needs(word)
		assert.True(t, ok, word)
		assert.Equal(t, want, got, word)
	}
	for _, word := range []string{"", "FooCategory1", "C0009", "analytic"} {
		_, ok := consent.Needs(word)
		assert.False(t, ok, word)
	}
}
