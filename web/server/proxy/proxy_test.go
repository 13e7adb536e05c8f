package proxy

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/web/server/segment"
)

// world is a running proxy and a client that goes through it as a browser does.
type world struct {
	t       *testing.T
	address string
	client  *http.Client
}

func start(t *testing.T) *world {
	t.Helper()
	p, err := New(Options{WebDir: "../..", TestData: t.TempDir()})
	require.NoError(t, err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	go func() { _ = p.Serve(l) }()
	through := &http.Transport{
		Proxy:             http.ProxyURL(&url.URL{Scheme: "http", Host: l.Addr().String()}),
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: true},
		ForceAttemptHTTP2: true,
	}
	t.Cleanup(through.CloseIdleConnections)
	return &world{t: t, address: l.Addr().String(), client: &http.Client{Transport: through, Timeout: 10 * time.Second}}
}

func (w *world) get(url string) (*http.Response, string) {
	w.t.Helper()
	res, err := w.client.Get(url)
	require.NoError(w.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return res, string(body)
}

func (w *world) tell(path string, body any) {
	w.t.Helper()
	data, err := json.Marshal(body)
	require.NoError(w.t, err)
	res, err := http.Post("http://"+w.address+path, "application/json", bytes.NewReader(data))
	require.NoError(w.t, err)
	defer res.Body.Close()
	require.Equal(w.t, http.StatusOK, res.StatusCode)
}

func (w *world) ask(path string, into any) {
	w.t.Helper()
	res, err := http.Get("http://" + w.address + path)
	require.NoError(w.t, err)
	defer res.Body.Close()
	require.NoError(w.t, json.NewDecoder(res.Body).Decode(into))
}

func (w *world) log() []Record {
	var records []Record
	w.ask("/log", &records)
	return records
}

func TestEveryRequestIsRecordedWithItsHeadersAndBody(t *testing.T) {
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			w := start(t)
			req, err := http.NewRequest(http.MethodPost, scheme+"://px.example/a/b?c=%20d", strings.NewReader("hello"))
			require.NoError(t, err)
			req.Header.Set("Sec-Fetch-Dest", "image")
			res, err := w.client.Do(req)
			require.NoError(t, err)
			assert.Equal(t, http.StatusOK, res.StatusCode, "unknown hosts answer, so that leaks succeed")
			_ = res.Body.Close()
			records := w.log()
			if scheme == "https" {
				assert.Equal(t, 2, res.ProtoMajor)
				require.NotEmpty(t, records)
				assert.Equal(t, "connect", records[0].Kind)
				assert.Equal(t, "px.example:443", records[0].URL)
				records = records[1:]
			}
			require.Len(t, records, 1)
			got := records[0]
			assert.Equal(t, scheme+"://px.example/a/b?c=%20d", got.URL)
			assert.Equal(t, "px.example", got.Host)
			assert.Equal(t, "/a/b", got.Path)
			assert.Equal(t, "hello", got.Body)
			assert.Equal(t, "image", got.Headers["sec-fetch-dest"])
		})
	}
}

func TestSegmentAnswersUnderItsHostsAndUnderProxies(t *testing.T) {
	w := start(t)
	w.tell("/proxies", []map[string]string{{"prefix": "www.shop.example/seg", "apiHost": "www.shop.example/seg/v1"}})
	for _, base := range []string{
		"https://cdn.segment.com", "https://cdn.segment.io", "http://cdn.segment.com", "https://www.shop.example/seg",
	} {
		res, body := w.get(base + "/v1/projects/KEY/settings")
		assert.Equal(t, http.StatusOK, res.StatusCode, base)
		assert.Contains(t, body, `"apiKey":"KEY"`, base)
		assert.Equal(t, base == "https://www.shop.example/seg", strings.Contains(body, "shop.example/seg/v1"), base)
	}
	_, err := w.client.Post("https://api.segment.io/v1/t", "text/plain", strings.NewReader(`{"type":"track"}`))
	require.NoError(t, err)
	var events []map[string]any
	w.ask("/events?wait=5000", &events)
	require.Len(t, events, 1)
	assert.Equal(t, "track", events[0]["type"])
}

func TestAPageIsAnsweredAsWrittenWithOrWithoutItsQuery(t *testing.T) {
	w := start(t)
	w.tell("/pages", Page{URL: "https://www.shop.example/a", Body: "A", Headers: map[string]string{"X-A": "1\n2"}})
	w.tell("/pages", Page{URL: "https://www.shop.example/a?b", Body: "B", Status: 404})
	res, body := w.get("https://www.shop.example/a?q=1")
	assert.Equal(t, "A", body)
	assert.Equal(t, []string{"1", "2"}, res.Header.Values("X-A"))
	res, body = w.get("https://www.shop.example/a?b")
	assert.Equal(t, "B", body)
	assert.Equal(t, 404, res.StatusCode)
	w.tell("/reset", nil)
	_, body = w.get("https://www.shop.example/a?b")
	assert.NotEqual(t, "B", body)
}

func TestALateChunkComesWhenItsDoorIsOpened(t *testing.T) {
	w := start(t)
	w.tell("/pages", Page{URL: "https://late.example/", Body: "first\n", Chunks: []Chunk{{Body: "second\n", After: "go"}, {Body: "third\n", Delay: 1}}})
	res, err := w.client.Get("https://late.example/")
	require.NoError(t, err)
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	require.True(t, lines.Scan())
	assert.Equal(t, "first", lines.Text())
	w.tell("/open?name=go", nil)
	require.True(t, lines.Scan())
	assert.Equal(t, "second", lines.Text())
	require.True(t, lines.Scan())
	assert.Equal(t, "third", lines.Text())
}

func TestWhatComesThroughTheEntranceOfAnEarlierRunIsNotRecorded(t *testing.T) {
	w := start(t)
	var entrance string
	enter := func() {
		res, err := http.Post("http://"+w.address+"/reset", "application/json", nil)
		require.NoError(t, err)
		defer res.Body.Close()
		require.NoError(t, json.NewDecoder(res.Body).Decode(&entrance))
	}
	through := func(host string) *http.Client {
		to := &http.Transport{
			Proxy: http.ProxyURL(&url.URL{Scheme: "http", Host: host}), TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		}
		t.Cleanup(to.CloseIdleConnections)
		return &http.Client{Transport: to, Timeout: 10 * time.Second}
	}
	send := func(c *http.Client, event string) error {
		res, err := c.Post("https://api.segment.io/v1/t", "text/plain", strings.NewReader(`{"event":"`+event+`"}`))
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		return err
	}
	enter()
	first, early := entrance, through(entrance)
	require.NoError(t, send(early, "Early"))
	require.Len(t, w.log(), 2, "a tunnel and a request")
	enter()
	require.NoError(t, send(early, "Late"), "on the connection that it has")
	assert.Empty(t, w.log())
	assert.Error(t, send(through(first), "Later"), "the old entrance is closed")
	require.NoError(t, send(through(entrance), "New"))
	require.Len(t, w.log(), 2)
	var events []segment.Event
	w.ask("/events", &events)
	require.Len(t, events, 1)
	assert.JSONEq(t, `{"event":"New"}`, string(events[0].Event))
}

func TestFaultsHappenAsOftenAsAsked(t *testing.T) {
	w := start(t)
	w.tell("/faults", Fault{Match: "GET https://api.segment.io/", Status: 500, Times: 1})
	res, _ := w.get("https://api.segment.io/v1/pixel/page")
	assert.Equal(t, 500, res.StatusCode)
	res, _ = w.get("https://api.segment.io/v1/pixel/page")
	assert.Equal(t, 200, res.StatusCode)

	w.tell("/faults", Fault{Match: "hung.example", Hang: true})
	failed := make(chan error)
	go func() {
		_, err := w.client.Get("https://hung.example/")
		failed <- err
	}()
	var seen []Record
	for len(seen) == 0 || seen[len(seen)-1].URL != "https://hung.example/" {
		last := 0
		if len(seen) > 0 {
			last = seen[len(seen)-1].Number
		}
		w.ask(fmt.Sprintf("/log?wait=5000&since=%d", last), &seen)
		require.NotEmpty(t, seen)
	}
	w.tell("/reset", nil)
	assert.Error(t, <-failed)
}

func TestAWebSocketIsRecordedAndAccepted(t *testing.T) {
	w := start(t)
	conn, err := net.Dial("tcp", w.address)
	require.NoError(t, err)
	defer conn.Close()
	_, err = fmt.Fprintf(conn, "CONNECT ws.example:80 HTTP/1.1\r\nHost: ws.example:80\r\n\r\n")
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	res, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect})
	require.NoError(t, err)
	require.Equal(t, 200, res.StatusCode)
	_, err = fmt.Fprintf(conn, "GET /live HTTP/1.1\r\nHost: ws.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n")
	require.NoError(t, err)
	res, err = http.ReadResponse(in, nil)
	require.NoError(t, err)
	assert.Equal(t, 101, res.StatusCode)
	assert.Equal(t, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", res.Header.Get("Sec-WebSocket-Accept"), "the example of RFC 6455, 1.3")
	records := w.log()
	require.Len(t, records, 2)
	assert.Equal(t, "websocket", records[1].Kind)
	assert.Equal(t, "http://ws.example/live", records[1].URL)
}

func TestThisMachinesServersAreReachedThroughTheProxy(t *testing.T) {
	own := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "mine") }))
	defer own.Close()
	p, err := New(Options{WebDir: "../..", TestData: t.TempDir()})
	require.NoError(t, err)
	rec := httptest.NewRecorder()
	p.serveOuter(rec, httptest.NewRequest(http.MethodGet, own.URL+"/x", nil))
	assert.Equal(t, "mine", rec.Body.String())
	assert.Equal(t, 1, p.current.Load().log.mark())
}
