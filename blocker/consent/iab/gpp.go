package iab

// Section is the number of a section of a GPP string.
type Section uint8

// The sections that are read. From USNat to USRI every number is a US section: USNat speaks for all states, the others
// for one each, in the order ca, va, co, ut, ct, fl, mt, or, tx, de, ia, ne, nh, nj, tn, mn, md, in, ky, ri (GPP,
// "Section Information").
const (
	TCFEUv2 Section = 2
	USPv1   Section = 6
	USNat   Section = 7
	USRI    Section = 27
)

// GPP is a Global Privacy Platform string taken apart into its sections. A section is read when it is asked for, so
// that one of no concern to this visitor cannot spoil the others. The zero GPP has no section.
type GPP struct {
	text string // the sections, without the header
	ids  uint32 // which they are, bit id
}

// ParseGPP reads the header of a GPP string and finds its sections. Sections with numbers above USRI are let pass.
// With any fault but OK the GPP is the zero one.
func ParseGPP(s string) (GPP, Fault) {
	var r reader
	sections := parts{s, true}
	r.open(sections.next('~'))
	if r.take(6) != 3 {
		return GPP{}, Malformed
	}
	if r.take(6) != 1 && !r.bad {
		return GPP{}, UnknownVersion
	}
	g := GPP{text: sections.rest}
	last := 0
	for n := r.take(12); n > 0; n-- {
		isRange := r.take(1)
		id := last + r.fibonacci()
		last = id
		if isRange == 1 {
			last += r.fibonacci()
		}
		for ; id <= last; id++ {
			if r.bad || sections.next('~') == "" {
				return GPP{}, Malformed
			}
			g.ids |= 1 << id // nothing for ids from 32
		}
	}
	if r.bad || sections.more {
		return GPP{}, Malformed
	}
	return g, OK
}

// Has reports whether the string has the section, readable or not.
func (g GPP) Has(id Section) bool { return g.ids>>id&1 == 1 }

// section returns the text of a section, empty if it is absent. Sections stand in the order of their numbers.
func (g GPP) section(id Section) string {
	if !g.Has(id) {
		return ""
	}
	sections := parts{rest: g.text}
	for before := Section(0); before < id; before++ {
		if g.Has(before) {
			sections.next('~')
		}
	}
	return sections.next('~')
}

// TCF reads section TCFEUv2, a whole TC string.
func (g GPP) TCF() (TCF, Fault) {
	if !g.Has(TCFEUv2) {
		return TCF{}, Absent
	}
	return ParseTCF(g.section(TCFEUv2))
}

// USP reads section USPv1, a whole US privacy string.
func (g GPP) USP() (USP, Fault) {
	if !g.Has(USPv1) {
		return USP{}, Absent
	}
	return ParseUSP(g.section(USPv1))
}
