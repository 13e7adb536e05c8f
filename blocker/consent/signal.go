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
}

// Record is the merged answer of all sources.
type Record struct {
	States States
	// Source is the strongest source that decided any category.
	Source Source
	// Model is OptIn or OptOut, never Auto.
	Model Model
}

// Board keeps the last signal of each source. The zero value has heard nobody.
type Board struct {
	signals [sourceCount]Signal
}

// Put stores a signal in place of the source's earlier one. A signal without a valid source is ignored; a state that
// is none of the three counts as denied, and a model that is none as opt-in.
func (b *Board) Put(s Signal) {
	if !s.Source.Valid() {
		return
	}
	for c := range s.States {
		if s.States[c] >= stateCount {
			s.States[c] = Denied
		}
	}
	if s.Model >= modelCount {
		s.Model = OptIn
	}
	b.signals[s.Source] = s
}

// Last returns the last signal of a source; the zero signal when it has not spoken.
func (b *Board) Last(s Source) Signal {
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
		for s := sourceCount - 1; s > NoSource; s-- {
			if st := b.signals[s].States[c]; st != Unset {
				r.States[c] = st
				if s > r.Source {
					r.Source = s
				}
				break
			}
		}
	}
	r.Model = b.model(configured)
	return r
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
