package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Rule numbers: 0 is no rule, then a range for each table, so that a number alone names its rule.
const (
	ruleHosts     = 1
	ruleCookies   = 100
	ruleStorage   = 200
	ruleDatabases = 300
	ruleProxies   = 1000
	ruleConfig    = 2000
	ruleLast      = 1<<16 - 1
)

// FirstProxyRule is the number of the rule for the first of the site's own proxies of Segment; those for the others follow.
const FirstProxyRule = ruleProxies

// number is the i-th rule of a range. What does not fit the range shares its last number: a number may lose its name,
// but it must never turn into 0, which would allow.
func number(first, i, last int) uint16 { return uint16(min(first+i, last)) }

type matched struct {
	rule    uint16
	needs   consent.Set
	refusal Refusal
}

// match finds the rule for a request. What belongs to Segment is looked up before the site's own rules, so that no
// site rule can open Segment with a weaker category.
func (g *Gate) match(r Request) matched {
	if r.Kind.Named() {
		return g.matchName(r.Kind, CookieName(r.Kind, r.Name))
	}
	if r.Host == "" {
		return matched{}
	}
	if i := catalog.FindHost(r.Host, r.Path); i >= 0 {
		return g.segment(number(ruleHosts, i, ruleCookies-1), r.Path)
	}
	if i, inner, ok := g.config.onProxy(r.Host, r.Path); ok {
		return g.segment(number(ruleProxies, i, ruleConfig-1), inner)
	}
	host := catalog.Hostname(r.Host)
	for i := range g.config.Rules {
		rule := &g.config.Rules[i]
		if rule.Host != "" && (catalog.Under(host, rule.Host) || r.Host == rule.Host) &&
			(rule.Path == "" || catalog.Glob(rule.Path, r.Path)) {
			return matched{rule: number(ruleConfig, i, ruleLast), needs: rule.Needs}
		}
	}
	return g.matchTool(r.Kind, r.Host)
}

// Free reports whether no rule at all speaks of a host, whatever the path and the kind: what is asked about it then is
// allowed for as long as nothing is learned and no settings are read.
func (g *Gate) Free(host string) bool {
	name := catalog.Hostname(host)
	for i := range catalog.Hosts {
		if catalog.Under(name, catalog.Hosts[i].Name) {
			return false
		}
	}
	for i := range g.config.Hosts {
		if g.config.Hosts[i].names(host) {
			return false
		}
	}
	for i := range g.config.Rules {
		if h := g.config.Rules[i].Host; h != "" && (catalog.Under(name, h) || host == h) {
			return false
		}
	}
	for i := range g.destinations {
		if g.destinations[i].vendor.Serves(host) {
			return false
		}
	}
	return true
}

func (g *Gate) segment(rule uint16, path string) matched {
	m := matched{rule: rule, needs: g.requires()}
	if folder := catalog.Folder(path); folder != "" && g.open(m.needs) {
		return g.matchCode(folder)
	}
	if shape := catalog.Shape(path); shape >= 0 {
		m.refusal = catalog.Paths[shape].Refusal
	}
	return m
}

func (g *Gate) matchName(kind Kind, name string) matched {
	base, i := ruleCookies, catalog.NotFound
	switch kind {
	case Destination:
		return g.matchDestination(name)
	case Cookie:
		i = catalog.FindCookie(name)
	case Storage:
		base, i = ruleStorage, catalog.FindStorageKey(name)
	default:
		base, i = ruleDatabases, catalog.FindDatabase(name)
	}
	if i >= 0 {
		return matched{rule: uint16(base + i), needs: g.requires()}
	}
	for i := range g.config.Rules {
		rule := &g.config.Rules[i]
		if (kind == Cookie && rule.Cookie != "" && catalog.Glob(rule.Cookie, name)) ||
			(kind == Storage && rule.Storage != "" && catalog.Glob(rule.Storage, name)) {
			return matched{rule: number(ruleConfig, i, ruleLast), needs: rule.Needs}
		}
	}
	return g.matchTool(kind, name)
}

// CookieName cuts a whole cookie string down to its name, as a user agent does (RFC 6265bis section 5.6: up to the
// first '=' of the part before the first ';', white space trimmed). A part without '=' is a cookie without a name.
// Names of other kinds are returned as they are.
func CookieName(kind Kind, text string) string {
	if kind != Cookie {
		return text
	}
	start := 0
	for start < len(text) && (text[start] == ' ' || text[start] == '\t' || text[start] == '=') {
		start++
	}
	end := start
	for end < len(text) && text[end] != '=' && text[end] != ';' {
		end++
	}
	for end > start && (text[end-1] == ' ' || text[end-1] == '\t') {
		end--
	}
	return text[start:end]
}

// RuleName says in words which rule a number stands for; empty for 0 and for numbers that stand for none.
func (g *Gate) RuleName(rule uint16) string { return string(g.AppendRuleName(nil, rule)) }

// AppendRuleName appends what RuleName says to dst.
func (g *Gate) AppendRuleName(dst []byte, rule uint16) []byte {
	n := int(rule)
	var table, name, path string
	switch {
	case n >= ruleConfig && n-ruleConfig < len(g.config.Rules):
		return appendText(appendInt(appendText(dst, "rules["), n-ruleConfig), "]")
	case n >= ruleProxies && n-ruleProxies < len(g.config.Hosts):
		p := &g.config.Hosts[n-ruleProxies]
		table, name, path = "hosts ", p.Host, p.Prefix
	case n >= ruleUnknown && n < ruleProxies:
		return g.appendDestinationRule(dst, n)
	case n >= ruleDatabases && n-ruleDatabases < len(catalog.Databases):
		table, name = "database ", catalog.Databases[n-ruleDatabases]
	case n >= ruleStorage && n-ruleStorage < len(catalog.StorageKeys):
		table, name = "storage ", catalog.StorageKeys[n-ruleStorage]
	case n >= ruleCookies && n-ruleCookies < len(catalog.Cookies):
		table, name = "cookie ", catalog.Cookies[n-ruleCookies]
	case n >= ruleHosts && n-ruleHosts < len(catalog.Hosts):
		h := &catalog.Hosts[n-ruleHosts]
		table, name, path = "host ", h.Name, h.Path
	}
	return appendText(appendText(appendText(dst, table), name), path)
}

// appendText is append, as one function for the module's size.
//
//go:noinline
func appendText(dst []byte, text string) []byte { return append(dst, text...) }

func appendInt(dst []byte, n int) []byte {
	if n > 9 {
		dst = appendInt(dst, n/10)
	}
	return append(dst, byte('0'+n%10))
}

// MaskCookies returns a "name=value; name=value" list (document.cookie, or a Cookie header) without the cookies that
// may not be read now, and whether anything was left out. Without a change the result is the text itself.
func (g *Gate) MaskCookies(text string) (string, bool) {
	masked, changed := g.AppendMasked(nil, text)
	if !changed {
		return text, false
	}
	return string(masked), true
}

// AppendMasked appends the list that MaskCookies returns to dst, and reports whether anything was left out.
func (g *Gate) AppendMasked(dst []byte, text string) (list []byte, changed bool) {
	empty := len(dst)
	for start := 0; start < len(text); {
		end := start
		for end < len(text) && text[end] != ';' {
			end++
		}
		part := trimLeft(text[start:end])
		switch {
		case g.Decide(Request{Kind: Cookie, Name: part}).Action != Allow:
			changed = true
		case part != "":
			if len(dst) > empty {
				dst = append(dst, "; "...)
			}
			dst = append(dst, part...)
		}
		start = end + 1
	}
	return dst, changed
}

func trimLeft(s string) string {
	for s != "" && s[0] == ' ' {
		s = s[1:]
	}
	return s
}
