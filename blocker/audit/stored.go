package audit

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// bindingName is the function by which the script below tells; the script removes it before the page could see it.
const bindingName = "__segmentBlockerAudit"

//go:embed writers.js
var writersSource string

var writersScript = strings.ReplaceAll(writersSource, "__NAME__", bindingName)

// storedKey is what makes a cookie or key the same one.
type storedKey struct {
	kind, name, where string
	// state is the number of choices made when it was written: a write after a choice is another finding.
	state int
}

// write is one entry of the record.
type write struct {
	key      storedKey
	time     float64
	writes   int
	httpOnly bool
	left     bool
	by       Initiator
}

// written notes a write. where of a cookie is its host.
func (v *visit) written(kind, name, where string, by Initiator) *write {
	v.active = time.Now()
	key := v.keyOf(kind, name, where)
	w := v.writes[key]
	if w == nil {
		w = &write{key: key, time: v.now()}
		v.writes[key] = w
		v.writeOrder = append(v.writeOrder, key)
	}
	w.writes++
	if w.by.Type == "" {
		w.by = by
	}
	return w
}

// late is by how much the browser may report a write after it happened.
const late = 500

// keyOf names a write in the state of now, but for one that the browser reports right after a choice and that a script was
// seen making right before it.
func (v *visit) keyOf(kind, name, where string) storedKey {
	state := len(v.choices)
	key := storedKey{kind, name, where, state}
	if state == 0 || kind == "cookie" || v.now()-v.choices[state-1].Time > late {
		return key
	}
	before := storedKey{kind, name, where, state - 1}
	_, now := v.writers[key]
	if _, earlier := v.writers[before]; earlier && !now {
		return before
	}
	return key
}

type keyWritten struct {
	Storage struct {
		Origin string `json:"securityOrigin"`
		Key    string `json:"storageKey"`
		Local  bool   `json:"isLocalStorage"`
	} `json:"storageId"`
	Key string `json:"key"`
}

func (v *visit) keyWritten(w *watched, e keyWritten) {
	origin := e.Storage.Origin
	if origin == "" {
		origin, _, _ = strings.Cut(e.Storage.Key, "^")
	}
	origin = strings.TrimSuffix(origin, "/")
	v.origins[origin] = w.session
	v.written("storage", e.Key, area(e.Storage.Local)+" of "+origin, Initiator{})
}

func area(local bool) string {
	if local {
		return "localStorage"
	}
	return "sessionStorage"
}

type told struct {
	Name    string `json:"name"`
	Payload string `json:"payload"`
}

// writerTold hears the script in the page. A storage key counts only when the browser reports it too.
func (v *visit) writerTold(_ *watched, e told) {
	var p struct{ Kind, Name, Where, Stack string }
	if e.Name != bindingName || json.Unmarshal([]byte(e.Payload), &p) != nil {
		return
	}
	by := readStack(p.Stack)
	switch p.Kind {
	case "cookie":
		v.written("cookie", p.Name, hostnameOf(p.Where), by)
	case "storage", "database":
		key := storedKey{p.Kind, p.Name, p.Where, len(v.choices)}
		if _, known := v.writers[key]; !known {
			v.writers[key] = writer{by, v.now()}
		}
	}
}

// writer is who wrote, and when, by the page's own account.
type writer struct {
	by   Initiator
	time float64
}

var stackLine = regexp.MustCompile(`^\s*at (?:.*\()?((?:https?|file|chrome-extension)://[^\s()]+?):(\d+):(\d+)\)?$`)

// readStack finds the innermost script in the text of an error's stack that is not the gate.
func readStack(stack string) Initiator {
	for _, line := range strings.Split(stack, "\n") {
		m := stackLine.FindStringSubmatch(line)
		if m == nil || isGate(m[1]) {
			continue
		}
		row, _ := strconv.Atoi(m[2])
		column, _ := strconv.Atoi(m[3])
		return Initiator{Type: "script", URL: clip(m[1]), Line: row, Column: column}
	}
	return Initiator{Type: "script"}
}

type headersReceived struct {
	ID      string            `json:"requestId"`
	Headers map[string]string `json:"headers"`
	Blocked []struct {
		Line string `json:"cookieLine"`
	} `json:"blockedCookies"`
}

// headersReceived reads Set-Cookie, which may come before the request itself is announced.
func (v *visit) headersReceived(_ *watched, e headersReceived) {
	var lines []string
	for name, value := range e.Headers {
		if strings.EqualFold(name, "set-cookie") {
			lines = strings.Split(value, "\n")
		}
	}
	for _, b := range e.Blocked {
		for i, line := range lines {
			if line == b.Line {
				lines[i] = ""
			}
		}
	}
	if len(lines) == 0 {
		return
	}
	if p, ok := v.pending[e.ID]; ok {
		v.cookiesSet(v.requests[p.number].URL, lines)
		return
	}
	v.early[e.ID] = lines
}

func (v *visit) cookiesSet(url string, lines []string) {
	for _, line := range lines {
		cookie, err := http.ParseSetCookie(line)
		if err != nil || cookie.MaxAge < 0 || !cookie.Expires.IsZero() && cookie.Expires.Before(time.Now()) {
			continue
		}
		host, _, _ := hostAndPath(url)
		host = hostnameOf(host)
		if cookie.Domain != "" {
			host = strings.TrimPrefix(cookie.Domain, ".")
		}
		w := v.written("cookie", cookie.Name, host, Initiator{Type: "server", URL: clip(url)})
		w.httpOnly = cookie.HttpOnly
	}
}
