package rewrite

import (
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// StoredConsent returns a function for MiddlewareOptions.Consent that reads what the site's consent platform has stored
// in cookies (the table of package consent), with the words and platforms of the configuration. What a platform keeps in
// localStorage alone does not reach a server: such visitors get the page as before a choice, and the gate in the page
// sets free what it may.
func StoredConsent(config blocker.Config) func(*http.Request) []consent.Signal {
	// A reader keeps buffers of its own and is for one goroutine at a time.
	readers := sync.Pool{New: func() any {
		return &consent.Reader{Words: config.Categories, CMPs: config.CMP}
	}}
	return func(r *http.Request) (signals []consent.Signal) {
		jar := strings.Join(r.Header["Cookie"], "; ")
		if jar == "" {
			return nil
		}
		reader := readers.Get().(*consent.Reader)
		defer readers.Put(reader)
		reader.Stored(jar, "", time.Now().UnixMilli(), func(s *consent.Signal) { signals = append(signals, *s) })
		return signals
	}
}
