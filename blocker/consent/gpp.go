package consent

import "github.com/segment-blocker/segment-blocker/blocker/consent/iab"

// Sections of GPP as bits (1 << number).
const (
	sectionTCF = 1 << iab.TCFEUv2
	sectionUSP = 1 << iab.USPv1
	sectionsUS = 1<<(iab.USRI+1) - 1<<iab.USNat
)

// GPP takes in a GPP string and the sections that apply to this visitor, 1 << number of each.
//
// No section at all means that the CMP is not ready (signalStatus "not ready", or applicableSections empty or [0]):
// then the last states stay, and nothing more is allowed before it is. Bits of no known section ([-1] as 1 << 31) say
// that a section applies that is not read here, and the signal says nothing.
//
// The US sections are objections to selling, sharing and targeted advertising: they deny marketing and nothing else, and
// where they apply no prior consent is needed. That a visitor did not object grants nothing. A section that applies and
// cannot be read counts as an objection.
func (r *Reader) GPP(text string, sections uint32, s *Signal) {
	s.Source, s.Stored, s.Model = GPP, false, OptIn
	if sections&^1 == 0 {
		return
	}
	s.Model = Auto
	if sections&(sectionsUS|sectionUSP) != 0 {
		s.Model = OptOut
	}
	g, _ := iab.ParseGPP(text)
	s.States = r.gpp(g, sections).states()
	s.GDPR = sections&sectionTCF != 0
}

func (r *Reader) gpp(g iab.GPP, sections uint32) (m marks) {
	objection := false
	if sections&sectionTCF != 0 {
		m = r.tc(g.TCF())
	}
	if sections&sectionUSP != 0 {
		u, fault := g.USP()
		objection = fault != iab.OK || u.OptOutSale == iab.Yes
	}
	for id := iab.USNat; id <= iab.USRI; id++ {
		if sections>>id&1 == 1 {
			u, fault := g.US(id)
			objection = objection || fault != iab.OK || objects(u)
		}
	}
	if objection {
		m |= 1 << Marketing << refused
	}
	return m
}

// objects reports whether a US section holds an objection, or says that the visitor could not have made one: no notice
// was given, or there is an answer without a notice. So does Prebid.js (libraries/mspa/activityControls).
func objects(u iab.US) bool {
	if u.GPC() {
		return true
	}
	for use := iab.Sale; use <= iab.TargetedAdvertising; use++ {
		answer, notice := u.OptOut(use), u.Notice(use)
		if answer == iab.Yes || notice == iab.No || answer == iab.No && notice == iab.NotApplicable {
			return true
		}
	}
	return false
}

// string takes in a stored string of a standard; the first character tells which (GPP, "Section Information"). Which
// of its sections apply to this visit is not known: an objection in any counts. One that is faulty or too old says
// nothing.
func (r *Reader) string(text string) {
	if text == "" {
		return
	}
	switch text[0] {
	case 'C':
		r.standard = TCF
		r.marks |= r.stored(iab.ParseTCF(text))
	case 'D':
		r.standard = GPP
		g, _ := iab.ParseGPP(text)
		sections := uint32(0)
		for id := iab.USPv1; id <= iab.USRI; id++ {
			if g.Has(id) {
				sections |= 1 << id
			}
		}
		r.marks |= r.gpp(g, sections) | r.stored(g.TCF())
	case '1':
		r.standard = USP
		if u, _ := iab.ParseUSP(text); u.OptOutSale == iab.Yes {
			r.marks |= 1 << Marketing << refused
		}
	}
}

// stored reads a stored TC string.
func (r *Reader) stored(t iab.TCF, fault iab.Fault) marks {
	if !fresh(uint32(t.LastUpdated()/1000), r.now) {
		return 0
	}
	return r.tc(t, fault)
}
