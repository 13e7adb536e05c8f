package audit

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker"
)

var accepted = []Choice{{Choice: "accept", Time: 1000}}

var withdrawn = []Choice{{Choice: "accept", Time: 1000}, {Choice: "withdraw", Time: 2000}}

func TestRequestsAreJudgedInTheStateOfTheirMoment(t *testing.T) {
	const loader = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"
	proxied, problems := blocker.ParseConfig(`{"hosts": ["shop.example/seg"], "rules": [{"host": "px.example", "category": "marketing"}]}`)
	require.Empty(t, problems)
	cases := []struct {
		name     string
		config   blocker.Config
		choices  []Choice
		url      string
		time     float64
		outcome  string
		leak     bool
		rule     string
		decision string
		state    string
	}{
		{"before any choice", blocker.Config{}, nil, loader, 5, "sent", true, "host cdn.segment.com", "hold", "before any choice"},
		{"before the grant", blocker.Config{}, accepted, loader, 999, "sent", true, "host cdn.segment.com", "hold", "before any choice"},
		{"after the grant", blocker.Config{}, accepted, loader, 1000, "sent", false, "host cdn.segment.com", "allow", "after accept"},
		{"after the denial", blocker.Config{}, []Choice{{Choice: "reject", Time: 10}}, loader, 20, "sent", true, "host cdn.segment.com", "drop", "after reject"},
		{"between grant and withdrawal", blocker.Config{}, withdrawn, loader, 1999, "sent", false, "host cdn.segment.com", "allow", "after accept"},
		{"after the withdrawal", blocker.Config{}, withdrawn, loader, 2001, "sent", true, "host cdn.segment.com", "drop", "after withdraw"},
		{"tried in vain", blocker.Config{}, nil, loader, 5, "failed", true, "host cdn.segment.com", "hold", "before any choice"},
		{"refused by the browser", blocker.Config{}, nil, loader, 5, "blocked", false, "host cdn.segment.com", "hold", "before any choice"},
		{"answered by a service worker", blocker.Config{}, nil, loader, 5, "service worker", false, "host cdn.segment.com", "hold", "before any choice"},
		{"nothing of Segment's", blocker.Config{}, nil, "https://shop.example/?u=https://cdn.segment.com/", 5, "sent", false, "", "allow", "before any choice"},
		{"spelt otherwise", blocker.Config{}, nil, "HTTPS://CDN.Segment.com.:443/x", 5, "sent", true, "host cdn.segment.com", "hold", "before any choice"},
		{"a first-party proxy that is named", proxied, nil, "https://shop.example/seg/v1/t", 5, "sent", true, "hosts shop.example/seg", "hold", "before any choice"},
		{"a rule of the site", proxied, nil, "https://px.example/p", 5, "sent", true, "rules[0]", "hold", "before any choice"},
		{"no URL", blocker.Config{}, nil, "::", 5, "sent", false, "", "allow", "before any choice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := Request{URL: c.url, Time: c.time, Outcome: c.outcome, Kind: "script"}
			newJudge(c.config, c.choices, true).request(&r)
			assert.Equal(t, c.leak, r.Leak)
			assert.Equal(t, c.rule, r.Rule)
			assert.Equal(t, c.decision, r.Decision)
			assert.Equal(t, c.state, r.State)
			assert.Equal(t, c.leak, r.Remedy != "", "a leak has a remedy, and only a leak")
		})
	}
}

func TestWhatIsStoredIsJudgedAtItsWritingAndAtTheEnd(t *testing.T) {
	cases := []struct {
		name    string
		choices []Choice
		write   write
		leak    bool
		state   string
	}{
		{"before any choice", nil, write{key: storedKey{kind: "cookie", name: "ajs_anonymous_id"}}, true, "before any choice"},
		{"of the site itself", nil, write{key: storedKey{kind: "cookie", name: "basket"}}, false, "before any choice"},
		{"with consent", accepted, write{key: storedKey{kind: "storage", name: "ajs_user_id", state: 1}, left: true}, false, "after accept"},
		{"with consent, then erased", withdrawn, write{key: storedKey{kind: "storage", name: "ajs_user_id", state: 1}}, false, "after accept"},
		{"with consent, then left behind", withdrawn, write{key: storedKey{kind: "storage", name: "ajs_user_id", state: 1}, left: true}, true, "left behind after withdraw"},
		{"after the withdrawal", withdrawn, write{key: storedKey{kind: "cookie", name: "ajs_user_id", state: 2}}, true, "after withdraw"},
		{"a database", nil, write{key: storedKey{kind: "database", name: "Segment Signals Buffer"}}, true, "before any choice"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			s := newJudge(blocker.Config{}, c.choices, false).stored(&c.write)
			assert.Equal(t, c.leak, s.Leak)
			assert.Equal(t, c.state, s.State)
			assert.Equal(t, c.leak, s.Remedy != "")
		})
	}
}

func TestRemediesFitTheCause(t *testing.T) {
	page := "https://shop.example/"
	requests := []struct {
		name  string
		r     Request
		gated bool
		want  string
	}{
		{"no gate", Request{From: "page", Initiator: Initiator{Type: "script"}}, false, firstInHead},
		{"static tag, no gate", Request{From: "page", Initiator: Initiator{Type: "parser"}}, false, "first in <head>. The browser names the HTML"},
		{"static tag, gate", Request{From: "page", Initiator: Initiator{Type: "parser"}}, true, useRewriter},
		{"preload, gate", Request{From: "page", Initiator: Initiator{Type: "preload"}}, true, useRewriter},
		{"script, gate", Request{From: "page", Initiator: Initiator{Type: "script"}}, true, gateDidNot},
		{"service worker", Request{From: "service worker"}, true, "service worker, which no page script reaches"},
		{"worker", Request{From: "worker"}, true, "a worker with a script of its own"},
		{"frame of another site", Request{From: "frame", Document: "https://other.example/", Initiator: Initiator{Type: "script", URL: page}}, true, "that page needs the gate too"},
	}
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) { assert.Contains(t, requestRemedy(&c.r, c.gated), c.want) })
	}
	names := []struct {
		name  string
		s     Stored
		gated bool
		want  string
	}{
		{"by a server", Stored{Initiator: Initiator{Type: "server"}}, true, "segment-blocker proxy"},
		{"by a server, left behind", Stored{HTTPOnly: true, Judgement: Judgement{State: "left behind after withdraw"}}, true, "delete it with a Set-Cookie header"},
		{"left behind, gate", Stored{Judgement: Judgement{State: "left behind after withdraw"}}, true, "segmentBlocker.withdraw()"},
		{"left behind, no gate", Stored{Judgement: Judgement{State: "left behind after withdraw"}}, false, "delete it then"},
		{"by a script, no gate", Stored{}, false, firstInHead},
		{"by a script, gate", Stored{}, true, gateDidNot},
	}
	for _, c := range names {
		t.Run(c.name, func(t *testing.T) { assert.Contains(t, storedRemedy(&c.s, c.gated), c.want) })
	}
}

func TestVerdicts(t *testing.T) {
	leak := Run{Requests: []Request{{Judgement: Judgement{Leak: true}}}}
	cases := []struct {
		name string
		run  Run
		err  error
		want Verdict
	}{
		{"nothing", Run{}, nil, Clean},
		{"a leak", leak, nil, Leak},
		{"a leak before the page failed", leak, errors.New("the page crashed"), Leak},
		{"a leak before a choice that could not be made", leak, errChoice{"no button"}, Leak},
		{"no choice made", Run{}, errChoice{"no button"}, NotMade},
		{"failed", Run{}, errors.New("the page crashed"), Failed},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, verdict(&c.run, c.err)) })
	}
}

func TestTheInitiatorIsTheScriptBehindTheGate(t *testing.T) {
	stack := "Error\n    at HTMLDocument.set [as cookie] (<anonymous>:54:23)\n" +
		"    at f (https://shop.example/segment-blocker.js?v=1:1:900)\n    at g (https://cdn.segment.com/a.js:3:7)"
	assert.Equal(t, Initiator{Type: "script", URL: "https://cdn.segment.com/a.js", Line: 3, Column: 7}, readStack(stack))
	assert.Equal(t, Initiator{Type: "script"}, readStack("nonsense"))
	line := 4.0
	cases := []struct {
		name string
		in   protocolInitiator
		want Initiator
	}{
		{"markup", protocolInitiator{Type: "parser", URL: "https://shop.example/", Line: &line}, Initiator{Type: "parser", URL: "https://shop.example/", Line: 5}},
		{"asynchronous", protocolInitiator{Type: "script", Stack: &callStack{
			Frames: []callFrame{{URL: "https://shop.example/segment-blocker.js"}},
			Parent: &callStack{Frames: []callFrame{{URL: "https://shop.example/app.js", Line: 1, Column: 2}}},
		}}, Initiator{Type: "script", URL: "https://shop.example/app.js", Line: 2, Column: 3}},
		{"a word of a later browser", protocolInitiator{Type: "SignedExchange"}, Initiator{Type: "unknown"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { assert.Equal(t, c.want, readInitiator(c.in)) })
	}
}

func TestARunKeepsABoundedNumberOfRequests(t *testing.T) {
	v := newVisit(nil, Options{}.withDefaults(), "https://shop.example/", NoChoice, nil)
	for range maxRequests + 10 {
		v.keep("id", Request{}, false)
	}
	assert.Len(t, v.requests, maxRequests)
	assert.Equal(t, []string{"The page made more than 5,000 requests; those after that are not listed."}, v.notes)
	assert.Len(t, clip(string(make([]byte, 3*maxURL))), maxURL)
}

func TestAWriteThatIsReportedLateKeepsItsState(t *testing.T) {
	const where = "localStorage of https://shop.example"
	cases := []struct {
		name   string
		writer []int // the states in which a script was seen writing
		chosen float64
		want   int
	}{
		{"seen right before the choice", []int{0}, 0, 0},
		{"seen before and after it", []int{0, 1}, 0, 1},
		{"never seen", nil, 0, 1},
		{"seen long before", []int{0}, -2 * late, 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := newVisit(nil, Options{}.withDefaults(), "https://shop.example/", Reject, nil)
			v.choices = []Choice{{Time: v.now() + c.chosen}}
			for _, state := range c.writer {
				v.writers[storedKey{"storage", "ajs_user_id", where, state}] = writer{}
			}
			assert.Equal(t, c.want, v.keyOf("storage", "ajs_user_id", where).state)
		})
	}
}
