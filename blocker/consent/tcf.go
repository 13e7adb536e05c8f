package consent

import "github.com/segment-blocker/segment-blocker/blocker/consent/iab"

// purposes says which purposes of the TCF a category needs, all of them; purpose 1 is bit 0. Purpose 1 (store and
// access) is a part of each. Analytics: 8, measure content performance. Marketing: 2 to 4, limited data, profiles and
// their use for advertising, and 7, measure advertising performance. Functional: 5 and 6, profiles and their use for
// content. Names from the Global Vendor List; Google's own mapping (developers.google.com/tag-platform) asks the same of
// advertising.
//
// A site sets another choice in Reader.Words: {"tcf:7", Analytics} and {"tcf:8", Analytics} make analytics need 1, 7
// and 8; {"vendor:755", Marketing} makes marketing need the consent for that vendor of the list as well.
var purposes = [categoryCount]uint32{
	Functional: 1<<0 | 1<<4 | 1<<5,
	Analytics:  1<<0 | 1<<7,
	Marketing:  1<<0 | 1<<1 | 1<<2 | 1<<3 | 1<<6,
}

// never is a purpose that nobody can consent to: what a site's word for a purpose that does not exist stands for.
const never = 31

// TCFStatus is the eventStatus of a TCF CMP's answer.
type TCFStatus uint8

// Only TCFLoaded (there is a string and no dialogue) and TCFActionComplete (the visitor has chosen) speak of a choice.
// With TCFShown, while the dialogue is open, the fields are a draft; TCFNoStatus stands for any other.
const (
	TCFNoStatus TCFStatus = iota
	TCFLoaded
	TCFActionComplete
	TCFShown
)

// TCData is what a TCF CMP answers (TCData of the CMP API), as far as it is of concern.
type TCData struct {
	// Text is tcString. Only consent to vendors is read from it, since what a CMP answers in fields is its word.
	Text string
	// Purposes are those of purpose.consents that are true, purpose 1 in bit 0.
	Purposes uint32
	// Publisher are those of publisher.consents that are true; they count in place of Purposes if Kept.
	Publisher uint32
	// Kept: any consent, legitimate interest or custom purpose of the publisher's is true. Many CMPs send the fields of
	// the publisher empty whatever was chosen.
	Kept bool
	// NotGDPR: gdprApplies is false. While it is undefined, the GDPR is taken to apply.
	NotGDPR bool
	Status  TCFStatus
}

// TCF takes in a TCF CMP's answer. Where the GDPR does not apply no prior consent is needed, as far as this standard can
// tell; where it does, the states are those of the choice, or the last ones while there is none.
func (r *Reader) TCF(d *TCData, s *Signal) {
	s.Source, s.Model, s.GDPR = TCF, OptOut, !d.NotGDPR
	said := marks(0)
	if !d.NotGDPR {
		s.Model = Auto
		if d.Status != TCFLoaded && d.Status != TCFActionComplete {
			return
		}
		given := d.Purposes
		if d.Kept {
			given = d.Publisher
		}
		t, _ := iab.ParseTCF(d.Text)
		said = r.consented(given, t)
	}
	s.Stored = false
	s.States = said.states()
}

// tc reads a TC string; a faulty one says nothing.
func (r *Reader) tc(t iab.TCF, fault iab.Fault) marks {
	if fault != iab.OK {
		return 0
	}
	given := uint32(0)
	for p := range 24 {
		if t.Consented(1 << p) {
			given |= 1 << p
		}
	}
	return r.consented(given, t)
}

// consented marks the categories whose purposes are all given and whose vendors are all consented to. Legitimate
// interest never counts.
func (r *Reader) consented(given uint32, t iab.TCF) marks {
	m := gdpr
	for c := Functional; c < categoryCount; c++ {
		if needs := r.purposes(c); needs&^given == 0 && r.vendors(c, needs, t) {
			m |= 1 << c
		} else {
			m |= 1 << c << refused
		}
	}
	return m
}

// purposes returns what a category needs.
func (r *Reader) purposes(c Category) uint32 {
	own := uint32(0)
	for i := range r.Words {
		if n := r.numbered("tcf:", i, c); n > 0 {
			own |= 1 | 1<<min(n-1, never)
		}
	}
	if own == 0 {
		own = purposes[c]
	}
	return own
}

// vendors reports whether the string allows the vendors that the site named for a category: consented to, shown to
// the visitor where the string says who was (TCF 2.3), and not restricted by the publisher to another basis.
func (r *Reader) vendors(c Category, needs uint32, t iab.TCF) bool {
	for i := range r.Words {
		n := r.numbered("vendor:", i, c)
		if n == 0 {
			continue
		}
		vendor := uint16(min(n, 1<<16-1))
		if !t.VendorConsent(vendor) || t.HasDisclosedVendors() && !t.DisclosedVendor(vendor) {
			return false
		}
		for p := range uint8(24) {
			restriction := t.Restriction(p+1, vendor)
			if needs>>p&1 == 1 && (restriction == iab.NotAllowed || restriction == iab.RequireLegitimateInterest) {
				return false
			}
		}
	}
	return true
}

// numbered returns the number after a prefix in the i-th of the site's words, if that is one for the category; 0 if it
// is not, and a number that nothing has where none follows.
func (r *Reader) numbered(prefix string, i int, c Category) uint32 {
	word := r.Words[i].Name
	if r.Words[i].Category != c || len(word) < len(prefix) || word[:len(prefix)] != prefix {
		return 0
	}
	return digits(word[len(prefix):])
}
