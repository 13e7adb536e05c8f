package rewrite_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/rewrite"
)

func TestHeadersFollowTheBody(t *testing.T) {
	const about = "Content-Length: 99\nEtag: \"v1\"\nLast-Modified: Mon, 02 Jan 2006 15:04:05 GMT\nAccept-Ranges: bytes\nDigest: x\nX-Own: kept\nVary: accept-encoding\n"
	h := rewrite.Middleware(middlewareOptions(t))(respond(200, "Content-Type: text/html\n"+about, pageBody))
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		r := request(t, h, method, "")
		for _, name := range []string{"Content-Length", "Last-Modified", "Accept-Ranges", "Digest"} {
			assert.Empty(t, r.Header.Get(name), name)
		}
		assert.Regexp(t, `^W/"v1-sb[0-9a-z]+"$`, r.Header.Get("Etag"))
		assert.Equal(t, "kept", r.Header.Get("X-Own"))
		assert.Equal(t, []string{"accept-encoding", "Cookie", "Sec-GPC", "Sec-Fetch-Dest"}, r.Header.Values("Vary"))
	}
	h = rewrite.Middleware(middlewareOptions(t))(respond(200, "Content-Type: text/css\n"+about, ""))
	r := get(t, h, "")
	assert.Equal(t, "99", r.Header.Get("Content-Length"))
	assert.Equal(t, `"v1"`, r.Header.Get("Etag"))
	assert.Equal(t, []string{"accept-encoding"}, r.Header.Values("Vary"))
	h = rewrite.Middleware(middlewareOptions(t))(respond(200, "Content-Type: text/html\nVary: *\n", pageBody))
	assert.Equal(t, []string{"*"}, get(t, h, "").Header.Values("Vary"))
}

func TestCookiesAndPreloadsWithoutConsentAreTakenOut(t *testing.T) {
	const headers = `Content-Type: TYPE
Set-Cookie: ajs_anonymous_id=1; Path=/; HttpOnly
Set-Cookie: session=2; Path=/
Set-Cookie: ajs_user_id=; Max-Age=0
Set-Cookie: ajs_group_id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT
Set-Cookie: ajs_user_id=3; Expires=Thu, 01 Jan 2970 00:00:00 GMT
Link: </a.css>; rel=preload; as=style, <https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js>; rel="preload"; as=script
Link: <https://cdn.segment.com>; rel=preconnect
Link: <https://cdn.segment.com/about>; rel=author
`
	for _, kind := range []string{"text/html", "application/json", "image/gif"} {
		h := rewrite.Middleware(middlewareOptions(t))(respond(200, strings.Replace(headers, "TYPE", kind, 1), ""))
		r := get(t, h, "")
		assert.Equal(t, []string{
			"session=2; Path=/", "ajs_user_id=; Max-Age=0", "ajs_group_id=; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
		}, r.Header.Values("Set-Cookie"), kind)
		assert.Equal(t, []string{"</a.css>; rel=preload; as=style", "<https://cdn.segment.com/about>; rel=author"}, r.Header.Values("Link"), kind)
		assert.Contains(t, r.Header.Values("Vary"), "Cookie")
		r = get(t, h, "Cookie: choice=yes")
		assert.Len(t, r.Header.Values("Set-Cookie"), 5, kind)
		assert.Len(t, r.Header.Values("Link"), 3, kind)
	}
}

func TestRevalidation(t *testing.T) {
	var seen http.Header
	h := rewrite.Middleware(middlewareOptions(t))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = r.Header
		w.Header().Set("Etag", `"v1"`)
		if r.URL.Query().Has("css") {
			w.Header().Set("Content-Type", "text/css")
		} else {
			w.Header().Set("Content-Type", "text/html")
		}
		http.ServeContent(w, r, "", modified, strings.NewReader(pageBody))
	}))
	const document = "Accept: text/html,*/*\n"
	first := get(t, h, document)
	tag := first.Header.Get("Etag")
	require.NotEmpty(t, tag)

	r := get(t, h, document+"If-None-Match: "+tag+"\nIf-Modified-Since: "+modified.Format(http.TimeFormat))
	assert.Equal(t, http.StatusNotModified, r.StatusCode)
	assert.Equal(t, tag, r.Header.Get("Etag"), "a confirmed page keeps its tag")
	assert.Empty(t, seen.Get("If-Modified-Since"))

	r = get(t, h, document+"Cookie: choice=yes\nIf-None-Match: "+tag)
	assert.Equal(t, http.StatusOK, r.StatusCode, "a page of another state of consent is not confirmed")
	assert.NotEqual(t, tag, r.Header.Get("Etag"))

	r = get(t, h, document+`If-None-Match: "v1", W/"v1"`)
	assert.Equal(t, http.StatusOK, r.StatusCode, "a page from before there was a gate is not confirmed")

	r = get(t, h, document+"If-Modified-Since: "+modified.Format(http.TimeFormat))
	assert.Equal(t, http.StatusOK, r.StatusCode, "a date says nothing of consent")

	r = get(t, h, `Accept: text/css,*/*`+"\n"+`If-None-Match: "v1"`)
	assert.Equal(t, http.StatusNotModified, r.StatusCode, "other types are confirmed as ever")
	assert.Equal(t, `"v1"`, r.Header.Get("Etag"))

	get(t, h, `If-Match: `+tag+`, "other,with comma", *`)
	assert.Equal(t, `"v1", "other,with comma", *`, seen.Get("If-Match"))
}

func TestStrictModeIsForPagesWithoutConsent(t *testing.T) {
	o := middlewareOptions(t)
	o.Strict, o.StrictHosts = true, []string{"https://cdn.example"}
	const own = "Content-Security-Policy: default-src 'self' https://cdn.segment.com"
	for name, c := range map[string]struct {
		status           int
		headers, request string
		want             []string
	}{
		"page":              {200, "Content-Type: text/html\n" + own, "", []string{"default-src 'self'"}},
		"without a policy":  {200, "Content-Type: text/html", "", []string{"default-src 'self' 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' data: blob: filesystem: mediastream: about: https://cdn.example"}},
		"with consent":      {200, "Content-Type: text/html\n" + own, "Cookie: choice=yes", []string{"default-src 'self' https://cdn.segment.com"}},
		"no-transform":      {200, "Content-Type: text/html\nCache-Control: no-transform\n" + own, "", []string{"default-src 'self'"}},
		"other types":       {200, "Content-Type: text/css\n" + own, "", []string{"default-src 'self' https://cdn.segment.com"}},
		"confirmed":         {304, own, "Accept: text/html", []string{"default-src 'self'"}},
		"confirmed, no CSP": {304, "Etag: x", "Accept: text/html", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := get(t, rewrite.Middleware(o)(respond(c.status, c.headers, "")), c.request)
			assert.Equal(t, c.want, r.Header.Values("Content-Security-Policy"))
		})
	}
}
