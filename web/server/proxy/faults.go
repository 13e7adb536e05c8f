package proxy

import (
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Fault makes requests fail.
type Fault struct {
	// Match is a regular expression over "METHOD URL".
	Match string `json:"match"`
	// Delay before the answer, in milliseconds.
	Delay int `json:"delay"`
	// Status answered instead, unless 0.
	Status int `json:"status"`
	// Hang: no answer until the browser goes away or the run ends.
	Hang bool `json:"hang"`
	// Abort breaks the connection.
	Abort bool `json:"abort"`
	// Times it happens; 0 is always.
	Times int `json:"times"`

	match *regexp.Regexp
	left  int
}

type faults struct {
	mu   sync.Mutex
	list []*Fault
	gone chan struct{}
}

func newFaults() *faults { return &faults{gone: make(chan struct{})} }

// release breaks off what hangs or waits, for good.
func (f *faults) release() { close(f.gone) }

func (f *faults) add(fault Fault) error {
	match, err := regexp.Compile(fault.Match)
	if err != nil {
		return err
	}
	fault.match, fault.left = match, fault.Times
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, &fault)
	return nil
}

// take returns the first fault that fits, or nil.
func (f *faults) take(r *http.Request) *Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fault := range f.list {
		spent := fault.Times > 0 && fault.left == 0
		if spent || !fault.match.MatchString(r.Method+" "+r.URL.String()) {
			continue
		}
		fault.left--
		return fault
	}
	return nil
}

// apply tells whether the request has had its answer.
func (f *faults) apply(w http.ResponseWriter, r *http.Request) bool {
	fault := f.take(r)
	if fault == nil {
		return false
	}
	var due <-chan time.Time
	if !fault.Hang {
		due = time.After(time.Duration(fault.Delay) * time.Millisecond)
	}
	select {
	case <-due:
	case <-f.gone:
	case <-r.Context().Done():
		return true
	}
	switch {
	case fault.Abort || fault.Hang:
		panic(http.ErrAbortHandler)
	case fault.Status != 0:
		w.Header().Set("Access-Control-Allow-Origin", "*")
		w.WriteHeader(fault.Status)
		return true
	}
	return false
}
