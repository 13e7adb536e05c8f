package iab

// Answer is a yes or no that may not apply. In GPP sections the numbers are those of the standard.
type Answer uint8

// The answers. To an opt-out Yes means that the visitor opted out, to a notice that it was given.
const (
	NotApplicable Answer = iota
	Yes
	No
)

// USP is what a US privacy string says (IAB's CCPA framework, superseded by GPP).
type USP struct {
	// Notice: the visitor was told of the right to opt out of sale.
	Notice Answer
	// OptOutSale: the visitor opted out of sale.
	OptOutSale Answer
	// LSPA: the publisher signed the Limited Service Provider Agreement.
	LSPA Answer
}

// Applies reports whether the law applies to this visitor; "1---" says that it does not.
func (u USP) Applies() bool { return u != USP{} }

// ParseUSP reads a US privacy string, as in "1YNN": the version, then Y, N or - for each field. With any fault but OK
// the USP is empty; a caller that asks Applies must look at the fault first.
func ParseUSP(s string) (USP, Fault) {
	if len(s) != 4 {
		return USP{}, Malformed
	}
	if s[0] != '1' {
		return USP{}, UnknownVersion
	}
	u := USP{letter(s[1]), letter(s[2]), letter(s[3])}
	if u.Notice|u.OptOutSale|u.LSPA > Yes|No {
		return USP{}, Malformed
	}
	return u, OK
}

// letter reads an answer; a letter that is none gives a bit that no answer has.
func letter(c byte) Answer {
	switch c {
	case '-':
		return NotApplicable
	case 'Y':
		return Yes
	case 'N':
		return No
	}
	return 4
}
