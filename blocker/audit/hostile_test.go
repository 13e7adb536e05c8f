package audit

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/web/server/proxy"
)

// hang answers nothing until the test is over.
func hang(t *testing.T) string {
	t.Helper()
	over := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-over:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() {
		close(over)
		server.Close()
	})
	return server.URL + "/"
}

// hostile is a page that a visitor would close; want is in the run's error or notes.
type hostile struct {
	url     string
	page    proxy.Page
	verdict Verdict
	want    string
}

// check audits the pages at once, without a choice.
func (l *lab) check(timeout time.Duration, cases []hostile) {
	l.t.Helper()
	var urls []string
	for _, c := range cases {
		urls = append(urls, c.url)
		if strings.Contains(c.url, ".test/") {
			c.page.URL = c.url
			l.put(c.page)
		}
	}
	o := l.options()
	o.Timeout, o.Tabs, o.Runs = timeout, 4, []Scenario{NoChoice}
	r := l.audit(o, urls...)
	for i, c := range cases {
		run := r.Pages[i].Runs[0]
		assert.Equal(l.t, c.verdict, run.Verdict, "%s: %s", c.url, run.Error)
		assert.Contains(l.t, run.Error+strings.Join(run.Notes, " "), c.want, c.url)
	}
}

func TestHostilePagesAreToldClearly(t *testing.T) {
	t.Parallel()
	newLab(t).check(20*time.Second, []hostile{
		{"https://dialogs.test/", proxy.Page{Body: `<script>alert(1); confirm(2); prompt(3)</script>`}, Clean, ""},
		{
			"https://stay.test/",
			proxy.Page{Body: `<script>onbeforeunload = () => "stay"; onload = () => setTimeout(() => { location = "/next" })</script>`},
			Clean, "",
		},
		{"https://round.test/", proxy.Page{Status: 302, Headers: map[string]string{"Location": "https://round.test/"}}, Failed, "redirects without end"},
		{"https://gone.test/", proxy.Page{Status: 404, Body: "no"}, Failed, "the server answered 404 Not Found"},
		{"https://file.test/", proxy.Page{Headers: map[string]string{"Content-Type": "application/zip", "Content-Disposition": "attachment"}}, Failed, "a download"},
	})
}

func TestPagesWithoutAnEndNeverHangTheAudit(t *testing.T) {
	t.Parallel()
	silent := hang(t)
	newLab(t).check(5*time.Second, []hostile{
		{"https://waits.test/", proxy.Page{Body: `<script>fetch("` + silent + `")</script>`}, Clean, ""},
		{"https://again.test/", proxy.Page{Body: `<script>location.reload()</script>`}, Clean, "did not come to rest within 5s"},
		{"https://endless.test/", proxy.Page{Body: "<p>first", Chunks: []proxy.Chunk{{After: "never"}}}, Clean, "did not come to rest within 5s"},
		{"https://busy.test/", proxy.Page{Body: `<script>for (;;);</script>`}, Failed, "one of its scripts runs without end"},
		{silent, proxy.Page{}, Failed, "the server did not answer within 5s; give it more with --timeout"},
	})
}

func TestAPasswordInTheAddressIsForTheServerAlone(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://members.test/in", `<img src="https://api.segment.io/v1/p"><script>fetch("/own")</script>`)
	o := l.options()
	var told strings.Builder
	o.Runs, o.Progress = []Scenario{NoChoice}, func(line string) { told.WriteString(line) }
	r := l.audit(o, "https://name:secret@members.test/in")
	assert.Equal(t, "https://members.test/in", r.Pages[0].URL)
	assert.Equal(t, Leak, r.Pages[0].Runs[0].Verdict)
	var data strings.Builder
	require.NoError(t, r.WriteJSON(&data))
	for _, text := range []string{told.String(), data.String(), l.written(r)} {
		assert.Contains(t, text, "members.test")
		assert.NotContains(t, text, "secret")
	}
}

func TestNoMoreTabsAreOpenThanAllowed(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	open, most := 0, 0
	o := l.options()
	o.Tabs, o.Settle, o.Runs = 3, 100*time.Millisecond, []Scenario{NoChoice}
	o.Progress = func(line string) {
		switch {
		case strings.HasSuffix(line, ": opening"):
			open++
			most = max(most, open)
			if open == o.Tabs {
				l.open("all are there")
			}
		case strings.HasSuffix(line, ": recorded"):
			open--
		}
	}
	var urls []string
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		url := "https://" + name + ".test/"
		// None comes to its end before as many are open as may be.
		l.put(proxy.Page{URL: url, Body: "first", Chunks: []proxy.Chunk{{Body: "last", After: "all are there"}}})
		urls = append(urls, url)
	}
	r := l.audit(o, urls...)
	assert.Equal(t, 3, most)
	assert.True(t, r.OK(), r.Headline())
	for i, p := range r.Pages {
		assert.Equal(t, urls[i], p.URL, "pages are in the order that was given")
	}
}

func TestAHugePageIsAuditedAsAnyOther(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.html("https://huge.test/", "<p>"+strings.Repeat("<b>large</b> ", 30_000)+"<!--"+strings.Repeat("x", 10<<20)+"-->"+`<script>document.cookie = "ajs_user_id=1"</script>`)
	o := l.options()
	o.Runs = []Scenario{NoChoice}
	assert.Equal(t, Leak, l.audit(o, "https://huge.test/").Pages[0].Runs[0].Verdict)
}

func TestServersThatAreNotThereAreNamed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + listener.Addr().String() + "/"
	require.NoError(t, listener.Close())
	o := Options{Timeout: 20 * time.Second, Settle: 100 * time.Millisecond, Runs: []Scenario{NoChoice}}
	r, err := Pages(context.Background(), o, []string{"http://nowhere.invalid/", closed})
	require.NoError(t, err)
	assert.Contains(t, r.Pages[0].Runs[0].Error, "no such host")
	assert.Contains(t, r.Pages[1].Runs[0].Error, "nobody answers there")
	assert.Equal(t, 2, r.Failed)
	assert.False(t, r.OK())
}

func TestACrashedPageFailsAndTheNextOneDoesNot(t *testing.T) {
	t.Parallel()
	o := Options{Settle: 100 * time.Millisecond}.withDefaults()
	b, err := startBrowser(context.Background(), o)
	require.NoError(t, err)
	defer b.stop()
	var doomed *visit
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/doomed":
			_, _ = io.WriteString(w, "<script>fetch('/now')</script>")
		case "/now":
			b.post(doomed.main, "Page.crash", nil)
		}
	}))
	defer server.Close()
	doomed = newVisit(b, o, server.URL+"/doomed", NoChoice, func(string) {})
	assert.EqualError(t, doomed.play(context.Background()), "the page crashed")
	assert.NoError(t, newVisit(b, o, server.URL+"/calm", NoChoice, func(string) {}).play(context.Background()))
}

func TestABrowserThatEndsFailsTheVisit(t *testing.T) {
	t.Parallel()
	o := Options{}.withDefaults()
	b, err := startBrowser(context.Background(), o)
	require.NoError(t, err)
	defer b.stop()
	silent := newVisit(b, o, hang(t), NoChoice, func(string) {})
	go func() {
		<-silent.opened
		b.post("", "Browser.crash", nil)
	}()
	assert.ErrorIs(t, silent.play(context.Background()), errGone)
}

func TestACancelledAuditStops(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	ctx, cancel := context.WithCancel(context.Background())
	o := l.options()
	o.Progress = func(line string) {
		if strings.Contains(line, "opening") {
			cancel()
		}
	}
	_, err := Pages(ctx, o, []string{hang(t)})
	assert.ErrorIs(t, err, context.Canceled)
}
