// Package segment plays Twilio Segment from local files: the CDN with the real Analytics.js and its settings, and the
// HTTP and pixel API, whose events it records. The demo and the browser tests run against it; no request leaves the machine.
//
// What it answers follows Analytics.js 1.84.3 (packages/browser of segmentio/analytics-next) and Segment's public
// documentation of the HTTP API and the pixel API.
package segment

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// keyPlaceholder is the text that Segment's CDN replaces by the write key when it serves Analytics.js.
const keyPlaceholder = "__WRITE_KEY__"

// Server is one Segment with one record of events. It may serve under several hosts at once.
type Server struct {
	umd      string
	loader   string
	recorder *Recorder
}

// FirstParty says how Segment is reached through a first-party proxy. The zero value is Segment's own hosts.
type FirstParty struct {
	// APIHost is what the settings tell Analytics.js to send events to: host, optional port and path, without a scheme
	// and with the API's version, for example "shop.example/seg/v1".
	APIHost string
	// Protocol is "http" or "https"; empty is "https".
	Protocol string
}

// New reads Analytics.js from the installed npm package. webDir is the project's web folder.
func New(webDir string) (*Server, error) {
	umd := filepath.Join(webDir, "node_modules", "@segment", "analytics-next", "dist", "umd")
	loader, err := os.ReadFile(filepath.Join(umd, "standalone.js"))
	if err != nil {
		return nil, fmt.Errorf("no Analytics.js installed (run npm ci in %s): %w", webDir, err)
	}
	return &Server{umd: umd, loader: string(loader), recorder: NewRecorder()}, nil
}

// Anew is the same Segment with an empty record of its own.
func (s *Server) Anew() *Server {
	return &Server{umd: s.umd, loader: s.loader, recorder: NewRecorder()}
}

// Recorder holds the events received under any host.
func (s *Server) Recorder() *Recorder { return s.recorder }

// Handler answers as Segment does, CDN and API under one root as Segment's own proxy instructions have it. Mount it
// behind http.StripPrefix to serve under a path.
func (s *Server) Handler(via FirstParty) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowOrigin(w.Header(), r)
		if r.Method == http.MethodOptions {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		switch part := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); {
		case len(part) >= 4 && part[0] == "analytics.js" && part[1] == "v1":
			s.serveLoader(w, r, part[2])
		case len(part) == 3 && part[0] == "analytics-next" && part[1] == "bundles":
			http.ServeFile(w, r, filepath.Join(s.umd, filepath.Base(part[2])))
		case len(part) == 4 && part[0] == "v1" && part[1] == "projects" && part[3] == "settings":
			writeJSON(w, settings(part[2], via))
		case len(part) == 4 && part[0] == "v1" && part[1] == "projects" && part[3] == "integrations":
			writeJSON(w, []any{})
		case len(part) == 3 && part[0] == "v1" && part[1] == "pixel":
			s.servePixel(w, r, part[2])
		case len(part) == 2 && part[0] == "v1":
			s.serveAPI(w, r, part[1])
		default:
			http.NotFound(w, r)
		}
	})
}

// serveLoader answers every spelling of the loader: analytics.min.js, analytics.js, both also under /platform/.
func (s *Server) serveLoader(w http.ResponseWriter, r *http.Request, key string) {
	if !strings.HasSuffix(r.URL.Path, ".js") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = strings.NewReplacer(keyPlaceholder, key).WriteString(w, s.loader)
}

// allowedHeaders are those Analytics.js sends events with; the last one when it tries again.
const allowedHeaders = "authorization, content-type, x-retry-count"

// allowOrigin lets pages of any origin ask and send, as Segment does; events carry an Authorization header, so browsers
// ask first by OPTIONS.
func allowOrigin(h http.Header, r *http.Request) {
	origin := r.Header.Get("Origin")
	if origin == "" {
		origin = "*"
	} else {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Methods", "GET, POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", allowedHeaders)
	h.Set("Vary", "Origin")
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v)
}
