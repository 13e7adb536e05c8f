package rewrite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// hostile are payloads of the kinds that sanitizers are tested with: what one parser takes for text is a tag to another.
var hostile = []string{
	`<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=//cdn.segment.com/x&gt;">`,
	`<svg></p><style><a id="</style><img src=//cdn.segment.com/x>">`,
	`<noscript><p title="</noscript><img src=//cdn.segment.com/x>">`,
	`<form><math><mtext></form><form><mglyph><style></math><img src=//cdn.segment.com/x>`,
	`<textarea><script>//</textarea><img src=//cdn.segment.com/x>`,
	`<svg><desc><![CDATA[</desc><script>]]></script><img src=//cdn.segment.com/x>`,
	`<svg><script><!--<img src=//cdn.segment.com/x>--></script><script href=//cdn.segment.com/x /></svg>`,
	`<template><script><!-- </template> <script> --></script></template><img src=//cdn.segment.com/x>`,
	`<title><svg></title><img src=//cdn.segment.com/x></svg>`,
	`<select><svg><style><option><img src=//cdn.segment.com/x></style></select>`,
	`<img src="//cdn.segment.com/x"onerror=alert(1)//`,
	"<img\x0bsrc=//cdn.segment.com/x><img\x0csrc=//cdn.segment.com/x>",
	`<a href="javascript:'<img src=//cdn.segment.com/x>'"><!-- --!> --><x y="<!--" z='-->'>`,
	`<iframe srcdoc="<script src=//cdn.segment.com/x></script>"></iframe><xmp></xmp/x><plaintext/>`,
	`<script type="speculationrules">{"prefetch":[{"urls":["//cdn.segment.com/x"]}]}</script/>`,
	"<script>import`x`; import/**/('//cdn.segment.com/x'); `${`${'</scr'+'ipt>'}`}`; /[/]'/; a++ /b/ 'c'</script>",
	`<base href="//cdn.segment.com/"><img src=x><meta http-equiv=content-type content="text/html;charset=utf-16"><img src=y>`,
	"\xef\xbb\xbf \n<!-->\x00<html \x00><\x00p><img src=//cdn.segment.com/\x00>",
	"\x1b$B<img src=//cdn.segment.com/x>\x1b(B", "{\"a\":1}", "<?xml version='1.0'?><feed/>", "<!DOCTYPE html [<!ENTITY x '>'>]><p>",
}

func seeds(f *testing.F, add func(document string)) {
	for _, c := range goldenCases(f) {
		add(string(c.in))
		add(string(c.want))
	}
	for _, document := range hostile {
		add(document)
	}
	for _, part := range soup {
		add(part)
	}
}

// options hold Segment and a rule of every sort; granted is the same with everything allowed.
func fuzzOptions(t testing.TB, granted bool) rewrite.Options {
	config, problems := blocker.ParseConfig(`{"hosts": ["t.shop.example", "shop.example/seg"],
		"rules": [{"host": "px.example", "path": "/p*", "category": "marketing"}]}`)
	require.Empty(t, problems)
	config.PageHost = "shop.example"
	gate := blocker.New(config)
	if granted {
		gate.Apply(consent.Signal{Source: consent.API, States: consent.States{
			consent.Granted, consent.Granted, consent.Granted, consent.Granted,
		}})
	}
	return rewrite.Options{Gate: gate, URL: "https://shop.example/dir/page"}
}

// FuzzRewrite checks what holds for any bytes at all: where they are cut makes no difference, twice is once, and
// without a reason nothing changes.
func FuzzRewrite(f *testing.F) {
	seeds(f, func(document string) { f.Add([]byte(document), []byte{1, 3, 7, 2, 100}) })
	f.Fuzz(func(t *testing.T, document, cuts []byte) {
		o := fuzzOptions(t, false)
		plain, report := rewrite.Bytes(document, o)
		if report.TagCount == 0 {
			assert.Equal(t, string(document), string(plain), "identity")
		}
		same, _ := rewrite.Bytes(document, fuzzOptions(t, true))
		assert.Equal(t, string(document), string(same), "identity when all is allowed")

		o.Snippet = snippet(t)
		once, report := rewrite.Bytes(document, o)
		at := -1
		parts, partsReport := inChunks(t, document, o, func() int {
			at++
			if len(cuts) == 0 {
				return 1
			}
			return 1 + int(cuts[at%len(cuts)])
		})
		assert.Equal(t, string(once), parts, "chunks")
		assert.Equal(t, report, partsReport, "chunks")

		twice, again := rewrite.Bytes(once, o)
		assert.Equal(t, string(once), string(twice), "twice")
		assert.Zero(t, again.TagCount, "twice")
	})
}

// FuzzTree holds the rewriter against a tree builder.
func FuzzTree(f *testing.F) {
	seeds(f, func(document string) { f.Add(document) })
	f.Fuzz(func(t *testing.T, document string) {
		// The other parser knows no byte order mark and no end of line but one, and what was rewritten before is not
		// undone as it was.
		if len(document) < 4096 && !strings.ContainsAny(document, "\x00\r\uFEFF") &&
			!strings.Contains(strings.ToLower(document), "data-segment") {
			checkAgainstTree(t, document)
		}
	})
}
