package rewrite

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tdewolff/parse/v2/js"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// official are scripts with the marks of Segment's own snippet: a list of methods, a factory of stubs, a load function,
// a version. They were written for these tests.
var official = map[string]string{
	"2.0.8": `window.analytics=window.analytics||[];window.analytics.methods=["identify","track","page"];
		window.analytics.factory=function(m){return function(){var a=[].slice.call(arguments);a.unshift(m);window.analytics.push(a)}};
		for(var i=0;i<window.analytics.methods.length;i++){var k=window.analytics.methods[i];window.analytics[k]=window.analytics.factory(k)}
		window.analytics.load=function(t){var s=document.createElement("script");s.async=!0;
		s.src=("https:"===document.location.protocol?"https://":"http://")+"d2dq2ahtl5zl1z.cloudfront.net/analytics.js/v1/"+t+"/analytics.min.js";
		document.body.appendChild(s)};window.analytics.SNIPPET_VERSION="2.0.8";window.analytics.load("KEY");window.analytics.page();`,
	"3.1.0": `!function(){var analytics=window.analytics=window.analytics||[];if(!analytics.initialize)if(analytics.invoked)console.error("twice");
		else{analytics.invoked=!0;analytics.methods=["reset","track"];analytics.factory=function(t){return function(){return analytics}};
		analytics.load=function(t){var e=document.createElement("script");e.src="//cdn.segment.com/analytics.js/v1/"+t+"/analytics.min.js"};
		analytics.SNIPPET_VERSION='3.1.0';analytics.load('KEY');analytics.page()}}();`,
	"4.13.1": `(function(){var analytics=window.analytics=window.analytics||[];analytics.methods=['on'];analytics.factory=function(e){};
		analytics.load=function(key,o){var t=document.createElement("script");t.src="https://t.shop.example/ajs/"+key+".js";analytics._loadOptions=o};
		analytics._writeKey="KEY";analytics.SNIPPET_VERSION="4.13.1";analytics.load("KEY",{a:1});})();`,
	"5.2.0": `!function(){var i="analytics",analytics=window[i]=window[i]||[];analytics.methods=["screen","register"];
		analytics.factory=function(e){};analytics.load=function(k,n){var t=document.createElement("script");
		t.setAttribute("data-global-segment-analytics-key",i);t.src="https://cdn.segment.com/analytics.js/v1/"+k+"/analytics.min.js"};
		analytics._writeKey="KEY";;analytics.SNIPPET_VERSION="5.2.0";analytics.load("KEY");analytics.page()}();`,
}

func readScript(t *testing.T, text string) (finding, bool) {
	config, problems := blocker.ParseConfig(`{"hosts": ["t.shop.example", "shop.example/seg"], "rules": [{"host": "px.example", "category": "marketing"}]}`)
	require.Empty(t, problems)
	urls := newAddresses(blocker.New(config), documentAddress)
	r := newScriptReader(&urls)
	return r.read([]byte(text))
}

func TestTheOfficialSnippetIsKnownByItsMarks(t *testing.T) {
	for version, text := range official {
		t.Run(version, func(t *testing.T) {
			found, ok := readScript(t, text)
			require.True(t, ok)
			assert.Equal(t, version, found.script.Snippet)
			assert.Equal(t, "KEY", found.script.WriteKey)
			assert.Equal(t, blocker.Allow, found.held.Action, "the snippet runs")
			for _, mark := range []string{".factory", ".methods", "SNIPPET_VERSION"} {
				found, _ := readScript(t, strings.ReplaceAll(text, mark, ".other"))
				assert.Empty(t, found.script.Snippet, "without %s it is another script", mark)
			}
		})
	}
	found, ok := readScript(t, strings.Replace(official["5.2.0"], `"5.2.0"`, `"6.0.0"`, 1))
	require.True(t, ok, "it still names Segment's host")
	assert.Empty(t, found.script.Snippet, "a version nobody has seen is not vouched for")
}

func TestScriptsThatNameSegmentAreFound(t *testing.T) {
	for _, c := range []struct {
		text, key string
		urls      []string
	}{
		{`s.src = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"`, "KEY", []string{"https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"}},
		{`s.src = '//cdn.segment.com/x'`, "", []string{"https://cdn.segment.com/x"}},
		{"s.src = `https://cdn.segment.com/analytics.js/v1/${key}/analytics.min.js`", "", []string{"https://cdn.segment.com/analytics.js/v1/"}},
		{`s.src = proto + "cdn.segment.com/x" + y`, "", []string{"https://cdn.segment.com/x"}},
		{`fetch("\x68ttps://\u0063dn.s\u{65}gment\
.com/a") // segment`, "", []string{"https://cdn.segment.com/a"}},
		{`s.src = "/seg/analytics.js/v1/KEY/analytics.min.js"`, "KEY", []string{"https://shop.example/seg/analytics.js/v1/KEY/analytics.min.js"}},
		{`s.src = "https://px.example/p"`, "", []string{"https://px.example/p"}},
		{`AnalyticsBrowser.load({ writeKey: "KEY" }); var h = "cdn.segment.com"`, "KEY", []string{"https://cdn.segment.com/"}},
		{`x.load("other"); analytics.load("KEY"); var h = "cdn.segment.com"`, "KEY", []string{"https://cdn.segment.com/"}},
		{`x.load("page.html"); var h = "cdn.segment.com"`, "", []string{"https://cdn.segment.com/"}},
		{`var a = "cdn.segment.com", b = "cdn.segment.com"`, "", []string{"https://cdn.segment.com/"}},
		{`if (a / b / c) "cdn.segment.com/x"`, "", []string{"https://cdn.segment.com/x"}},
		{`x = a++ / 2; y = "cdn.segment.com/x" // "cdn.segment.com/y"`, "", []string{"https://cdn.segment.com/x"}},
		{`return /["']/.test(s) ? "cdn.segment.com/x" : ''`, "", []string{"https://cdn.segment.com/x"}},
		{`f = x => { } /'/.exec(s); "cdn.segment.com/x"`, "", []string{"https://cdn.segment.com/x"}},
		{"`${`${'cdn.segment.com/x'}`}`", "", []string{"https://cdn.segment.com/x"}},
		{"#! no script\n<!-- html comment 'cdn.segment.com/y'\n'cdn.segment.com/x'\n--> 'cdn.segment.com/z'", "", []string{"https://cdn.segment.com/x"}},
		{"'unterminated cdn.segment.com\n 0777 3in \u2028 'cdn.segment.com/x'", "", []string{"https://cdn.segment.com/x"}},
	} {
		t.Run(c.text, func(t *testing.T) {
			found, ok := readScript(t, c.text)
			require.True(t, ok)
			assert.Equal(t, c.urls, found.script.URLs)
			assert.Equal(t, c.key, found.script.WriteKey)
			assert.Empty(t, found.script.Snippet)
			assert.Equal(t, blocker.Allow, found.held.Action)
		})
	}
}

func TestScriptsThatOnlyTalkOfSegmentAreNot(t *testing.T) {
	for _, text := range []string{
		"", "// https://cdn.segment.com/x", "/* 'https://cdn.segment.com/x' */", "/https:\\/\\/cdn.segment.com/", "var segment = 1; cdn.segment.com",
		`"https://segment.com/docs"`, `"the segment.com site"`, `"/analytics.js"`, `"https://shop.example/?u=https://cdn.segment.com/"`,
		`analytics.load("KEY")`, `"` + strings.Repeat("x", maxText) + `cdn.segment.com"`,
	} {
		found, ok := readScript(t, text)
		assert.False(t, ok, "%q: %+v", text, found)
	}
}

func TestImportsOfHeldModulesAreFound(t *testing.T) {
	const module = "https://cdn.jsdelivr.net/npm/@segment/analytics-next/+esm"
	for text, want := range map[string]bool{
		`import "` + module + `"`:                           true,
		`import a from '` + module + `'`:                    true,
		`import { a as b } from "` + module + `";`:          true,
		`import * as a from "` + module + `" with {a: "b"}`: true,
		`import a, { b } from/* c */"` + module + `"`:       true,
		`export { a } from "` + module + `"`:                true,
		`export * from "` + module + `"`:                    true,
		`const a = await import("` + module + `")`:          true,
		`import(` + "`" + module + "`)":                     true,
		"import(`https://unpkg.com/@segment/${name}`)":      true,
		`import ( /* x */ '//unpkg.com/@segment/x', {} )`:   true,
		`import "/seg/analytics.js"`:                        true,
		`import "https:/cdn.segment.com/x"`:                 true,
		`import "https:cdn.segment.com/x"`:                  true,
		`import " \nht\ttps:\\cdn.segment.com\\x"`:          true,
		`import "cdn.segment.com/x"`:                        false,
		`import "https://unpkg.com/other"`:                  false,
		`import "@segment/analytics-next"`:                  false,
		`import a from "./own.js"; fetch("` + module + `")`: false,
		`// import "` + module + `"`:                        false,
		`"import '` + module + `'"`:                         false,
		`import(("` + module + `"))`:                        true,
		`import(a ? "` + module + `" : "/own.js")`:          true,
		"import(String.raw`" + module + "`)":                true,
		`import(new URL("` + module + `"))`:                 true,
		`import.source("` + module + `")`:                   true,
		`import . defer /**/ ("` + module + `")`:            true,
		`import source a from "` + module + `"`:             true,
		`import((a)); b("` + module + `")`:                  false,
		`import.defer; b("` + module + `")`:                 false,
		`import.meta.resolve("` + module + `")`:             false,
		`Array.from("` + module + `")`:                      false,
		`x.import; y("` + module + `")`:                     false,
	} {
		found, ok := readScript(t, text)
		assert.Equal(t, want, found.held.Action == blocker.Hold, text)
		assert.Equal(t, want, found.heldURL != "", text)
		assert.True(t, !want || ok, text)
	}
}

func TestImportMapsAreFollowed(t *testing.T) {
	urls := newAddresses(blocker.New(blocker.Config{}), documentAddress)
	r := newScriptReader(&urls)
	r.importMap([]byte(`{"imports": {"seg": "https://unpkg.com/@segment/x", "seg/": "//unpkg.com/@segment/", "own": "/own.js", "n": null},
		"scopes": {"/a/": {"scoped": "https:/cdn.segment.com/y"}}}`))
	r.importMap([]byte(`not JSON`))
	r.importMap([]byte(`{"imports": []}`))
	for name, want := range map[string]bool{
		"seg": true, "seg/deep/x.js": true, "scoped": true, "own": false, "n": false, "segment": false, "seg/": true, "other": false,
	} {
		found, _ := r.read([]byte(`import "` + name + `"`))
		assert.Equal(t, want, found.held.Action == blocker.Hold, name)
	}
}

// TestEveryScriptEnds feeds the reader all kinds of broken text.
func TestEveryScriptEnds(t *testing.T) {
	for _, part := range []string{"`", "`${", "${", "'", "\"", "/", "/*", "*/", "//", "\\", "\\u", "\\u{", "\x00", "\xff", "\u2028", "#", "@", "0x", "1e", "..", "}", ")", "]", "<!--", "-->"} {
		for _, text := range []string{part, "import " + part, strings.Repeat("import"+part, 200), part + "\n" + part + " import"} {
			assert.NotPanics(t, func() { readScript(t, text) }, "%q", text)
		}
	}
}

func TestEscapesInStrings(t *testing.T) {
	for literal, want := range map[string]string{
		`"a"`: "a", `"\n\t\r\b\f\v\0\\\"\'\/\z"`: "\n\t\r\b\f\v\x00\\\"'/z", `"\x41\u0042\u{43}\u{1F600}"`: "ABC\U0001F600", "\"a\\\nb\\\r\nc\\\rd\\\u2028e\"": "abcde",
		`"\x4"`: "4", `"\u12"`: "12", `"\u{"`: "{", `"\u{}"`: "", `"\u{110000}"`: "\uFFFD", `"\uD800"`: "\uFFFD", `"\é"`: "é", `""`: "", `"`: "",
	} {
		assert.Equal(t, want, unquote(token{js.StringToken, []byte(literal)}), literal)
	}
	assert.Equal(t, "a${b", unquote(token{js.TemplateStartToken, []byte("`a\\${b${")}))
}

func TestBrokenScriptsCostNoMoreThanOthers(t *testing.T) {
	for _, part := range []string{"#", "\\u", "/#", "'\n", "}#", "0#"} {
		start := time.Now()
		readScript(t, "import"+strings.Repeat(part, MaxScript/len(part)))
		assert.Less(t, time.Since(start), time.Second, part)
	}
}

// FuzzScript checks that no text takes the reader down, though some take the lexer down ("0#" does in v2.8.20), and that
// where a script starts makes no difference.
func FuzzScript(f *testing.F) {
	for _, text := range official {
		f.Add(text)
	}
	f.Add("import('`${a}`'); /[/]/ / 2 / x; `a${b}c${`d`}` <!-- e\n--> f")
	f.Add("import 'https://cdn.segment.com/x'; 0#")
	f.Fuzz(func(t *testing.T, text string) {
		found, ok := readScript(t, text)
		again, same := readScript(t, "\n"+text)
		assert.Equal(t, ok, same)
		assert.Equal(t, found, again)
		assert.LessOrEqual(t, len(found.script.URLs), maxURLs+1)
	})
}
