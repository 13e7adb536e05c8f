package rewrite_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

// The two halves of one benchmark: what rewriting costs here, and what parsing and rendering the same page costs with
// golang.org/x/net/html, which is the least that a rewriter over a tree would cost.

func BenchmarkRewrite(b *testing.B) {
	for _, p := range pages() {
		b.Run(p.name, func(b *testing.B) {
			benchRewrite(b, []byte(p.html))
			own := b.Elapsed() / time.Duration(b.N)
			b.ReportMetric(float64(timeOfTree(b, []byte(p.html)))/float64(own), "times-as-fast-as-a-tree")
		})
	}
}

func BenchmarkParseAndRender(b *testing.B) {
	for _, p := range pages() {
		b.Run(p.name, func(b *testing.B) { benchTree(b, []byte(p.html)) })
	}
}

func benchRewrite(b *testing.B, document []byte) {
	snippet, err := rewrite.External("/segment-blocker.js", "")
	if err != nil {
		b.Fatal(err)
	}
	gate := blocker.New(blocker.Config{})
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rewrite.Copy(io.Discard, bytes.NewReader(document), rewrite.Options{
			Gate: gate, Snippet: snippet, URL: "https://shop.example/c/1", Charset: "utf-8",
		}); err != nil {
			b.Fatal(err)
		}
	}
}

func benchTree(b *testing.B, document []byte) {
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		throughTree(b, document)
	}
}

func throughTree(b *testing.B, document []byte) {
	tree, err := html.Parse(bytes.NewReader(document))
	if err != nil {
		b.Fatal(err)
	}
	if err := html.Render(io.Discard, tree); err != nil {
		b.Fatal(err)
	}
}

// timeOfTree is how long one document takes there, over at least a fifth of a second.
func timeOfTree(b *testing.B, document []byte) time.Duration {
	start := time.Now()
	for n := 1; ; n++ {
		throughTree(b, document)
		if took := time.Since(start); took > 200*time.Millisecond {
			return took / time.Duration(n)
		}
	}
}

// BenchmarkMiddleware is a whole response of 20 KB, next to the same without the middleware.
func BenchmarkMiddleware(b *testing.B) {
	page := []byte(article(20 << 10))
	for _, coding := range []string{"", "gzip", "br"} {
		body := page
		if coding != "" {
			body = compress(b, coding, string(page))
		}
		bare := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			if coding != "" {
				w.Header().Set("Content-Encoding", coding)
			}
			_, _ = w.Write(body)
		})
		for name, h := range map[string]http.Handler{"bare": bare, "gated": rewrite.Middleware(middlewareOptions(b))(bare)} {
			b.Run(name+" "+coding, func(b *testing.B) {
				r := httptest.NewRequest(http.MethodGet, "/", nil)
				b.SetBytes(int64(len(page)))
				b.ReportAllocs()
				for b.Loop() {
					h.ServeHTTP(httptest.NewRecorder(), r)
				}
			})
		}
	}
}
