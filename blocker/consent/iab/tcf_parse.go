package iab

// The first deciseconds of the days from which a rule holds.
const (
	october2023 = 16_961_184_000
	march2026   = 17_723_232_000
)

// The types of the segments after the core. The core itself has none, but its version would read as type 0.
const (
	disclosedVendors = 1
	allowedVendors   = 2 // given up with TCF 2.2; checked, not kept
	publisherTC      = 3
)

// purposes3to6 is the set of the purposes that lost legitimate interest with policy version 4.
const purposes3to6 = 0b111100

// ParseTCF reads a TC string: the core segment, and in any order the segments DisclosedVendors and PublisherTC, each
// at most once. A segment of a type that the standard does not have is malformed, as for the IAB's own libraries: damage
// could have turned the publisher's refusals into one. With any fault but OK the TCF is the zero one.
func ParseTCF(s string) (TCF, Fault) {
	t, fault := splitTCF(s)
	if fault == OK {
		fault = t.check()
	}
	if fault != OK {
		t = TCF{}
	}
	return t, fault
}

// splitTCF finds the segments of a TC string and reads through them once, so that whatever is asked later is there.
func splitTCF(s string) (t TCF, fault Fault) {
	var r reader
	segments := parts{s, true}
	core := segments.next('.')
	r.open(core)
	if r.take(6) != 2 && !r.bad {
		return t, UnknownVersion
	}
	r.at = atPublisherCC
	for range 2 {
		letter := r.take(6)
		r.bad = r.bad || letter > 25
	}
	r.vendors(0) // consent
	r.vendors(0) // legitimate interest
	r.restrictions(0, 0)
	t.core = core
	for segments.more && !r.bad {
		segment := segments.next('.')
		r.open(segment)
		switch r.take(3) {
		case disclosedVendors:
			r.bad = r.bad || t.disclosed != ""
			t.disclosed = segment
			r.vendors(0)
		case allowedVendors:
			r.vendors(0)
		case publisherTC:
			r.bad = r.bad || t.publisher != ""
			t.publisher = segment
			r.at = atCustomPurposes
			r.skip(2 * int(r.take(6)))
		default:
			r.bad = true
		}
	}
	if r.bad {
		return t, Malformed
	}
	return t, OK
}

// check applies the framework's rules on which strings may be used. Where Created and LastUpdated differ, the later one
// is when the string was made.
func (t TCF) check() Fault {
	made := max(t.Created(), t.LastUpdated())
	policy := t.PolicyVersion()
	switch {
	case t.CmpID() < 2:
		return UnknownCMP
	case !t.IsServiceSpecific():
		return NotServiceSpecific
	case made >= october2023 && policy < 4:
		return OldPolicy
	case policy >= 4 && t.PurposeLI()&purposes3to6 != 0:
		return ForbiddenInterest
	case made >= march2026 && t.disclosed == "":
		return NoDisclosedVendors
	}
	return OK
}
