package blocker

import (
	"github.com/segment-blocker/segment-blocker/blocker/catalog"
	"github.com/segment-blocker/segment-blocker/blocker/consent"
)

// Refusal is how a dropped request must look to its caller.
type Refusal = catalog.Refusal

// Gate is one configured instance: the only thing with state. It is not safe for concurrent use; a server makes one
// for each request, which costs no more than the struct.
type Gate struct {
	config Config
	board  consent.Board
	record consent.Record
	reader consent.Reader
	take   func(*consent.Signal)
	tcf    consent.TCData // here, because the wasm module never frees what is made for a call
	// destinations are those that the sources' settings and the configuration name, sources what each one's settings say,
	// preferences the consent categories of all workspaces, fixed what destinations need that cannot be left out.
	destinations []destination
	sources      []*source
	preferences  []preference
	fixed        consent.Set
	stamper      stamper
	forgotten    int64
}

// New returns a gate that has heard no consent source yet.
func New(config Config) *Gate {
	g := &Gate{}
	g.Reset(config)
	return g
}

// Reset makes the gate a new one: for one that stands in the wasm module's own memory, where it takes less code to reach.
func (g *Gate) Reset(config Config) {
	*g = Gate{config: config, reader: consent.Reader{Words: config.Categories, CMPs: config.CMP}}
	g.take = g.putStored
	g.record = g.board.Merge(config.Model)
	for _, m := range config.Destinations {
		g.destinations = append(g.destinations, destination{name: m.Name, needs: consent.Of(m.Category), ground: ruleMapping, mapped: true})
	}
}

// Config returns the configuration the gate was made with.
func (g *Gate) Config() *Config { return &g.config }

// Consent returns the merged record of all sources.
func (g *Gate) Consent() consent.Record { return g.record }

// Apply takes a signal into account and says what it changed. Global Privacy Control says nothing to a gate that is
// configured to ignore it, and neither does what is stored to one that does not trust it.
func (g *Gate) Apply(s consent.Signal) Transition {
	g.put(s)
	return g.turn()
}

func (g *Gate) put(s consent.Signal) {
	if !g.ignores(s.Source) && (!s.Stored || !g.config.IgnoreStored) {
		g.board.Put(s)
	}
}

func (g *Gate) ignores(s consent.Source) bool { return s == consent.GPC && g.config.IgnoreGPC }

// turn merges what was put, and says what that changed.
func (g *Gate) turn() Transition {
	before := g.record
	t := Transition{Before: g.Segment()}
	g.board.Settle()
	g.record = g.board.Merge(g.config.Model)
	for _, c := range [...]consent.Category{consent.Functional, consent.Analytics, consent.Marketing} {
		if before.States[c] != g.record.States[c] {
			t.Changed |= consent.Of(c)
		}
	}
	t.Model = before.Model != g.record.Model
	t.After = g.Segment()
	return t
}

// Set merges states into what source last said and applies the result: categories that are not in the mask keep
// their state.
func (g *Gate) Set(source consent.Source, states consent.States, mask consent.Set) Transition {
	if source.Valid() && !g.ignores(source) {
		s := g.board.Slot(source, 0)
		s.Source, s.Stored = source, false
		for c := range states {
			if mask.Has(consent.Category(c)) {
				s.States[c] = states[c].Known()
			}
		}
	}
	return g.turn()
}

// Elsewhere is told of a choice that the visitor has made in another document of the site, in source's words there: what any
// source has said here of the categories in the mask is out of date. A source that speaks here again counts again.
func (g *Gate) Elsewhere(source consent.Source, states consent.States, mask consent.Set) Transition {
	if source.Valid() && !g.ignores(source) {
		g.board.Overrule(source, states, mask)
	}
	return g.turn()
}

// Segment returns what the gate does with Segment itself right now.
func (g *Gate) Segment() Action { return g.judge(g.requires()).Action }

// Decide answers one request. It has no side effect and allocates nothing.
func (g *Gate) Decide(r Request) Decision {
	m := g.match(r)
	if m.rule == 0 {
		return Decision{Action: Allow, Reason: NoRule}
	}
	d := g.judge(m.needs)
	d.Rule = m.rule
	d.Refusal = m.refusal
	return d
}

// judge holds the needed categories against the record: one denial drops, one open choice holds.
func (g *Gate) judge(needs consent.Set) Decision {
	d := Decision{Action: Allow, Reason: NotNeeded}
	for _, c := range [...]consent.Category{consent.Functional, consent.Analytics, consent.Marketing} {
		if !needs.Has(c) {
			continue
		}
		switch g.record.States[c] {
		case consent.Denied:
			return Decision{Action: Drop, Reason: ConsentDenied, Category: c}
		case consent.Granted:
			if d.Action == Allow && d.Reason != OptOutModel {
				d.Reason, d.Category = ConsentGranted, c
			}
		default:
			if g.record.Model == consent.OptOut {
				if d.Action == Allow && d.Reason != OptOutModel {
					d.Reason, d.Category = OptOutModel, c
				}
			} else if d.Action == Allow {
				d = Decision{Action: Hold, Reason: ConsentUnset, Category: c}
			}
		}
	}
	return d
}
