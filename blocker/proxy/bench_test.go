package proxy_test

import (
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker/proxy"
)

// BenchmarkProxy serves the same upstream through a bare httputil.ReverseProxy and through the gate, in turns, and
// reports requests per second of each and their ratio.
func BenchmarkProxy(b *testing.B) {
	bodies := map[string]struct{ kind, text string }{
		"small-page": {"text/html", page + strings.Repeat("<p>Some text of the page.</p>\n", 100)},
		"large-page": {"text/html", page + strings.Repeat("<p>Some text of the <a href=/x>page</a>.</p>\n", 10_000)},
		"image":      {"image/png", strings.Repeat("x", 20_000)},
	}
	for name, body := range bodies {
		b.Run(name, func(b *testing.B) {
			origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", body.kind)
				w.Header().Set("Content-Length", fmt.Sprint(len(body.text)))
				_, _ = io.WriteString(w, body.text)
			}))
			defer origin.Close()
			address, _ := url.Parse(origin.URL)
			p, err := proxy.New(proxy.Options{Upstream: address, Gate: []byte("1"), Logger: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			bare := httptest.NewServer(httputil.NewSingleHostReverseProxy(address))
			defer bare.Close()
			gated := httptest.NewServer(p.Handler())
			defer gated.Close()
			var times [2]time.Duration
			for b.Loop() {
				for i, server := range []*httptest.Server{bare, gated} {
					start := time.Now()
					response, err := server.Client().Get(server.URL)
					if err != nil {
						b.Fatal(err)
					}
					_, _ = io.Copy(io.Discard, response.Body)
					response.Body.Close()
					times[i] += time.Since(start)
				}
			}
			rate := func(d time.Duration) float64 { return float64(b.N) / d.Seconds() }
			b.ReportMetric(rate(times[0]), "bare-req/s")
			b.ReportMetric(rate(times[1]), "gated-req/s")
			b.ReportMetric(times[1].Seconds()/times[0].Seconds(), "time-ratio")
		})
	}
}
