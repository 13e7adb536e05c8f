package catalog_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{"", "", true},
		{"", "a", false},
		{"a", "", false},
		{"*", "", true},
		{"*", "anything", true},
		{"**", "", true},
		{"a*", "a", true},
		{"a*", "ab", true},
		{"a*", "ba", false},
		{"*a", "ba", true},
		{"*a", "ab", false},
		{"a*b", "ab", true},
		{"a*b", "axxb", true},
		{"a*b", "axxbc", false},
		{"a*b*c", "abbc", true},
		{"a*b*c", "acb", false},
		{"*ab*ab", "abab", true},
		{"*ab*ab", "aab", false},
		{"a?c", "abc", false},
		{"a.c", "abc", false},
		{"[a]", "a", false},
		{"*", "\n\x00é", true},
		{"é*", "éa", true},
		{"A", "a", false},
		{"/v1/projects/*/settings", "/v1/projects//settings", true},
		{"/v1/projects/*/settings", "/v1/projects/a/b/settings", true},
		{"/v1/projects/*/settings", "/v1/projects/settings", false},
	} {
		t.Run(c.pattern+" over "+c.text, func(t *testing.T) {
			assert.Equal(t, c.want, catalog.Glob(c.pattern, c.text))
		})
	}
}

func TestGlobAgreesWithItsDefinition(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	matches := 0
	for range 200_000 {
		pattern, text := word(random, "ab*", 8), word(random, "ab", 10)
		want := defined(pattern, text)
		if want {
			matches++
		}
		if !assert.Equal(t, want, catalog.Glob(pattern, text), "%q over %q", pattern, text) {
			return
		}
	}
	assert.Greater(t, matches, 10_000, "the sample must hold matches too")
}

func TestGlobStaysFastOnHostilePatterns(t *testing.T) {
	pattern := strings.Repeat("a*", 50) + "b"
	text := strings.Repeat("a", 20_000)
	start := time.Now()
	assert.False(t, catalog.Glob(pattern, text))
	assert.Less(t, time.Since(start), 2*time.Second)
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b", "axb")
	f.Add("*", "")
	f.Add("/v1/projects/*/settings", "/v1/projects/KEY/settings")
	f.Add("ajs_*", "ajs_user_id")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 12 || len(text) > 40 {
			return
		}
		assert.Equal(t, defined(pattern, text), catalog.Glob(pattern, text))
	})
}

// defined is what a glob means, without a thought for speed.
func defined(pattern, text string) bool {
	if pattern == "" {
		return text == ""
	}
	if pattern[0] == '*' {
		for i := 0; i <= len(text); i++ {
			if defined(pattern[1:], text[i:]) {
				return true
			}
		}
		return false
	}
	return text != "" && pattern[0] == text[0] && defined(pattern[1:], text[1:])
}

func word(random *rand.Rand, letters string, limit int) string {
	b := make([]byte, random.IntN(limit+1))
	for i := range b {
		b[i] = letters[random.IntN(len(letters))]
	}
	return string(b)
}
