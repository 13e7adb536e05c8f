package segment

import (
	"context"
	"encoding/json"
	"sync"
)

// Event is one analytics call that arrived, out of a batch if it came in one.
type Event struct {
	// Number counts the events of a recorder from 1.
	Number int `json:"number"`
	// ReceivedAt is in milliseconds since 1970.
	ReceivedAt int64 `json:"receivedAt"`
	// Host and Path are those of the request; Path without a first-party proxy's prefix.
	Host string `json:"host"`
	Path string `json:"path"`
	// Type is track, page, identify, group, alias or screen.
	Type string `json:"type"`
	// Event is the call as sent.
	Event json.RawMessage `json:"event"`
}

// Recorder keeps events in order of arrival. It is safe for concurrent use.
type Recorder struct {
	mu      sync.Mutex
	events  []Event
	last    int
	changed chan struct{}
}

// NewRecorder returns an empty recorder.
func NewRecorder() *Recorder { return &Recorder{changed: make(chan struct{})} }

func (r *Recorder) add(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	e.Number = r.last
	r.events = append(r.events, e)
	close(r.changed)
	r.changed = make(chan struct{})
}

// Since returns the events with a number above the given one, and a channel that is closed when the next arrives. The
// slice is never nil.
func (r *Recorder) Since(number int) ([]Event, <-chan struct{}) {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := []Event{}
	for _, e := range r.events {
		if e.Number > number {
			found = append(found, e)
		}
	}
	return found, r.changed
}

// Wait returns the events with a number above the given one as soon as there is one, or none when ctx ends first.
func (r *Recorder) Wait(ctx context.Context, number int) []Event {
	for {
		found, changed := r.Since(number)
		if len(found) > 0 {
			return found
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return found
		}
	}
}
