package segment

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"
)

// types are the kinds of events by the last part of the API's path: the short ones are Analytics.js', the long ones the
// HTTP API's.
var types = map[string]string{
	"t": "track", "p": "page", "i": "identify", "g": "group", "a": "alias", "s": "screen", "b": "batch", "m": "metrics",
	"track": "track", "page": "page", "identify": "identify", "group": "group", "alias": "alias", "screen": "screen",
	"batch": "batch", "import": "batch", "metrics": "metrics",
}

// maxBody is the largest body read, in bytes. Segment itself takes 32 KB an event and 500 KB a batch.
const maxBody = 1 << 20

// pixel is a transparent GIF of one pixel.
var pixel = []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, name string) {
	kind, ok := types[name]
	if !ok || r.Method != http.MethodPost {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil || !json.Valid(body) {
		http.Error(w, `{"success": false, "message": "invalid JSON"}`, http.StatusBadRequest)
		return
	}
	s.record(r, kind, body)
	writeJSON(w, object{"success": true})
}

// servePixel always answers the image: so does Segment, whatever it was sent.
func (s *Server) servePixel(w http.ResponseWriter, r *http.Request, name string) {
	query := r.URL.Query()
	body, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(query.Get("data"), " ", "+"))
	if err != nil || !json.Valid(body) {
		flat := object{}
		for k, v := range query {
			flat[k] = strings.Join(v, ",")
		}
		body, _ = json.Marshal(flat)
	}
	s.record(r, types[name], body)
	w.Header().Set("Content-Type", "image/gif")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(pixel)
}

// record takes a batch apart. Metrics are about the library, not about the visitor, and are no events.
func (s *Server) record(r *http.Request, kind string, body []byte) {
	if kind == "metrics" {
		return
	}
	events := []json.RawMessage{body}
	if kind == "batch" {
		var batch struct {
			Batch []json.RawMessage `json:"batch"`
		}
		_ = json.Unmarshal(body, &batch)
		events = batch.Batch
	}
	received := time.Now().UnixMilli()
	for _, raw := range events {
		e := Event{ReceivedAt: received, Host: r.Host, Path: r.URL.Path, Type: kind, Event: raw}
		var own struct {
			Type string `json:"type"`
		}
		if json.Unmarshal(raw, &own) == nil && own.Type != "" {
			e.Type = own.Type
		}
		s.recorder.add(e)
	}
}
