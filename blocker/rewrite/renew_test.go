package rewrite_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

func TestAGateIsRenewedWhereverItsTextIsCut(t *testing.T) {
	code := strings.Repeat("gate('<b>');", 9000)
	now, err := rewrite.Inline(code+"end()", "")
	require.NoError(t, err)
	const before, after = "<!doctype html><head><title>x</title>", "<p><img src=/x>"
	for name, c := range map[string]struct {
		old            string
		stale, renewed bool
	}{
		"the same":             {now.Tag(""), false, false},
		"shorter":              {"<script data-segment-gate>" + code + "</script>", true, true},
		"longer":               {"<script data-segment-gate>" + code + "end();more('<');</script>", true, true},
		"another letter":       {"<script data-segment-gate>" + code + "and()</script>", true, true},
		"another tag":          {"<script data-segment-gate src=/x>" + code + "end()</script>", true, true},
		"somebody else's":      {"<script data-segment-gate async>" + code + "</script>", true, false},
		"an end in capitals":   {"<script data-segment-gate>" + code + "</SCRIPT\n>", true, true},
		"with a nonce of ours": {now.Tag("abc"), false, false},
	} {
		t.Run(name, func(t *testing.T) {
			in := before + c.old + after
			want := in
			if c.renewed {
				end := c.old[strings.LastIndex(c.old, "</"):]
				want = before + strings.TrimSuffix(now.Tag(""), "</script>") + end + after
			}
			o := rewrite.Options{Snippet: now, Renew: true}
			got, report := rewrite.Bytes([]byte(in), o)
			require.Equal(t, want, string(got))
			assert.True(t, report.Present)
			assert.Equal(t, []bool{c.stale, c.renewed}, []bool{report.Stale, report.Renewed})
			for _, length := range []int{1, 7, 4096} {
				parts, same := inChunks(t, []byte(in), o, func() int { return length })
				require.Equal(t, want, parts)
				assert.Equal(t, report, same)
			}
			again, report := rewrite.Bytes(got, o)
			assert.Equal(t, want, string(again))
			assert.False(t, report.Renewed)
			o.Renew = false
			got, report = rewrite.Bytes([]byte(in), o)
			assert.Equal(t, in, string(got), "without the option it stays")
			assert.Equal(t, c.stale, report.Stale)
		})
	}
}
