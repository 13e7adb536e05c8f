package audit

import (
	"encoding/json"
	"sync"
)

// targetInfo is what the protocol says of a page, frame or worker.
type targetInfo struct {
	ID      string `json:"targetId"`
	Type    string `json:"type"`
	URL     string `json:"url"`
	Context string `json:"browserContextId"`
}

type attached struct {
	Session string     `json:"sessionId"`
	Target  targetInfo `json:"targetInfo"`
	Waiting bool       `json:"waitingForDebugger"`
}

// route hands an event to the visit it belongs to. Targets are known by the session that announced them, or by their
// browser context: each visit has its own.
func (b *browser) route(e event) {
	b.mu.Lock()
	v := b.sessions[e.session]
	var a attached
	if e.method == "Target.attachedToTarget" && json.Unmarshal(e.params, &a) == nil {
		if v == nil {
			v = b.contexts[a.Target.Context]
		}
		if v != nil {
			b.sessions[a.Session] = v
		}
	}
	b.mu.Unlock()
	switch {
	case v != nil:
		v.inbox.put(e)
	case a.Waiting:
		b.post(a.Session, "Runtime.runIfWaitingForDebugger", nil)
	}
}

func (b *browser) add(v *visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.contexts[v.context] = v
}

func (b *browser) remove(v *visit) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.contexts, v.context)
	for session, owner := range b.sessions {
		if owner == v {
			delete(b.sessions, session)
		}
	}
}

// inbox is a queue without a bound, so that the connection is never held up by one visit.
type inbox struct {
	mu     sync.Mutex
	filled *sync.Cond
	events []event
	closed bool
}

func newInbox() *inbox {
	i := &inbox{}
	i.filled = sync.NewCond(&i.mu)
	return i
}

func (i *inbox) put(e event) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.closed {
		i.events = append(i.events, e)
		i.filled.Signal()
	}
}

func (i *inbox) close() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.closed = true
	i.filled.Broadcast()
}

// take returns what has come, waiting for it; nil when the inbox is closed.
func (i *inbox) take() []event {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.events) == 0 && !i.closed {
		i.filled.Wait()
	}
	if i.closed {
		return nil
	}
	events := i.events
	i.events = nil
	return events
}
