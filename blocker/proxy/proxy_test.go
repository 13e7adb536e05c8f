package proxy_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/proxy"
)

const (
	loader = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"
	page   = `<!doctype html><html><head><title>x</title><script src="` + loader + `"></script></head><body>Shop</body></html>`
)

// world is an upstream with a proxy in front of it.
type world struct {
	*httptest.Server
	proxy *proxy.Proxy
	log   *lines
}

// lines collects what is logged.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) count(part string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), part)
}

func start(t *testing.T, upstream http.Handler, change ...func(*proxy.Options)) *world {
	t.Helper()
	origin := httptest.NewServer(upstream)
	t.Cleanup(origin.Close)
	address, err := url.Parse(origin.URL)
	require.NoError(t, err)
	w := &world{log: &lines{}}
	o := proxy.Options{Upstream: address, Gate: []byte("window.gate=1"), Logger: slog.New(slog.NewTextHandler(w.log, nil))}
	for _, c := range change {
		c(&o)
	}
	w.proxy, err = proxy.New(o)
	require.NoError(t, err)
	w.Server = httptest.NewServer(w.proxy.Handler())
	t.Cleanup(w.Server.Close)
	return w
}

func html(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, text)
	}
}

func (w *world) get(t *testing.T, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL+path, nil)
	require.NoError(t, err)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := w.Client().Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response, string(body)
}

func TestPagesAreGated(t *testing.T) {
	w := start(t, html(page))
	response, body := w.get(t, "/")
	assert.Equal(t, http.StatusOK, response.StatusCode)
	assert.Contains(t, body, `<script data-segment-gate src="/segment-blocker.js?v=`)
	assert.Contains(t, body, `<script type="text/plain" data-segment-blocker="" src="`+loader+`">`)
	assert.Equal(t, 1, w.log.count("path=/ status=200"))
}

// A response in chunks is flushed as it comes, at first without a byte of the body.
func TestPagesWithoutATypeAreGated(t *testing.T) {
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		text := []byte(page)
		if r.URL.Path == "/zipped" {
			w.Header().Set("Content-Encoding", "gzip")
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(text)
			_ = z.Close()
			text = b.Bytes()
		}
		_ = http.NewResponseController(w).Flush()
		for _, part := range [][]byte{text[:3], text[3:]} {
			time.Sleep(20 * time.Millisecond)
			_, _ = w.Write(part)
			_ = http.NewResponseController(w).Flush()
		}
	}))
	for _, path := range []string{"/", "/zipped"} {
		response, body := w.get(t, path)
		assert.Contains(t, body, "data-segment-gate", path)
		assert.NotContains(t, body, `<script src="`+loader, path)
		assert.Empty(t, response.Header.Values("Content-Type"), "what the upstream does not say is not said")
	}
}

func TestDataDoNotBecomeHTML(t *testing.T) {
	const upload = "<!doctype html><script>steal()</script>"
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		if r.URL.Path == "/early" {
			w.WriteHeader(http.StatusEarlyHints)
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, upload)
	}))
	for _, path := range []string{"/", "/early"} {
		response, body := w.get(t, path, "Sec-Fetch-Dest", "document")
		assert.Equal(t, upload, body)
		assert.Empty(t, response.Header.Values("Content-Type"))
	}
}

func TestTheGateIsServedUnderItsPath(t *testing.T) {
	w := start(t, html(page), func(o *proxy.Options) { o.GatePath = "/a/gate.js" })
	_, body := w.get(t, "/")
	_, address, ok := strings.Cut(body, `<script data-segment-gate src="`)
	require.True(t, ok, body)
	address, _, _ = strings.Cut(address, `"`)
	response, script := w.get(t, address)
	assert.Equal(t, "window.gate=1", script)
	assert.Contains(t, response.Header.Get("Cache-Control"), "immutable")
	response, _ = w.get(t, "/a/gate.js")
	assert.Equal(t, "no-cache", response.Header.Get("Cache-Control"))
	response, _ = w.get(t, "/a/gate.js", "If-None-Match", response.Header.Get("ETag"))
	assert.Equal(t, http.StatusNotModified, response.StatusCode)
}

func TestAVisitorWhoseChoiceIsStoredGetsWhatItSays(t *testing.T) {
	granted := "CookieConsent={stamp:%27x==%27%2Cnecessary:true%2Cpreferences:true%2Cstatistics:true%2Cmarketing:true%2Cmethod:%27explicit%27%2Cver:1%2Cutc:" +
		fmt.Sprint(time.Now().UnixMilli()) + "%2Cregion:%27de%27}"
	w := start(t, html(page))
	response, body := w.get(t, "/", "Cookie", granted)
	assert.NotContains(t, body, "text/plain")
	assert.Contains(t, body, "data-segment-gate")
	assert.Contains(t, strings.Join(response.Header.Values("Vary"), ","), "Cookie")
	_, body = w.get(t, "/", "Cookie", strings.ReplaceAll(granted, "statistics:true", "statistics:false"))
	assert.Contains(t, body, "text/plain")
	_, body = w.get(t, "/")
	assert.Contains(t, body, "text/plain")
}

func TestTheUpstreamSeesWhoAsks(t *testing.T) {
	seen := make(chan *http.Request, 1)
	origin := func(w http.ResponseWriter, r *http.Request) { seen <- r }
	said := []string{
		"X-Forwarded-For", "203.0.113.7", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.example", "Forwarded", "for=203.0.113.7",
	}
	for _, c := range []struct {
		name            string
		preserve, trust bool
		headers         []string
		want            map[string]string
	}{
		{"a visitor", false, false, nil, map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "HOST"}},
		{
			"a visitor who says that he is another", false, false, said,
			map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "HOST", "Forwarded": ""},
		},
		{"a visitor of whom a trusted balancer says nothing", false, true, nil, map[string]string{"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Proto": "http"}},
		{
			"a visitor behind a trusted balancer", true, true, said,
			map[string]string{
				"X-Forwarded-For": "203.0.113.7, 127.0.0.1", "X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example", "Forwarded": "for=203.0.113.7",
			},
		},
		{
			"a trusted balancer that says it in one header", false, true, []string{"Forwarded", "host=shop.example;proto=https"},
			map[string]string{"X-Forwarded-Proto": "https", "X-Forwarded-Host": "shop.example", "Forwarded": "host=shop.example;proto=https"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, http.HandlerFunc(origin), func(o *proxy.Options) { o.PreserveHost, o.TrustForwarded = c.preserve, c.trust })
			w.get(t, "/a%2Fb?c=d", c.headers...)
			r := <-seen
			host := strings.TrimPrefix(w.URL, "http://")
			assert.Equal(t, "/a%2Fb?c=d", r.RequestURI)
			assert.Equal(t, c.preserve, r.Host == host)
			for name, value := range c.want {
				assert.Equal(t, strings.Replace(value, "HOST", host, 1), r.Header.Get(name), name)
			}
		})
	}
}

// A first-party proxy's relative address is Segment's on the host that the browser asked.
func TestTheSitesOwnHostIsKnownFromATrustedBalancer(t *testing.T) {
	upstream := html(`<!doctype html><html><head><script src="/analytics.js/v1/KEY/analytics.min.js"></script></head></html>`)
	config := blocker.Config{Hosts: []blocker.Proxy{{Host: "shop.example"}}}
	for trust, held := range map[bool]bool{true: true, false: false} {
		w := start(t, upstream, func(o *proxy.Options) { o.Config, o.TrustForwarded = config, trust })
		for _, said := range [][]string{
			{"X-Forwarded-Host", "shop.example", "X-Forwarded-Proto", "https"},
			{"X-Forwarded-Host", "shop.example, inner.example", "X-Forwarded-Proto", "https, http"},
			{"Forwarded", `for=192.0.2.1;host="shop.example";proto=https, for=10.0.0.1;host=inner.example`},
		} {
			_, body := w.get(t, "/", said...)
			assert.Equal(t, held, strings.Contains(body, "text/plain"), "%v %v: %s", trust, said, body)
		}
	}
}

func TestAnUpstreamThatFailsIsAPlainAnswerAndOneLine(t *testing.T) {
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	hang := make(chan struct{})
	defer close(hang)
	for _, c := range []struct {
		name     string
		upstream http.HandlerFunc
		change   func(*proxy.Options)
		status   int
	}{
		{"down", nil, func(o *proxy.Options) { o.Upstream, _ = url.Parse(gone.URL) }, http.StatusBadGateway},
		{
			"silent",
			func(_ http.ResponseWriter, r *http.Request) {
				select {
				case <-hang:
				case <-r.Context().Done():
				}
			},
			func(o *proxy.Options) { o.Timeouts.Response = 50 * time.Millisecond }, http.StatusGatewayTimeout,
		},
		{"broken", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err == nil {
				conn.Close()
			}
		}, func(*proxy.Options) {}, http.StatusBadGateway},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, c.upstream, c.change)
			response, body := w.get(t, "/")
			assert.Equal(t, c.status, response.StatusCode)
			assert.Contains(t, body, "Please try again.")
			assert.Equal(t, 1, w.log.count("level=ERROR"))
		})
	}
}

func TestBodiesThatLiePassOrBreakOffAsTheyDid(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = io.WriteString(z, page+strings.Repeat("<p>text</p>", 5000))
	_ = z.Close()
	for _, c := range []struct {
		name     string
		upstream http.HandlerFunc
		whole    bool
	}{
		{"text that calls itself gzip", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, page)
		}, true},
		{"gzip that ends in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes()[:packed.Len()/2])
		}, true},
		{"text that calls itself brotli", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, page)
		}, true},
		{"a body that is shorter than it says", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Length", fmt.Sprint(len(page)+100))
			_, _ = io.WriteString(w, page)
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := start(t, c.upstream)
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL, nil)
			require.NoError(t, err)
			r.Header.Set("Accept-Encoding", "gzip")
			response, err := w.Client().Do(r)
			if err == nil {
				_, err = io.ReadAll(response.Body)
				response.Body.Close()
			}
			assert.Equal(t, c.whole, err == nil, "%v", err)
			// The proxy goes on.
			response, _ = w.get(t, "/segment-blocker.js")
			assert.Equal(t, http.StatusOK, response.StatusCode)
		})
	}
}

func TestUpgradedConnectionsPass(t *testing.T) {
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffer, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "+r.Header.Get("Upgrade")+"\r\n\r\n")
		_, _ = io.Copy(conn, buffer)
	}))
	conn, err := net.Dial("tcp", w.Listener.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = io.WriteString(conn, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")
	require.NoError(t, err)
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
	for _, word := range []string{"hello\n", "again\n"} {
		_, err = io.WriteString(conn, word)
		require.NoError(t, err)
		got, err := reader.ReadString('\n')
		require.NoError(t, err)
		assert.Equal(t, word, got)
	}
}

func TestTheFirstByteDoesNotWaitForTheLast(t *testing.T) {
	rest := make(chan struct{})
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><html><head><title>first</title>")
		_ = http.NewResponseController(w).Flush()
		<-rest
		_, _ = io.WriteString(w, "</head></html>")
	}))
	response, err := w.Client().Get(w.URL)
	require.NoError(t, err)
	defer response.Body.Close()
	first := make([]byte, 15)
	_, err = io.ReadFull(response.Body, first)
	close(rest)
	require.NoError(t, err)
	assert.Equal(t, "<!doctype html>", string(first))
	all, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	assert.Contains(t, string(all), "data-segment-gate")
}

func TestAThousandVisitorsLeaveNothingBehind(t *testing.T) {
	big := page + strings.Repeat("<p>text</p>", 5000)
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, page)
			panic(http.ErrAbortHandler)
		}
		html(big)(w, r)
		// Connections that are kept for the next visitor are no leak; these are kept for a moment only.
	}), func(o *proxy.Options) { o.Timeouts.Idle = 50 * time.Millisecond })
	client := w.Client()
	before := runtime.NumGoroutine()
	var all sync.WaitGroup
	var mu sync.Mutex
	whole := 0
	for i := range 1000 {
		all.Go(func() {
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			path := "/"
			if i%10 == 1 {
				path = "/panic"
			}
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.URL+path, nil)
			if !assert.NoError(t, err) {
				return
			}
			response, err := client.Do(r)
			if err != nil {
				return
			}
			defer response.Body.Close()
			if i%10 == 2 {
				_, _ = response.Body.Read(make([]byte, 10))
				cancel()
				return
			}
			if body, err := io.ReadAll(response.Body); err == nil && len(body) > len(big) {
				mu.Lock()
				whole++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	assert.Equal(t, 800, whole, "whole pages")
	client.CloseIdleConnections()
	assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+2 }, 20*time.Second, 20*time.Millisecond,
		"%d goroutines before", before)
	response, _ := w.get(t, "/")
	assert.Equal(t, http.StatusOK, response.StatusCode)
}

func TestOperatorsSeeHealthAndMetrics(t *testing.T) {
	w := start(t, html(page))
	w.get(t, "/")
	admin := httptest.NewServer(w.proxy.Admin())
	defer admin.Close()
	for path, want := range map[string][]string{
		"/healthz": {"ok\n"},
		"/metrics": {
			`segment_blocker_proxy_requests_total{status="200"} 1`, `segment_blocker_proxy_pages_total{result="gated"} 1`,
			"segment_blocker_proxy_inert_tags_total 1", "segment_blocker_proxy_request_duration_seconds_count 1", "go_goroutines",
		},
	} {
		response, err := http.Get(admin.URL + path)
		require.NoError(t, err)
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		require.NoError(t, err)
		for _, line := range want {
			assert.Contains(t, string(body), line)
		}
	}
	// The site keeps these paths for itself.
	_, body := w.get(t, "/healthz")
	assert.Contains(t, body, "Shop")
}

func TestPagesThatPassUnreadAreCounted(t *testing.T) {
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, value, _ := strings.Cut(r.URL.RawQuery, "=")
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set(name, value)
		_, _ = io.WriteString(w, page)
	}))
	for _, header := range []string{
		"Content-Encoding=zstd", "Cache-Control=no-transform", "Content-Type=text/html;charset=utf-16", "Content-Type=application/xhtml+xml",
		"Content-Type=text/plain",
	} {
		w.get(t, "/?"+header)
	}
	admin := httptest.NewRecorder()
	w.proxy.Admin().ServeHTTP(admin, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	assert.Contains(t, admin.Body.String(), `segment_blocker_proxy_pages_total{result="unread"} 4`)
	assert.NotContains(t, admin.Body.String(), `result="gated"`)
}

func TestStoppingLetsRunningRequestsFinish(t *testing.T) {
	running, rest := make(chan struct{}), make(chan struct{})
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(running)
		<-rest
		html(page)(w, nil)
	}))
	defer origin.Close()
	address, _ := url.Parse(origin.URL)
	p, err := proxy.New(proxy.Options{Upstream: address, Gate: []byte("1"), Logger: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	ready := make(chan net.Addr, 1)
	ended := make(chan error, 1)
	go func() {
		ended <- p.Serve(ctx, proxy.Listen{Addr: "localhost:0", Admin: "localhost:0", Ready: func(a, _ net.Addr) { ready <- a }})
	}()
	addr := <-ready
	answered := make(chan string, 1)
	go func() {
		response, err := http.Get("http://" + addr.String())
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		answered <- string(body)
	}()
	<-running
	stop()
	close(rest)
	assert.Contains(t, <-answered, "data-segment-gate")
	assert.NoError(t, <-ended)
}

func TestAnAddressThatNoMachineCouldListenOnIsToldBefore(t *testing.T) {
	for addr, good := range map[string]bool{
		"localhost:8080": true, ":443": true, "[::1]:0": true, "127.0.0.1:65535": true, ":http": true,
		"": false, "nope": false, "8080": false, ":65536": false, ":-1": false, "::1:80": false, "localhost:no-such-service": false,
	} {
		t.Run(addr, func(t *testing.T) {
			err := proxy.CheckAddr(addr)
			if good {
				assert.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, strconv.Quote(addr)+" is no address to listen on; give a host and a port")
		})
	}
}

func TestBadInputNamesTheMend(t *testing.T) {
	for text, mend := range map[string]string{
		"localhost:3000": "with its scheme", "ftp://x": "with its scheme", "": "with its scheme", "http://x/?a": "no query",
		"http://u:p@x": "password",
	} {
		_, err := proxy.ParseUpstream(text)
		assert.ErrorContains(t, err, mend, text)
	}
	_, err := proxy.ParsePublicURL("https://shop.example/shop/")
	assert.ErrorContains(t, err, "without the path, as https://shop.example")
	known, err := proxy.ParsePublicURL("https://shop.example/")
	require.NoError(t, err)
	assert.Equal(t, "shop.example", known.Host)
	file := t.TempDir() + "/gate.json"
	require.NoError(t, os.WriteFile(file, []byte(`{"requires": "all", "hots": []}`), 0o600))
	_, _, err = proxy.ReadConfig(file)
	assert.ErrorContains(t, err, "requires")
	assert.ErrorContains(t, err, "hots")
	upstream, _ := url.Parse("http://localhost:1")
	for name, o := range map[string]proxy.Options{
		"no upstream": {Gate: []byte("1")}, "script is empty": {Upstream: upstream},
		"no path for the gate":      {Upstream: upstream, Gate: []byte("1"), GatePath: "gate.js"},
		`"/gate.js?v=1" is no path`: {Upstream: upstream, Gate: []byte("1"), GatePath: "/gate.js?v=1"},
	} {
		_, err := proxy.New(o)
		assert.ErrorContains(t, err, name)
	}
	p, err := proxy.New(proxy.Options{Upstream: upstream, Gate: []byte("1")})
	require.NoError(t, err)
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	assert.ErrorContains(t, p.Serve(t.Context(), proxy.Listen{Addr: taken.Addr().String()}), "is in use")
	assert.ErrorContains(t, p.Serve(t.Context(), proxy.Listen{Addr: "localhost:0", Cert: file, Key: file}), "as PEM files")
}
