package audit

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/web/server/proxy"
)

const web = "../../web"

// lab is the recording proxy, which plays Segment's hosts and every other.
type lab struct {
	t       *testing.T
	address string
}

// newLab starts the proxy for the length of the test.
func newLab(t *testing.T) *lab {
	t.Helper()
	p, err := proxy.New(proxy.Options{WebDir: web, TestData: "../../testdata"})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = p.Serve(l) }()
	t.Cleanup(func() { _ = l.Close() })
	return &lab{t, "http://" + l.Addr().String()}
}

// put serves a page at a URL.
func (l *lab) put(page proxy.Page) {
	l.t.Helper()
	body, err := json.Marshal(page)
	require.NoError(l.t, err)
	l.tell("/pages", body)
}

// open lets all chunks go on that wait for the name.
func (l *lab) open(name string) {
	l.t.Helper()
	l.tell("/open?name="+url.QueryEscape(name), nil)
}

// tell says something to the proxy's control.
func (l *lab) tell(path string, body []byte) {
	l.t.Helper()
	answer, err := http.Post(l.address+path, "application/json", bytes.NewReader(body))
	require.NoError(l.t, err)
	_ = answer.Body.Close()
	require.Equal(l.t, http.StatusOK, answer.StatusCode)
}

func (l *lab) html(url, body string) { l.t.Helper(); l.put(proxy.Page{URL: url, Body: body}) }

func (l *lab) options() Options {
	return Options{
		Proxy: l.address, Insecure: true, Timeout: 20 * time.Second, Settle: 300 * time.Millisecond, Tabs: 2, Version: "test",
		Progress: func(line string) { l.t.Log(line) },
	}
}

func (l *lab) audit(o Options, urls ...string) *Report {
	l.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	r, err := Pages(ctx, o, urls)
	require.NoError(l.t, err)
	return r
}

// written is the HTML report; with AUDIT_OUT set both reports are kept in that folder to be looked at.
func (l *lab) written(r *Report) string {
	l.t.Helper()
	var html, json bytes.Buffer
	require.NoError(l.t, r.WriteHTML(&html))
	require.NoError(l.t, r.WriteJSON(&json))
	if dir := os.Getenv("AUDIT_OUT"); dir != "" {
		name := filepath.Join(dir, strings.ReplaceAll(l.t.Name(), "/", "_"))
		require.NoError(l.t, os.WriteFile(name+".html", html.Bytes(), 0o600))
		require.NoError(l.t, os.WriteFile(name+".json", json.Bytes(), 0o600))
	}
	return html.String()
}
