package audit

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"github.com/segment-blocker/segment-blocker/blocker"
)

var update = flag.Bool("update", false, "write the golden report anew")

// sample is a report with one of everything, and with text that would break a careless page.
func sample() *Report {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	v := newVisit(nil, Options{}.withDefaults(), "https://shop.example/", Withdraw, nil)
	v.gate = &Gate{Version: "0.1.0", Engine: "wasm"}
	v.choices = []Choice{{"accept", "clicked #yes, Klaro", 1000}, {"withdraw", "called klaro.getManager()", 2000}}
	v.duration = 3000
	v.notes = []string{"The page did not come to rest within 30s: what it did later is not in this report."}
	v.requests = []Request{
		{Time: 100, Method: "GET", URL: "https://cdn.segment.com/a.js?user=ada", Kind: "script", From: "page", Outcome: "sent", Initiator: Initiator{Type: "parser", URL: "https://shop.example/", Line: 7}},
		{Time: 1100, Method: "POST", URL: "https://api.segment.io/v1/t", Kind: "fetch", From: "page", Outcome: "sent", Initiator: Initiator{Type: "script"}},
		{Time: 2100, Method: "POST", URL: "https://api.segment.io/v1/t", Kind: "fetch", From: "service worker", Outcome: "failed", Error: "net::ERR_FAILED", Initiator: Initiator{Type: "script"}},
		{Time: 50, Method: "GET", URL: "https://shop.example/", Kind: "navigation", From: "page", Outcome: "sent", Initiator: Initiator{Type: "unknown"}},
	}
	v.links = []Link{{Rel: "preconnect", URL: "https://cdn.segment.com/"}}
	for _, w := range []write{
		{key: storedKey{"cookie", "ajs_anonymous_id", "shop.example", 1}, time: 1200, writes: 1, left: true},
		{key: storedKey{"cookie", "<script>alert(1)</script>", "shop.example", 0}, time: 1200, writes: 1, httpOnly: true},
	} {
		v.writes[w.key] = &w
		v.writeOrder = append(v.writeOrder, w.key)
	}
	failed := newVisit(nil, Options{}.withDefaults(), "https://shop.example/", Reject, nil)
	r := &Report{
		Schema: SchemaVersion, Tool: "0.1.0", Browser: "Chrome/1", Started: at, Finished: at.Add(time.Minute),
		Settings: Settings{Timeout: 30000, Settle: 2000, Proxy: "http://127.0.0.1:1", Insecure: true, NoSandbox: true},
		Pages: []Page{{
			URL: "https://shop.example/?q=<b>", Title: "<script>alert(2)</script>", Gate: v.gate, CMP: "Klaro", Config: "page",
			Runs: []Run{failed.result(errChoice{"Klaro shows no button to reject: say what to click with --reject-selector"}, blocker.Config{}), v.result(nil, blocker.Config{})},
		}},
	}
	r.count()
	return r
}

func TestTheReportIsTheGoldenPage(t *testing.T) {
	var got bytes.Buffer
	require.NoError(t, sample().WriteHTML(&got))
	file := filepath.Join("testdata", "report.html")
	if *update {
		require.NoError(t, os.WriteFile(file, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got.String(), "after a change that is meant: go test ./blocker/audit -run Golden -update")
}

func TestTheReportNeedsAndRunsNothing(t *testing.T) {
	var page bytes.Buffer
	require.NoError(t, sample().WriteHTML(&page))
	root, err := html.Parse(&page)
	require.NoError(t, err)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		assert.NotContains(t, []string{"script", "iframe", "object", "embed", "img", "base"}, n.Data)
		for _, a := range n.Attr {
			assert.False(t, strings.HasPrefix(a.Key, "on"), a.Key)
			if a.Key == "href" || a.Key == "src" {
				assert.Regexp(t, "^(#|data:,)", a.Val)
			}
		}
	}
}

func TestTheReportKeepsQueriesOutOfThePage(t *testing.T) {
	var page, data bytes.Buffer
	require.NoError(t, sample().WriteHTML(&page))
	require.NoError(t, sample().WriteJSON(&data))
	assert.NotContains(t, page.String(), "user=ada")
	assert.Contains(t, data.String(), "user=ada")
}

func TestReportsFollowTheSchema(t *testing.T) {
	validate(t, sample())
	bare := sample()
	bare.Pages[0].Runs[1].Requests[0].Outcome = "lost"
	assert.Error(t, schema(t).Validate(decoded(t, bare)), "the schema refuses what it does not know")
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiled, err := jsonschema.NewCompiler().Compile("schema.json")
	require.NoError(t, err)
	return compiled
}

func decoded(t *testing.T, r *Report) any {
	t.Helper()
	var text bytes.Buffer
	require.NoError(t, r.WriteJSON(&text))
	value, err := jsonschema.UnmarshalJSON(&text)
	require.NoError(t, err)
	return value
}

// validate holds a report against the schema, and against what Go reads back of it.
func validate(t *testing.T, r *Report) {
	t.Helper()
	require.NoError(t, schema(t).Validate(decoded(t, r)))
	var text bytes.Buffer
	require.NoError(t, r.WriteJSON(&text))
	var back Report
	require.NoError(t, json.Unmarshal(text.Bytes(), &back))
	assert.Equal(t, r.Leaks, back.Leaks)
}

func TestWhatIsErasedInOneVisitIsNotSaidToBeThereInAnother(t *testing.T) {
	stored := Stored{Kind: "cookie", Name: "ajs_anonymous_id", Where: "shop.example", Left: true}
	erased := stored
	erased.Left = false
	p := Page{Runs: []Run{{Name: Accept, Stored: []Stored{stored}}, {Name: Withdraw, Stored: []Stored{erased}}}}
	rows := p.kept()
	require.Len(t, rows, 2)
	assert.Equal(t, []any{true, "accept", false, "withdraw"}, []any{rows[0].Left, rows[0].SeenOf(2), rows[1].Left, rows[1].SeenOf(2)})
}

func TestHeadlinesClaimNoMoreThanWasSeen(t *testing.T) {
	allowed := Run{Requests: []Request{{Judgement: Judgement{Rule: "host cdn.segment.com"}}}}
	leaked := Run{Requests: []Request{{URL: "https://cdn.segment.com/", Judgement: Judgement{Rule: "host cdn.segment.com", Leak: true}}}}
	cases := []struct {
		name string
		runs []Run
		ok   bool
		want string
	}{
		{"clean", []Run{allowed}, true, "No leak was seen in any visit."},
		{"nothing to judge", []Run{{}}, true, "so this does not show that a gate works"},
		{"a visit failed", []Run{allowed, {Error: "the page crashed"}}, false, "1 visit could not be completed"},
		{"a leak", []Run{leaked, leaked}, false, "Leaks: 1 thing was sent or stored on this page without the consent that the rules ask for (2 observations"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := &Report{Pages: []Page{{Runs: c.runs}}}
			r.count()
			assert.Equal(t, c.ok, r.OK())
			assert.Contains(t, r.Headline(), c.want)
		})
	}
}

func TestTheTimelineMarksTheChoicesAndEveryLeak(t *testing.T) {
	run := Run{Name: Accept, Duration: 4000, Choices: []Choice{{"accept", "", 2000}}}
	for range 20 {
		run.Requests = append(run.Requests, Request{Time: 1990, Judgement: Judgement{Rule: "x"}})
	}
	run.Requests = append(run.Requests, Request{Time: 1990, Judgement: Judgement{Rule: "x", Leak: true}}, Request{Time: 2001, Judgement: Judgement{Rule: "x"}})
	p := Page{Runs: []Run{run}}
	lanes, ticks := p.timeline()
	require.Len(t, lanes, 1)
	assert.Equal(t, "50.00%", lanes[0].Choices[0].X)
	assert.Len(t, lanes[0].Marks, maxRows+1, "piles are bounded, and a choice parts them")
	assert.Equal(t, "leak", lanes[0].Marks[0].Class)
	assert.LessOrEqual(t, len(ticks), 6)
}
