package demo

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// built is a web folder with a built gate, whatever has been built here.
func built(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "dist"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "dist", "segment-blocker.js"), []byte("/* gate */"), 0o600))
	for _, name := range []string{"demo", "node_modules"} {
		path, err := filepath.Abs(filepath.Join("../..", name))
		require.NoError(t, err)
		require.NoError(t, os.Symlink(path, filepath.Join(dir, name)))
	}
	return dir
}

// serve starts the demo and returns its URL and what Serve will return once stop is called.
func serve(t *testing.T) (base string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	in, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, Options{Addr: "localhost:0", WebDir: built(t), Stdout: out}) }()
	line, err := bufio.NewReader(in).ReadString('\n')
	require.NoError(t, err)
	base = regexp.MustCompile(`http://localhost:\d+`).FindString(line)
	require.NotEmpty(t, base, line)
	return base, func() error { cancel(); return <-ended }
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	res, err := http.Get(url)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(body)
}

func TestThePageHasTheGateFirstAndTheOfficialSnippet(t *testing.T) {
	base, stop := serve(t)
	host := strings.TrimPrefix(base, "http://")
	for _, path := range []string{"/", "/teapot", "/basket"} {
		status, body := get(t, base+path)
		assert.Equal(t, http.StatusOK, status)
		assert.Contains(t, body, `{"hosts":["`+strings.ReplaceAll(host, "/", `\/`)+`/segment"]}`)
		gate := strings.Index(body, `src="/segment-blocker.js"`)
		snippet := strings.Index(body, `analytics.load("`+writeKey+`");`)
		assert.Positive(t, gate)
		assert.Greater(t, snippet, gate)
		assert.Contains(t, body, `analytics._cdn = "http://`+host+`/segment"`)
		assert.NotContains(t, body, "https://"+host)
	}
	assert.NoError(t, stop())
}

func TestTheParts(t *testing.T) {
	base, stop := serve(t)
	for path, want := range map[string]struct {
		status int
		body   string
	}{
		"/segment-blocker.js": {200, "/* gate */"},
		"/demo/panel.js":      {200, "EventSource"},
		"/segment/analytics.js/v1/" + writeKey + "/analytics.min.js": {200, writeKey},
		"/segment/v1/projects/" + writeKey + "/settings":             {200, `/segment/v1","`},
		"/nothing": {404, ""},
	} {
		status, body := get(t, base+path)
		assert.Equal(t, want.status, status, path)
		assert.Contains(t, body, want.body, path)
	}
	assert.NoError(t, stop())
}

func TestTheStreamTellsWhatReachesSegmentAndEndsWithTheServer(t *testing.T) {
	base, stop := serve(t)
	res, err := http.Get(base + "/stream")
	require.NoError(t, err)
	defer res.Body.Close()
	sent, err := http.Post(base+"/segment/v1/t", "text/plain", strings.NewReader(`{"type":"track","event":"Seen"}`))
	require.NoError(t, err)
	defer sent.Body.Close()
	lines := bufio.NewScanner(res.Body)
	var told []string
	for len(told) < 2 && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data: ") {
			told = append(told, lines.Text())
		}
	}
	require.Len(t, told, 2)
	assert.Contains(t, told[0], `"path":"/segment/v1/t"`)
	assert.Contains(t, told[1], `"event":"Seen"`)
	assert.NoError(t, stop(), "an open stream does not keep the server")
}

func TestErrorsSayWhatToDo(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	for _, test := range []struct{ name, addr, web, want string }{
		{"not built", "localhost:0", t.TempDir(), "make build"},
		{"port in use", taken.Addr().String(), built(t), "PORT="},
		{"no port", "localhost", built(t), `cannot listen on "localhost"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := Serve(t.Context(), Options{Addr: test.addr, WebDir: test.web, Stdout: io.Discard})
			assert.ErrorContains(t, err, test.want)
		})
	}
}

func TestATemplateOfUnknownFormIsRefused(t *testing.T) {
	for _, text := range []string{"", "module.exports=function(){}", "'\\q' +\n'a' +\n'b' +"} {
		_, err := parseSnippet(text)
		assert.ErrorIs(t, err, errTemplate, text)
	}
}
