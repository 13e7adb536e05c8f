package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func tool(args ...string) (status int, out, errOut string) {
	var stdout, stderr bytes.Buffer
	status = run(context.Background(), args, strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String(), stderr.String()
}

func TestExplainSaysWhatTheGateDecides(t *testing.T) {
	const loader = "https://cdn.segment.com/analytics.js/v1/KEY/analytics.min.js"
	cases := []struct{ args, want string }{
		{loader, "hold\tanalytics\t" + loader + "\thost cdn.segment.com (no choice yet)\n"},
		{"--granted analytics " + loader, "allow\tanalytics\t" + loader + "\thost cdn.segment.com (consent granted)\n"},
		{"--denied analytics https://API.segment.io./v1/t", "drop\tanalytics\thttps://API.segment.io./v1/t\thost api.segment.io (consent denied)\n"},
		{"https:\\\\cdn.segment%2ecom/x", "hold\tanalytics\thttps:\\\\cdn.segment%2ecom/x\thost cdn.segment.com (no choice yet)\n"},
		{"https://shop.example/?u=https://cdn.segment.com/", "allow\tnecessary\thttps://shop.example/?u=https://cdn.segment.com/\t- (no rule matches)\n"},
		{"ajs_anonymous_id", "hold\tanalytics\tajs_anonymous_id\tcookie ajs_* (no choice yet)\n"},
		{"persisted-queue:v1:KEY", "hold\tanalytics\tpersisted-queue:v1:KEY\tstorage persisted-queue:* (no choice yet)\n"},
		{"Mixpanel", "hold\tanalytics\tMixpanel\tdestination catalog (no choice yet)\n"},
		{"--kind storage ajs_user_id", "hold\tanalytics\tajs_user_id\tstorage ajs_* (no choice yet)\n"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			status, out, errOut := tool(append([]string{"explain"}, strings.Fields(c.args)...)...)
			assert.Zero(t, status)
			assert.Equal(t, c.want, out)
			assert.Empty(t, errOut)
		})
	}
}

func TestExplainAnswersForTheGoodTargetsBesideABadOne(t *testing.T) {
	status, out, errOut := tool("explain", "https://shop.example/", "_unheard", "ajs_user_id")
	assert.Equal(t, 2, status)
	assert.Equal(t, "allow\tnecessary\thttps://shop.example/\t- (no rule matches)\nhold\tanalytics\tajs_user_id\tcookie ajs_* (no choice yet)\n", out)
	assert.Contains(t, errOut, `"_unheard" is not a URL`)
	assert.Contains(t, errOut, "--kind cookie")
}

func TestExplainReadsThePagesConfiguration(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gate.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"hosts": ["a.shop.example"], "requires": "marketing"}`), 0o600))
	status, out, _ := tool("explain", "--json", "--config", file, "https://a.shop.example/w/s.js")
	require.Zero(t, status)
	var answers []map[string]string
	require.NoError(t, json.Unmarshal([]byte(out), &answers))
	assert.Equal(t, []map[string]string{{
		"target": "https://a.shop.example/w/s.js", "kind": "script", "decision": "hold",
		"rule": "hosts a.shop.example", "category": "marketing", "reason": "no choice yet",
	}}, answers)
}

func TestBadUsageIsOneLineWithTheMend(t *testing.T) {
	file := filepath.Join(t.TempDir(), "gate.json")
	require.NoError(t, os.WriteFile(file, []byte(`{"requires": "all"}`), 0o600))
	cases := []struct {
		name, want string
		args       []string
	}{
		{"no URL", "requires at least 1 arg", []string{"explain"}},
		{"unknown command", `unknown command "explian"`, []string{"explian"}},
		{"help of an unknown command", `unknown command "bogus"`, []string{"help", "bogus"}},
		{"completion of an unknown shell", `completion: unknown shell "bogus"`, []string{"completion", "bogus"}},
		{"unknown flag", "unknown flag: --cfg", []string{"explain", "--cfg", "x", "y"}},
		{"unknown kind", `--kind "image2" is unknown; use one of script,`, []string{"explain", "--kind", "image2", "x"}},
		{"no URL a browser would fetch", "write it in full, with https://", []string{"explain", "cdn.segment.com"}},
		{"unknown category", `"ads" is no category; use functional, analytics or marketing`, []string{"explain", "--granted", "ads", "x"}},
		{
			"a category both granted and denied", "analytics is in both --granted and --denied; name it in one of them",
			[]string{"explain", "--granted", "analytics", "--denied", "analytics", "https://api.segment.io/v1/t"},
		},
		{
			"one of several both denied and granted", "marketing is in both --granted and --denied; name it in one of them",
			[]string{"explain", "--denied", "functional,marketing", "--granted", "analytics,marketing", "https://api.segment.io/v1/t"},
		},
		{"missing configuration", "--config: open", []string{"explain", "--config", file + "x", "x"}},
		{"faulty configuration", "--config: requires: must be", []string{"explain", "--config", file, "x"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			status, out, errOut := tool(c.args...)
			assert.Equal(t, 2, status)
			assert.Empty(t, out)
			assert.Contains(t, errOut, c.want)
			assert.Equal(t, 1, strings.Count(errOut, "\n"), errOut)
		})
	}
}

func TestACategoryMayBeNamedTwiceByTheSameFlag(t *testing.T) {
	status, out, errOut := tool("explain", "--granted", "analytics,analytics", "https://api.segment.io/v1/t")
	assert.Zero(t, status, errOut)
	assert.Contains(t, out, "(consent granted)")
}

// full fails from the n-th write on.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n--; f.n <= 0 {
		return 0, errors.New("no space left on device")
	}
	return len(p), nil
}

func TestAnOutputErrorIsAFailureOnOneLine(t *testing.T) {
	site(t, map[string]string{"a.html": static})
	const answer = "standard output cannot be written: no space left on device; make room there or send it elsewhere\n"
	cases := []struct {
		args string
		n    int
		want string
	}{
		{"explain https://api.segment.io/v1/t", 1, answer},
		{"explain https://api.segment.io/v1/t https://cdn.segment.com/", 2, answer},
		{"explain --json https://api.segment.io/v1/t", 1, answer},
		{"explain --help", 1, answer},
		{"--help", 1, answer},
		{"--version", 1, answer},
		{"rewrite --snippet /g.js a.html", 1, "no space left on device\n"},
		{"rewrite --snippet /g.js --check a.html", 1, "no space left on device\n"},
	}
	for _, c := range cases {
		t.Run(c.args, func(t *testing.T) {
			var errOut bytes.Buffer
			status := run(context.Background(), strings.Fields(c.args), strings.NewReader(""), &full{c.n}, &errOut)
			assert.Equal(t, 1, status)
			assert.Equal(t, "segment-blocker: "+c.want, errOut.String())
		})
	}
}

func TestVersionAndHelp(t *testing.T) {
	status, out, _ := tool("--version")
	assert.Zero(t, status)
	assert.Equal(t, "segment-blocker dev\n", out)
	status, out, _ = tool("explain", "--help")
	assert.Zero(t, status)
	assert.Contains(t, out, "segment-blocker explain --kind cookie ajs_anonymous_id")
}
