package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"
)

// visit is a request to Segment, of whatever sort.
type visit struct {
	Number int    `json:"number"`
	Time   int64  `json:"time"` // milliseconds since 1970
	Method string `json:"method"`
	Path   string `json:"path"`
}

// visits keeps the requests to Segment in order.
type visits struct {
	mu      sync.Mutex
	list    []visit
	changed chan struct{}
}

func newVisits() *visits { return &visits{changed: make(chan struct{})} }

func (v *visits) add(r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.list = append(v.list, visit{len(v.list) + 1, time.Now().UnixMilli(), r.Method, r.URL.Path})
	close(v.changed)
	v.changed = make(chan struct{})
}

func (v *visits) since(number int) ([]visit, <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]visit(nil), v.list[min(number, len(v.list)):]...), v.changed
}

// serveStream tells the panel, as server-sent events, what has reached Segment: "visit" for every request, "call" for
// every analytics call. What came before is told first.
func (s *shop) serveStream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	// A first line, so that nothing on the way waits for one before it says that the stream is open.
	_, _ = fmt.Fprint(w, ": open\n\n")
	seen, heard := 0, 0
	for {
		visits, moreVisits := s.visits.since(seen)
		for _, v := range visits {
			send(w, "visit", v)
			seen = v.Number
		}
		calls, moreCalls := s.segment.Recorder().Since(heard)
		for _, c := range calls {
			send(w, "call", c)
			heard = c.Number
		}
		if flush.Flush() != nil {
			return
		}
		select {
		case <-moreVisits:
		case <-moreCalls:
		case <-r.Context().Done():
			return
		}
	}
}

func send(w http.ResponseWriter, kind string, v any) {
	data, err := json.Marshal(v)
	if err == nil {
		_, _ = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", kind, data)
	}
}
