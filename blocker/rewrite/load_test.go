package rewrite_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// noLeak fails the test if more goroutines are left at its end than there were at its start.
func noLeak(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Cleanup(func() {
		// The condition runs in a goroutine of its own.
		assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 10*time.Second, 5*time.Millisecond,
			"goroutines are left")
	})
}

func TestHandlersThatPanicLeaveNothingBehind(t *testing.T) {
	noLeak(t)
	for _, coding := range append(compressed, "") {
		for _, before := range []string{"", "<p>some", strings.Repeat("<p>much", 10_000)} {
			s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if before != "" && coding != "" {
					w.Header().Set("Content-Encoding", coding)
					_, _ = w.Write(compress(t, coding, before)[:len(before)/200+8])
				} else if before != "" {
					_, _ = io.WriteString(w, before)
				}
				panic(http.ErrAbortHandler)
			})))
			r, err := client(t).Get(s.URL)
			if err == nil {
				_, err = io.ReadAll(r.Body)
				r.Body.Close()
			}
			assert.Error(t, err, "the client sees that the response was cut off")
			s.Close()
		}
	}
}

func TestClientsThatGoAwayLeaveNothingBehind(t *testing.T) {
	noLeak(t)
	for _, coding := range append(compressed, "") {
		ended := make(chan error, 1)
		chunk := article(64 << 10)
		s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			var out io.Writer = w
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
				out = newCompressor(coding, w)
			}
			for r.Context().Err() == nil {
				if _, err := io.WriteString(out, chunk); err != nil {
					ended <- err
					return
				}
			}
			ended <- r.Context().Err()
		})))
		ctx, cancel := context.WithCancel(context.Background())
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL, nil)
		require.NoError(t, err)
		response, err := client(t).Do(r)
		require.NoError(t, err)
		_, err = io.CopyN(io.Discard, response.Body, 1000)
		require.NoError(t, err)
		cancel()
		response.Body.Close()
		assert.Error(t, <-ended)
		s.Close()
	}
}

func TestAThousandConnectionsAtOnce(t *testing.T) {
	noLeak(t)
	connections := 1000
	// All of them are in the middle of a page at the same time.
	var arrived sync.WaitGroup
	arrived.Add(connections)
	goOn := make(chan struct{})
	page := article(20 << 10)
	s := serve(t, rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, page[:5000])
		arrived.Done()
		<-goOn
		_, _ = io.WriteString(w, page[5000:])
	})))
	c := client(t)
	address, err := url.Parse(s.URL)
	require.NoError(t, err)
	want, _ := rewrite.Bytes([]byte(page), rewrite.Options{Snippet: snippet(t), URL: "http://" + address.Host + "/"})
	bodies := make(chan error, connections)
	for range connections {
		go func() {
			r, err := c.Get(s.URL)
			if err != nil {
				bodies <- err
				return
			}
			defer r.Body.Close()
			body, err := io.ReadAll(r.Body)
			if err == nil && string(body) != string(want) {
				err = errors.New("another body")
			}
			bodies <- err
		}()
	}
	arrived.Wait()
	close(goOn)
	for range connections {
		require.NoError(t, <-bodies)
	}
}
