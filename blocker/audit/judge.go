package audit

import (
	"slices"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// judge holds one run's record against the engine.
type judge struct {
	// gates are the engine in the state before any choice and after each one.
	gates   []*blocker.Gate
	states  []string
	choices []Choice
	gated   bool
}

// newJudge makes a gate for every state of the run.
func newJudge(config blocker.Config, choices []Choice, gated bool) *judge {
	j := &judge{choices: choices, gated: gated, gates: []*blocker.Gate{blocker.New(config)}, states: []string{"before any choice"}}
	for _, c := range choices {
		state := consent.Denied
		if c.Choice == string(Accept) {
			state = consent.Granted
		}
		s := consent.Signal{Source: consent.API}
		for _, category := range []consent.Category{consent.Functional, consent.Analytics, consent.Marketing} {
			s.States[category] = state
		}
		gate := blocker.New(config)
		gate.Apply(s)
		j.gates = append(j.gates, gate)
		j.states = append(j.states, "after "+c.Choice)
	}
	return j
}

// stateAt is how many choices had been made at a time of the run.
func stateAt(choices []Choice, time float64) int {
	n := 0
	for n < len(choices) && time >= choices[n].Time {
		n++
	}
	return n
}

func (j *judge) decide(state int, r blocker.Request) Judgement {
	gate := j.gates[state]
	d := gate.Decide(r)
	out := Judgement{
		Leak: d.Action != blocker.Allow, Decision: d.Action.String(), Rule: gate.RuleName(d.Rule),
		Category: d.Category.String(), Reason: d.Reason.String(), State: j.states[state],
	}
	if d.Rule == 0 {
		out.Category = ""
	}
	return out
}

func (j *judge) request(r *Request) {
	kind, _ := blocker.ParseKind(r.Kind)
	host, path, _ := hostAndPath(r.URL)
	r.Judgement = j.decide(stateAt(j.choices, r.Time), blocker.Request{Kind: kind, Host: host, Path: path})
	// Nothing left the browser.
	if r.Outcome == "blocked" || r.Outcome == "service worker" {
		r.Leak = false
	}
	if r.Leak {
		r.Remedy = requestRemedy(r, j.gated)
	}
}

func (j *judge) link(l *Link) {
	host, path, ok := hostAndPath(l.URL)
	if !ok {
		host = ""
	}
	l.Judgement = j.decide(0, blocker.Request{Kind: blocker.Link, Host: host, Path: path})
	if l.Leak {
		l.Remedy = "A connection hint in the markup: the rewriter or the proxy (segment-blocker rewrite, proxy) makes it inert until consent."
	}
}

// stored judges a name in the state of its writing, and again at the end when it is still there after a withdrawal.
func (j *judge) stored(w *write) Stored {
	s := Stored{
		Time: w.time, Kind: w.key.kind, Name: w.key.name, Where: w.key.where, HTTPOnly: w.httpOnly, Writes: w.writes,
		Left: w.left, Initiator: w.by,
	}
	if s.Initiator.Type == "" {
		s.Initiator.Type = "unknown"
	}
	kind, _ := blocker.ParseKind(s.Kind)
	request := blocker.Request{Kind: kind, Name: s.Name}
	state := min(w.key.state, len(j.gates)-1)
	s.Judgement = j.decide(state, request)
	last := len(j.gates) - 1
	if !s.Leak && s.Left && last > 0 {
		if end := j.decide(last, request); end.Leak {
			s.Judgement = end
			s.State = "left behind " + end.State
		}
	}
	if s.Leak {
		s.Remedy = storedRemedy(&s, j.gated)
	}
	return s
}

const (
	firstInHead = "There is no gate on the page: put segment-blocker.js first in <head>."
	useRewriter = "use the rewriter or the proxy (segment-blocker rewrite, proxy)"
	gateDidNot  = "The gate is on the page, and this passed it: check that it stands first in <head>, before every other script, and that it is told the visitor's choice."
)

// requestRemedy says what the site can do about a request.
func requestRemedy(r *Request, gated bool) string {
	switch {
	case r.From == "service worker":
		return "Loaded by a service worker, which no page script reaches: take it out of the worker, or serve the worker's script with a content security policy that denies this host until consent."
	case r.From == "worker" || r.From == "shared worker":
		return "Loaded by a worker with a script of its own: load the gate there too, or start the worker after consent."
	case r.From == "frame" && !sameOrigin(r.Document, r.Initiator.URL):
		return "Loaded in a frame: that page needs the gate too, or must be loaded after consent."
	case r.Initiator.Type == "preload" || r.Initiator.Type == "parser":
		remedy := "The browser names the HTML itself as the cause. What stands there may be fetched before any script runs: " + useRewriter + "."
		if !gated {
			return firstInHead + " " + remedy
		}
		return remedy
	case !gated:
		return firstInHead
	}
	return gateDidNot
}

// storedRemedy says what the site can do about a cookie or a key.
func storedRemedy(s *Stored, gated bool) string {
	left := strings.HasPrefix(s.State, "left behind")
	switch {
	case s.HTTPOnly || s.Initiator.Type == "server":
		if left {
			return "Set by a server, out of reach of page script: delete it with a Set-Cookie header when consent is withdrawn."
		}
		return "Set by a server's Set-Cookie header: the proxy (segment-blocker proxy) strips it, or stop the server from sending it before consent."
	case left && gated:
		return "Still there after the withdrawal: check that the gate is told of it (segmentBlocker.withdraw()), and that no other path or subdomain set it."
	case left:
		return "Still there after the withdrawal: delete it then. The gate does that: put segment-blocker.js first in <head>."
	case !gated:
		return firstInHead
	}
	return gateDidNot
}

func sameOrigin(a, b string) bool { return originOf(a) != "" && originOf(a) == originOf(b) }

// result turns a visit into its part of the report.
func (v *visit) result(err error, config blocker.Config) Run {
	v.mu.Lock()
	defer v.mu.Unlock()
	j := newJudge(config, v.choices, v.gate != nil)
	run := Run{
		Name: v.scenario, Choices: list(v.choices), Duration: v.duration, Notes: list(v.notes), Requests: list(v.requests),
		Links: list(v.links), Stored: []Stored{},
	}
	for i := range run.Requests {
		j.request(&run.Requests[i])
	}
	for i := range run.Links {
		j.link(&run.Links[i])
	}
	for _, key := range v.writeOrder {
		w := *v.writes[key]
		if told, ok := v.writers[key]; ok && w.by.Type == "" {
			w.by = told.by
		}
		run.Stored = append(run.Stored, j.stored(&w))
	}
	slices.SortStableFunc(run.Requests, func(a, b Request) int { return compare(a.Time, b.Time) })
	slices.SortStableFunc(run.Stored, func(a, b Stored) int { return compare(a.Time, b.Time) })
	run.Verdict = verdict(&run, err)
	if err != nil {
		run.Error = err.Error()
	}
	return run
}

// list is never nil, so that JSON has an empty array.
func list[T any](s []T) []T { return append([]T{}, s...) }

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
