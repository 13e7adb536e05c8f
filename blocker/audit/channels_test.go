package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/web/server/proxy"
)

// everyWay is a page that reaches Segment in every way that this test looks for.
const everyWay = `<!doctype html><meta charset="utf-8"><title>Every way</title>
<link rel="preconnect" href="https://cdn.segment.com">
<script src="https://cdn.segment.com/static.js"></script>
<link rel="preload" as="script" href="https://cdn.segment.com/preload.js">
<iframe src="https://other.test/frame"></iframe>
<script>
document.cookie = "ajs_scripted=1";
localStorage.ajs_member = "1";
sessionStorage.setItem("ajs_method", "1");
indexedDB.open("Segment Signals Buffer");
navigator.sendBeacon("https://api.segment.io/v1/beacon", "{}");
new WebSocket("wss://api.segment.io/socket");
new Image().src = "https://api.segment.io/v1/pixel/page";
new Worker("/worker.js");
navigator.serviceWorker.register("/sw.js");
open("https://every.test/window");
fetch("/redirect");
</script>`

func script(body string) proxy.Page {
	return proxy.Page{Body: body, Headers: map[string]string{"Content-Type": "text/javascript"}}
}

func (l *lab) site(host string, pages map[string]proxy.Page) string {
	for path, page := range pages {
		page.URL = "https://" + host + path
		l.put(page)
	}
	return "https://" + host + "/"
}

func TestEveryChannelIsSeenWithItsCause(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://other.test/frame", `<script>fetch("https://api.segment.io/v1/frame")</script>`)
	url := l.site("every.test", map[string]proxy.Page{
		"/":          {Body: everyWay, Headers: map[string]string{"Set-Cookie": "ajs_server=1; HttpOnly; Path=/"}},
		"/worker.js": script(`fetch("https://api.segment.io/v1/worker")`),
		"/sw.js":     script(`fetch("https://api.segment.io/v1/sw")`),
		"/window":    {Body: `<script>fetch("https://api.segment.io/v1/window")</script>`},
		"/redirect":  {Status: 302, Headers: map[string]string{"Location": "https://api.segment.io/v1/redirected"}},
	})
	o := l.options()
	o.Runs = []Scenario{NoChoice}
	r := l.audit(o, url)
	run := r.Pages[0].Runs[0]

	requests := map[string][3]string{}
	for _, q := range run.Requests {
		if q.Leak {
			requests[strings.TrimPrefix(q.URL, "https://")] = [3]string{q.Kind, q.From, q.Initiator.Type}
		}
	}
	for target, want := range map[string][3]string{
		"cdn.segment.com/static.js":   {"script", "page", "parser"},
		"cdn.segment.com/preload.js":  {"script", "page", "preload"},
		"api.segment.io/v1/frame":     {"fetch", "frame", "script"},
		"api.segment.io/v1/beacon":    {"beacon", "page", "script"},
		"wss://api.segment.io/socket": {"websocket", "page", "script"},
		// Images are fetched after the script, so that the browser names the document for those too.
		"api.segment.io/v1/pixel/page": {"image", "page", "parser"},
		"api.segment.io/v1/worker":     {"fetch", "worker", "script"},
		"api.segment.io/v1/sw":         {"fetch", "service worker", "script"},
		"api.segment.io/v1/window":     {"fetch", "window", "script"},
		"api.segment.io/v1/redirected": {"fetch", "page", "redirect"},
	} {
		assert.Equal(t, want, requests[target], target)
	}

	type thing struct {
		kind, where, by string
		httpOnly, left  bool
	}
	stored := map[string]thing{}
	for _, s := range run.Stored {
		if s.Leak {
			stored[s.Name] = thing{s.Kind, s.Where, s.Initiator.Type, s.HTTPOnly, s.Left}
		}
	}
	for name, want := range map[string]thing{
		"ajs_server":             {"cookie", "every.test", "server", true, true},
		"ajs_scripted":           {"cookie", "every.test", "script", false, true},
		"ajs_member":             {"storage", "localStorage of https://every.test", "unknown", false, true},
		"ajs_method":             {"storage", "sessionStorage of https://every.test", "script", false, true},
		"Segment Signals Buffer": {"database", "IndexedDB of https://every.test", "script", false, true},
	} {
		assert.Equal(t, want, stored[name], name)
	}
	require.Len(t, run.Links, 1)
	assert.True(t, run.Links[0].Leak)
}

func TestWhatThePolicyOfThePageBlocksIsNoLeak(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	url := l.site("strict.test", map[string]proxy.Page{"/": {
		Body:    `<script src="https://cdn.segment.com/a.js"></script>`,
		Headers: map[string]string{"Content-Security-Policy": "script-src 'self'"},
	}})
	o := l.options()
	o.Runs = []Scenario{NoChoice}
	run := l.audit(o, url).Pages[0].Runs[0]
	assert.Equal(t, Clean, run.Verdict)
	var outcomes []string
	for _, q := range run.Requests {
		if q.Rule != "" {
			outcomes = append(outcomes, q.Outcome)
		}
	}
	assert.Equal(t, []string{"blocked"}, outcomes)
}

// platformPage loads Segment when the visitor agrees and leaves its cookie behind when he takes it back.
func platformPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	require.NoError(t, err)
	return string(text)
}

func TestTheBannerOfThePageIsClicked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://banner.test/", platformPage(t, "banner.html"))
	// Here nothing tells which platform it is, and what a grant allows is stored before the click is over.
	l.html("https://own.test/", strings.NewReplacer(
		"window.CookieConsent =", "window.own =",
		"made = all", `if (all) { document.cookie = "ajs_user_id=1"; localStorage.setItem("ajs_user_traits", "1"); } made = all`,
	).Replace(platformPage(t, "banner.html")))
	o := l.options()
	r := l.audit(o, "https://banner.test/")
	p := r.Pages[0]
	assert.Equal(t, "vanilla-cookieconsent", p.CMP)
	how := map[Scenario]string{
		Reject: "clicked #cc-main [data-role=necessary], vanilla-cookieconsent", Accept: "clicked #cc-main [data-role=all], vanilla-cookieconsent",
	}
	for _, run := range p.Runs[:3] {
		assert.Equal(t, Clean, run.Verdict, "%s: %s", run.Name, run.Error)
		if want := how[run.Name]; want != "" {
			require.Len(t, run.Choices, 1)
			assert.Equal(t, want, run.Choices[0].How)
		}
	}
	assert.NotZero(t, p.Runs[2].Passed(), "accepting loads Segment")
	withdrawn := p.Runs[3]
	assert.Equal(t, Leak, withdrawn.Verdict, withdrawn.Error)
	var left []string
	for _, s := range withdrawn.Stored {
		if s.Leak {
			left = append(left, s.Name+" "+s.State)
		}
	}
	assert.Equal(t, []string{"ajs_anonymous_id left behind after withdraw"}, left)

	o.AcceptSelector, o.RejectSelector, o.Runs = "#cc-main [data-role=all]", "#nowhere", []Scenario{Accept, Reject}
	p = l.audit(o, "https://own.test/").Pages[0]
	assert.Empty(t, p.CMP)
	assert.Equal(t, Clean, p.Runs[0].Verdict, p.Runs[0].Error)
	assert.Equal(t, NotMade, p.Runs[1].Verdict)
	assert.Equal(t, "nothing visible matches #nowhere on the page", p.Runs[1].Error)
}

func TestAStaticTagBesideTheGateIsALeakForTheRewriter(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://static.test/", `<!doctype html><script src="/gate.js"></script><title>Static</title>
<script src="https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"></script>`)
	o := l.options()
	o.Runs = []Scenario{NoChoice}
	p := l.audit(o, "https://static.test/").Pages[0]
	require.NotNil(t, p.Gate)
	assert.NotEmpty(t, p.Gate.Version)
	rows := p.findings()
	require.Len(t, rows, 1, "the gate stops the script, but not the request")
	assert.Equal(t, "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js", rows[0].What)
	assert.Contains(t, rows[0].Remedy, useRewriter)
}

func TestAButtonThatDoesNotGrantAllIsNotTakenForOne(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://ok.test/", strings.Replace(platformPage(t, "banner.html"), "if (event.isTrusted) choose(all);", "choose(false);", 1))
	o := l.options()
	o.Runs = []Scenario{Accept}
	run := l.audit(o, "https://ok.test/").Pages[0].Runs[0]
	require.Len(t, run.Choices, 1, run.Error)
	assert.Equal(t, `clicked #cc-main [data-role=all], which was not enough, then called CookieConsent.acceptCategory("all"), vanilla-cookieconsent`, run.Choices[0].How)
	assert.Equal(t, Clean, run.Verdict)
	assert.NotZero(t, run.Passed())
}
