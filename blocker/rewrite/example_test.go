package rewrite_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

func ExampleCopy() {
	page := `<!doctype html><title>Shop</title><img src="https://api.segment.io/v1/pixel/page">`
	gate, err := rewrite.External("/segment-blocker.js", `{"requires":"marketing"}`)
	if err != nil {
		fmt.Println(err)
		return
	}
	report, err := rewrite.Copy(os.Stdout, strings.NewReader(page), rewrite.Options{Snippet: gate})
	fmt.Println()
	fmt.Println(report.TagCount, report.Tags[0].Element, report.Tags[0].Decision.Action, err)
	// Output:
	// <!doctype html><script data-segment-gate src="/segment-blocker.js" data-config="{&#34;requires&#34;:&#34;marketing&#34;}"></script><title>Shop</title><img data-segment-blocker-src="https://api.segment.io/v1/pixel/page">
	// 1 img hold <nil>
}

func ExampleMiddleware() {
	gate, err := rewrite.External("/segment-blocker.js", "")
	if err != nil {
		fmt.Println(err)
		return
	}
	gated := rewrite.Middleware(rewrite.MiddlewareOptions{
		Snippet: gate,
		Consent: func(r *http.Request) []consent.Signal {
			s := consent.Signal{Source: consent.CMP}
			if c, err := r.Cookie("choice"); err == nil && c.Value == "all" {
				s.States[consent.Analytics] = consent.Granted
			}
			return []consent.Signal{s}
		},
	})
	page := gated(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, `<script src="https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"></script>`)
	}))
	for _, choice := range []string{"none", "all"} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.AddCookie(&http.Cookie{Name: "choice", Value: choice})
		w := httptest.NewRecorder()
		page.ServeHTTP(w, r)
		fmt.Println(choice, strings.Contains(w.Body.String(), `type="text/plain"`))
	}
	// Output:
	// none true
	// all false
}
