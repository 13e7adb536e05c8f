package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// Narrowing is what became of a source's settings.
type Narrowing uint8

// Unreadable settings open nothing: Segment stays held. Waiting: a destination that cannot be left out needs more than is
// granted, or Segment itself does by now; all destinations are left out for a site that does not wait. Whole: nothing needs to be left out. Narrowed: something was.
const (
	Unreadable Narrowing = iota
	Waiting
	Whole
	Narrowed
)

// Narrow reads the settings of a source (the answer of /v1/projects/KEY/settings) and appends to dst what Analytics.js
// may see of them: all but the destinations whose category is not granted, which are left out of integrations and
// remotePlugins, with their rules in middlewareSettings and their parts in enabledMiddleware. What is not left out is
// copied byte for byte. The gate remembers the destinations; their decisions are those for requests of kind Destination.
//
// A destination needs, in this order: every category in its own consentSettings, as the site's CMP names them; what the
// configuration says of it; what the catalog says; marketing. A word in consentSettings that nobody knows stands for
// what the rest of that list says.
//
// from is the path that the settings came from, or the write key of the source. Settings that were narrowed already may be
// narrowed again: nothing is forgotten of what was left out of them. The gate keeps a copy of the text. own are hosts, each with a
// space behind it, from which the site itself has loaded scripts by now.
func (g *Gate) Narrow(dst []byte, from, settings, own string) ([]byte, Narrowing) {
	s := g.sourceFor(from)
	settings = s.keep(settings)
	if !g.survey(s, settings) {
		return dst, Unreadable
	}
	for start, i := 0, 0; i < len(own); i++ {
		if own[i] == ' ' {
			g.MarkOwn(own[start:i])
			start = i + 1
		}
	}
	if g.Segment() != Allow {
		dst, _ = g.narrow(dst, s, settings, none)
		return dst, Waiting
	}
	dst, changed := g.narrow(dst, s, settings, opened)
	for i := range s.uses {
		if u := &s.uses[i]; u.now {
			g.show(u)
		}
	}
	if changed {
		return dst, Narrowed
	}
	return dst, Whole
}

// Missing appends the settings of a source once more, by its write key, with nothing among the destinations but those that have
// been granted since they were left out, and takes them for running now. ok is false when there is none. There may be more: it is
// to be asked until then.
func (g *Gate) Missing(dst []byte, key string) (out []byte, ok bool) {
	s := g.sourceOf(key)
	if s == nil || g.Segment() != Allow {
		return dst, false
	}
	for t := range s.texts {
		for i := range s.uses {
			ok = ok || g.isMissing(&s.uses[i], t)
		}
		if !ok {
			continue
		}
		dst, _ = g.narrow(dst, s, s.texts[t], which(t))
		for i := range s.uses {
			if u := &s.uses[i]; u.text == t {
				g.show(u)
			}
		}
		break
	}
	return dst, ok
}

// isMissing reports whether a text that names a destination first would open it anew.
func (g *Gate) isMissing(u *use, text int) bool {
	return u.text == text && !u.in && g.open(g.destinations[u.at].needs)
}

// show takes in that Analytics.js is shown a destination, unless it is left out.
func (g *Gate) show(u *use) {
	if d := &g.destinations[u.at]; g.open(d.needs) {
		u.in, d.in = true, true
	}
}

// which says what destinations a pass over settings leaves in: those that are open, none, or of those that a text names first, by
// its place, the open ones that were left out before.
type which int

const (
	opened which = -1
	none   which = -2
)

// narrower is one pass over settings.
type narrower struct {
	json.Editor
	gate   *Gate
	source *source
	which  which
}

//go:noinline
func (g *Gate) narrow(dst []byte, s *source, settings string, w which) (out []byte, changed bool) {
	n := narrower{Editor: json.NewEditor(dst, settings), gate: g, source: s, which: w}
	var l json.List
	for n.Enter(&l); n.Next(&l); {
		switch l.Key {
		case "integrations", "enabledMiddleware":
			n.members(l.Key == "integrations")
		case "remotePlugins":
			n.elements("creationName", "name")
		case "middlewareSettings":
			n.rules()
		default:
			n.Skip()
		}
	}
	n.Finish()
	return n.Out, n.Changed
}

// members leaves out destinations by the key, or middleware by the destination that its key starts with.
func (n *narrower) members(integrations bool) {
	if n.Peek() != json.Object {
		n.Skip()
		return
	}
	var l json.List
	for n.Enter(&l); n.Next(&l); {
		if integrations {
			l.Drop = n.out(l.Key)
		} else {
			l.Drop = n.gate.closedPart(l.Key)
		}
		n.Skip()
	}
}

func (n *narrower) rules() {
	if n.Peek() != json.Object {
		n.Skip()
		return
	}
	var l json.List
	for n.Enter(&l); n.Next(&l); {
		if l.Key == "routingRules" && n.which < 0 {
			n.elements("destinationName", "")
		} else {
			n.Skip()
		}
	}
}

// elements leaves out objects that name a destination by one of two keys.
func (n *narrower) elements(key, other string) {
	if n.Peek() != json.Array {
		n.Skip()
		return
	}
	var l, inner json.List
	for n.Enter(&l); n.Next(&l); {
		if n.Peek() != json.Object {
			n.Skip()
			continue
		}
		for n.Enter(&inner); n.Next(&inner); {
			if (inner.Key == key || inner.Key == other) && n.Peek() == json.String {
				l.Drop = n.out(n.Str()) || l.Drop
			} else {
				n.Skip()
			}
		}
	}
}

// out reports whether a destination is to be left out.
func (n *narrower) out(name string) bool {
	at := n.gate.place(name)
	if at < 0 {
		return n.which >= 0
	}
	if n.which < 0 {
		return n.which == none || !n.gate.open(n.gate.destinations[at].needs)
	}
	u := n.source.use(at)
	return u == nil || !n.gate.isMissing(u, int(n.which))
}

// closedPart reports whether a middleware ("@segment/braze-deduplicate") belongs to a destination that is left out: its
// name starts with that destination's.
func (g *Gate) closedPart(name string) bool {
	const scope = "@segment/"
	if len(name) > len(scope) && name[:len(scope)] == scope {
		name = name[len(scope):]
	}
	for i := range g.destinations {
		if d := &g.destinations[i]; d.seen && catalog.StemPrefix(d.name, name) && !g.open(d.needs) {
			return true
		}
	}
	return false
}

// fix takes in what "auto" makes Segment itself need.
func (g *Gate) fix() {
	g.fixed = 0
	if !g.config.RequiresAuto {
		return
	}
	for _, name := range unleavable {
		if d := g.find(name); d != nil && d.seen {
			g.fixed |= d.needs &^ consent.Of(consent.Necessary)
		}
	}
}
