package proxy

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody is how much of a request's body is kept and answered to, in bytes.
const maxBody = 4 << 20

// Record is one thing that left the browser.
type Record struct {
	// Number counts from 1 in each run.
	Number int `json:"number"`
	// Time of arrival of the request's head, in milliseconds since 1970, with a fraction.
	Time float64 `json:"time"`
	// Kind is "request", "websocket" (an upgrade asked for) or "connect" (a tunnel asked for, used or not).
	Kind   string `json:"kind"`
	Method string `json:"method"`
	// URL is the whole URL; of a connect, host and port.
	URL  string `json:"url"`
	Host string `json:"host"`
	Path string `json:"path"`
	// Headers by lower-case name; several values are joined by ", ". Those that tell who asked: referer, origin,
	// sec-fetch-dest, sec-fetch-mode, sec-purpose.
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body,omitempty"`
}

// log keeps records in order of arrival.
type log struct {
	mu      sync.Mutex
	records []Record
	last    int
	changed chan struct{}
}

func newLog() *log { return &log{changed: make(chan struct{})} }

func (l *log) add(r Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	r.Number = l.last
	if r.Time == 0 {
		r.Time = milliseconds(time.Now())
	}
	l.records = append(l.records, r)
	close(l.changed)
	l.changed = make(chan struct{})
}

// mark is the number of the newest record.
func (l *log) mark() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// wait returns the records above a number as soon as there is one, or none when ctx ends first. Never nil.
func (l *log) wait(ctx context.Context, number int) []Record {
	for {
		l.mu.Lock()
		found, changed := []Record{}, l.changed
		for _, r := range l.records {
			if r.Number > number {
				found = append(found, r)
			}
		}
		l.mu.Unlock()
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

// record logs a request and leaves its body readable.
func (n *run) record(r *http.Request) error {
	entry := Record{
		Time: milliseconds(time.Now()), Kind: "request", Method: r.Method, URL: r.URL.String(),
		Host: r.URL.Hostname(), Path: r.URL.Path, Headers: flat(r.Header),
	}
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		entry.Kind = "websocket"
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	entry.Body = string(body)
	n.log.add(entry)
	return nil
}

func flat(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		out[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return out
}

func milliseconds(t time.Time) float64 { return float64(t.UnixMicro()) / 1000 }
