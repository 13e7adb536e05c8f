package rewrite

import (
	"net/http"
	"slices"
	"strings"

	"github.com/segment-blocker/segment-blocker/blocker"
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
)

// narrowed are the directives from which sources are taken out: all that list where to load from.
var narrowed = map[string]bool{
	"default-src": true, "script-src": true, "script-src-elem": true, "connect-src": true, "img-src": true,
	"frame-src": true, "child-src": true, "style-src": true, "style-src-elem": true, "font-src": true,
	"media-src": true, "object-src": true, "worker-src": true, "prefetch-src": true, "manifest-src": true,
}

// restrict narrows the policies of a page to what the gate allows now, and adds one if they would still let anything
// else through. Policies only ever take away, so that one more cannot loosen the page's own. With existing, no policy
// is added: for a 304, whose headers update those of a stored page.
func (m *middleware) restrict(h http.Header, gate *blocker.Gate, existing bool) {
	held := heldHosts(gate)
	if len(held) == 0 {
		return
	}
	// The slice may be shared with other responses.
	lines := slices.Clone(h.Values(policyHeader))
	if len(lines) > 0 {
		h[policyHeader] = lines
	}
	var enforced []policy
	for i, line := range lines {
		texts := strings.Split(line, ",")
		for j := range texts {
			p := parsePolicy(texts[j])
			p.narrow(gate)
			enforced = append(enforced, p)
			texts[j] = p.String()
		}
		lines[i] = strings.Join(texts, ",")
	}
	for _, host := range held {
		if !existing && !denies(enforced, host) {
			h.Add(policyHeader, m.strictPolicy(gate))
			return
		}
	}
}

// heldHosts are the hosts of which the gate allows nothing now. A policy cannot deny a part of a host.
func heldHosts(gate *blocker.Gate) []string {
	var hosts []string
	add := func(host string) {
		if gate.Decide(blocker.Request{Kind: blocker.Script, Host: host, Path: "/"}).Action != blocker.Allow {
			hosts = append(hosts, host)
		}
	}
	for _, h := range catalog.Hosts {
		if h.Path == "" {
			add(h.Name)
		}
	}
	config := gate.Config()
	for i := range config.Hosts {
		if config.Hosts[i].Prefix == "" {
			add(config.Hosts[i].Host)
		}
	}
	for i := range config.Rules {
		if r := &config.Rules[i]; r.Host != "" && r.Path == "" {
			add(r.Host)
		}
	}
	return hosts
}

// narrow takes the sources out that name nothing but what the gate does not allow now.
func (p policy) narrow(gate *blocker.Gate) {
	for i := range p {
		d := &p[i]
		if !narrowed[d.name] {
			continue
		}
		kept := d.sources[:0:0]
		for _, s := range d.sources {
			if !namesHeld(gate, s) {
				kept = append(kept, s)
			}
		}
		if len(kept) == len(d.sources) {
			continue
		}
		if d.sources = kept; len(kept) == 0 {
			d.sources = []string{"'none'"}
		}
		indent := d.text[:len(d.text)-len(strings.TrimLeft(d.text, " \t"))]
		d.text = indent + d.name + " " + strings.Join(d.sources, " ")
	}
}

// namesHeld reports whether a source is a host, or a place on one, that the gate does not allow now.
func namesHeld(gate *blocker.Gate, source string) bool {
	host, path, ok := splitSource(source)
	if !ok {
		return false
	}
	host = strings.TrimPrefix(host, "*.")
	if path == "" {
		path = "/"
	}
	return gate.Decide(blocker.Request{Kind: blocker.Script, Host: host, Path: path}).Action != blocker.Allow
}

// denies reports whether the policies together deny everything from host.
func denies(policies []policy, host string) bool {
	for i, names := range fallbacks {
		denied := false
		for _, p := range policies {
			if d := p.get(names); d != nil && !d.allows(host, i == 0) {
				denied = true
			}
		}
		if !denied {
			return false
		}
	}
	return true
}

// strictPolicy allows a page's own host, inline code, and the hosts that the site lists.
func (m *middleware) strictPolicy(gate *blocker.Gate) string {
	sources := []string{
		"default-src", "'self'", "'unsafe-inline'", "'unsafe-eval'", "'wasm-unsafe-eval'", "data:", "blob:", "filesystem:",
		"mediastream:", "about:",
	}
	for _, s := range m.o.StrictHosts {
		if !strings.ContainsAny(s, ";, \t\r\n") && !namesHeld(gate, s) {
			sources = append(sources, s)
		}
	}
	return strings.Join(sources, " ")
}
