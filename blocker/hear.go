package blocker

import "github.com/segment-blocker/segment-blocker/blocker/consent"

// Bits of what a source says to Gate.Hear besides its text.
const (
	// HearDecided: the visitor has made an explicit choice. Of a CMP, in a.
	HearDecided = 1
	// HearModel is where the model stands that a CMP applies to this visitor, in a.
	HearModel = 1
	// HearStatus is where the status of a TCF CMP's answer stands, in a above the purposes.
	HearStatus = 24
	// HearKept: the TCF CMP keeps what the publisher asks for itself, in a.
	HearKept = 1 << 26
	// HearNotGDPR: the TCF CMP says that the GDPR does not apply, in a.
	HearNotGDPR = 1 << 27
	// HearUpdate: a call of Google Consent Mode is no default, in a.
	HearUpdate = 1 << 31
)

// Hear takes in what a source says of itself on this visit, and says what it changed. What text, a and b are depends on
// the source:
//
//	cmp   the words, see consent.Reader.Live; none at all leave what the CMP said or stored. a: HearDecided, HearModel
//	tcf   the TC string. a: purposes with consent, from HearStatus the status, HearKept, HearNotGDPR; b: the publisher's
//	gpp   the GPP string. a: the sections that apply
//	usp   the US privacy string
//	gcm   a: the types that are granted, HearUpdate; b: those that are denied
//
// name is that of the CMP, empty for one without. Any other source says nothing; a choice told by the API and Global
// Privacy Control are for Set.
func (g *Gate) Hear(source consent.Source, name, text string, a, b uint32) Transition {
	if source == consent.CMP {
		g.hearCMP(name, text, a)
		return g.turn()
	}
	s := g.board.Slot(source, 0)
	before := *s
	switch source {
	case consent.TCF:
		g.tcf = consent.TCData{
			Text: text, Purposes: a & (1<<HearStatus - 1), Publisher: b, Kept: a&HearKept != 0, NotGDPR: a&HearNotGDPR != 0,
			Status: consent.TCFStatus(a >> HearStatus & 3),
		}
		g.reader.TCF(&g.tcf, s)
	case consent.GPP:
		g.reader.GPP(text, a, s)
	case consent.USP:
		g.reader.USP(text, s)
	case consent.GCM:
		g.reader.ConsentMode(a&HearUpdate != 0, a&^HearUpdate, b, s)
	}
	s.Repeats = before.Repeated(s.States)
	return g.turn()
}

func (g *Gate) hearCMP(name, text string, a uint32) {
	number := consent.Number(name)
	s := g.board.Slot(consent.CMP, number)
	before := *s
	if text != "" {
		g.reader.Live(name, text, a&HearDecided != 0, s)
	}
	s.Repeats = before.Repeated(s.States) || g.board.Kept(s.States)
	s.Source, s.CMP, s.Stored, s.Model = consent.CMP, number, false, consent.Model(a>>HearModel&3).Known()
}

// Stored takes in the choices that CMPs have stored, and says what they changed: with an empty key those of earlier
// visits, unless the gate is configured not to trust them; else the one that was written just now under that key. See
// consent.Reader.Stored; seconds is the time since 1970.
func (g *Gate) Stored(jar, key string, seconds uint32) Transition {
	g.reader.Stored(jar, key, int64(seconds)*1000, g.take)
	return g.turn()
}

// putStored takes in a choice that is stored. What its CMP said of the model on this visit holds on.
func (g *Gate) putStored(s *consent.Signal) {
	if s.Stored {
		g.put(*s)
		return
	}
	slot := g.board.Slot(consent.CMP, s.CMP)
	slot.Repeats = slot.Repeated(s.States) || g.board.Kept(s.States)
	slot.Source, slot.CMP, slot.States, slot.Stored = consent.CMP, s.CMP, s.States, false
}

// Keeps reports whether a cookie or storage key holds a choice, or part of one, of any CMP.
func (g *Gate) Keeps(key string) bool { return g.reader.Keeps(key) }

// Listens reports whether a consent source is to be heard.
func (g *Gate) Listens(name string) bool { return g.reader.Listens(name) }
