package demo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// snippet is Segment's official snippet as it is published: text with the names of settings between it.
type snippet []part

// part is a piece of text, or the name of a setting whose value stands there.
type part struct {
	text    string
	setting string
}

var (
	// The published template is a JavaScript function that adds up string literals and settings, one a line.
	literal     = regexp.MustCompile(`^(?:__p \+= )?'(.*)'(?: \+|;)$`)
	placeholder = regexp.MustCompile(`^\(\(__t = \( settings\.(\w+) \)\) == null \? '' : __t\) \+$`)
)

var errTemplate = errors.New("unknown form of template")

// readSnippet reads the readable form of the snippet from the installed npm package @segment/snippet.
func readSnippet(webDir string) (snippet, error) {
	file := filepath.Join(webDir, "node_modules", "@segment", "snippet", "dist", "max.template.js")
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("no Segment snippet installed (run npm ci in %s): %w", webDir, err)
	}
	parsed, err := parseSnippet(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return parsed, nil
}

func parseSnippet(text string) (snippet, error) {
	var s snippet
	for _, line := range strings.Split(text, "\n") {
		if m := placeholder.FindStringSubmatch(line); m != nil {
			s = append(s, part{setting: m[1]})
			continue
		}
		m := literal.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		// Single quotes are the only escape that Go's double-quoted strings do not share, double quotes the reverse.
		quoted := strings.ReplaceAll(strings.ReplaceAll(m[1], `\'`, `'`), `"`, `\"`)
		plain, err := strconv.Unquote(`"` + quoted + `"`)
		if err != nil {
			return nil, errTemplate
		}
		s = append(s, part{text: plain})
	}
	if len(s) < 3 {
		return nil, errTemplate
	}
	return s, nil
}

// render fills in the demo's values as @segment/snippet does. base is the host and path that serves as Segment. One thing
// differs: the snippet always asks by https, and a server on localhost has no certificate.
func (s snippet) render(base string) string {
	settings := map[string]string{
		"globalAnalyticsKey": "analytics",
		"host":               base,
		"apiKey":             writeKey,
		"ajsPath":            `/analytics.js/v1/" + key + "/analytics.min.js`,
		"optionalCDN":        `analytics._cdn = "https://` + base + `"`,
		"load":               `analytics.load("` + writeKey + `");`,
		"page":               `analytics.page();`,
	}
	var b strings.Builder
	for _, p := range s {
		b.WriteString(p.text)
		b.WriteString(settings[p.setting])
	}
	return strings.ReplaceAll(b.String(), "https://"+base, "http://"+base)
}
