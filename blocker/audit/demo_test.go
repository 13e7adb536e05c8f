package audit

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/web/server/demo"
	"github.com/segment-blocker/segment-blocker/web/server/proxy"
)

// startDemo serves the demo and returns its address.
func startDemo(t *testing.T) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- demo.Serve(ctx, demo.Options{Addr: "localhost:0", WebDir: web, Stdout: in}) }()
	t.Cleanup(func() {
		stop()
		assert.NoError(t, <-ended)
	})
	line := make([]byte, 200)
	n, err := out.Read(line)
	require.NoError(t, err)
	words := strings.Fields(string(line[:n]))
	for _, word := range words {
		if strings.HasPrefix(word, "http://") {
			return word
		}
	}
	t.Fatalf("no address in %q", words)
	return ""
}

// withoutGate serves the demo's page as most sites are: no gate, and Segment's own host in the snippet.
func (l *lab) withoutGate(address string) string {
	l.t.Helper()
	answer, err := http.Get(address + "/")
	require.NoError(l.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(l.t, err)
	host := strings.TrimPrefix(address, "http://")
	html := strings.Replace(string(text), `<script src="/segment-blocker.js"></script>`, "", 1)
	html = strings.ReplaceAll(html, "http://"+host+"/segment", "https://cdn.segment.com")
	require.NotContains(l.t, html, "segment-blocker.js")
	require.Contains(l.t, html, "https://cdn.segment.com")
	l.put(proxy.Page{URL: "https://naive.test/", Body: html})
	return "https://naive.test/"
}

func TestDemoWithoutTheGateLeaksBeforeAnyChoice(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := l.audit(l.options(), l.withoutGate(startDemo(t)))
	assert.False(t, r.OK())
	p := r.Pages[0]
	assert.Nil(t, p.Gate)
	for _, run := range p.Runs {
		assert.Equal(t, Leak, run.Verdict, run.Name)
	}
	assert.Empty(t, p.Runs[0].Error)
	assert.Contains(t, p.Runs[1].Error, "--reject-selector")
	validate(t, r)
	html := l.written(r)
	for _, want := range []string{"cdn.segment.com", "ajs_anonymous_id", "put segment-blocker.js first in &lt;head&gt;", "before any choice"} {
		assert.Contains(t, html, want)
	}
}

func TestDemoWithTheGateLeaksInNoVisit(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	r := l.audit(l.options(), startDemo(t)+"/")
	assert.True(t, r.OK(), r.Headline())
	p := r.Pages[0]
	require.NotNil(t, p.Gate)
	assert.Equal(t, "wasm", p.Gate.Engine)
	assert.Equal(t, "page", p.Config)
	require.Len(t, p.Runs, 4)
	for _, run := range p.Runs {
		assert.Equal(t, Clean, run.Verdict, "%s: %s", run.Name, run.Error)
	}
	assert.Zero(t, p.Runs[0].Passed())
	assert.Zero(t, p.Runs[1].Passed())
	assert.NotZero(t, p.Runs[2].Passed(), "Segment loads after a grant")
	assert.NotZero(t, p.Runs[3].Passed())
	assert.Len(t, p.Runs[3].Choices, 2)
	validate(t, r)
	assert.Contains(t, l.written(r), "No leak was seen in any visit.")
}
