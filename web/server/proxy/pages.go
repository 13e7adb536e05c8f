package proxy

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Page is an answer that a test has written.
type Page struct {
	// URL without a fragment. One without a query answers every query.
	URL string `json:"url"`
	// Status is 200 when absent.
	Status int `json:"status"`
	// Headers by name; a value per line for several. Content-Type is HTML when absent.
	Headers map[string]string `json:"headers"`
	Body    string            `json:"body"`
	// Chunks follow Body, each sent on its own.
	Chunks []Chunk `json:"chunks"`
}

// Chunk is a part of a page that comes late.
type Chunk struct {
	Body string `json:"body"`
	// Delay before it is sent, in milliseconds.
	Delay int `json:"delay"`
	// After is a name: it is sent once the control has opened that name.
	After string `json:"after"`
}

type pages struct {
	mu    sync.Mutex
	byURL map[string]Page
	doors map[string]chan struct{}
}

func newPages() *pages {
	return &pages{byURL: map[string]Page{}, doors: map[string]chan struct{}{}}
}

func (p *pages) put(page Page) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byURL[page.URL] = page
}

func (p *pages) find(url string) (Page, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if page, ok := p.byURL[url]; ok {
		return page, true
	}
	bare, _, _ := strings.Cut(url, "?")
	page, ok := p.byURL[bare]
	return page, ok
}

// door is closed until open is called with its name. p.mu must not be held.
func (p *pages) door(name string) chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.doors[name] == nil {
		p.doors[name] = make(chan struct{})
	}
	return p.doors[name]
}

func (p *pages) open(name string) {
	door := p.door(name)
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-door:
	default:
		close(door)
	}
}

func (p *pages) write(w http.ResponseWriter, r *http.Request, page Page) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("Access-Control-Allow-Origin", "*")
	for name, value := range page.Headers {
		h.Del(name)
		for _, line := range strings.Split(value, "\n") {
			h.Add(name, line)
		}
	}
	if page.Status != 0 {
		w.WriteHeader(page.Status)
	}
	flush := http.NewResponseController(w)
	_, _ = w.Write([]byte(page.Body))
	for _, chunk := range page.Chunks {
		if flush.Flush() != nil || !p.wait(r.Context(), chunk) {
			return
		}
		_, _ = w.Write([]byte(chunk.Body))
	}
}

// wait tells whether the reader is still there when the chunk is due.
func (p *pages) wait(ctx context.Context, chunk Chunk) bool {
	var door <-chan struct{} = p.door(chunk.After)
	if chunk.After == "" {
		timer := time.NewTimer(time.Duration(chunk.Delay) * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	select {
	case <-door:
		return true
	case <-ctx.Done():
		return false
	}
}
