package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/segment-blocker/segment-blocker/blocker/audit"
)

// auditedSite has a page that writes Segment's cookie, one that writes its own, and a sitemap of both.
func auditedSite(t *testing.T) string {
	t.Helper()
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		page := map[string]string{
			"/leaks":       `<title>Leaks</title><script>document.cookie = "ajs_anonymous_id=1"</script>`,
			"/clean":       `<title>Clean</title><script>document.cookie = "basket=1"</script>`,
			"/sitemap.xml": "<urlset><url><loc>" + server.URL + "/clean</loc></url><url><loc>" + server.URL + "/leaks</loc></url></urlset>",
		}[r.URL.Path]
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAuditExitsWithOneOnALeakAndWritesBothReports(t *testing.T) {
	site, dir := auditedSite(t), filepath.Join(t.TempDir(), "reports")
	status, out, errOut := tool("audit", "--runs", "no-choice", "--settle", "100ms", "--out", dir, site+"/leaks")
	assert.Equal(t, 1, status)
	assert.Empty(t, out)
	lines := strings.Split(strings.TrimSpace(errOut), "\n")
	assert.Contains(t, lines[len(lines)-1], "Leaks: 1 thing was sent or stored on this page")
	assert.Contains(t, errOut, "[1/1] "+site+"/leaks: no choice: 1 leak")
	html, err := os.ReadFile(filepath.Join(dir, "segment-audit.html"))
	require.NoError(t, err)
	assert.Contains(t, string(html), "ajs_anonymous_id")
	text, err := os.ReadFile(filepath.Join(dir, "segment-audit.json"))
	require.NoError(t, err)
	var r audit.Report
	require.NoError(t, json.Unmarshal(text, &r))
	assert.Equal(t, 1, r.Leaks)
	assert.Equal(t, "dev", r.Tool)
}

func TestAuditWritesToStandardOutputAndExitsWithNoughtWhenClean(t *testing.T) {
	site := auditedSite(t)
	status, out, errOut := tool("audit", "--quiet", "--runs", "no-choice", "--settle", "100ms", "--html", "", "--json", "-",
		"--sitemap", site+"/sitemap.xml", "--max", "1")
	assert.Zero(t, status, errOut)
	assert.Empty(t, errOut)
	var r audit.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Len(t, r.Pages, 1)
	assert.Equal(t, site+"/clean", r.Pages[0].URL)
	assert.Equal(t, "Clean", r.Pages[0].Title)
}

func TestAuditExitsWithOneWhenAChoiceCannotBeMade(t *testing.T) {
	status, _, errOut := tool("audit", "--runs", "reject", "--settle", "100ms", "--json", "", "--html", "", auditedSite(t)+"/clean")
	assert.Equal(t, 1, status)
	assert.Contains(t, errOut, "choice not made: no known consent platform and no gate on the page: say what to click with --reject-selector")
}

func TestAQuietAuditSaysWhatWentWrong(t *testing.T) {
	status, out, errOut := tool("audit", "--quiet", "--runs", "no-choice", "--settle", "100ms", "--json", "", "--html", "", auditedSite(t)+"/leaks")
	assert.Equal(t, 1, status)
	assert.Empty(t, out)
	assert.Contains(t, errOut, "segment-blocker: Leaks: 1 thing was sent or stored")
	assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
}

func TestAuditRefusesBadUsage(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "gate.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"requires": "all"}`), 0o600))
	cases := []struct {
		name, want string
		status     int
		args       []string
	}{
		{"no address", "give the address of at least one page, or --sitemap", 2, nil},
		{"an address without a scheme", "write it in full, for example https://", 2, []string{"shop.example"}},
		{"an unknown run", `"later" is no run; use no-choice, reject, accept or withdraw`, 2, []string{"--runs", "later", "https://shop.example/"}},
		{"no tabs", "--tabs must be from 1 to 64", 2, []string{"--tabs", "0", "https://shop.example/"}},
		{"no pages of a sitemap", "--max must be at least 1", 2, []string{"--max", "0", "https://shop.example/"}},
		{"no time", "--timeout and --settle must be longer", 2, []string{"--settle", "0s", "https://shop.example/"}},
		{"both on standard output", "only one report fits", 2, []string{"--json", "-", "--html", "-", "https://shop.example/"}},
		{"no configuration", "--config: open", 2, []string{"--config", broken + "x", "https://shop.example/"}},
		{"a faulty configuration", "--config: requires: must be", 2, []string{"--config", broken, "https://shop.example/"}},
		{"no browser of that name", `"/nowhere" cannot be run; give the path of the program with --browser`, 2, []string{"--browser", "/nowhere", "https://shop.example/"}},
		{"no proxy", `--proxy: "ftp://h:1" is no proxy; give it as http://host:port`, 2, []string{"--proxy", "ftp://h:1", "https://shop.example/"}},
		{"a sitemap without a scheme", `--sitemap: "foo" is not the address of a web page; write it in full`, 2, []string{"--sitemap", "foo"}},
		{"a sitemap that is not on the web", "is not the address of a web page", 2, []string{"--sitemap", "ftp://shop.example/s.xml"}},
		{"no sitemap", "sitemap http://127.0.0.1:1/s.xml", 1, []string{"--sitemap", "http://127.0.0.1:1/s.xml", "--out", t.TempDir()}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, out, errOut := tool(append([]string{"audit"}, c.args...)...)
			assert.Equal(t, c.status, status)
			assert.Empty(t, out)
			assert.Contains(t, errOut, c.want)
			assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
		})
	}
}

func TestAuditFailsWithoutABrowserOnThisMachine(t *testing.T) {
	t.Setenv("CHROMIUM", "/nowhere")
	status, _, errOut := tool("audit", "--out", t.TempDir(), "https://shop.example/")
	assert.Equal(t, 1, status)
	assert.Contains(t, errOut, "give the path of the program with --browser")
}

func TestAuditMakesTheReportsFoldersBeforeItBegins(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	// Whoever starts this browser gets its error instead.
	const begun = "did not start"
	cases := []struct {
		name, want string
		args       []string
	}{
		{"no folder for both", "no folder for the reports: mkdir " + file, []string{"--out", filepath.Join(file, "reports")}},
		{"no folder for one", "choose another place with --out, --json or --html", []string{"--html", "", "--json", filepath.Join(file, "a", "b.json")}},
		{"a folder", begun, []string{"--out", filepath.Join(t.TempDir(), "a", "b")}},
		{"none is needed", begun, []string{"--out", filepath.Join(file, "reports"), "--json", "-", "--html", ""}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, out, errOut := tool(append([]string{"audit", "--browser", "false", "https://shop.example/"}, c.args...)...)
			assert.Equal(t, 1, status)
			assert.Empty(t, out)
			assert.Contains(t, errOut, c.want)
			assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
		})
	}
}

func TestReportsThatCannotBeWrittenAreOneLine(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "a.json"), 0o755))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "a.html"), 0o755))
	for _, c := range []struct{ json, html, want string }{
		{"a.json", "a.html", "a.json"},
		{"b.json", "a.html", "a.html"},
		{"-", "a.html", "no space left on device"},
	} {
		t.Run(c.json+" "+c.html, func(t *testing.T) {
			o := auditOptions{out: dir, json: c.json, html: c.html}
			err := o.write(&full{}, &audit.Report{})
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.want)
			assert.NotContains(t, err.Error(), "\n")
		})
	}
	assert.FileExists(t, filepath.Join(dir, "b.json"), "one report is written though the other cannot be")
}
