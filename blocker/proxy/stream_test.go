package proxy_test

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMemoryDoesNotGrowWithTheBody has the whole way in one process: the site, the proxy and the visitor.
func TestMemoryDoesNotGrowWithTheBody(t *testing.T) {
	size := int64(2) << 30
	if testing.Short() || raceEnabled {
		size = 64 << 20
	}
	piece := []byte("<div class=a><img src=/a.png>" + strings.Repeat("lorem ipsum ", 5000) + "</div>")
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page)
		for left := size; left > 0; left -= int64(len(piece)) {
			if _, err := w.Write(piece); err != nil {
				return
			}
		}
	}))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	// Not gzip, which Go's client would ask for: that is the compressor's speed, not the proxy's.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.URL, nil)
	require.NoError(t, err)
	r.Header.Set("Accept-Encoding", "identity")
	response, err := w.Client().Do(r)
	require.NoError(t, err)
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	assert.Greater(t, n, size)
	// What is alive at any time is less than what was gained since the start, garbage included.
	assert.Less(t, int64(after.Sys)-int64(before.Sys), int64(64<<20))
}

func TestWebSocketsPass(t *testing.T) {
	var closed atomic.Int32
	w := start(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"chat"}})
		if err != nil {
			return
		}
		defer conn.CloseNow()
		conn.SetReadLimit(1 << 20)
		for {
			kind, message, err := conn.Read(r.Context())
			if err != nil {
				closed.Store(int32(websocket.CloseStatus(err)))
				return
			}
			if conn.Write(r.Context(), kind, append([]byte("echo "), message...)) != nil {
				return
			}
		}
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, strings.Replace(w.URL, "http", "ws", 1)+"/chat?room=1", &websocket.DialOptions{Subprotocols: []string{"chat"}})
	require.NoError(t, err)
	defer conn.CloseNow()
	conn.SetReadLimit(1 << 20)
	assert.Equal(t, http.StatusSwitchingProtocols, response.StatusCode)
	assert.Equal(t, "chat", conn.Subprotocol())
	for _, text := range []string{"hello", "<script src=https://cdn.segment.com/x.js></script>", strings.Repeat("long ", 50_000)} {
		require.NoError(t, conn.Write(ctx, websocket.MessageText, []byte(text)))
		_, message, err := conn.Read(ctx)
		require.NoError(t, err)
		assert.Equal(t, "echo "+text, string(message))
	}
	require.NoError(t, conn.Close(websocket.StatusNormalClosure, "done"))
	assert.Eventually(t, func() bool { return closed.Load() == int32(websocket.StatusNormalClosure) }, 10*time.Second, time.Millisecond)
}
