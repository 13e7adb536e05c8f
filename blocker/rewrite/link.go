package rewrite

import (
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
)

// stripLinks takes the links that would fetch or connect to what the gate does not allow out of Link header lines
// (RFC 8288). Everything else stays as it is; cut is true when anything was taken out.
func (a *addresses) stripLinks(lines []string) (kept []string, cut bool) {
	for _, line := range lines {
		links := splitLinks(line)
		rest := links[:0:0]
		for _, link := range links {
			if !a.held(link) {
				rest = append(rest, link)
			}
		}
		switch {
		case len(rest) == len(links):
			kept = append(kept, line)
			continue
		case len(rest) > 0:
			kept = append(kept, strings.TrimSpace(strings.Join(rest, ",")))
		}
		cut = true
	}
	return kept, cut
}

// splitLinks splits a line at the commas that are neither in a URL nor in a quoted text.
func splitLinks(line string) []string {
	var links []string
	start, inURL, quoted := 0, false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quoted && c == '\\':
			i++
		case inURL:
			inURL = c != '>'
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '<':
			inURL = true
		case c == ',':
			links = append(links, line[start:i])
			start = i + 1
		}
	}
	return append(links, line[start:])
}

// held reports whether the gate does not allow what one link asks for. What cannot be read is not held.
func (a *addresses) held(link string) bool {
	link = strings.TrimSpace(link)
	ref, parameters, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	if !ok || !strings.HasPrefix(link, "<") {
		return false
	}
	fetched, set := false, ""
	for _, p := range splitParameters(parameters) {
		name, value, _ := strings.Cut(p, "=")
		value = strings.Trim(strings.TrimSpace(value), `"`)
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "rel":
			for _, word := range strings.Fields(strings.ToLower(value)) {
				fetched = fetched || fetching[word]
			}
		case "imagesrcset":
			set = value
		}
	}
	if !fetched {
		return false
	}
	for _, u := range append(candidates(set), ref) {
		if d, _ := a.judgePlain(blocker.Link, u); d.Action != blocker.Allow {
			return true
		}
	}
	return false
}

// splitParameters splits at the semicolons outside of quoted texts.
func splitParameters(s string) []string {
	var parts []string
	start, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			parts = append(parts, s[start:i])
			start = i + 1
		}
	}
	return append(parts, s[start:])
}
