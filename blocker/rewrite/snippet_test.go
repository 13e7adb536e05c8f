package rewrite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

func TestASnippetIsOneScriptElementWhateverIsInIt(t *testing.T) {
	const config = `{"categories":{"</script><b a='\"'>&amp;":"marketing"},"x":"é\u2028` + "\u2028" + `"}`
	const code = `if(a<b&&c>d){e("<\/script>")}`
	inline, err := rewrite.Inline(code, config)
	require.NoError(t, err)
	external, err := rewrite.External(`/gate.js?a=1&b="><script>`, config)
	require.NoError(t, err)
	for name, s := range map[string]rewrite.Snippet{"inline": inline, "external": external} {
		t.Run(name, func(t *testing.T) {
			tag := s.Tag(`a"b>`)
			for _, r := range tag {
				assert.Less(t, r, rune(0x80), "the tag reads the same in every encoding")
			}
			tokens := html.NewTokenizer(strings.NewReader(tag + "<p>"))
			require.Equal(t, html.StartTagToken, tokens.Next())
			script := tokens.Token()
			attributes := map[string]string{}
			for _, a := range script.Attr {
				attributes[a.Key] = a.Val
			}
			assert.Equal(t, "script", script.Data)
			assert.Equal(t, config, attributes["data-config"])
			assert.Equal(t, `a"b>`, attributes["nonce"])
			assert.Contains(t, attributes, "data-segment-gate")
			text := ""
			if tokens.Next() == html.TextToken {
				text = tokens.Token().Data
				tokens.Next()
			}
			if name == "inline" {
				assert.Equal(t, code, text)
			} else {
				assert.Equal(t, `/gate.js?a=1&b="><script>`, attributes["src"])
				assert.Empty(t, text)
			}
			require.Equal(t, html.StartTagToken, tokens.Next())
			assert.Equal(t, "p", tokens.Token().Data)
		})
	}
}

func TestSnippetsThatWouldBreakThePageAreRefused(t *testing.T) {
	for code, want := range map[string]error{
		"":                       rewrite.ErrNoSource,
		" \n":                    rewrite.ErrNoSource,
		`a("</script>")`:         rewrite.ErrScriptText,
		`a("</SCRIPT x")`:        rewrite.ErrScriptText,
		`a("<script>")`:          rewrite.ErrScriptText,
		`a<!--b`:                 rewrite.ErrScriptText,
		`a("é")`:                 rewrite.ErrNotASCII,
		`a("<\/script><\!--")`:   nil,
		`"use strict";a<b;a< !b`: nil,
	} {
		_, err := rewrite.Inline(code, "")
		assert.ErrorIs(t, err, want, code)
	}
	_, err := rewrite.External(" ", "{}")
	assert.ErrorIs(t, err, rewrite.ErrNoSource)
}

func TestAnInlineSnippetIsNotTakenForAScriptOfThePage(t *testing.T) {
	s, err := rewrite.Inline(`var hosts=["cdn.segment.com"];import("https://cdn.segment.com/x")`, "")
	require.NoError(t, err)
	once, report := rewrite.Bytes([]byte("<head>"), rewrite.Options{Snippet: s})
	assert.True(t, report.Inserted)
	twice, report := rewrite.Bytes(once, rewrite.Options{Snippet: s})
	assert.Equal(t, string(once), string(twice))
	assert.True(t, report.Present)
	assert.Zero(t, report.ScriptCount)
	_, report = rewrite.Bytes(once, rewrite.Options{})
	assert.Zero(t, report.TagCount)
}

func TestNamesOfBodies(t *testing.T) {
	assert.Equal(t, "auto page fragment unknown", rewrite.Auto.String()+" "+rewrite.Page.String()+" "+
		rewrite.Fragment.String()+" "+rewrite.Body(9).String())
}
