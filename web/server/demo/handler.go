package demo

import (
	"html/template"
	"net/http"
	"path/filepath"

	"github.com/segment-blocker/segment-blocker/web/server/segment"
)

// segmentPath is where Segment is played: a first-party proxy on the demo's own origin.
const segmentPath = "/segment"

// writeKey is the demo source's.
const writeKey = "DEMO_WRITE_KEY"

// titles are those of the shop's addresses, by their patterns. It is one page, which changes between them by pushState.
var titles = map[string]string{"/{$}": "Home", "/teapot": "Teapot", "/basket": "Basket"}

type shop struct {
	page    *template.Template
	snippet snippet
	segment *segment.Server
	visits  *visits
}

func newHandler(webDir string) (http.Handler, error) {
	page, err := template.ParseFiles(filepath.Join(webDir, "demo", "index.html"))
	if err != nil {
		return nil, err
	}
	official, err := readSnippet(webDir)
	if err != nil {
		return nil, err
	}
	played, err := segment.New(webDir)
	if err != nil {
		return nil, err
	}
	s := &shop{page: page, snippet: official, segment: played, visits: newVisits()}
	mux := http.NewServeMux()
	for pattern, title := range titles {
		mux.HandleFunc("GET "+pattern, func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, title) })
	}
	mux.HandleFunc("GET /segment-blocker.js", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeFile(w, r, filepath.Join(webDir, "dist", "segment-blocker.js"))
	})
	mux.Handle("GET /demo/", noCache(http.StripPrefix("/demo", http.FileServer(http.Dir(filepath.Join(webDir, "demo"))))))
	mux.HandleFunc("GET /stream", s.serveStream)
	mux.HandleFunc(segmentPath+"/", s.serveSegment)
	return mux, nil
}

func (s *shop) servePage(w http.ResponseWriter, r *http.Request, title string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	base := r.Host + segmentPath
	_ = s.page.Execute(w, map[string]any{
		"Title":   title,
		"Config":  map[string]any{"hosts": []string{base}},
		"Snippet": template.JS(s.snippet.render(base)),
	})
}

// serveSegment notes every request before it answers it: the panel shows that there is none before consent.
func (s *shop) serveSegment(w http.ResponseWriter, r *http.Request) {
	s.visits.add(r)
	via := segment.FirstParty{APIHost: r.Host + segmentPath + "/v1", Protocol: "http"}
	http.StripPrefix(segmentPath, s.segment.Handler(via)).ServeHTTP(w, r)
}

func noCache(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-cache")
		h.ServeHTTP(w, r)
	})
}
