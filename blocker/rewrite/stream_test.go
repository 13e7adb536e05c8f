package rewrite_test

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// client is one that neither asks for compression nor undoes it.
func client(t testing.TB) *http.Client {
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

func serve(t testing.TB, h http.Handler) *httptest.Server {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = log.New(io.Discard, "", 0)
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func TestWhatIsFlushedArrivesBeforeTheRestIsWritten(t *testing.T) {
	const first, second = "<!doctype html><head><meta charset=utf-8>" + heldTag + "<title>x</title>", "<p>second</p>"
	want := withSnippet(t, strings.Replace(first, "<script", `SNIPPET<script type="text/plain" data-segment-blocker=""`, 1))
	for _, coding := range append(compressed, "") {
		t.Run("coding "+coding, func(t *testing.T) {
			noLeak(t)
			goOn := make(chan struct{})
			s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				var out io.Writer = w
				flush := func() {}
				if coding != "" {
					w.Header().Set("Content-Encoding", coding)
					z := newCompressor(coding, w)
					defer z.Close()
					out, flush = z, func() { _ = z.Flush() }
				}
				_, _ = io.WriteString(out, first)
				flush()
				_ = http.NewResponseController(w).Flush()
				<-goOn
				_, _ = io.WriteString(out, second)
			})))
			r, err := client(t).Get(s.URL)
			require.NoError(t, err)
			defer r.Body.Close()
			var body io.Reader = r.Body
			if coding != "" {
				body = decompress(coding, r.Body)
			}
			start := make([]byte, len(want))
			_, err = io.ReadFull(body, start)
			require.NoError(t, err)
			assert.Equal(t, want, string(start))
			close(goOn)
			rest, err := io.ReadAll(body)
			require.NoError(t, err)
			assert.Equal(t, second, string(rest))
		})
	}
}

func TestFlushBeforeAnyBodySendsTheHeaders(t *testing.T) {
	for _, coding := range append(compressed, "") {
		goOn := make(chan struct{})
		s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			w.WriteHeader(http.StatusTeapot)
			w.(http.Flusher).Flush()
			<-goOn
		})))
		r, err := client(t).Get(s.URL)
		require.NoError(t, err)
		assert.Equal(t, http.StatusTeapot, r.StatusCode)
		close(goOn)
		assert.Empty(t, read(t, r))
		r.Body.Close()
	}
}

func TestTrailersPass(t *testing.T) {
	s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Trailer", "X-Sum")
		_, _ = io.WriteString(w, pageBody)
		w.Header().Set("X-Sum", "1")
		w.Header().Set(http.TrailerPrefix+"X-More", "2")
	})))
	r, err := client(t).Get(s.URL)
	require.NoError(t, err)
	defer r.Body.Close()
	read(t, r)
	assert.Equal(t, "1", r.Trailer.Get("X-Sum"))
	assert.Equal(t, "2", r.Trailer.Get("X-More"))
}

func TestInformationalResponsesPassWithoutHeldPreloads(t *testing.T) {
	var hints []string
	s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Add("Link", "</a.css>; rel=preload; as=style")
		w.Header().Add("Link", "<https://cdn.segment.com/x>; rel=preload; as=script")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Del("Link")
		_, _ = io.WriteString(w, pageBody)
	})))
	r, err := http.NewRequest(http.MethodGet, s.URL, nil)
	require.NoError(t, err)
	r = r.WithContext(withHints(r.Context(), &hints))
	response, err := client(t).Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	assert.Equal(t, []string{"</a.css>; rel=preload; as=style"}, hints)
	assert.Equal(t, withSnippet(t, gatedBody), read(t, response))
}

func TestHeadIsAnsweredLikeGet(t *testing.T) {
	s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", fmt.Sprint(len(pageBody)))
		_, _ = io.WriteString(w, pageBody)
	})))
	r, err := client(t).Head(s.URL)
	require.NoError(t, err)
	defer r.Body.Close()
	assert.Equal(t, int64(-1), r.ContentLength, "the length of the page that GET gives is not known")
	assert.Empty(t, read(t, r))
}

// reverse is a reverse proxy with the middleware in front of an upstream handler.
func reverse(t testing.TB, upstream http.Handler) *httptest.Server {
	target, err := url.Parse(serve(t, upstream).URL)
	require.NoError(t, err)
	transport := &http.Transport{MaxIdleConnsPerHost: 1}
	t.Cleanup(transport.CloseIdleConnections)
	proxy := &httputil.ReverseProxy{
		Rewrite:   func(p *httputil.ProxyRequest) { p.SetURL(target) },
		Transport: transport, ErrorLog: log.New(io.Discard, "", 0),
	}
	return serve(t, rewrite.Middleware(middlewareOptions(t))(proxy))
}

func TestBehindAReverseProxy(t *testing.T) {
	s := reverse(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			_, _ = io.WriteString(w, pageBody)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		_, _ = io.WriteString(z, pageBody)
	}))
	r, err := client(t).Get(s.URL)
	require.NoError(t, err)
	assert.Equal(t, withSnippet(t, gatedBody), read(t, r))
	r.Body.Close()
	// The transport asks for gzip by itself here and undoes it.
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	r, err = (&http.Client{Transport: transport}).Get(s.URL)
	require.NoError(t, err)
	assert.True(t, r.Uncompressed)
	assert.Equal(t, withSnippet(t, gatedBody), read(t, r))
	r.Body.Close()
}

func TestUpgradedConnectionsPass(t *testing.T) {
	noLeak(t)
	s := reverse(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Connection", "Upgrade")
		w.Header().Set("Upgrade", "echo")
		w.WriteHeader(http.StatusSwitchingProtocols)
		conn, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.Copy(conn, buffer)
	}))
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	r, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, r.StatusCode)
	_, err = io.WriteString(conn, heldTag)
	require.NoError(t, err)
	back := make([]byte, len(heldTag))
	_, err = io.ReadFull(reader, back)
	require.NoError(t, err)
	assert.Equal(t, heldTag, string(back))
}

func TestHijackWorksByAssertionToo(t *testing.T) {
	s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"+pageBody)
	})))
	r, err := client(t).Get(s.URL)
	require.NoError(t, err)
	defer r.Body.Close()
	assert.Equal(t, pageBody, read(t, r))

	w := httptest.NewRecorder()
	rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _, err := w.(http.Hijacker).Hijack()
		assert.ErrorIs(t, err, http.ErrNotSupported)
		_, _ = io.WriteString(w, "<p>")
	})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	assert.Contains(t, w.Body.String(), "<p>", "a failed hijack changes nothing")
}

func TestDeadlinesAndTLSReachThroughTheWriter(t *testing.T) {
	s := httptest.NewTLSServer(rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		assert.NoError(t, http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Minute)))
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Set-Cookie", "ajs_user_id=1")
		_, _ = io.WriteString(w, `<base href="//CDN.segment.com"><img src=x>`)
	})))
	defer s.Close()
	r, err := s.Client().Get(s.URL)
	require.NoError(t, err)
	defer r.Body.Close()
	assert.Contains(t, read(t, r), "data-segment-blocker-src=x")
	assert.NotContains(t, r.Header, "Set-Cookie")
}

// direct is a ResponseWriter that takes the short way from a file.
type direct struct {
	*httptest.ResponseRecorder
	taken int64
}

func (d *direct) ReadFrom(r io.Reader) (int64, error) {
	n, err := io.Copy(d.ResponseRecorder, r)
	d.taken += n
	return n, err
}

func TestFilesTakeTheShortWayUnlessTheyAreRewritten(t *testing.T) {
	for name, want := range map[string]int64{"x.css": 9, "x.html": 0} {
		w := &direct{ResponseRecorder: httptest.NewRecorder()}
		rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeContent(w, r, name, modified, strings.NewReader("<p>123456"))
		})).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/"+name, nil))
		assert.Equal(t, want, w.taken, name)
		assert.Contains(t, w.Body.String(), "<p>123456")
	}
}
