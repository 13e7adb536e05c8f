package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const static = `<!doctype html><html><head><title>x</title></head><body><script src="https://cdn.segment.com/a.js"></script></body></html>`

// site writes files into a folder of its own and goes there.
func site(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o640))
	}
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(b)
}

func TestRewriteReadsStandardInput(t *testing.T) {
	var out, errOut bytes.Buffer
	status := run(context.Background(), []string{"rewrite", "--snippet", "/gate.js"}, strings.NewReader(static), &out, &errOut)
	assert.Zero(t, status, errOut.String())
	assert.Contains(t, out.String(), `<head><script data-segment-gate src="/gate.js"></script>`)
	assert.Contains(t, out.String(), `<script type="text/plain" data-segment-blocker="" src="https://cdn.segment.com/a.js">`)
}

func TestRewriteChangesFilesWhereTheyStand(t *testing.T) {
	site(t, map[string]string{"public/a.html": static, "public/b/c.htm": static, "public/b/d.txt": static, "other.html": static})
	status, out, errOut := tool("rewrite", "--write", "--snippet", "/gate.js", "public")
	assert.Zero(t, status, errOut)
	assert.Empty(t, out)
	assert.Contains(t, errOut, "public/a.html: gate put in, 1 tag made inert\n")
	for name, changed := range map[string]bool{"public/a.html": true, "public/b/c.htm": true, "public/b/d.txt": false, "other.html": false} {
		assert.Equal(t, changed, strings.Contains(text(t, name), "data-segment-gate"), name)
	}
	info, err := os.Stat("public/a.html")
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	before := text(t, "public/a.html")
	_, _, errOut = tool("rewrite", "--write", "--snippet", "/gate.js", "public/**/*.htm*")
	assert.Equal(t, before, text(t, "public/a.html"), "a second time changes nothing")
	assert.Empty(t, errOut)
	left, err := filepath.Glob("public/.segment-blocker-*")
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestRewriteChecksWithoutWriting(t *testing.T) {
	site(t, map[string]string{"a.html": static, "b.html": static})
	_, _, errOut := tool("rewrite", "--write", "--snippet", "/gate.js", "b.html")
	assert.NotEmpty(t, errOut)
	status, out, _ := tool("rewrite", "--check", "--snippet", "/gate.js", "*.html")
	assert.Equal(t, 1, status)
	assert.Equal(t, "a.html\n", out)
	assert.Equal(t, static, text(t, "a.html"))
	status, out, _ = tool("rewrite", "--check", "--snippet", "/gate.js", "b.html")
	assert.Zero(t, status)
	assert.Empty(t, out)
}

func TestRewriteRenewsTheGateOfAnEarlierRun(t *testing.T) {
	site(t, map[string]string{
		"a.html": static + "<p>é", "gate.js": "window.gate = 1", "new.js": "window.gate = 12", "gate.json": `{"hosts": ["t.shop.example"]}`,
		"own.html":      `<head><script data-segment-gate defer src="/gate.js"></script>`,
		"template.html": `<head><script data-segment-gate nonce='{{ "n" }}' src="/old.js"></script><p>x`,
	})
	_, _, errOut := tool("rewrite", "--write", "--snippet", "/gate.js", "a.html")
	assert.Equal(t, "a.html: gate put in, 1 tag made inert\n", errOut)
	before := text(t, "a.html")
	const old = `<script data-segment-gate src="/gate.js"></script>`
	for _, c := range []struct{ args, want string }{
		{"--snippet /new.js", `<script data-segment-gate src="/new.js"></script>`},
		{"--snippet /new.js --config gate.json", `<script data-segment-gate src="/new.js" data-config="{&#34;hosts&#34;: [&#34;t.shop.example&#34;]}"></script>`},
		{"--gate gate.js", `<script data-segment-gate>window.gate = 1</script>`},
		{"--gate new.js", `<script data-segment-gate>window.gate = 12</script>`},
		{"--gate gate.js", `<script data-segment-gate>window.gate = 1</script>`},
		{"--snippet /gate.js", old},
	} {
		args := append(strings.Fields(c.args), "a.html")
		status, out, _ := tool(append([]string{"rewrite", "--check"}, args...)...)
		assert.Equal(t, 1, status, c.args)
		assert.Equal(t, "a.html\n", out)
		_, _, errOut = tool(append([]string{"rewrite", "--write"}, args...)...)
		assert.Equal(t, "a.html: gate renewed\n", errOut, c.args)
		assert.Equal(t, strings.Replace(before, old, c.want, 1), text(t, "a.html"))
		status, _, errOut = tool(append([]string{"rewrite", "--check"}, args...)...)
		assert.Zero(t, status, "a second time changes nothing")
		assert.Empty(t, errOut)
	}
	_, _, errOut = tool("rewrite", "--write", "--snippet", "/new.js", "template.html")
	assert.Equal(t, "template.html: gate renewed\n", errOut)
	assert.Equal(t, `<head><script data-segment-gate nonce='{{ "n" }}' src="/new.js"></script><p>x`, text(t, "template.html"))
	own := text(t, "own.html")
	status, _, errOut := tool("rewrite", "--write", "--snippet", "/new.js", "own.html")
	assert.Zero(t, status)
	assert.Contains(t, errOut, "own.html: its gate is another, in a tag with attributes of its own")
	assert.Equal(t, 1, strings.Count(errOut, "\n"))
	assert.Equal(t, own, text(t, "own.html"), "what somebody else wrote stays")
}

func TestPagesThatCannotBeReadAreFindings(t *testing.T) {
	const broken = `<svg><foreignObject><b><div></b></foreignObject></svg>`
	site(t, map[string]string{
		"wide.html":  "\xFF\xFE<\x00p\x00>\x00",
		"rest.html":  `<head><script data-segment-gate src="/gate.js"></script></head>` + broken + `<img src=https://cdn.segment.com/x>`,
		"token.html": "google-site-verification: token.html",
		"text.html":  "text <img src=https://cdn.segment.com/x>",
		"table.html": `<head><script data-segment-gate src="/gate.js"></script></head><p>x`,
		"plain.html": `<head><script data-segment-gate src="/gate.js"></script></head><plaintext>x`,
	})
	for name, want := range map[string]struct {
		status int
		why    string
	}{
		"wide.html": {1, "from byte 0 on: UTF-16"}, "rest.html": {1, "not nested properly"}, "text.html": {1, "does not start with a tag"},
		"token.html": {0, "does not start with a tag"}, "table.html": {0, ""}, "plain.html": {0, "plaintext"},
	} {
		status, out, errOut := tool("rewrite", "--check", "--snippet", "/gate.js", name)
		assert.Equal(t, want.status, status, name)
		assert.Empty(t, out, name)
		if want.why == "" {
			assert.Empty(t, errOut, name)
			continue
		}
		assert.Contains(t, errOut, want.why)
		assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
		status, _, errOut = tool("rewrite", "--check", "--quiet", "--snippet", "/gate.js", name)
		assert.Equal(t, want.status, status, name)
		assert.Empty(t, errOut)
	}
	var out, errOut bytes.Buffer
	status := run(context.Background(), []string{"rewrite", "--snippet", "/gate.js"}, strings.NewReader("\xFF\xFEx\x00"), &out, &errOut)
	assert.Zero(t, status)
	assert.Equal(t, "standard input: left as it is from byte 0 on: UTF-16\n", errOut.String())
}

func TestRewriteInlinesTheGateWithItsConfiguration(t *testing.T) {
	site(t, map[string]string{"a.html": static, "gate.js": "window.gate = 1", "gate.json": `{"hosts": ["t.shop.example"]}`})
	status, out, errOut := tool("rewrite", "--gate", "gate.js", "--config", "gate.json", "a.html")
	assert.Zero(t, status, errOut)
	assert.Contains(t, out, ">window.gate = 1</script>")
	assert.Contains(t, out, "t.shop.example")
}

func TestLinksStayLinks(t *testing.T) {
	site(t, map[string]string{"real.html": static})
	require.NoError(t, os.Symlink("real.html", "link.html"))
	status, _, errOut := tool("rewrite", "--write", "--snippet", "/gate.js", "link.html")
	assert.Zero(t, status, errOut)
	info, err := os.Lstat("link.html")
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	assert.Contains(t, text(t, "real.html"), "data-segment-gate")
}

func TestBadUsageOfTheServersCommandsNamesTheMend(t *testing.T) {
	site(t, map[string]string{"a.html": static, "b.html": static, "bad.json": `{"requires": "all"}`, "gate.js": "1"})
	for _, c := range []struct{ args, want string }{
		{"rewrite --write", "name them"},
		{"rewrite --check --write a.html", "none of the others can be"},
		{"rewrite --snippet /g.js missing.html", "there is no such file"},
		{"rewrite --snippet /g.js nothing/*.html", "no file fits"},
		{"rewrite --snippet /g.js a.html b.html", "use --write"},
		{"rewrite a.html", "run make build"},
		{"rewrite --snippet /g.js --config bad.json a.html", "requires"},
		{"rewrite --snippet /g.js --config none.json a.html", "cannot be read"},
		{"rewrite --snippet /g.js --url notaurl a.html", `--url: "notaurl" is not the address of a web page; write it in full`},
		{"rewrite --snippet /g.js --url /shop/ a.html", "is not the address of a web page"},
		{"rewrite --snippet /g.js --url ftp://shop.example/ a.html", "is not the address of a web page"},
		{"demo --addr nope", `--addr: "nope" is no address to listen on; give a host and a port`},
		{"demo --addr :99999", `--addr: ":99999" is no address`},
		{"proxy", "--upstream is missing"},
		{"proxy --upstream http://localhost:1 --gate gate.js --listen nope", `--listen: "nope" is no address to listen on; give a host and a port`},
		{"proxy --upstream http://localhost:1 --gate gate.js --listen :99999", `--listen: ":99999" is no address`},
		{"proxy --upstream http://localhost:1 --gate gate.js --listen localhost:0 --admin nope", `--admin: "nope" is no address`},
		{
			"proxy --upstream http://localhost:1 --gate gate.js --listen localhost:0 --tls-cert x --tls-key y",
			"--tls-cert, --tls-key: the certificate cannot be used: open x",
		},
		{"proxy --upstream http://localhost:1 --gate gate.js --listen localhost:0 --tls-cert gate.js --tls-key gate.js", "as PEM files"},
		{"proxy --upstream localhost:3000", "with its scheme"},
		{"proxy --upstream http://localhost:1 --gate gate.js --tls-cert x", "go together"},
		{"proxy --upstream http://localhost:1 --gate none.js", "none.js"},
		{"proxy --upstream http://localhost:1 --gate gate.js --snippet tag", "neither url nor inline"},
		{"proxy --upstream http://localhost:1 --gate gate.js --log-format xml", "neither text nor json"},
		{"proxy --upstream http://localhost:1 --gate gate.js --log-level loud", "none of debug"},
		{"proxy --upstream http://localhost:1 --gate gate.js --gate-path gate.js", "starts with a slash"},
		{"proxy --upstream http://localhost:1 --gate gate.js --idle-timeout soon", "idle-timeout"},
	} {
		t.Run(c.args, func(t *testing.T) {
			status, out, errOut := tool(strings.Fields(c.args)...)
			assert.Equal(t, 2, status)
			assert.Empty(t, out)
			assert.Contains(t, errOut, c.want)
			assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
		})
	}
}

func TestWhereTheMachineCannotListenIsAFailureWithTheMend(t *testing.T) {
	site(t, map[string]string{"gate.js": "1"})
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for addr, want := range map[string]string{
		taken.Addr().String(): "is in use; stop what listens there or choose another port",
		"256.0.0.1:0":         "cannot listen on",
	} {
		status, _, errOut := tool("proxy", "--upstream", "http://localhost:1", "--gate", "gate.js", "--listen", addr)
		assert.Equal(t, 1, status)
		assert.Contains(t, errOut, want)
		assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
	}
}

func TestAnAddressOfTheWebIsReadAsBrowsersReadIt(t *testing.T) {
	site(t, map[string]string{"a.html": static})
	for _, url := range []string{"https://shop.example/50%off", "HTTP://Shop.example", ""} {
		status, _, errOut := tool("rewrite", "--snippet", "/g.js", "--url", url, "a.html")
		assert.Zero(t, status, errOut)
	}
}

func TestEveryCommandHelpsWithExamples(t *testing.T) {
	for _, c := range command().Commands() {
		if c.Name() == "completion" || c.Name() == "help" {
			continue
		}
		status, out, _ := tool(c.Name(), "--help")
		assert.Zero(t, status)
		assert.Contains(t, out, "Examples:", c.Name())
		assert.Contains(t, out, "segment-blocker "+c.Name())
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		status, out, _ := tool("completion", shell)
		assert.Zero(t, status)
		assert.Contains(t, out, "segment-blocker", shell)
	}
}
