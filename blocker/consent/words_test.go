package consent_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

func TestCategoriesAreReadByTheirOwnNames(t *testing.T) {
	for i, c := range consent.Categories() {
		t.Run(c.String(), func(t *testing.T) {
			assert.Equal(t, i, int(c), "the list is in the order of the numbers")
			got, ok := consent.ParseCategory(c.String())
			assert.True(t, ok)
			assert.Equal(t, c, got)
		})
	}
	for _, word := range []string{"", "Analytics", "analytic", "analytics ", "all", "unknown", "statistics"} {
		t.Run("not "+word, func(t *testing.T) {
			got, ok := consent.ParseCategory(word)
			assert.False(t, ok)
			assert.Equal(t, consent.Necessary, got)
		})
	}
	assert.Equal(t, "unknown", consent.Category(4).String())
}

func TestModelsAreReadByTheirOwnNames(t *testing.T) {
	for _, m := range []consent.Model{consent.Auto, consent.OptIn, consent.OptOut} {
		t.Run(m.String(), func(t *testing.T) {
			got, ok := consent.ParseModel(m.String())
			assert.True(t, ok)
			assert.Equal(t, m, got)
		})
	}
	for _, word := range []string{"", "optin", "opt_in", "Opt-In", "opt-out ", "none"} {
		t.Run("not "+word, func(t *testing.T) {
			_, ok := consent.ParseModel(word)
			assert.False(t, ok)
		})
	}
	assert.Equal(t, "unknown", consent.Model(3).String())
}

func TestStatesAndSourcesHaveNames(t *testing.T) {
	assert.Equal(t, "unset", consent.Unset.String())
	assert.Equal(t, "granted", consent.Granted.String())
	assert.Equal(t, "denied", consent.Denied.String())
	assert.Equal(t, "unknown", consent.State(3).String())
	seen := map[string]bool{}
	for i, s := range consent.Sources() {
		assert.Equal(t, i, int(s), "the list is in the order of the numbers")
		assert.NotEqual(t, "unknown", s.String())
		assert.False(t, seen[s.String()], "two sources called %s", s)
		seen[s.String()] = true
		assert.Equal(t, s != consent.NoSource, s.Valid())
	}
	past := consent.Source(len(consent.Sources()))
	assert.Equal(t, "unknown", past.String())
	assert.False(t, past.Valid())
}

func TestASetHoldsWhatWasPutIn(t *testing.T) {
	for _, c := range consent.Categories() {
		assert.True(t, consent.Of(c).Has(c))
		assert.False(t, consent.Set(0).Has(c))
		assert.Equal(t, c != consent.Necessary, consent.All.Has(c), "everything that can be refused: %s", c)
	}
	both := consent.Of(consent.Analytics, consent.Marketing)
	assert.True(t, both.Has(consent.Analytics))
	assert.True(t, both.Has(consent.Marketing))
	assert.False(t, both.Has(consent.Functional))
	assert.Equal(t, consent.Set(0), consent.Of())
}
