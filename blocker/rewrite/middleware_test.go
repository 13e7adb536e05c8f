package rewrite_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

const (
	pageBody  = "<!doctype html><head><meta charset=utf-8>" + heldTag + "</head><p>x</p>"
	gatedBody = `<!doctype html><head><meta charset=utf-8>SNIPPET<script type="text/plain" data-segment-blocker="" src="https://cdn.segment.com/x"></script></head><p>x</p>`
)

// stored is a stand-in for a CMP's decoder: the cookie "choice" grants or denies analytics.
func stored(r *http.Request) []consent.Signal {
	c, err := r.Cookie("choice")
	if err != nil {
		return nil
	}
	s := consent.Signal{Source: consent.CMP}
	s.States[consent.Analytics] = map[string]consent.State{"yes": consent.Granted, "no": consent.Denied}[c.Value]
	return []consent.Signal{s}
}

func middlewareOptions(t testing.TB) rewrite.MiddlewareOptions {
	return rewrite.MiddlewareOptions{
		Snippet: snippet(t), Consent: stored, Logger: slog.New(slog.DiscardHandler),
	}
}

// respond answers every request with these headers ("Name: value" lines), status and body.
func respond(status int, headers, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for line := range strings.SplitSeq(headers, "\n") {
			if name, value, ok := strings.Cut(line, ": "); ok {
				w.Header().Add(name, value)
			}
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func get(t testing.TB, h http.Handler, headers string) *http.Response {
	return request(t, h, http.MethodGet, headers)
}

func request(t testing.TB, h http.Handler, method, headers string) *http.Response {
	r := httptest.NewRequest(method, "http://shop.example/dir/page?q", nil)
	for line := range strings.SplitSeq(headers, "\n") {
		if name, value, ok := strings.Cut(line, ": "); ok {
			r.Header.Add(name, value)
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func read(t testing.TB, r *http.Response) string {
	b, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	return string(b)
}

func withSnippet(t testing.TB, text string) string {
	return strings.ReplaceAll(text, "SNIPPET", snippet(t).Tag(""))
}

func TestWhichBodiesAreRewritten(t *testing.T) {
	const html = "Content-Type: text/html; charset=utf-8\n"
	for name, c := range map[string]struct {
		status                 int
		headers, request, want string
	}{
		"html":                {200, html, "", gatedBody},
		"html in capitals":    {200, "Content-Type: Text/HTML\n", "", gatedBody},
		"no type":             {200, "", "", gatedBody},
		"an error page":       {404, html, "", gatedBody},
		"a document":          {200, html, "Sec-Fetch-Dest: document", gatedBody},
		"a frame":             {200, html, "Sec-Fetch-Dest: iframe", gatedBody},
		"a page for a worker": {200, html, "Sec-Fetch-Dest: empty", gatedBody},
		"an HTML that is run": {200, html, "Sec-Fetch-Dest: script", pageBody},
		"text":                {200, "Content-Type: text/plain\n", "", pageBody},
		"xhtml":               {200, "Content-Type: application/xhtml+xml\n", "", pageBody},
		"two types":           {200, html + "Content-Type: text/plain\n", "", pageBody},
		"html in the end":     {200, "Content-Type: text/plain\n" + html, "", gatedBody},
		"html twice":          {200, html + html, "", gatedBody},
		"a list":              {200, "Content-Type: text/html, text/html\n", "", gatedBody},
		"an empty type":       {200, "Content-Type: \n", "", gatedBody},
		"an unknown type":     {200, "Content-Type: unknown/unknown\n", "", gatedBody},
		"any type":            {200, "Content-Type: */*\n", "", gatedBody},
		"half a type":         {200, "Content-Type: text\n", "", gatedBody},
		"none to be found":    {200, "Content-Type: text\nX-Content-Type-Options: nosniff\n", "", pageBody},
		"no type for a frame": {200, "Content-Type: */*\n", "Sec-Fetch-Dest: iframe", gatedBody},
		"a part":              {206, html + "Content-Range: bytes 0-9/20\n", "", pageBody},
		"a file":              {200, html + "Content-Disposition: attachment; filename=x.html\n", "", pageBody},
		"inline":              {200, html + "Content-Disposition: inline\n", "", gatedBody},
		"no-transform":        {200, html + "Cache-Control: public, No-Transform\n", "", pageBody},
		"unknown coding":      {200, html + "Content-Encoding: zstd\n", "", pageBody},
		"two codings":         {200, html + "Content-Encoding: gzip, br\n", "", pageBody},
		"identity":            {200, html + "Content-Encoding: identity\n", "", gatedBody},
		"utf-16":              {200, "Content-Type: text/html; charset=UTF-16LE\n", "", pageBody},
		"granted":             {200, html, "Cookie: choice=yes", strings.Replace(pageBody, heldTag, "SNIPPET"+heldTag, 1)},
		"denied":              {200, html, "Cookie: choice=no", gatedBody},
	} {
		t.Run(name, func(t *testing.T) {
			h := rewrite.Middleware(middlewareOptions(t))(respond(c.status, c.headers, pageBody))
			r := get(t, h, c.request)
			assert.Equal(t, c.status, r.StatusCode)
			assert.Equal(t, withSnippet(t, c.want), read(t, r))
		})
	}
}

func TestAPartThatAPageFetchesGetsNoSnippet(t *testing.T) {
	h := rewrite.Middleware(middlewareOptions(t))(respond(200, "Content-Type: text/html", "<p>"+heldTag))
	body := read(t, get(t, h, "Sec-Fetch-Dest: empty"))
	assert.Equal(t, `<p><script type="text/plain" data-segment-blocker="" src="https://cdn.segment.com/x"></script>`, body)
}

func TestGlobalPrivacyControlIsHeard(t *testing.T) {
	o := middlewareOptions(t)
	config, problems := blocker.ParseConfig(`{"requires": "marketing", "model": "opt-out"}`)
	require.Empty(t, problems)
	o.Config = config
	handler := respond(200, "Content-Type: text/html", pageBody)
	assert.NotContains(t, read(t, get(t, rewrite.Middleware(o)(handler), "")), "text/plain", "opt-out: nobody objects")
	assert.Contains(t, read(t, get(t, rewrite.Middleware(o)(handler), "Sec-GPC: 1")), "text/plain")
	assert.NotContains(t, read(t, get(t, rewrite.Middleware(o)(handler), "Sec-GPC: 0")), "text/plain")
	o.Config.IgnoreGPC = true
	r := get(t, rewrite.Middleware(o)(handler), "Sec-GPC: 1")
	assert.NotContains(t, read(t, r), "text/plain")
	assert.NotContains(t, r.Header.Values("Vary"), "Sec-GPC")
}

func TestStoredConsentCanBeDistrusted(t *testing.T) {
	o := middlewareOptions(t)
	o.Config.IgnoreStored = true
	h := rewrite.Middleware(o)(respond(200, "Content-Type: text/html", pageBody))
	assert.Equal(t, withSnippet(t, gatedBody), read(t, get(t, h, "Cookie: choice=yes")))
}

func TestAFirstPartyProxyIsKnownByTheRequestsHost(t *testing.T) {
	config, problems := blocker.ParseConfig(`{"hosts": ["shop.example"]}`)
	require.Empty(t, problems)
	o := middlewareOptions(t)
	o.Config, o.Snippet = config, rewrite.Snippet{}
	page := `<script src="/analytics.js/v1/KEY/analytics.min.js"></script><script src="/app.js"></script>`
	got := read(t, get(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/html", page)), ""))
	assert.Equal(t, strings.Replace(page, "<script", `<script type="text/plain" data-segment-blocker=""`, 1), got)
	o.URL = func(*http.Request) string { return "https://other.example/" }
	got = read(t, get(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/html", page)), ""))
	assert.Equal(t, page, got, "relative URLs follow the document's address")
}

func TestTheSnippetGetsThePagesNonce(t *testing.T) {
	for policy, want := range map[string]string{
		"script-src 'nonce-abc'":                       "abc",
		"default-src 'self' 'NONCE-a+/_-='":            "a+/_-=",
		"script-src 'self'; default-src 'nonce-x'":     "",
		"script-src 'nonce-x'; script-src-elem 'self'": "",
		"img-src *, script-src-elem 'nonce-y'":         "y",
		"script-src 'nonce-\"><script>'":               "&#34;&#62;&#60;script&#62;",
		"script-src 'nonce-'":                          "",
		"":                                             "",
	} {
		h := rewrite.Middleware(middlewareOptions(t))(respond(200, "Content-Type: text/html\nContent-Security-Policy: "+policy, "<p>"))
		body := read(t, get(t, h, ""))
		if want == "" {
			assert.Contains(t, body, "<script data-segment-gate src=", policy)
		} else {
			assert.Contains(t, body, `<script data-segment-gate nonce="`+want+`" src=`, policy)
		}
	}
}

func TestReportsAndLogs(t *testing.T) {
	var log strings.Builder
	var reports []rewrite.Report
	o := middlewareOptions(t)
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	o.Report = func(r *http.Request, report rewrite.Report) {
		assert.Equal(t, "/dir/page", r.URL.Path)
		reports = append(reports, report)
	}
	get(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/html", pageBody)), "")
	get(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/html", `{"json": 1}`)), "")
	get(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/css", "x")), "")
	require.Len(t, reports, 2)
	assert.Equal(t, 1, reports[0].TagCount)
	assert.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
	assert.Contains(t, log.String(), "does not start with a tag")
	for headers, reason := range map[string]string{
		"Content-Encoding: zstd\n":                "content encoding zstd",
		"Cache-Control: no-transform\n":           "no-transform",
		"Content-Type: text/html; charset=utf-16": "charset utf-16",
		"Content-Type: application/xhtml+xml":     "XHTML is parsed as XML",
	} {
		log.Reset()
		if !strings.HasPrefix(headers, "Content-Type") {
			headers += "Content-Type: text/html\n"
		}
		get(t, rewrite.Middleware(o)(respond(200, headers, pageBody)), "")
		assert.Equal(t, 1, strings.Count(log.String(), "\n"), log.String())
		assert.Contains(t, log.String(), reason)
		assert.Contains(t, reports[len(reports)-1].Unread, reason)
	}
	assert.Len(t, reports, 6)
	request(t, rewrite.Middleware(o)(respond(200, "Content-Type: text/html\nCache-Control: no-transform", "")), http.MethodHead, "")
	assert.Len(t, reports, 6, "a HEAD has no page")
}

func TestTheHandlersOwnUseOfTheWriterWorks(t *testing.T) {
	for name, c := range map[string]struct {
		handle func(w http.ResponseWriter)
		status int
		want   string
	}{
		"nothing at all": {func(http.ResponseWriter) {}, 200, ""},
		"status alone":   {func(w http.ResponseWriter) { w.WriteHeader(204) }, 204, ""},
		"status twice":   {func(w http.ResponseWriter) { w.WriteHeader(201); w.WriteHeader(500) }, 201, ""},
		"an empty write": {func(w http.ResponseWriter) { _, _ = w.Write(nil); _, _ = io.WriteString(w, "<p>") }, 200, "SNIPPET<p>"},
		"several writes": {func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<!doctype html><p>")
			_, _ = io.WriteString(w, "x")
		}, 200, "<!doctype html>SNIPPET<p>x"},
		// Browsers find one then, as long as they may.
		"no type wanted": {func(w http.ResponseWriter) { w.Header()["Content-Type"] = nil; _, _ = io.WriteString(w, "<p>") }, 200, "SNIPPET<p>"},
		"no type allowed": {func(w http.ResponseWriter) {
			w.Header()["Content-Type"] = nil
			w.Header().Set("X-Content-Type-Options", "nosniff")
			_, _ = io.WriteString(w, "<p>")
		}, 200, "<p>"},
		"flush before the type is known": {func(w http.ResponseWriter) {
			w.WriteHeader(203)
			w.(http.Flusher).Flush()
			for _, part := range strings.SplitAfter("\n<!doctype html><p>", "") {
				_, _ = io.WriteString(w, part)
				w.(http.Flusher).Flush()
			}
		}, 203, "\n<!doctype html>SNIPPET<p>"},
		"an end before the type is known": {func(w http.ResponseWriter) {
			_, _ = io.WriteString(w, "<x")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, ">")
		}, 200, "<x>"},
		"copying": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.Copy(w, strings.NewReader("<p>x"))
		}, 200, "SNIPPET<p>x"},
		"copying a file": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/css")
			w.WriteHeader(200)
			_, _ = io.Copy(w, strings.NewReader("x"))
		}, 200, "x"},
		"text without type": {func(w http.ResponseWriter) { _, _ = io.WriteString(w, "plain") }, 200, "plain"},
		"http.Error":        {func(w http.ResponseWriter) { http.Error(w, "no", 500) }, 500, "no\n"},
		"flush before write": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			w.(http.Flusher).Flush()
			_, _ = io.WriteString(w, "<p>")
		}, 200, "SNIPPET<p>"},
	} {
		t.Run(name, func(t *testing.T) {
			h := rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { c.handle(w) }))
			r := get(t, h, "")
			assert.Equal(t, c.status, r.StatusCode)
			assert.Equal(t, withSnippet(t, c.want), read(t, r))
		})
	}
}
