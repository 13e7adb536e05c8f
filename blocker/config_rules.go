package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// list reads an array and calls each with every element's key ("hosts[2]"). A lone value is reported and read as a
// list of one, so that what it names stays gated.
func (p *configParser) list(name, words string, lone json.Type, each func(key string)) {
	switch p.r.Peek() {
	case json.Array:
		at := 0
		p.r.Array(func() {
			each(name + "[" + itoa(at) + "]")
			at++
		})
	case lone:
		p.report(name, words)
		each(name)
	default:
		p.r.Skip()
		p.report(name, words)
	}
}

func (p *configParser) hosts() {
	p.list("hosts", "must be a list such as [\"analytics.shop.example\"]", json.String, func(key string) {
		proxy, ok := parseProxy(p.word())
		if !ok {
			p.report(key, "must be a host with an optional path, such as \"shop.example/seg\" (international names in their xn-- form)")
			return
		}
		p.config.Hosts = append(p.config.Hosts, proxy)
	})
}

func (p *configParser) rules() {
	const words = "must be a list such as [{\"host\": \"px.example\", \"category\": \"marketing\"}]"
	p.list("rules", words, json.Object, func(key string) {
		if p.is(key, json.Object, "an object with host, cookie or storage, and category") {
			p.rule(key)
		}
	})
}

// draft is a rule as it was written.
type draft struct{ host, path, cookie, storage, category string }

func (d *draft) field(name string) *string {
	switch name {
	case "host":
		return &d.host
	case "path":
		return &d.path
	case "cookie":
		return &d.cookie
	case "storage":
		return &d.storage
	case "category":
		return &d.category
	}
	return nil
}

// rule reads one rule. With any fault in it, everything that it names needs every category: a rule stands before
// those after it, so that a weaker reading of it could open what they gate.
func (p *configParser) rule(key string) {
	var d draft
	faults := len(p.problems)
	p.r.Object(func(name string) {
		field := d.field(name)
		if field == nil {
			p.r.Skip()
			p.report(key+"."+name, "unknown key; the known ones are host, path, cookie, storage, category")
			return
		}
		if *field = p.word(); *field == "" && field != &d.category {
			p.report(key+"."+name, "must be a text in quotes, not an empty one")
		}
	})
	c, known := consent.ParseCategory(d.category)
	if !known {
		p.report(key+".category", categoryWords+"; until it is, every category is needed")
	}
	host := p.ruleHost(key, &d)
	if n := given(host) + given(d.cookie) + given(d.storage); n != 1 {
		p.report(key, "must name one of host, cookie or storage")
	}
	needs := consent.Of(c)
	if len(p.problems) > faults || p.r.Failed() {
		needs = consent.All
	}
	p.gate(Rule{Host: host, Path: d.path, Needs: needs}, host)
	p.gate(Rule{Cookie: d.cookie, Needs: needs}, d.cookie)
	p.gate(Rule{Storage: d.storage, Needs: needs}, d.storage)
}

// ruleHost returns the host that a rule names, and takes back a path that could never match: then the whole host is
// gated.
func (p *configParser) ruleHost(key string, d *draft) string {
	if d.host == "" {
		if d.path != "" {
			p.report(key+".path", "goes with host")
		}
		return ""
	}
	if len(d.host) > 2 && d.host[:2] == "*." {
		d.host = d.host[2:]
	}
	proxy, ok := parseProxy(d.host)
	if !ok || proxy.Prefix != "" {
		p.report(key+".host", "must be a host such as \"px.example\", which covers its subdomains (a path goes to \"path\")")
	}
	if d.path != "" && d.path[0] != '/' && d.path[0] != '*' {
		p.report(key+".path", "must start with a slash, such as \"/p*\"; until it does, every path is gated")
		d.path = ""
	}
	if !ok {
		return ""
	}
	return proxy.Host
}

func (p *configParser) gate(rule Rule, named string) {
	if named != "" {
		p.config.Rules = append(p.config.Rules, rule)
	}
}

func given(s string) int {
	if s == "" {
		return 0
	}
	return 1
}
