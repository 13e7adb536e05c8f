package proxy

import (
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/segment-blocker/segment-blocker/web/server/segment"
)

// segmentHosts are Segment's own, as its documentation and Analytics.js name them. The list is on purpose not the
// catalog's: what judges the gate must not learn from it.
var segmentHosts = regexp.MustCompile(`^(cdn|api|track|events|signals)\.segment\.(com|io|build)$|\.segmentapis\.com$|^d2dq2ahtl5zl1z\.cloudfront\.net$`)

// small are answers for hosts nobody knows, by extension, so that a leak succeeds as it would outside.
var small = map[string]struct{ kind, body string }{
	".js":   {"text/javascript", "window.__loaded = (window.__loaded || []).concat(document.currentScript ? document.currentScript.src : \"\");"},
	".mjs":  {"text/javascript", "export default 1;"},
	".css":  {"text/css", "/**/"},
	".json": {"application/json", "{}"},
	".gif":  {"image/gif", "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"},
	".svg":  {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`},
}

// Prefix is a first-party proxy of Segment.
type Prefix struct {
	// Prefix is host and path: "analytics.shop.example" or "www.shop.example/seg".
	Prefix string `json:"prefix"`
	segment.FirstParty
}

type prefixes struct {
	mu   sync.Mutex
	list []Prefix
}

func (p *prefixes) set(list []Prefix) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.list = list
}

// find returns the proxy that a URL belongs to and its path.
func (p *prefixes) find(r *http.Request) (Prefix, string, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, prefix := range p.list {
		host, dir, _ := strings.Cut(prefix.Prefix, "/")
		if dir != "" {
			dir = "/" + dir
		}
		if host == r.URL.Host && strings.HasPrefix(r.URL.Path, dir+"/") {
			return prefix, dir, true
		}
	}
	return Prefix{}, "", false
}

// answer looks, in this order, among the test's own pages, Segment, the gate, the pages of testdata, this machine's
// servers, and at last makes something up.
func (p *Proxy) answer(now *run, w http.ResponseWriter, r *http.Request) {
	page, written := now.pages.find(r.URL.String())
	prefix, dir, proxied := now.via.find(r)
	switch {
	case written:
		now.pages.write(w, r, page)
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		acceptWebSocket(w, r)
	case proxied:
		http.StripPrefix(dir, now.segment.Handler(prefix.FirstParty)).ServeHTTP(w, r)
	case segmentHosts.MatchString(r.URL.Hostname()):
		now.segment.Handler(segment.FirstParty{}).ServeHTTP(w, r)
	case isLoopback(r.URL.Hostname()):
		p.loop.ServeHTTP(w, r)
	case r.URL.Path == "/gate.js":
		p.serveGate(w)
	case strings.HasPrefix(r.URL.Path, "/pages/"):
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFile(w, r, filepath.Join(p.options.TestData, filepath.FromSlash(path.Clean(r.URL.Path))))
	default:
		serveSmall(w, r)
	}
}

// serveGate reads the file anew each time: a build may come between two tests.
func (p *Proxy) serveGate(w http.ResponseWriter) {
	script, err := os.ReadFile(filepath.Join(p.options.WebDir, "dist", "segment-blocker.js"))
	if err != nil {
		http.Error(w, "run make build: "+err.Error(), http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(script)
}

func serveSmall(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Allow-Headers", "*, authorization")
	h.Set("Cache-Control", "no-cache")
	ext := path.Ext(r.URL.Path)
	answer, ok := small[ext]
	switch {
	case ok:
		h.Set("Content-Type", answer.kind)
	case r.Header.Get("Sec-Fetch-Dest") == "image" || ext == ".png" || ext == ".ico":
		h.Set("Content-Type", "image/gif")
		answer = small[".gif"]
	case r.Header.Get("Sec-Fetch-Dest") == "script":
		h.Set("Content-Type", "text/javascript")
	case ext == "" || ext == ".html":
		h.Set("Content-Type", "text/html; charset=utf-8")
		answer.body = "<!doctype html><title>Nothing here</title>"
	default:
		h.Set("Content-Type", mime.TypeByExtension(ext))
	}
	_, _ = w.Write([]byte(answer.body))
}
