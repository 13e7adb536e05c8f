package rewrite_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

var update = flag.Bool("update", false, "write want.html from what the rewriter makes of in.html")

const goldenDir = "../../testdata/html"

// goldenCase is case.json of a golden case.
type goldenCase struct {
	Title   string          `json:"title"`
	URL     string          `json:"url"`
	Charset string          `json:"charset"`
	Nonce   string          `json:"nonce"`
	Body    string          `json:"body"`
	Config  json.RawMessage `json:"config"`
	// Consent gives states by category: "granted" or "denied".
	Consent map[string]string `json:"consent"`
	Want    struct {
		Inserted bool     `json:"inserted"`
		Present  bool     `json:"present"`
		Tags     []string `json:"tags"`
		Scripts  []string `json:"scripts"`
		Unread   string   `json:"unread"`
	} `json:"want"`

	in, want []byte
}

func goldenCases(t testing.TB) map[string]goldenCase {
	dirs, err := filepath.Glob(filepath.Join(goldenDir, "*"))
	require.NoError(t, err)
	require.Greater(t, len(dirs), 30, "the corpus has gone missing")
	cases := map[string]goldenCase{}
	for _, dir := range dirs {
		var c goldenCase
		text, err := os.ReadFile(filepath.Join(dir, "case.json"))
		require.NoError(t, err)
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.DisallowUnknownFields()
		require.NoError(t, decoder.Decode(&c), dir)
		c.in, err = os.ReadFile(filepath.Join(dir, "in.html"))
		require.NoError(t, err)
		if !*update {
			c.want, err = os.ReadFile(filepath.Join(dir, "want.html"))
			require.NoError(t, err)
		}
		cases[filepath.Base(dir)] = c
	}
	return cases
}

func (c *goldenCase) options(t testing.TB) rewrite.Options {
	config := blocker.Config{}
	if len(c.Config) > 0 {
		var problems []blocker.Problem
		config, problems = blocker.ParseConfig(string(c.Config))
		require.Empty(t, problems)
	}
	gate := blocker.New(config)
	signal := consent.Signal{Source: consent.CMP}
	for name, state := range c.Consent {
		category, ok := consent.ParseCategory(name)
		require.True(t, ok)
		signal.States[category] = map[string]consent.State{"granted": consent.Granted, "denied": consent.Denied}[state]
	}
	gate.Apply(signal)
	body, ok := map[string]rewrite.Body{"": rewrite.Auto, "page": rewrite.Page, "fragment": rewrite.Fragment}[c.Body]
	require.True(t, ok)
	url := c.URL
	if url == "" {
		url = "https://shop.example/a/b?c"
	}
	return rewrite.Options{
		Gate: gate, Snippet: snippet(t), Nonce: c.Nonce, URL: url, Charset: c.Charset, Body: body,
	}
}

func snippet(t testing.TB) rewrite.Snippet {
	s, err := rewrite.External("/segment-blocker.js", "")
	require.NoError(t, err)
	return s
}

// inChunks rewrites html written in pieces of the lengths that next returns.
func inChunks(t testing.TB, html []byte, o rewrite.Options, next func() int) (string, rewrite.Report) {
	var out bytes.Buffer
	z := rewrite.NewWriter(&out, o)
	for len(html) > 0 {
		n := min(next(), len(html))
		written, err := z.Write(html[:n])
		require.NoError(t, err)
		require.Equal(t, n, written)
		html = html[n:]
	}
	require.NoError(t, z.Close())
	return out.String(), *z.Report()
}

func TestGolden(t *testing.T) {
	for name, c := range goldenCases(t) {
		t.Run(name, func(t *testing.T) {
			got, report := rewrite.Bytes(c.in, c.options(t))
			if *update {
				require.NoError(t, os.WriteFile(filepath.Join(goldenDir, name, "want.html"), got, 0o644))
			} else {
				assert.Equal(t, string(c.want), string(got))
			}
			assert.Equal(t, c.Want.Inserted, report.Inserted, "inserted")
			assert.Equal(t, c.Want.Present, report.Present, "present")
			assert.Equal(t, c.Want.Unread, report.Unread)
			assert.Equal(t, c.Want.Tags, tagWords(report))
			assert.Equal(t, c.Want.Scripts, scriptWords(report))
			assert.Len(t, report.Tags, report.TagCount)
		})
	}
}

func TestGoldenIsTheSameInAnyChunks(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for name, c := range goldenCases(t) {
		t.Run(name, func(t *testing.T) {
			want, report := rewrite.Bytes(c.in, c.options(t))
			got, single := inChunks(t, c.in, c.options(t), func() int { return 1 })
			assert.Equal(t, string(want), got, "a byte at a time")
			assert.Equal(t, report, single)
			for range 20 {
				got, parts := inChunks(t, c.in, c.options(t), func() int { return 1 + random.IntN(40) })
				assert.Equal(t, string(want), got)
				assert.Equal(t, report, parts)
			}
		})
	}
}

func TestGoldenTwiceIsOnce(t *testing.T) {
	for name, c := range goldenCases(t) {
		t.Run(name, func(t *testing.T) {
			once, _ := rewrite.Bytes(c.in, c.options(t))
			twice, report := rewrite.Bytes(once, c.options(t))
			assert.Equal(t, string(once), string(twice))
			assert.False(t, report.Inserted && c.Want.Inserted, "the snippet goes in once")
			assert.Zero(t, report.TagCount)
		})
	}
}

// tagWords are the tags made inert as "element attribute url".
func tagWords(r rewrite.Report) []string {
	var words []string
	for _, tag := range r.Tags {
		words = append(words, tag.Element+" "+tag.Attribute+" "+tag.URL)
	}
	return words
}

// scriptWords are the inline scripts as "snippet-version key inert url...".
func scriptWords(r rewrite.Report) []string {
	var words []string
	for _, s := range r.Scripts {
		word := s.Snippet + "|" + s.WriteKey
		if s.Inert {
			word += "|inert"
		}
		for _, u := range s.URLs {
			word += "|" + u
		}
		words = append(words, word)
	}
	return words
}
