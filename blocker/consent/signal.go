package consent

// Source says who spoke.
type Source uint8

// The sources, weakest first: the number is the precedence. For each category the strongest source
// that knows it decides, so that the site's own code (API) wins over its CMP, the CMP over the
// standards, and an explicit choice over Global Privacy Control.
const (
	NoSource Source = iota
	GPC
	GCM
	USP
	GPP
	TCF
	CMP
	API
	sourceCount
)

var sourceNames = [sourceCount]string{"none", "gpc", "gcm", "usp", "gpp", "tcf", "cmp", "api"}

// Sources lists every source, weakest first.
func Sources() []Source { return []Source{NoSource, GPC, GCM, USP, GPP, TCF, CMP, API} }

// String returns the word used in getConsent().source and in reports.
func (s Source) String() string {
	if s < sourceCount {
		return sourceNames[s]
	}
	return "unknown"
}

// Valid reports whether s is a source that may speak.
func (s Source) Valid() bool { return s > NoSource && s < sourceCount }

// Signal is one reading from one source. It replaces whatever that source said before.
type Signal struct {
	Source Source
	// States of the categories this source knows; Unset where it says nothing.
	States States
	// Model is what the source says applies to this visitor before a choice; Auto when it does not say.
	Model Model
	// GDPR is true when the source says that the GDPR applies: then nothing is allowed before a choice.
	GDPR bool
	// CMP tells several CMPs of one page apart (Number); 0 is one without a name. It counts only for Source CMP.
	CMP uint8
	// Stored: the choice was read from where it was stored on an earlier visit, and the source has not spoken itself.
	Stored bool
	// Repeats: the source has spoken, but has said of marketing no other than what was stored. Against Global Privacy
	// Control that is still a choice of an earlier visit.
	Repeats bool
}

// Record is the merged answer of all sources.
type Record struct {
	States States
	// Source is the strongest source that decided any category.
	Source Source
	// Model is OptIn or OptOut, never Auto.
	Model Model
}

// Board keeps the last signal of each source, and of each CMP. The zero value has heard nobody.
type Board struct {
	signals [sourceCount]Signal // that of CMP is of all CMPs
	cmps    [cmpCount]Signal    // by number; without a source where it has not spoken
}

// cmpCount is more than there are CMPs in the table; one with another number shares the place of the first.
const cmpCount = 64

// Put stores a signal in place of the source's earlier one. A signal without a valid source is ignored; a state that
// is none of the three counts as denied, and a model that is none as opt-in.
//
// A source that speaks itself silences what was stored, now and later. Of CMPs any one that speaks silences what all of
// them stored: it may have been left behind by a CMP that the site no longer has.
func (b *Board) Put(s Signal) {
	if !s.Source.Valid() || s.Stored && b.spoke(s.Source) {
		return
	}
	for c := range s.States {
		s.States[c] = s.States[c].Known()
	}
	s.Model = s.Model.Known()
	*b.Slot(s.Source, s.CMP) = s
	b.Settle()
}

// spoke reports whether a source has spoken itself.
func (b *Board) spoke(s Source) bool {
	old := &b.signals[s]
	return old.Source.Valid() && !old.Stored
}

// Slot returns where the last signal of a source stands, of CMPs that of the one with a number, to be changed in place.
// What becomes of a change counts after Settle. A source that is none has a slot of no effect.
func (b *Board) Slot(s Source, cmp uint8) *Signal {
	switch {
	case s == CMP:
		return &b.cmps[cmp%cmpCount]
	case !s.Valid():
		s = NoSource
	}
	return &b.signals[s]
}

// Kept reports whether states say of marketing what any CMP has stored.
func (b *Board) Kept(states States) bool {
	for i := range b.cmps {
		if b.cmps[i].Stored && b.cmps[i].Repeated(states) {
			return true
		}
	}
	return false
}

// Repeated reports whether states say of marketing what the signal does, and that was stored, or has been repeated since.
func (s *Signal) Repeated(states States) bool {
	return (s.Stored || s.Repeats) && s.States[Marketing] == states[Marketing] && states[Marketing] != Unset
}

// Settle makes one signal of those of all CMPs: of contradictions the stricter counts. What CMPs stored counts while
// none has spoken.
func (b *Board) Settle() {
	all := &b.signals[CMP]
	*all = Signal{Stored: true}
	for i := range b.cmps {
		one := &b.cmps[i]
		if one.Source == NoSource || one.Stored && !all.Stored {
			continue
		}
		if all.Stored && !one.Stored {
			*all = Signal{Repeats: true}
		}
		all.Source = CMP
		all.Repeats = all.Repeats && one.Repeats
		for c := range one.States {
			all.States[c] = max(all.States[c], one.States[c])
		}
		if all.Model != OptIn && one.Model != Auto {
			all.Model = one.Model
		}
		all.GDPR = all.GDPR || one.GDPR
	}
}

// Overrule takes in a choice that the visitor has made in another document of the site, told there by a source: what that source, or
// a weaker one that knows of the category, has said here is out of date. The next word of either counts as ever. What the visitor's
// browser asks for (GPC) is not theirs to change.
func (b *Board) Overrule(by Source, states States, mask Set) {
	for c := Functional; c < categoryCount; c++ {
		if mask.Has(c) {
			b.overrule(by, c, states[c].Known())
		}
	}
	b.Settle()
}

func (b *Board) overrule(by Source, c Category, state State) {
	heard := false
	set := func(s *Signal, source Source) {
		if s.Source == NoSource || source != by && s.States[c] == Unset {
			return
		}
		s.States[c] = state
		heard = heard || source == by
	}
	for s := GCM; s <= by; s++ {
		if s != CMP {
			set(&b.signals[s], s)
			continue
		}
		for i := range b.cmps {
			set(&b.cmps[i], CMP)
		}
	}
	if !heard {
		// As one that is stored: a CMP that comes here later has the say.
		s := b.Slot(by, 0)
		s.Source, s.States[c], s.Stored = by, state, true
	}
}

// Last returns the last signal of a source, of CMPs that of the one without a name; the zero signal when it has not
// spoken.
func (b *Board) Last(s Source) Signal {
	if s == CMP {
		return b.cmps[0]
	}
	if s.Valid() {
		return b.signals[s]
	}
	return Signal{}
}

// Merge answers for the configured model. It is a pure function of the signals on the board.
func (b *Board) Merge(configured Model) Record {
	r := Record{}
	r.States[Necessary] = Granted
	for c := Functional; c < categoryCount; c++ {
		state, source := b.State(c)
		r.States[c] = state
		r.Source = max(r.Source, source)
	}
	r.Model = b.model(configured)
	return r
}

// State returns what holds for a category that can be refused, and the source that decided it; NoSource while it is
// unset.
func (b *Board) State(c Category) (State, Source) {
	if c >= categoryCount {
		return Unset, NoSource
	}
	for s := API; s > NoSource; s-- {
		said := &b.signals[s]
		state := said.States[c]
		if state == Granted && (s < TCF || said.Stored || said.Repeats) && b.signals[GPC].States[c] == Denied {
			return Denied, GPC
		}
		if state != Unset {
			return state, s
		}
	}
	return Unset, NoSource
}

// model resolves Auto, and lets a GDPR signal overrule any opt-out.
func (b *Board) model(configured Model) Model {
	said := Auto
	for s := GPC; s < sourceCount; s++ {
		sig := &b.signals[s]
		if sig.GDPR {
			return OptIn
		}
		if sig.Model != Auto {
			said = sig.Model
		}
	}
	if configured == Auto {
		configured = said
	}
	if configured == OptOut {
		return OptOut
	}
	return OptIn
}
