package proxy_test

import (
	"bufio"
	"net"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/proxy"
)

// ask sends a request line as it stands; clients would tidy it.
func (w *world) ask(t *testing.T, lines string) *http.Response {
	t.Helper()
	conn, err := net.Dial("tcp", w.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	_, err = conn.Write([]byte(lines + "\r\nHost: shop.example\r\nConnection: close\r\n\r\n"))
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	return response
}

func TestAddressesReachTheUpstreamAsTheyWereAsked(t *testing.T) {
	seen := make(chan string, 1)
	w := start(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r.RequestURI }))
	for _, address := range []string{
		"/", "/a//b", "//a", "/fit/https://img.example/a.png", "/a/../b", "/a/./b", "/a%2Fb", "/%7Ba%7D", "/a?b=1;c=2",
		"/a?b=%zz", "/a?z=1&a=2&&", "/a?", "/segment-blocker.js/more", "/segment-blocker.jsx",
	} {
		t.Run(address, func(t *testing.T) {
			response := w.ask(t, "GET "+address+" HTTP/1.1")
			require.Equal(t, http.StatusOK, response.StatusCode)
			// What was answered has been seen, or else was answered by the proxy.
			require.Len(t, seen, 1)
			assert.Equal(t, address, <-seen)
		})
	}
}

func TestAPathForTheGateIsTakenByItsLetters(t *testing.T) {
	w := start(t, html(page), func(o *proxy.Options) { o.GatePath = "/{a}/gate.js" })
	_, body := w.get(t, "/{a}/gate.js")
	assert.Equal(t, "window.gate=1", body)
	_, body = w.get(t, "/b/gate.js")
	assert.Contains(t, body, "Shop")
}

// A page in an encoding that the rewriter does not read would pass with its tags, so it is not asked for.
func TestPagesAreAskedForInEncodingsThatCanBeRead(t *testing.T) {
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Offered", r.Header.Get("Accept-Encoding"))
		html(page)(w, r)
	}))
	for _, c := range []struct{ destination, offered, want string }{
		{"document", "gzip, deflate, br, zstd", "gzip, br"},
		{"", "zstd", "identity"},
		{"empty", "*", "identity"},
		{"iframe", "gzip;q=0.5, br;q=1.0, zstd, *;q=0.1", "gzip;q=0.5, br;q=1.0"},
		{"document", "GZip , identity;q=0,, dcb", "GZip, identity;q=0"},
		{"document", "gzip,br", "gzip,br"},
		{"image", "gzip, deflate, br, zstd", "gzip, deflate, br, zstd"},
	} {
		t.Run(c.destination+" "+c.offered, func(t *testing.T) {
			response, _ := w.get(t, "/", "Accept-Encoding", c.offered, "Sec-Fetch-Dest", c.destination)
			assert.Equal(t, c.want, response.Header.Get("Offered"))
		})
	}
}
