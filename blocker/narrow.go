package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
	"github.com/segment-blocker/segment-blocker/blocker/internal/json"
)

// Narrowing is what became of a source's settings.
type Narrowing uint8

// Unreadable settings open nothing: Segment stays held. Waiting: a destination that cannot be left out needs more than is
// granted, or Segment itself does by now. Whole: nothing needs to be left out. Narrowed: something was.
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
// The gate keeps parts of the text, which must not be overwritten later. own are hosts, each with a space behind it, from
// which the site itself has loaded scripts by now.
func (g *Gate) Narrow(dst []byte, settings string, own string) ([]byte, Narrowing) {
	if !g.survey(settings) {
		return dst, Unreadable
	}
	for start, i := 0, 0; i < len(own); i++ {
		if own[i] == ' ' {
			g.MarkOwn(own[start:i])
			start = i + 1
		}
	}
	if g.Segment() != Allow {
		return dst, Waiting
	}
	dst, changed := g.narrow(dst, settings, false)
	if changed {
		return dst, Narrowed
	}
	return dst, Whole
}

// Missing appends the settings once more, with nothing among the destinations but those that have been granted since
// they were left out, and takes them for running now. ok is false when there is none.
func (g *Gate) Missing(dst []byte, settings string) (out []byte, ok bool) {
	if g.Segment() != Allow {
		return dst, false
	}
	for i := range g.destinations {
		d := &g.destinations[i]
		ok = ok || (d.seen && !d.in && g.open(d.needs))
	}
	if !ok {
		return dst, false
	}
	dst, _ = g.narrow(dst, settings, true)
	return dst, true
}

// narrower is one pass over settings.
type narrower struct {
	json.Editor
	gate    *Gate
	missing bool
}

//go:noinline
func (g *Gate) narrow(dst []byte, settings string, missing bool) (out []byte, changed bool) {
	n := narrower{Editor: json.NewEditor(dst, settings), gate: g, missing: missing}
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
	for i := range g.destinations {
		if d := &g.destinations[i]; d.seen && g.open(d.needs) {
			d.in = true
		}
	}
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
		if l.Key == "routingRules" && !n.missing {
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
	d := n.gate.find(name)
	if d == nil {
		return n.missing
	}
	return !n.gate.open(d.needs) || (n.missing && d.in)
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
