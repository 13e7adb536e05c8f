package audit

import (
	"strings"
	"time"
)

// maxRequests bounds what is kept of one run; a page that asks for more is not watched further, and the run says so.
const maxRequests = 5000

// maxURL is how much of a URL is kept, in bytes.
const maxURL = 2000

// pending is a request under way.
type pending struct {
	// number is its index in visit.requests.
	number int
	since  time.Time
	// answered is true when nothing more need be waited for: the head of the response is there, and a body may never be
	// read, or never end. What is meant to stay open counts as answered from the start.
	answered bool
}

type callFrame struct {
	URL    string `json:"url"`
	Line   int    `json:"lineNumber"`
	Column int    `json:"columnNumber"`
}

type callStack struct {
	Frames []callFrame `json:"callFrames"`
	Parent *callStack  `json:"parent"`
}

type protocolInitiator struct {
	Type   string     `json:"type"`
	URL    string     `json:"url"`
	Line   *float64   `json:"lineNumber"`
	Column *float64   `json:"columnNumber"`
	Stack  *callStack `json:"stack"`
}

type requestSent struct {
	ID       string            `json:"requestId"`
	Document string            `json:"documentURL"`
	Frame    string            `json:"frameId"`
	Type     string            `json:"type"`
	WallTime float64           `json:"wallTime"`
	By       protocolInitiator `json:"initiator"`
	Redirect *struct{}         `json:"redirectResponse"`
	Request  struct {
		URL           string `json:"url"`
		Method        string `json:"method"`
		IsLinkPreload bool   `json:"isLinkPreload"`
	} `json:"request"`
}

func (v *visit) requestSent(w *watched, e requestSent) {
	if leavesNoTrace(e.Request.URL) {
		return
	}
	by := readInitiator(e.By)
	if e.Request.IsLinkPreload {
		by.Type = "preload"
	}
	if before, ok := v.pending[e.ID]; ok && e.Redirect != nil {
		by = Initiator{Type: "redirect", URL: v.requests[before.number].URL}
	}
	r := Request{
		Time: v.since(e.WallTime), Method: e.Request.Method, URL: clip(e.Request.URL), Document: clip(e.Document),
		From: w.from(v.mainTarget, e.Frame), Initiator: by, Outcome: "sent",
	}
	r.Kind = kindOf(e.Type, r.From).String()
	v.keep(e.ID, r, e.Type == "EventSource")
	if headers, ok := v.early[e.ID]; ok {
		delete(v.early, e.ID)
		v.cookiesSet(e.Request.URL, headers)
	}
}

// keep adds a request to the record.
func (v *visit) keep(id string, r Request, answered bool) {
	v.active = time.Now()
	if len(v.requests) == maxRequests {
		v.note("The page made more than 5,000 requests; those after that are not listed.")
		return
	}
	v.requests = append(v.requests, r)
	v.pending[id] = &pending{len(v.requests) - 1, time.Now(), answered}
}

type responseReceived struct {
	ID       string `json:"requestId"`
	Frame    string `json:"frameId"`
	Type     string `json:"type"`
	Response struct {
		Status            int  `json:"status"`
		FromServiceWorker bool `json:"fromServiceWorker"`
	} `json:"response"`
}

func (v *visit) responseReceived(w *watched, e responseReceived) {
	v.active = time.Now()
	if w.session == v.main && e.Type == "Document" && e.Frame == v.mainTarget {
		v.status = e.Response.Status
	}
	p, ok := v.pending[e.ID]
	if !ok {
		return
	}
	if e.Response.FromServiceWorker {
		v.requests[p.number].Outcome = "service worker"
	}
	p.answered = true
}

// dataReceived is activity for as long as a request is waited for; a stream may go on for ever.
func (v *visit) dataReceived(_ *watched, e finished) {
	if p, ok := v.pending[e.ID]; ok && time.Since(p.since) < v.patience() {
		v.active = time.Now()
	}
}

type finished struct {
	ID string `json:"requestId"`
}

func (v *visit) loadingFinished(_ *watched, e finished) {
	v.active = time.Now()
	delete(v.pending, e.ID)
}

type failed struct {
	ID      string `json:"requestId"`
	Error   string `json:"errorText"`
	Blocked string `json:"blockedReason"`
}

// loadingFailed tells what the browser itself refused, which never left, from what failed on its way.
func (v *visit) loadingFailed(_ *watched, e failed) {
	v.active = time.Now()
	p, ok := v.pending[e.ID]
	if !ok {
		return
	}
	delete(v.pending, e.ID)
	r := &v.requests[p.number]
	r.Outcome, r.Error = "failed", e.Error
	if e.Blocked != "" && e.Blocked != "corp-not-same-origin" {
		r.Outcome, r.Error = "blocked", e.Blocked
	}
}

type socket struct {
	ID  string            `json:"requestId"`
	URL string            `json:"url"`
	By  protocolInitiator `json:"initiator"`
}

func (v *visit) socketOpened(w *watched, e socket) {
	v.keep(e.ID, Request{
		Time: v.now(), Method: "GET", URL: clip(e.URL), Kind: "websocket", From: w.from(v.mainTarget, ""),
		Document: clip(w.target.URL), Initiator: readInitiator(e.By), Outcome: "sent",
	}, true)
}

type transport struct {
	ID  string            `json:"transportId"`
	URL string            `json:"url"`
	By  protocolInitiator `json:"initiator"`
}

func (v *visit) transportOpened(w *watched, e transport) { v.socketOpened(w, socket(e)) }

// readInitiator takes the innermost script that is not the gate: its hooks stand between the page and the browser.
func readInitiator(p protocolInitiator) Initiator {
	out := Initiator{Type: p.Type, URL: clip(p.URL)}
	switch p.Type {
	case "script", "parser", "preload":
	case "preflight":
		out.Type = "script"
	default:
		out.Type = "unknown"
	}
	if p.Line != nil && p.URL != "" {
		out.Line = int(*p.Line) + 1
	}
	if p.Column != nil && p.URL != "" {
		out.Column = int(*p.Column) + 1
	}
	for stack := p.Stack; stack != nil; stack = stack.Parent {
		for _, f := range stack.Frames {
			if f.URL != "" && !isGate(f.URL) {
				return Initiator{Type: "script", URL: clip(f.URL), Line: f.Line + 1, Column: f.Column + 1}
			}
		}
	}
	return out
}

// isGate recognises the gate's own script by its file name.
func isGate(url string) bool {
	file, _, _ := strings.Cut(url[strings.LastIndexByte(url, '/')+1:], "?")
	return strings.HasPrefix(file, "segment-blocker.") && strings.HasSuffix(file, "js")
}

// clip is an address as the report has it.
func clip(s string) string {
	s = withoutUserInfo(s)
	if len(s) > maxURL {
		return strings.ToValidUTF8(s[:maxURL], "")
	}
	return s
}

// leavesNoTrace is true for addresses that are answered inside the browser.
func leavesNoTrace(url string) bool {
	for _, scheme := range []string{"data:", "blob:", "about:", "chrome:", "chrome-error:", "javascript:", "filesystem:"} {
		if strings.HasPrefix(url, scheme) {
			return true
		}
	}
	return false
}
